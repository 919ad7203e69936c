/** What no kernel knows, element by element in double precision: typed arrays in, typed arrays out. */
import { typedArray, type DType } from "../../dtype.ts";
import { areGhosts } from "../../memory/reading.ts";
import { broadcastShapes, numelOf, type Shape } from "../../shape.ts";
import { Tensor } from "../../tensor.ts";
import { fromTypedArray } from "../creation.ts";
import { operandsOf } from "../reading.ts";
import { expand } from "../views.ts";
import { wholeNumbers } from "./wholeNumbers.ts";

/** `compute` of each element, as a tensor of type `dtype`; no trace in the graph. */
export function mapUnary(compute: (x: number) => number, input: Tensor, dtype: DType = "float32"): Tensor {
  const values = operandsOf(input);
  const out = typedArray(dtype, values.length);
  for (let i = 0; i < values.length; i++) out[i] = compute(values[i]!);
  return fromTypedArray(out, input.shape, { dtype });
}

/**
 * `compute` of each pair, broadcast, as a tensor of type `dtype`; no trace in the graph. Truth values stay such, `uint8` wraps
 * round, and what `int32` can't hold is an error.
 * @param name of the operation, for that error
 */
export function mapBinary(name: string, compute: (a: number, b: number) => number, a: Tensor, b: number | Tensor, dtype: DType = "float32"): Tensor {
  const shape = b instanceof Tensor ? broadcastShapes(a.shape, b.shape) : a.shape;
  const x = broadcastValues(a, shape);
  const y = b instanceof Tensor ? broadcastValues(b, shape) : null;
  // Zeros may be what it refuses.
  if (areGhosts()) return fromTypedArray(typedArray(dtype, numelOf(shape)), shape, { dtype });
  const out = dtype === "int32" ? new Float64Array(numelOf(shape)) : typedArray(dtype, numelOf(shape));
  for (let i = 0; i < out.length; i++) {
    const value = compute(x[i]!, y === null ? (b as number) : y[i]!);
    out[i] = dtype === "bool" ? Number(value !== 0) : value;
  }
  return out instanceof Float64Array ? wholeNumbers(out, shape, name) : fromTypedArray(out, shape, { dtype });
}

const broadcastValues = (tensor: Tensor, shape: Shape): ArrayLike<number> => operandsOf(expand(tensor.detach(), shape));
