/** A number for kernels that read their operands from memory. */
import { allocateBlock } from "../memory/heap.ts";
import { f32 } from "../memory/linear.ts";

let place = -1;

/** Address of a float32 that has this value until the next call. */
export function scalarAt(value: number): number {
  if (place < 0) place = allocateBlock(4);
  f32[place >>> 2] = value;
  return place;
}
