/** Measuring a tensor where it lies; what an observer shows of it. */
import { Element } from "../kernels/exports.ts";
import { kernels, memory } from "../memory/linear.ts";
import { fixedBlock } from "../memory/workspace.ts";
import type { Tensor } from "../tensor.ts";
import { denseCopy } from "./internal/copy.ts";
import { at } from "./internal/make.ts";

export interface Statistics {
  /** Number of values. */
  readonly count: number;
  /** Over the finite values; NaN where there is none. `std` divides by n − 1, so that of one value is NaN, too. */
  readonly mean: number;
  readonly std: number;
  readonly min: number;
  readonly max: number;
  /** Fraction of all values that are exactly zero. */
  readonly zeroFraction: number;
  /** Number of NaN and infinite values. */
  readonly nonFinite: number;
  /** Equal-width bins over [low, high], the last one closed; counts add up to the number of finite values. */
  readonly histogram: { readonly low: number; readonly high: number; readonly counts: readonly number[] };
}

const MEASURES = 8;
const MOST_BINS = 1024;

/** Where the kernels answer. Linear memory is shared, so that views of it stay true as it grows. */
const measuresAt = fixedBlock(MEASURES * 8);
const countsAt = fixedBlock(MOST_BINS * 4);
const measures = new Float64Array(memory.buffer, measuresAt, MEASURES);
const binCounts = new Int32Array(memory.buffer, countsAt, MOST_BINS);

/** Statistics and a histogram with `bins` bins (1 to 1024). Computed in the engine's memory; changes nothing. */
export function statistics(tensor: Tensor, bins: number): Statistics {
  const { source, count, repeats } = asRun(tensor) ?? { source: denseCopy(tensor), count: tensor.numel(), repeats: 1 };
  const values = at(source);
  const element = Element[source.dtype];
  kernels.statistics(values, count, measuresAt, element);
  const [finite, mean, std, min, max, zeros] = measures as unknown as [number, number, number, number, number, number];
  const size = Math.max(1, Math.min(MOST_BINS, Math.floor(bins)));
  const [low, high] = finite > 0 ? histogramRange(min, max) : [0, 0];
  const counts = min === max ? constantCounts(finite * repeats, low, high, size) : countsOf(values, count, element, low, high, size, repeats);
  return {
    count: count * repeats,
    mean,
    std: stdOfRepeated(std, finite, repeats),
    min,
    max,
    zeroFraction: count > 0 ? zeros / count : 0,
    nonFinite: (count - finite) * repeats,
    histogram: { low, high, counts },
  };
}

interface Run {
  readonly source: Tensor;
  /** Number of values that lie one after the other. */
  readonly count: number;
  /** How often the tensor has each of them. */
  readonly repeats: number;
}

/** The values as they lie in memory, where they lie without gaps: their order doesn't matter. Expanded ones lie there once. */
function asRun(tensor: Tensor): Run | undefined {
  const { shape, strides } = tensor;
  if (tensor.dense) return { source: tensor, count: tensor.numel(), repeats: 1 };
  const inward = shape
    .map((size, dim) => ({ size, stride: strides[dim]! }))
    .filter(({ size }) => size !== 1)
    .sort((a, b) => a.stride - b.stride);
  let [count, repeats] = [1, 1];
  for (const { size, stride } of inward) {
    if (stride === 0) repeats *= size;
    else if (stride === count) count *= size;
    else return undefined;
  }
  return { source: tensor, count, repeats };
}

/** A constant tensor gets a range of width 1 around its value, as `torch.histc` and NumPy do it. */
function histogramRange(min: number, max: number): [number, number] {
  return min === max ? [min - 0.5, max + 0.5] : [min, max];
}

function constantCounts(count: number, low: number, high: number, bins: number): number[] {
  const counts = new Array<number>(bins).fill(0);
  // Next to a huge value there is no room for any width.
  counts[low < high ? Math.floor(bins / 2) : 0] = count;
  return counts;
}

function countsOf(
  values: number,
  count: number,
  element: (typeof Element)[keyof typeof Element],
  low: number,
  high: number,
  bins: number,
  repeats: number,
): number[] {
  kernels.histogram(values, count, low, high, bins, countsAt, element);
  const list = new Array<number>(bins);
  for (let bin = 0; bin < bins; bin++) list[bin] = binCounts[bin]! * repeats;
  return list;
}

/** @param std of `count` values, each of which is there `repeats` times */
function stdOfRepeated(std: number, count: number, repeats: number): number {
  if (repeats === 1 || count === 0) return std;
  return count === 1 ? 0 : std * Math.sqrt(((count - 1) * repeats) / (count * repeats - 1));
}
