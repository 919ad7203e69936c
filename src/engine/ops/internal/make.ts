/** Making result tensors, and getting at their memory: what every operation begins with. */
import { isInferenceModeEnabled } from "../../autograd/gradMode.ts";
import { itemSize, type DType } from "../../dtype.ts";
import { OutOfMemoryError } from "../../errors.ts";
import { ADDRESS_SPACE } from "../../memory/linear.ts";
import { allocate } from "../../memory/nursery.ts";
import { address, allocateResident } from "../../memory/residents.ts";
import type { Storage } from "../../memory/storage.ts";
import { checkSizes, MOST_DIMENSIONS, numelOf, tooManyDimensions, type Shape } from "../../shape.ts";
import { Tensor } from "../../tensor.ts";

/** A result with undefined contents. Allocate results before asking for addresses. */
export function make(shape: Shape, dtype: DType = "float32"): Tensor {
  return fresh(allocate(bytesOf(shape, dtype)), shape, dtype);
}

/** The same in memory that stays: for parameters, buffers and optimizer state. */
export function makeResident(shape: Shape, dtype: DType = "float32"): Tensor {
  return fresh(allocateResident(bytesOf(shape, dtype)), shape, dtype);
}

function bytesOf(shape: Shape, dtype: DType): number {
  checkSizes(shape);
  return numelOf(shape) * itemSize(dtype);
}

function fresh(storage: Storage, shape: Shape, dtype: DType): Tensor {
  if (isInferenceModeEnabled()) storage.inference = true;
  return new Tensor(storage, 0, shape, null, dtype);
}

/** Refuses a result that memory can't hold before work is done for it. @throws OutOfMemoryError */
export function requireRoom(shape: Shape, dtype: DType = "float32"): void {
  const bytes = bytesOf(shape, dtype);
  if (bytes > ADDRESS_SPACE) throw new OutOfMemoryError(bytes);
}

/** Address of the first element. Any later allocation may make it stale. */
export function at(tensor: Tensor): number {
  return address(tensor.storage) + tensor.offset * itemSize(tensor.dtype);
}

/** A view of `source`'s storage without history. */
export function viewOf(source: Tensor, shape: Shape, strides: readonly number[] | null, offset = source.offset): Tensor {
  if (shape.length > MOST_DIMENSIONS) throw tooManyDimensions();
  const view = new Tensor(source.storage, offset, shape, strides, source.dtype);
  view.base = source.base ?? source;
  view.followed = view.base.rewrites;
  return view;
}
