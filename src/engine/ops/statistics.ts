/** Measuring a tensor where it lies; what an observer shows of it. */
import { allocateBlock } from "../memory/heap.ts";
import { i32, kernels } from "../memory/linear.ts";
import type { Tensor } from "../tensor.ts";
import { denseCopy } from "./copy.ts";
import { at } from "./make.ts";
import { asFloat } from "./pointwise.ts";

export interface Statistics {
  /** Number of values. */
  readonly count: number;
  /** Over the finite values; NaN where there is none. `std` divides by n − 1. */
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
let work = -1;

/** Statistics and a histogram with `bins` bins (1 to 1024). Computed in the engine's memory; changes nothing. */
export function statistics(tensor: Tensor, bins: number): Statistics {
  const count = tensor.numel();
  const values = asFloat(tensor.detach());
  const dense = values.dense ? values : denseCopy(values);
  if (work < 0) work = allocateBlock(MEASURES * 8 + MOST_BINS * 4);
  const source = at(dense);
  kernels.statistics(source, count, work);
  const [finite, mean, std, min, max, zeros] = [...readDoubles(work)] as [number, number, number, number, number, number];
  const some = finite > 0;
  const size = Math.max(1, Math.min(MOST_BINS, Math.floor(bins)));
  const [low, high] = some ? histogramRange(min, max) : [0, 0];
  const counts = work + MEASURES * 8;
  kernels.histogram(source, count, low, high, size, counts);
  return {
    count,
    mean: some ? mean : Number.NaN,
    std: finite > 1 ? std : Number.NaN,
    min: some ? min : Number.NaN,
    max: some ? max : Number.NaN,
    zeroFraction: count > 0 ? zeros / count : 0,
    nonFinite: count - finite,
    histogram: { low, high, counts: Array.from(i32.subarray(counts >>> 2, (counts >>> 2) + size)) },
  };
}

/** A constant tensor gets a range of width 1 around its value, as `torch.histc` and NumPy do it. */
function histogramRange(min: number, max: number): [number, number] {
  return min === max ? [min - 0.5, max + 0.5] : [min, max];
}

function readDoubles(address: number): Float64Array {
  return new Float64Array(i32.buffer.slice(address, address + MEASURES * 8));
}
