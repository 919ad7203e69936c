/** Copies, conversions, and writing into existing tensors. */
import { itemSize, type DType } from "../../dtype.ts";
import { KindlingError } from "../../errors.ts";
import { Element } from "../../kernels/exports.ts";
import { f32, i32, kernels, u8 } from "../../memory/linear.ts";
import { areGhosts, failsByValue } from "../../memory/reading.ts";
import { broadcastStrides, sameShape, type Shape } from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";
import { at, make, viewOf } from "./make.ts";
import { gatherStrided, scatterStrided } from "./strided.ts";

/** A dense copy without history. */
export function denseCopy(input: Tensor): Tensor {
  const result = make(input.shape, input.dtype);
  if (input.dense) copyDense(result, input);
  else gatherStrided(result, input);
  return result;
}

/** @param count of values, from the first on */
export function copyDense(target: Tensor, source: Tensor, count = source.numel()): void {
  const to = at(target);
  const from = at(source);
  if (areGhosts()) return;
  u8.copyWithin(to, from, from + count * itemSize(source.dtype));
}

/** Writes the values of `source`, broadcast and converted, into `target` without a trace in the graph. */
export function copyInto(target: Tensor, source: Tensor): void {
  target.storage.changed();
  if (source.dtype !== target.dtype) {
    copySame(target, converted(expanded(source, target.shape), target.dtype));
  } else if (!sameShape(source.shape, target.shape)) {
    copySame(target, expanded(source, target.shape));
  } else {
    copySame(target, source);
  }
}

function copySame(target: Tensor, source: Tensor): void {
  if (target.dense && source.dense) copyDense(target, source);
  else if (target.dense) gatherStrided(target, source);
  else scatterStrided(target, source.dense ? source : denseCopy(source));
}

function expanded(source: Tensor, shape: Shape): Tensor {
  return viewOf(source, shape, broadcastStrides(source.shape, source.strides, shape));
}

/** The values as another type, without history. */
export function converted(input: Tensor, dtype: DType): Tensor {
  const result = make(input.shape, dtype);
  convertDense(result, input.dense ? input : denseCopy(input));
  return result;
}

function convertDense(result: Tensor, source: Tensor): void {
  const target = at(result);
  kernels.convert(Element[source.dtype], Element[result.dtype], at(source), target, source.numel());
  if (source.dtype === "float32" && result.dtype === "int32" && !areGhosts()) requireHeld(result, source);
}

/** What int32 can't hold became its bound. Infinities have no integer in PyTorch either and stay there. */
function requireHeld(result: Tensor, source: Tensor): void {
  const start = at(result) >>> 2;
  const integers = i32.subarray(start, start + source.numel());
  for (const bound of [2 ** 31 - 1, -(2 ** 31)]) {
    for (let i = integers.indexOf(bound); i >= 0; i = integers.indexOf(bound, i + 1)) {
      const value = f32[(at(source) >>> 2) + i]!;
      if (Number.isFinite(value) && value !== bound) {
        failsByValue();
        throw new KindlingError(`value ${value} cannot be converted to type int32 without overflow; int32 is the largest integer type here`);
      }
    }
  }
}
