/** Making result tensors, and getting at their memory: what every operation begins with. */
import { itemSize, type DType } from "../dtype.ts";
import { address, allocate, allocateResident } from "../memory/storage.ts";
import { numelOf, type Shape } from "../shape.ts";
import { Tensor } from "../tensor.ts";

/** A result with undefined contents. Allocate results before asking for addresses. */
export function make(shape: Shape, dtype: DType = "float32"): Tensor {
  return new Tensor(allocate(numelOf(shape) * itemSize(dtype)), 0, shape, null, dtype);
}

/** The same in memory that stays: for parameters, buffers and optimizer state. */
export function makeResident(shape: Shape, dtype: DType = "float32"): Tensor {
  return new Tensor(allocateResident(numelOf(shape) * itemSize(dtype)), 0, shape, null, dtype);
}

/** Address of the first element. Any later allocation may make it stale. */
export function at(tensor: Tensor): number {
  return address(tensor.storage) + tensor.offset * itemSize(tensor.dtype);
}

/** A view of `source`'s storage without history. */
export function viewOf(source: Tensor, shape: Shape, strides: readonly number[] | null, offset = source.offset): Tensor {
  const view = new Tensor(source.storage, offset, shape, strides, source.dtype);
  view.base = source.base ?? source;
  view.followed = view.base.rewrites;
  return view;
}
