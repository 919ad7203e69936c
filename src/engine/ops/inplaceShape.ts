/** Forms of the shape operations that change the tensor itself: it looks at the same elements in another way from then on. */
import { KindlingError } from "../errors.ts";
import { tenure } from "../memory/residents.ts";
import { Kind } from "../memory/storage.ts";
import type { Tensor } from "../tensor.ts";
import { alias } from "./inplace.ts";
import { squeeze, t, transpose, unsqueeze } from "./views.ts";

/** What of a tensor is to be set here only. */
type Window = { -readonly [Name in "shape" | "strides" | "dense" | "dtype"]: Tensor[Name] };

/** Lets `target` show the values of `source` from now on; its place in the graph stays as it is. */
export function setData(target: Tensor, source: Tensor): void {
  if (target.requiresGrad && source.dtype !== "float32") {
    throw new KindlingError("data set to a tensor that requires gradients must be floating point or complex dtype");
  }
  if (target.isParameter) tenure(source.storage, Kind.Parameter);
  const window: Window = target;
  window.shape = source.shape;
  window.strides = source.strides;
  window.dense = source.dense;
  window.dtype = source.dtype;
  target.offset = source.offset;
  target.storage = source.storage;
}

/** Gives `target` the window and the history of `look(target)`. */
function lookThrough<T extends Tensor>(target: T, look: (tensor: Tensor) => Tensor): T {
  target.beforeChange();
  const seen = look(alias(target));
  const window: Window = target;
  window.shape = seen.shape;
  window.strides = seen.strides;
  window.dense = seen.dense;
  target.offset = seen.offset;
  if (seen.gradFn !== null) target.attach(seen.gradFn, seen.outputIndex);
  target.storage.version++;
  return target;
}

export function squeeze_<T extends Tensor>(target: T, dim?: number): T {
  return lookThrough(target, (tensor) => squeeze(tensor, dim));
}

export function unsqueeze_<T extends Tensor>(target: T, dim: number): T {
  return lookThrough(target, (tensor) => unsqueeze(tensor, dim));
}

export function transpose_<T extends Tensor>(target: T, a: number, b: number): T {
  return lookThrough(target, (tensor) => transpose(tensor, a, b));
}

export function t_<T extends Tensor>(target: T): T {
  return lookThrough(target, t);
}
