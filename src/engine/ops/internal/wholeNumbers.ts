/**
 * Integer results that may outgrow `int32`. PyTorch counts in int64; here a result is the right number or an error, never
 * one that wrapped round.
 */
import { KindlingError } from "../../errors.ts";
import { areGhosts, failsByValue } from "../../memory/reading.ts";
import type { Shape } from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";
import { fromTypedArray } from "../creation.ts";
import { valuesOf } from "../reading.ts";

/** Results of integers that became `float32`, and the operations that made them. */
const outgrown = new WeakMap<Tensor, string>();

const LOWEST = -(2 ** 31);
const HIGHEST = 2 ** 31 - 1;

/**
 * A tensor of whole numbers that were computed in double precision: `int32` where all of them fit, else `float32` where
 * that holds every one of them exactly.
 * @param name of the operation, for the error
 * @throws KindlingError where neither type holds them
 */
export function wholeNumbers(values: Float64Array, shape: Shape, name: string): Tensor {
  if (areGhosts()) return fromTypedArray(new Int32Array(values.length), shape);
  if (values.every((value) => value >= LOWEST && value <= HIGHEST)) return fromTypedArray(new Int32Array(values), shape);
  failsByValue();
  const isExact = values.every((value) => Math.abs(value) <= Number.MAX_SAFE_INTEGER && Math.fround(value) === value);
  if (!isExact) throw tooLarge(values, name);
  const result = fromTypedArray(new Float32Array(values), shape);
  outgrown.set(result, name);
  return result;
}

/** Why a result that `wholeNumbers` gave as `float32` can't be written over integers; `null` for all other tensors. */
export function whyOutgrown(result: Tensor): KindlingError | null {
  const name = outgrown.get(result);
  if (name === undefined) return null;
  return tooLarge(new Float64Array(valuesOf(result)), name);
}

function tooLarge(values: Float64Array, name: string): KindlingError {
  const value = values.find((each) => !(each >= LOWEST && each <= HIGHEST))!;
  const number = Number.isSafeInteger(value) ? String(value) : value.toExponential(6);
  return new KindlingError(
    `${name}(): the result ${number} is beyond int32 (${LOWEST} to ${HIGHEST}), the largest integer type here. Compute in floats instead: convert with .float() first`,
  );
}
