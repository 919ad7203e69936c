/** A number for kernels that read their operands from memory. */
import { allocateBlock } from "../memory/heap.ts";
import { f32, i32 } from "../memory/linear.ts";

let place = -1;

function room(): number {
  if (place < 0) place = allocateBlock(4);
  return place;
}

/** Address of a float32 that has this value until the next call. */
export function scalarAt(value: number): number {
  f32[room() >>> 2] = value;
  return place;
}

/** The same for int32. */
export function integerAt(value: number): number {
  i32[room() >>> 2] = value;
  return place;
}
