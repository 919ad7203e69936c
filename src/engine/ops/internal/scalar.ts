/** A number for kernels that read their operands from memory. */
import { f32, i32 } from "../../memory/linear.ts";
import { fixedBlock } from "../../memory/workspace.ts";

const place = fixedBlock(4);

/** Address of a float32 that has this value until the next call. */
export function scalarAt(value: number): number {
  f32[place >>> 2] = value;
  return place;
}

/** The same for int32. */
export function integerAt(value: number): number {
  i32[place >>> 2] = value;
  return place;
}
