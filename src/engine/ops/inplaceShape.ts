/** Forms of the shape operations that change the tensor itself: it looks at the same elements in another way from then on. */
import type { Tensor } from "../tensor.ts";
import { alias } from "./inplace.ts";
import { squeeze, t, transpose, unsqueeze } from "./views.ts";

type Window = { -readonly [Name in "shape" | "strides" | "dense" | "offset"]: Tensor[Name] };

/** Gives `target` the window and the history of `look(target)`. */
function lookThrough<T extends Tensor>(target: T, look: (tensor: Tensor) => Tensor): T {
  target.beforeChange();
  const seen = look(alias(target));
  const window: Window = target;
  window.shape = seen.shape;
  window.strides = seen.strides;
  window.dense = seen.dense;
  window.offset = seen.offset;
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
