/** Putting plain numbers into a tensor's memory. */
import { itemSize } from "../../dtype.ts";
import { f32, i32, u8 } from "../../memory/linear.ts";
import { address } from "../../memory/residents.ts";
import type { Tensor } from "../../tensor.ts";
import { forEachOffset } from "../reading.ts";

/** Writes `values` in row-major order, converting as PyTorch does (integers truncate, `bool` is "not zero"). */
export function writeValues(target: Tensor, values: ArrayLike<number>): void {
  const base = address(target.storage) / itemSize(target.dtype);
  const memory = target.dtype === "float32" ? f32 : target.dtype === "int32" ? i32 : u8;
  const convert = target.dtype === "bool";
  if (target.dense && !convert) {
    memory.set(values, base + target.offset);
    return;
  }
  let next = 0;
  forEachOffset(target.shape, target.strides, base + target.offset, (offset) => {
    const value = values[next++]!;
    memory[offset] = convert ? Number(value !== 0) : value;
  });
}
