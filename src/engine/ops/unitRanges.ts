/** What each unit of a tensor ranges over; what an observer sees dead and constant units by. */
import { kernels, memory } from "../memory/linear.ts";
import { Workspace } from "../memory/workspace.ts";
import type { Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { denseCopy } from "./internal/copy.ts";
import { at } from "./internal/make.ts";

/** One value for each unit; NaN where one of the unit's values isn't finite. */
export interface UnitRanges {
  /** Largest distance from zero: 0 where all values are. */
  readonly peaks: Float32Array;
  /** Largest distance from what the first sample has in the same place: 0 where all samples are alike. */
  readonly spreads: Float32Array;
}

/** What the kernel answers in. */
const answers = new Workspace();

/** @param dim of a float32 tensor, along which its units lie; its samples lie along dimension 0 */
export function unitRanges(tensor: Tensor, dim: number): UnitRanges {
  const source = tensor.dense ? tensor : denseCopy(tensor);
  const { shape } = tensor;
  const units = shape[dim]!;
  const samples = dim === 0 ? 1 : shape[0]!;
  const inner = sizeOf(shape.slice(dim + 1));
  // Between samples and units there may be places, as in [samples, places, units]: each unit is there once for each of them.
  const columns = units * sizeOf(shape.slice(1, dim));
  const answer = answers.ofSize(8 * columns);
  kernels.unitRanges(at(source), samples, columns, inner, answer, answer + 4 * columns);
  const all = new Float32Array(memory.buffer, answer, 2 * columns);
  return { peaks: largestOfEach(all.subarray(0, columns), units), spreads: largestOfEach(all.subarray(columns), units) };
}

const sizeOf = (shape: Shape): number => shape.reduce((product, size) => product * size, 1);

/** Of rows of `units` values the largest in each column; NaN where one is. */
function largestOfEach(values: Float32Array, units: number): Float32Array {
  const largest = values.slice(0, units);
  for (let i = units; i < values.length; i++) largest[i % units] = Math.max(largest[i % units]!, values[i]!);
  return largest;
}
