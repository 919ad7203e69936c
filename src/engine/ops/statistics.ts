/** Measuring a tensor where it lies; what an observer shows of it. */
import { Element, type ElementCode } from "../kernels/exports.ts";
import { kernels, memory } from "../memory/linear.ts";
import { fixedBlock } from "../memory/workspace.ts";
import type { Tensor } from "../tensor.ts";
import { denseCopy } from "./internal/copy.ts";
import { coreRange, Sorted, Spread, type Distribution } from "./internal/distribution.ts";
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
  /** Number of infinite values among them; absent where there is none. */
  readonly infinite?: number;
  readonly percentiles: Percentiles;
  /** Over the range that nearly all values lie in. */
  readonly histogram: Histogram;
  /** From the smallest value to the largest; absent where `histogram` is that already. */
  readonly fullHistogram?: Histogram;
}

/** The 1st, 5th, 25th, 50th, 75th, 95th and 99th of the finite values, as NumPy's `percentile`; NaN where there is none. */
export interface Percentiles {
  readonly values: readonly number[];
  /** Whether they are exact, and not read off a histogram of about 300 bins. */
  readonly exact: boolean;
}

/**
 * Equal-width bins over [low, high], the last one closed, of the finite values that aren't zero; with `below` and `above`,
 * which lie outside, counts add up to the number of these.
 */
export interface Histogram {
  readonly low: number;
  readonly high: number;
  readonly counts: readonly number[];
  readonly below: number;
  readonly above: number;
}

const MEASURES = 8;
/** Bins are cut into parts, so that there are about this many cells: percentiles are read off them. */
const CELLS = 320;
const MOST_BINS = 1024;
/** So many values are sorted to know their percentiles exactly. */
const FEW = 128;

/** Where the kernels answer. Linear memory is shared, so that views of it stay true as it grows. */
const measuresAt = fixedBlock(MEASURES * 8);
const countsAt = fixedBlock((MOST_BINS + 2) * 4);
const measures = new Float64Array(memory.buffer, measuresAt, MEASURES);
const cellCounts = new Int32Array(memory.buffer, countsAt, MOST_BINS + 2);

/** Statistics and a histogram with `bins` bins (1 to 1024). Computed in the engine's memory; changes nothing. */
export function statistics(tensor: Tensor, bins: number): Statistics {
  const { source, count, repeats } = asRun(tensor) ?? { source: denseCopy(tensor), count: tensor.numel(), repeats: 1 };
  kernels.statistics(at(source), count, measuresAt, Element[source.dtype]);
  const [finite, mean, std] = [measures[0]!, measures[1]!, measures[2]!];
  const [min, max, zeros] = [measures[3]!, measures[4]!, measures[5]!];
  const infinite = finite < count ? countInfinite(source, count) : 0;
  return {
    count: count * repeats,
    mean,
    std: stdOfRepeated(std, finite, repeats),
    min,
    max,
    zeroFraction: count > 0 ? zeros / count : 0,
    nonFinite: (count - finite) * repeats,
    ...(infinite > 0 && { infinite: infinite * repeats }),
    ...distribution({ source, count, repeats, finite, min, max, zeros, bins: Math.max(1, Math.min(MOST_BINS, Math.floor(bins))) }),
  };
}

/** What values there are in a tensor, and between which limits the finite ones lie. */
export interface Extent {
  readonly count: number;
  readonly nan: number;
  /** Number of ∞ and of −∞. */
  readonly positive: number;
  readonly negative: number;
  /** Of the finite values; NaN where there is none. */
  readonly min: number;
  readonly max: number;
  readonly zeros: number;
}

/** Computed in the engine's memory, in one pass; changes nothing. */
export function extent(tensor: Tensor): Extent {
  const { source, count, repeats } = asRun(tensor) ?? { source: denseCopy(tensor), count: tensor.numel(), repeats: 1 };
  kernels.statistics(at(source), count, measuresAt, Element[source.dtype]);
  const [min, max, zeros, nan, infinite] = [measures[3]!, measures[4]!, measures[5]!, measures[6]!, measures[7]!];
  let negative = 0;
  if (infinite > 0) for (const value of valuesOf(source, count)) if (value === -Infinity) negative++;
  return {
    count: count * repeats,
    nan: nan * repeats,
    positive: (infinite - negative) * repeats,
    negative: negative * repeats,
    min,
    max,
    zeros: zeros * repeats,
  };
}

/** Whether every value of the tensor is finite. Costs one pass over its memory; changes nothing. */
export function isAllFinite(tensor: Tensor): boolean {
  const { source, count } = asRun(tensor) ?? { source: denseCopy(tensor), count: tensor.numel() };
  kernels.statistics(at(source), count, measuresAt, Element[source.dtype]);
  return measures[0] === count;
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

/** A run whose moments are known; numbers are of the values that lie in memory, however often the tensor has each. */
interface Measured extends Run {
  readonly finite: number;
  readonly min: number;
  readonly max: number;
  readonly zeros: number;
  readonly bins: number;
}

type Shown = Pick<Statistics, "percentiles" | "histogram" | "fullHistogram">;

const sharesShown = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];

function distribution(run: Measured): Shown {
  const { finite, min, max, bins } = run;
  const allAre = (value: number): Percentiles => ({ values: sharesShown.map(() => value), exact: true });
  if (finite === 0) return { percentiles: allAre(NaN), histogram: { low: 0, high: 0, counts: emptyCounts(bins), below: 0, above: 0 } };
  if (min === max) return { percentiles: allAre(min), histogram: constantHistogram(run) };
  return finite <= FEW ? distributionOfFew(run) : distributionOfMany(run);
}

/** Sorted, everything is known. */
function distributionOfFew(run: Measured): Shown {
  const { min, max, repeats, zeros } = run;
  const sorted = new Sorted(sortedValues(run), repeats, zeros);
  const [low, high] = coreRange(sorted, min, max, min, max);
  const histogram = histogramOf(countCells(run, low, high, 1), run);
  const percentiles = { values: sharesShown.map((share) => sorted.percentile(share)), exact: true };
  if (low === min && high === max) return { percentiles, histogram };
  return { percentiles, histogram, fullHistogram: histogramOf(countCells(run, min, max, 1), run) };
}

/** Counted in many cells, which are looked at more closely where an outlier takes nearly all of them. */
function distributionOfMany(run: Measured): Shown {
  const { min, max, zeros, bins } = run;
  const parts = Math.max(1, Math.floor(CELLS / bins));
  let cells = countCells(run, min, max, parts);
  let fullHistogram: Histogram | undefined;
  for (;;) {
    const spread = new Spread(cells, min, max, zeros);
    const [low, high] = coreRange(spread, cells.low, cells.high, min, max);
    if (low === cells.low && high === cells.high) {
      const percentiles = { values: sharesShown.map((share) => spread.percentile(share)), exact: false };
      return { percentiles, histogram: histogramOf(cells, run), ...(fullHistogram && { fullHistogram }) };
    }
    fullHistogram ??= histogramOf(cells, run);
    cells = countCells(run, low, high, parts);
  }
}

/** Valid until the next counting. */
function countCells({ source, count, zeros, bins }: Measured, low: number, high: number, parts: number): Distribution {
  kernels.histogram(at(source), count, low, high, bins, parts, zeros, countsAt, Element[source.dtype]);
  const cells = bins * parts;
  return { low, high, counts: cellCounts.subarray(0, cells), below: cellCounts[cells]!, above: cellCounts[cells + 1]! };
}

function histogramOf({ low, high, counts, below, above }: Distribution, { bins, repeats }: Measured): Histogram {
  const summed = emptyCounts(bins);
  const parts = counts.length / bins;
  for (let bin = 0, cell = 0; bin < bins; bin++) {
    let sum = 0;
    for (const end = cell + parts; cell < end; cell++) sum += counts[cell]!;
    summed[bin] = sum * repeats;
  }
  return { low, high, counts: summed, below: below * repeats, above: above * repeats };
}

function emptyCounts(bins: number): number[] {
  return new Array<number>(bins).fill(0);
}

/** A constant tensor gets a range of width 1 around its value, as `torch.histc` and NumPy do it. */
function constantHistogram({ min, finite, zeros, bins, repeats }: Measured): Histogram {
  const [low, high, counts] = [min - 0.5, min + 0.5, emptyCounts(bins)];
  // Next to a huge value there is no room for any width.
  counts[low < high ? Math.floor(bins / 2) : 0] = (finite - zeros) * repeats;
  return { low, high, counts, below: 0, above: 0 };
}

const views = { [Element.float32]: Float32Array, [Element.int32]: Int32Array, [Element.uint8]: Uint8Array, [Element.bool]: Uint8Array };
/** Where few values are sorted. */
const room = new Float64Array(FEW);

function valuesOf(source: Tensor, count: number): Float32Array | Int32Array | Uint8Array {
  const code: ElementCode = Element[source.dtype];
  return new views[code](memory.buffer, at(source), count);
}

/** Only of what is broken: a look at each value. */
function countInfinite(source: Tensor, count: number): number {
  let infinite = 0;
  for (const value of valuesOf(source, count)) if (Math.abs(value) === Infinity) infinite++;
  return infinite;
}

/** The finite values; valid until the next call. */
function sortedValues({ source, count, finite }: Measured): Float64Array {
  const values = valuesOf(source, count);
  let kept = 0;
  for (let i = 0; i < count; i++) if (finite === count || Number.isFinite(values[i])) room[kept++] = values[i]!;
  return room.subarray(0, kept).sort();
}

/** @param std of `count` values, each of which is there `repeats` times */
function stdOfRepeated(std: number, count: number, repeats: number): number {
  if (repeats === 1 || count === 0) return std;
  return count === 1 ? 0 : std * Math.sqrt(((count - 1) * repeats) / (count * repeats - 1));
}
