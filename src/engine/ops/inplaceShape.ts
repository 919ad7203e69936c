/** Forms of the shape operations that change the tensor itself: it looks at the same elements in another way from then on. */
import { KindlingError } from "../errors.ts";
import { operationWatch } from "../instrument.ts";
import { tenure } from "../memory/residents.ts";
import { Kind } from "../memory/storage.ts";
import { beforeChanging, isUndone } from "../memory/undo.ts";
import type { Tensor } from "../tensor.ts";
import { alias } from "./inplace.ts";
import type { Int, Size } from "./types.ts";
import { squeeze, t, transpose, unsqueeze } from "./views.ts";

/** What of a tensor is to be set here only. */
type Window = { -readonly [Name in "shape" | "strides" | "dense" | "dtype" | "offset" | "storage"]: Tensor[Name] };

/** To be called before a tensor is given another window. */
function beforeMoving(target: Tensor): void {
  if (!isUndone()) return;
  const { shape, strides, dense, dtype, offset, storage } = target;
  beforeChanging(target, () => () => void Object.assign(target, { shape, strides, dense, dtype, offset, storage }));
}

/** Lets `target` show the values of `source` from now on; its place in the graph stays as it is. */
export function setData(target: Tensor, source: Tensor): void {
  if (target.requiresGrad && source.dtype !== "float32") {
    throw new KindlingError("data set to a tensor that requires gradients must be floating point or complex dtype");
  }
  beforeMoving(target);
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
function lookThrough(target: Tensor, look: (tensor: Tensor) => Tensor): Tensor {
  target.beforeChange();
  beforeMoving(target);
  const seen = look(alias(target));
  const window: Window = target;
  window.shape = seen.shape;
  window.strides = seen.strides;
  window.dense = seen.dense;
  target.offset = seen.offset;
  if (seen.gradFn !== null) target.attach(seen.gradFn, seen.outputIndex);
  operationWatch()?.became?.(target, seen);
  target.storage.changed();
  return target;
}

/**
 * Drops dimensions of size 1 from the tensor itself: all of them, or only `dim`.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.squeeze_.html
 * @api Tensor.squeeze_
 */
export function squeeze_(input: Tensor, dim?: Size): Tensor {
  return lookThrough(input, (tensor) => squeeze(tensor, dim));
}

/**
 * Puts a dimension of size 1 before `dim` of the tensor itself.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.unsqueeze_.html
 * @api Tensor.unsqueeze_
 */
export function unsqueeze_(input: Tensor, dim: Int): Tensor {
  return lookThrough(input, (tensor) => unsqueeze(tensor, dim));
}

/**
 * Swaps two dimensions of the tensor itself.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.transpose_.html
 * @api Tensor.transpose_ Tensor.swapdims_
 */
export function transpose_(input: Tensor, dim0: Int, dim1: Int): Tensor {
  return lookThrough(input, (tensor) => transpose(tensor, dim0, dim1));
}

/**
 * `transpose_` by NumPy's name.
 * @api Tensor.swapaxes_
 */
export function swapaxes_(input: Tensor, axis0: Int, axis1: Int): Tensor {
  return transpose_(input, axis0, axis1);
}

/**
 * Transposes the matrix itself.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.t_.html
 * @api Tensor.t_
 */
export function t_(input: Tensor): Tensor {
  return lookThrough(input, t);
}
