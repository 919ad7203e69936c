/** Sorting, and what an order gives: medians, modes, quantiles, the k largest, unique values. */
import { recordMany, type Operation } from "../autograd/node.ts";
import { filled, typedArray, type TypedArray } from "../dtype.ts";
import { ArgumentError, IndexError, KindlingError } from "../errors.ts";
import { numelOf, wrapDim, type Shape } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { fromTypedArray, zeros } from "./creation.ts";
import { gather, scatterAdd } from "./scatter.ts";
import { indexSelect } from "./indexing.ts";
import { stack } from "./join.ts";
import { toTypedArray } from "./reading.ts";
import { recordMedian, type ValuesAndIndices } from "./reductions.ts";
import type { Reduction } from "./types.ts";
import { flatten, reshape } from "./views.ts";

interface Along {
  readonly outer: number;
  readonly n: number;
  readonly inner: number;
}

function along(shape: Shape, dim: number): Along {
  return { outer: numelOf(shape.slice(0, dim)), n: shape[dim] ?? 1, inner: numelOf(shape.slice(dim + 1)) };
}

const pickOp: Operation = {
  name: "SortBackward0",
  backward(node, gradient) {
    const { shape, dim } = node.data as { shape: Shape; dim: number };
    const places = node.saved(0);
    return [reshape(scatterAdd(zeros(places.shape.length === 0 ? [1] : shape), dim, atLeastVector(places), atLeastVector(gradient)), shape)];
  },
};

const atLeastVector = (x: Tensor): Tensor => (x.shape.length === 0 ? reshape(x, [1]) : x);

/**
 * For each line along `dim` the positions that `choose` picks of it, as values and indices; gradients flow to what was picked.
 * `choose` gets one line's values and returns `count` positions in it.
 */
function pick(input: Tensor, dim: number, count: number, choose: (line: Float64Array) => ArrayLike<number>): ValuesAndIndices {
  const { outer, n, inner } = along(input.shape, dim);
  const from = toTypedArray(input);
  const shape = input.shape.map((size, i) => (i === dim ? count : size));
  const values = typedArray(input.dtype, outer * count * inner);
  const places = new Int32Array(values.length);
  const line = new Float64Array(n);
  for (let o = 0; o < outer; o++) {
    for (let j = 0; j < inner; j++) {
      for (let i = 0; i < n; i++) line[i] = from[(o * n + i) * inner + j]!;
      const chosen = choose(line);
      for (let k = 0; k < count; k++) {
        const target = (o * count + k) * inner + j;
        places[target] = chosen[k]!;
        values[target] = line[chosen[k]!]!;
      }
    }
  }
  const result = { values: fromTypedArray(values, shape, { dtype: input.dtype }), indices: fromTypedArray(places, shape) };
  recordMany(pickOp, [result.values], [input], [result.indices], { shape: input.shape, dim });
  return result;
}

/** Positions in ascending or descending order; NaN counts as the greatest, equals keep their order. */
function order(line: Float64Array, descending: boolean): Int32Array {
  const rank = (a: number, b: number): number => ascending(line[a]!, line[b]!);
  return mergeSorted(inOrder(line.length), descending ? (a, b) => rank(b, a) : rank);
}

/** Sorts places; equals keep their order. JavaScript's own sort makes lists of objects first, as `filled` says. */
function mergeSorted(places: Int32Array, compare: (a: number, b: number) => number): Int32Array {
  let [from, to]: [Int32Array, Int32Array] = [places, new Int32Array(places.length)];
  for (let width = 1; width < places.length; width *= 2) {
    for (let start = 0; start < places.length; start += 2 * width) merge(from, to, start, start + width, Math.min(places.length, start + 2 * width), compare);
    [from, to] = [to, from];
  }
  return from;
}

/** Merges the sorted runs from `start` to `middle` and from there to `end` into `to`. */
function merge(from: Int32Array, to: Int32Array, start: number, middle: number, end: number, compare: (a: number, b: number) => number): void {
  let [left, right] = [start, middle];
  for (let i = start; i < end; i++) {
    const takesLeft = left < middle && (right >= end || compare(from[left]!, from[right]!) <= 0);
    to[i] = from[takesLeft ? left++ : right++]!;
  }
}

export interface SortOptions {
  /** From the largest down. Default false. */
  descending?: boolean;
  /** Equal elements keep their order: they always do here. */
  stable?: boolean;
}

/** Values in order along `dim` (default the last) with the positions they came from. NaN counts as the greatest. */
export function sort(input: Tensor, dim = -1, options: SortOptions = {}): ValuesAndIndices {
  const d = wrapDim(dim, input.shape.length);
  return pick(input, d, input.shape[d] ?? 1, (line) => order(line, options.descending ?? false));
}

/** The positions that would sort the input along `dim` (default the last). */
export function argsort(input: Tensor, dim = -1, options: SortOptions = {}): Tensor {
  return sort(input.detach(), dim, options).indices;
}

/** Values in ascending order along the first dimension. */
export function msort(input: Tensor): Tensor {
  return sort(input, 0).values;
}

/** The `k` largest (or smallest) elements along `dim` (default the last), in order, with their positions. */
export function topk(input: Tensor, k: number, dim = -1, options: { largest?: boolean; sorted?: boolean } = {}): ValuesAndIndices {
  const d = wrapDim(dim, input.shape.length);
  if (k < 0 || k > (input.shape[d] ?? 1)) throw new KindlingError("selected index k out of range");
  return pick(input, d, k, (line) => order(line, options.largest ?? true));
}

function requireSome(name: string, input: Tensor, dim: number): void {
  if (input.shape[dim] === 0) throw new IndexError(`${name}(): Expected reduction dim ${dim} to have non-zero size.`);
}

/** Drops a picked dimension of size 1 unless it is to be kept. */
function dropped(result: ValuesAndIndices, dim: number, rank: number, options: Reduction): ValuesAndIndices {
  if (options.keepdim || rank === 0) return result;
  return { values: result.values.squeeze(dim), indices: result.indices.squeeze(dim) };
}

/** The `k`-th smallest element (counted from 1) along `dim` (default the last) with its position. */
export function kthvalue(input: Tensor, k: number, dim = -1, options: Reduction = {}): ValuesAndIndices {
  const d = wrapDim(dim, input.shape.length);
  const n = input.shape[d] ?? 1;
  requireSome("kthvalue", input, d);
  if (k < 1 || k > n) throw new KindlingError("kthvalue(): selected number k out of range for dimension " + d);
  return dropped(pick(input, d, 1, (line) => [order(line, false)[k - 1]!]), d, input.shape.length, options);
}

/** Position of the lower median; of NaN if there is one (unless they are ignored). */
function medianPlace(line: Float64Array, ignoreNan: boolean): number {
  const places = order(line, false);
  const nans = line.reduce((count, x) => count + Number(Number.isNaN(x)), 0);
  if (nans > 0 && !ignoreNan) return places[line.length - nans]!;
  return places[Math.max(0, Math.floor((line.length - nans - 1) / 2))]!;
}

type MedianFunction = {
  (input: Tensor): Tensor;
  (input: Tensor, dim: number, options?: Reduction): ValuesAndIndices;
  (input: Tensor, dim?: number, options?: Reduction): Tensor | ValuesAndIndices;
};

function medianBy(ignoreNan: boolean): MedianFunction {
  function median(input: Tensor, dim?: number, options: Reduction = {}): Tensor | ValuesAndIndices {
    if (dim === undefined) {
      if (input.numel() === 0) return recordMedian(input, fromTypedArray(new Float32Array([NaN]), []));
      return recordMedian(input, reshape(pick(flatten(input.detach()), 0, 1, (line) => [medianPlace(line, ignoreNan)]).values, []));
    }
    const d = wrapDim(dim, input.shape.length);
    requireSome("median", input, d);
    return dropped(pick(input, d, 1, (line) => [medianPlace(line, ignoreNan)]), d, input.shape.length, options);
  }
  return median as MedianFunction;
}

/** The lower median of all elements, or along `dim` with its position. */
export const median: MedianFunction = medianBy(false);
/** The median of what isn't NaN. */
export const nanmedian: MedianFunction = medianBy(true);

/** The most frequent value along `dim` (default the last; the smallest of several) and the last position where it is. */
export function mode(input: Tensor, dim = -1, options: Reduction = {}): ValuesAndIndices {
  const d = wrapDim(dim, input.shape.length);
  requireSome("mode", input, d);
  return dropped(pick(input, d, 1, (line) => [modePlace(line)]), d, input.shape.length, options);
}

function modePlace(line: Float64Array): number {
  const places = order(line, false);
  let [best, bestLength] = [places[0] ?? 0, 0];
  for (let start = 0; start < places.length; ) {
    let end = start;
    while (end < places.length && line[places[end]!] === line[places[start]!]) end++;
    end = Math.max(end, start + 1);
    if (end - start > bestLength) [best, bestLength] = [places[end - 1]!, end - start];
    start = end;
  }
  return best;
}

export interface QuantileOptions extends Reduction {
  /** Between two elements: default "linear". */
  interpolation?: "linear" | "lower" | "higher" | "midpoint" | "nearest";
}

/** The q-quantile(s) of all elements or along `dim`; several give a new first dimension. */
export function quantile(input: Tensor, q: number | Tensor | readonly number[], dim?: number | null, options: QuantileOptions = {}): Tensor {
  return quantiles(input, q, dim ?? null, options, false);
}

/** Quantiles of what isn't NaN. */
export function nanquantile(input: Tensor, q: number | Tensor | readonly number[], dim?: number | null, options: QuantileOptions = {}): Tensor {
  return quantiles(input, q, dim ?? null, options, true);
}

function quantiles(input: Tensor, q: number | Tensor | readonly number[], dim: number | null, options: QuantileOptions, ignoreNan: boolean): Tensor {
  if (input.dtype !== "float32") throw new KindlingError("quantile() input tensor must be either float or double dtype");
  const scalar = typeof q === "number" || (q instanceof Tensor && q.shape.length === 0);
  const levels = typeof q === "number" ? [q] : q instanceof Tensor ? Array.from(toTypedArray(q)) : [...q];
  if (levels.some((level) => !(level >= 0 && level <= 1))) throw new KindlingError("quantile() q values must be in the range [0, 1]");
  if (input.numel() === 0) throw new KindlingError("quantile() input tensor must be non-empty");
  const source = dim === null ? flatten(input) : input;
  const d = dim === null ? 0 : wrapDim(dim, input.shape.length);
  const sorted = sort(atLeastVector(source), d).values;
  const results = levels.map((level) => between(sorted, d, level, options.interpolation ?? "linear", ignoreNan));
  const shaped = results.map((result) => {
    if (!options.keepdim) return dim === null || input.shape.length === 0 ? reshape(result, []) : result.squeeze(d);
    return dim === null ? reshape(result, input.shape.map(() => 1)) : result;
  });
  return scalar ? shaped[0]! : stack(shaped);
}

/** The `level`-quantile along `dim` of sorted values; the dimension stays with size 1. */
function between(sorted: Tensor, dim: number, level: number, interpolation: string, ignoreNan: boolean): Tensor {
  const { outer, n, inner } = along(sorted.shape, dim);
  const values = toTypedArray(sorted.detach());
  const shape = sorted.shape.map((size, i) => (i === dim ? 1 : size));
  const [low, high] = [new Int32Array(outer * inner), new Int32Array(outer * inner)];
  const weights = new Float32Array(outer * inner);
  for (let line = 0; line < low.length; line++) {
    const at = (i: number): number => values[(Math.floor(line / inner) * n + i) * inner + (line % inner)]!;
    let count = n;
    while (count > 0 && Number.isNaN(at(count - 1))) count--;
    if (count < n && !ignoreNan) {
      low[line] = high[line] = n - 1;
      continue;
    }
    const place = level * Math.max(0, count - 1);
    [low[line], high[line], weights[line]] = placeBetween(place, interpolation);
  }
  const lower = gather(sorted, dim, fromTypedArray(low, shape));
  const upper = gather(sorted, dim, fromTypedArray(high, shape));
  return lower.add(upper.sub(lower).mul(fromTypedArray(weights, shape)));
}

function placeBetween(place: number, interpolation: string): [low: number, high: number, weight: number] {
  const [low, high] = [Math.floor(place), Math.ceil(place)];
  switch (interpolation) {
    case "lower": return [low, low, 0];
    case "higher": return [high, high, 0];
    case "midpoint": return [low, high, 0.5];
    case "nearest": {
      // Halves go to the even neighbour.
      const near = place - low === 0.5 ? low + (low % 2) : Math.round(place);
      return [near, near, 0];
    }
    default: return [low, high, place - low];
  }
}

export interface UniqueOptions {
  /** In ascending order: they always are here. */
  sorted?: boolean;
  /** Also for each element its position among the unique ones. */
  returnInverse?: boolean;
  /** Also how often each occurs. */
  returnCounts?: boolean;
  /** Compare slices along this dimension instead of elements. */
  dim?: number | null;
}

/** The different elements (or slices along `dim`) in ascending order; a list with inverse and counts if asked for. */
export function unique(input: Tensor, options: UniqueOptions = {}): Tensor | Tensor[] {
  const slices = slicesOf(input, options.dim ?? null);
  return grouped(input, slices, mergeSorted(inOrder(slices.count), (a, b) => compareSlices(slices, a, b)), options);
}

/** As `unique`, but only equal neighbours are merged and the order stays. */
export function uniqueConsecutive(input: Tensor, options: UniqueOptions = {}): Tensor | Tensor[] {
  const slices = slicesOf(input, options.dim ?? null);
  return grouped(input, slices, inOrder(slices.count), options);
}

/** What is compared: single elements, or slices of `size` elements, one after the other. */
interface Slices {
  readonly values: TypedArray;
  readonly count: number;
  readonly size: number;
}

function slicesOf(input: Tensor, dim: number | null): Slices {
  const slices = dim === null ? flatten(input) : input.transpose(dim, 0);
  const values = toTypedArray(slices);
  const count = slices.shape[0] ?? 1;
  return { values, count, size: count === 0 ? 0 : values.length / count };
}

/** Ascending; NaN counts as the greatest. */
function compareSlices({ values, size }: Slices, a: number, b: number): number {
  for (let i = 0; i < size; i++) {
    const order = ascending(values[a * size + i]!, values[b * size + i]!);
    if (order !== 0) return order;
  }
  return 0;
}

function ascending(x: number, y: number): number {
  if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y));
  return x - y || 0;
}

/** Whether all elements are equal; NaN equals nothing. */
function sameSlices({ values, size }: Slices, a: number, b: number): boolean {
  for (let i = 0; i < size; i++) if (values[a * size + i] !== values[b * size + i]) return false;
  return true;
}

const inOrder = (count: number): Int32Array => filled(new Int32Array(count), (i) => i);

/** Merges equal neighbours among the slices in the order of `places`. */
function grouped(input: Tensor, slices: Slices, places: Int32Array, options: UniqueOptions): Tensor | Tensor[] {
  const inverse = new Int32Array(places.length);
  let groups = 0;
  places.forEach((place, i) => {
    if (i === 0 || !sameSlices(slices, places[i - 1]!, place)) groups++;
    inverse[place] = groups - 1;
  });
  const counts = new Int32Array(groups);
  const firsts = new Int32Array(groups);
  places.forEach((place) => {
    if (counts[inverse[place]!]!++ === 0) firsts[inverse[place]!] = place;
  });
  const dim = options.dim ?? null;
  const source = dim === null ? flatten(input.detach()) : input.detach();
  const found = indexSelect(source, dim ?? 0, fromTypedArray(firsts, [groups]));
  const extras: Tensor[] = [];
  if (options.returnInverse) extras.push(fromTypedArray(inverse, dim === null ? input.shape : [inverse.length]));
  if (options.returnCounts) extras.push(fromTypedArray(counts, [groups]));
  return extras.length > 0 ? [found, ...extras] : found;
}

export interface SearchOptions {
  /** Whether a value goes after the boundaries it equals. Default false. */
  right?: boolean;
}

/** For each value its place in the ascending `sortedSequence` (one for all, or one for each line of values). `int32`. */
export function searchsorted(sortedSequence: Tensor, values: Tensor | number, options: SearchOptions = {}): Tensor {
  const wanted = values instanceof Tensor ? values : fromTypedArray(new Float32Array([values]), []);
  const n = sortedSequence.shape.at(-1) ?? 1;
  const boundaries = toTypedArray(sortedSequence);
  const perLine = wanted.shape.at(-1) ?? 1;
  if (sortedSequence.shape.length > 1 && sortedSequence.shape.slice(0, -1).join() !== wanted.shape.slice(0, -1).join()) {
    throw new KindlingError("torch.searchsorted(): boundaries tensor should be 1 dimension or the first N-1 dimensions of boundaries tensor and input value tensor must match");
  }
  const list = toTypedArray(wanted);
  const found = filled(typedArray("int32", list.length), (i) => {
    const start = sortedSequence.shape.length > 1 ? Math.floor(i / perLine) * n : 0;
    return placeOf(boundaries, start, n, list[i]!, options.right ?? false) - start;
  });
  return fromTypedArray(found, wanted.shape);
}

/** Where in the ascending entries from `start`, `count` of them, the value belongs. */
export function placeOf(boundaries: ArrayLike<number>, start: number, count: number, value: number, right: boolean): number {
  let [low, high] = [start, start + count];
  while (low < high) {
    const middle = (low + high) >> 1;
    const before = Number.isNaN(value) || boundaries[middle]! < value || (right && boundaries[middle] === value);
    if (before) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The number of the bucket between ascending `boundaries` in which each element lies. `int32`. */
export function bucketize(input: Tensor | number, boundaries: Tensor, options: SearchOptions = {}): Tensor {
  if (boundaries.shape.length !== 1) throw new ArgumentError(`boundaries tensor must be 1 dimension, but got dim(${boundaries.shape.length})`, "RuntimeError");
  return searchsorted(boundaries, input, options);
}
