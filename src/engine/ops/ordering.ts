/** Sorting, and what an order gives: medians, modes, quantiles, the k largest, unique values. */
import { recordMany, type Operation } from "../autograd/node.ts";
import { filled, typedArray, type TypedArray } from "../dtype.ts";
import { ArgumentError, IndexError, KindlingError } from "../errors.ts";
import { numelOf, sameShape, wrapDim, type Shape } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { fromTypedArray, zeros } from "./creation.ts";
import { gather, scatterAdd } from "./scatter.ts";
import { indexSelect } from "./indexing.ts";
import { stack } from "./join.ts";
import { valuesAndIndices, type ValuesAndIndices } from "./namedTuple.ts";
import { toTypedArray } from "./reading.ts";
import { recordMedian } from "./reductions.ts";
import type { Int, ScalarOrTensor } from "./types.ts";
import { flatten, reshape, squeeze } from "./views.ts";

interface Along {
  readonly outer: number;
  readonly n: number;
  readonly inner: number;
}

function along(shape: Shape, dim: number): Along {
  return { outer: numelOf(shape.slice(0, dim)), n: shape[dim] ?? 1, inner: numelOf(shape.slice(dim + 1)) };
}

const pickOp: Operation<{ shape: Shape; dim: number }> = {
  name: "SortBackward0",
  backward(node, gradient) {
    const { shape, dim } = node.data;
    const places = node.saved(0);
    return [reshape(scatterAdd(zeros(places.shape.length === 0 ? [1] : shape), dim, atLeastVector(places), atLeastVector(gradient)), shape)];
  },
};

const atLeastVector = (x: Tensor): Tensor => (x.shape.length === 0 ? reshape(x, [1]) : x);

/** Values and where they were, as this file passes them on. */
interface Picked {
  readonly values: Tensor;
  readonly indices: Tensor;
}

/**
 * For each line along `dim` the positions that `choose` picks of it, as values and indices; gradients flow to what was picked.
 * `choose` gets one line's values and returns `count` positions in it.
 */
function pick(input: Tensor, dim: number, count: number, choose: (line: Float64Array) => ArrayLike<number>): Picked {
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

/** Equal elements keep their order: they always do here. */
export interface Stable {
  stable?: boolean | null;
}

/**
 * Values in order along `dim` with the positions they came from. NaN counts as the greatest.
 * @param dim default the last
 * @param descending from the largest down
 * @see https://pytorch.org/docs/stable/generated/torch.sort.html
 * @api torch.sort Tensor.sort
 */
export function sort(input: Tensor, dim?: Int, descending?: boolean, options?: Stable): ValuesAndIndices;
export function sort(input: Tensor, dim = -1, descending = false): ValuesAndIndices {
  const { values, indices } = inOrderAlong(input, dim, descending);
  return valuesAndIndices("sort", values, indices);
}

function inOrderAlong(input: Tensor, dim: number, descending: boolean): Picked {
  const d = wrapDim(dim, input.shape.length);
  return pick(input, d, input.shape[d] ?? 1, (line) => order(line, descending));
}

/**
 * The positions that would sort the input along `dim`.
 * @param dim default the last
 * @param descending from the largest down
 * @see https://pytorch.org/docs/stable/generated/torch.argsort.html
 * @api torch.argsort Tensor.argsort
 */
export function argsort(input: Tensor, dim?: Int, descending?: boolean, options?: Stable): Tensor;
export function argsort(input: Tensor, dim = -1, descending = false): Tensor {
  return inOrderAlong(input.detach(), dim, descending).indices;
}

/**
 * Values in ascending order along the first dimension.
 * @see https://pytorch.org/docs/stable/generated/torch.msort.html
 * @api torch.msort Tensor.msort
 */
export function msort(input: Tensor): Tensor {
  return inOrderAlong(input, 0, false).values;
}

/**
 * The `k` largest elements along `dim`, from the largest down, with their positions.
 * @param dim default the last
 * @param largest `false`: the smallest ones, from the smallest up
 * @param sorted whether they are in order: they always are here
 * @see https://pytorch.org/docs/stable/generated/torch.topk.html
 * @api torch.topk Tensor.topk
 */
export function topk(input: Tensor, k: Int, dim?: Int, largest?: boolean, sorted?: boolean): ValuesAndIndices;
export function topk(input: Tensor, k: number, dim = -1, largest = true): ValuesAndIndices {
  const d = wrapDim(dim, input.shape.length);
  if (k < 0 || k > (input.shape[d] ?? 1)) throw new KindlingError("selected index k out of range");
  const { values, indices } = pick(input, d, k, (line) => order(line, largest));
  return valuesAndIndices("topk", values, indices);
}

function requireSome(name: string, input: Tensor, dim: number): void {
  if (input.shape[dim] === 0) throw new IndexError(`${name}(): Expected reduction dim ${dim} to have non-zero size.`);
}

/** What `operation` gives: a picked dimension of size 1 is dropped unless it is to be kept. */
function dropped(operation: string, { values, indices }: Picked, dim: number, rank: number, keepdim: boolean): ValuesAndIndices {
  if (keepdim || rank === 0) return valuesAndIndices(operation, values, indices);
  return valuesAndIndices(operation, squeeze(values, dim), squeeze(indices, dim));
}

/**
 * The `k`-th smallest element (counted from 1) along `dim` with its position.
 * @param dim default the last
 * @see https://pytorch.org/docs/stable/generated/torch.kthvalue.html
 * @api torch.kthvalue Tensor.kthvalue
 */
export function kthvalue(input: Tensor, k: Int, dim: Int = -1, keepdim = false): ValuesAndIndices {
  const d = wrapDim(dim, input.shape.length);
  const n = input.shape[d] ?? 1;
  requireSome("kthvalue", input, d);
  if (k < 1 || k > n) throw new KindlingError("kthvalue(): selected number k out of range for dimension " + d);
  return dropped("kthvalue", pick(input, d, 1, (line) => [order(line, false)[k - 1]!]), d, input.shape.length, keepdim);
}

/** Position of the lower median; of NaN if there is one (unless they are ignored). */
function medianPlace(line: Float64Array, ignoreNan: boolean): number {
  const places = order(line, false);
  const nans = line.reduce((count, x) => count + Number(Number.isNaN(x)), 0);
  if (nans > 0 && !ignoreNan) return places[line.length - nans]!;
  return places[Math.max(0, Math.floor((line.length - nans - 1) / 2))]!;
}

/**
 * The median (the lower of two) of all elements, or along `dim` with its position; NaN where there is one.
 * @see https://pytorch.org/docs/stable/generated/torch.median.html
 * @api torch.median Tensor.median
 */
export function median(input: Tensor): Tensor;
export function median(input: Tensor, dim: Int, keepdim?: boolean): ValuesAndIndices;
export function median(input: Tensor, dim?: Int, keepdim = false): Tensor | ValuesAndIndices {
  return dim === undefined ? medianOfAll(input, false) : medianAlong("median", input, dim, keepdim);
}

/**
 * The median (the lower of two) of what isn't NaN, of all elements or along `dim` with its position.
 * @see https://pytorch.org/docs/stable/generated/torch.nanmedian.html
 * @api torch.nanmedian Tensor.nanmedian
 */
export function nanmedian(input: Tensor): Tensor;
export function nanmedian(input: Tensor, dim: Int, keepdim?: boolean): ValuesAndIndices;
export function nanmedian(input: Tensor, dim?: Int, keepdim = false): Tensor | ValuesAndIndices {
  return dim === undefined ? medianOfAll(input, true) : medianAlong("nanmedian", input, dim, keepdim);
}

function medianOfAll(input: Tensor, ignoreNan: boolean): Tensor {
  if (input.numel() === 0) return recordMedian(input, fromTypedArray(new Float32Array([NaN]), []));
  return recordMedian(input, reshape(pick(flatten(input.detach()), 0, 1, (line) => [medianPlace(line, ignoreNan)]).values, []));
}

function medianAlong(operation: "median" | "nanmedian", input: Tensor, dim: number, keepdim: boolean): ValuesAndIndices {
  const d = wrapDim(dim, input.shape.length);
  requireSome("median", input, d);
  const picked = pick(input, d, 1, (line) => [medianPlace(line, operation === "nanmedian")]);
  return dropped(operation, picked, d, input.shape.length, keepdim);
}

/**
 * The most frequent value along `dim` (the smallest of several) and the last position where it is.
 * @param dim default the last
 * @see https://pytorch.org/docs/stable/generated/torch.mode.html
 * @api torch.mode Tensor.mode
 */
export function mode(input: Tensor, dim: Int = -1, keepdim = false): ValuesAndIndices {
  const d = wrapDim(dim, input.shape.length);
  requireSome("mode", input, d);
  return dropped("mode", pick(input, d, 1, (line) => [modePlace(line)]), d, input.shape.length, keepdim);
}

/** The end of the longest run of equals in ascending order. NaN equals nothing: each is a run of its own. */
function modePlace(line: Float64Array): number {
  const places = line.length > INSERTED ? order(line, false) : inserted(line);
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

/** How long the lines are that PyTorch sorts by insertion, which tells which of several equally frequent ones is the mode. */
const INSERTED = 16;

/** Positions in ascending order, each number inserted before the greater ones. It doesn't pass NaN, which isn't greater. */
function inserted(line: Float64Array): Int32Array {
  const places = inOrder(line.length);
  for (let i = 1; i < line.length; i++) {
    const value = line[i]!;
    let target = value < line[places[0]!]! ? 0 : i;
    while (target > 0 && value < line[places[target - 1]!]!) target--;
    places.copyWithin(target + 1, target, i);
    places[target] = i;
  }
  return places;
}

/** What is taken between two elements. */
export type QuantileInterpolation = "linear" | "lower" | "higher" | "midpoint" | "nearest";

export interface QuantileOptions {
  /** Between two elements: default "linear". */
  interpolation?: QuantileInterpolation;
}

/**
 * The q-quantiles of all elements or along `dim`; NaN where there is one.
 * @param q between 0 and 1; a vector of several gives a new first dimension
 * @param dim default: all elements
 * @see https://pytorch.org/docs/stable/generated/torch.quantile.html
 * @api torch.quantile Tensor.quantile
 */
export function quantile(input: Tensor, q: number | Tensor, dim: Int | null = null, keepdim = false, { interpolation = "linear" }: QuantileOptions = {}): Tensor {
  return quantiles(input, q, dim, keepdim, (sorted, d, level) => between(sorted, d, level, interpolation, false));
}

/**
 * The q-quantiles of what isn't NaN, of all elements or along `dim`.
 * @param q between 0 and 1; a vector of several gives a new first dimension
 * @param dim default: all elements
 * @see https://pytorch.org/docs/stable/generated/torch.nanquantile.html
 * @api torch.nanquantile Tensor.nanquantile
 */
export function nanquantile(input: Tensor, q: number | Tensor, dim: Int | null = null, keepdim = false, { interpolation = "linear" }: QuantileOptions = {}): Tensor {
  return quantiles(input, q, dim, keepdim, (sorted, d, level) => between(sorted, d, level, interpolation, true));
}

function quantiles(input: Tensor, q: number | Tensor, dim: number | null, keepdim: boolean, between: (sorted: Tensor, dim: number, level: number) => Tensor): Tensor {
  if (input.dtype !== "float32") throw new KindlingError("quantile() input tensor must be either float or double dtype");
  const levels = typeof q === "number" ? [q] : Array.from(toTypedArray(q));
  if (levels.some((level) => !(level >= 0 && level <= 1))) throw new KindlingError("quantile() q values must be in the range [0, 1]");
  if (input.numel() === 0) throw new KindlingError("quantile() input tensor must be non-empty");
  if (q instanceof Tensor && q.shape.length > 1) throw new KindlingError("quantile() q must be a scalar or 1D tensor");
  const d = dim === null ? 0 : wrapDim(dim, input.shape.length);
  const sorted = inOrderAlong(atLeastVector(dim === null ? flatten(input) : input), d, false).values;
  const results = levels.map((level) => {
    const result = between(sorted, d, level);
    if (keepdim) return dim === null ? reshape(result, input.shape.map(() => 1)) : result;
    return dim === null || input.shape.length === 0 ? reshape(result, []) : squeeze(result, d);
  });
  return typeof q === "number" || q.shape.length === 0 ? results[0]! : stack(results);
}

/** The `level`-quantile along `dim` of sorted values; the dimension stays with size 1. */
function between(sorted: Tensor, dim: number, level: number, interpolation: QuantileInterpolation, ignoreNan: boolean): Tensor {
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

function placeBetween(place: number, interpolation: QuantileInterpolation): [low: number, high: number, weight: number] {
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

/**
 * The different elements, or slices along `dim`, in ascending order. With `returnInverse` and `returnCounts` a list of them,
 * of each element's position among them, and of how often each occurs.
 * @param sorted whether they are in order: they always are here
 * @param returnInverse whether positions are wanted, too
 * @param returnCounts whether counts are wanted, too
 * @param dim compare slices along this dimension instead of elements
 * @see https://pytorch.org/docs/stable/generated/torch.unique.html
 * @api torch.unique Tensor.unique
 */
export function unique(input: Tensor, sorted?: boolean, returnInverse?: boolean, returnCounts?: boolean, dim?: Int | null): Tensor | Tensor[];
export function unique(input: Tensor, _: boolean = true, returnInverse = false, returnCounts = false, dim: Int | null = null): Tensor | Tensor[] {
  const slices = slicesOf(input, dim);
  const places = mergeSorted(inOrder(slices.count), (a, b) => compareSlices(slices, a, b));
  return grouped(input, slices, places, returnInverse, returnCounts, dim);
}

/**
 * As `unique`, but only equal neighbours are merged and the order stays.
 * @param returnInverse whether positions are wanted, too
 * @param returnCounts whether counts are wanted, too
 * @param dim compare slices along this dimension instead of elements
 * @see https://pytorch.org/docs/stable/generated/torch.unique_consecutive.html
 * @api torch.uniqueConsecutive Tensor.uniqueConsecutive
 */
export function uniqueConsecutive(input: Tensor, returnInverse = false, returnCounts = false, dim: Int | null = null): Tensor | Tensor[] {
  const slices = slicesOf(input, dim);
  return grouped(input, slices, inOrder(slices.count), returnInverse, returnCounts, dim);
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
function grouped(input: Tensor, slices: Slices, places: Int32Array, returnInverse: boolean, returnCounts: boolean, dim: number | null): Tensor | Tensor[] {
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
  const source = dim === null ? flatten(input.detach()) : input.detach();
  const found = indexSelect(source, dim ?? 0, fromTypedArray(firsts, [groups]));
  const extras: Tensor[] = [];
  if (returnInverse) extras.push(fromTypedArray(inverse, dim === null ? input.shape : [inverse.length]));
  if (returnCounts) extras.push(fromTypedArray(counts, [groups]));
  return extras.length > 0 ? [found, ...extras] : found;
}

/** On which side of the boundaries that it equals a value belongs. */
export interface BucketOptions {
  /** Positions are `int32` anyway. */
  outInt32?: boolean;
  /** Whether a value goes after the boundaries it equals. Default false. */
  right?: boolean;
}

export interface SearchOptions extends BucketOptions {
  /** The same in NumPy's words. */
  side?: "left" | "right" | null;
  /** Positions that put `sortedSequence` in order, as `argsort` gives them, where it isn't. */
  sorter?: Tensor | null;
}

/**
 * For each value its place in an ascending sequence, such that the order stays. `int32`, shaped as `input`.
 * @param sortedSequence one vector for all values, or one for each line of them
 * @param input the values
 * @see https://pytorch.org/docs/stable/generated/torch.searchsorted.html
 * @api torch.searchsorted
 */
export function searchsorted(sortedSequence: Tensor, input: ScalarOrTensor, { right = false, side = null, sorter = null }: SearchOptions = {}): Tensor {
  if (right && side === "left") throw new KindlingError("torch.searchsorted(): side and right can't be set to opposites, got side of left while right was True");
  const wanted = input instanceof Tensor ? input : fromTypedArray(new Float32Array([input]), []);
  const isShared = sortedSequence.shape.length <= 1;
  if (!isShared && sortedSequence.shape.slice(0, -1).join() !== wanted.shape.slice(0, -1).join()) {
    throw new KindlingError("torch.searchsorted(): boundaries tensor should be 1 dimension or the first N-1 dimensions of boundaries tensor and input value tensor must match");
  }
  const n = sortedSequence.shape.at(-1) ?? 1;
  const boundaries = toTypedArray(sorter === null ? sortedSequence : inOrderOf(sorter, sortedSequence));
  const perLine = wanted.shape.at(-1) ?? 1;
  const list = toTypedArray(wanted);
  const found = filled(typedArray("int32", list.length), (i) => {
    const start = isShared ? 0 : Math.floor(i / perLine) * n;
    return placeOf(boundaries, start, n, list[i]!, right || side === "right") - start;
  });
  return fromTypedArray(found, wanted.shape);
}

function inOrderOf(sorter: Tensor, sequence: Tensor): Tensor {
  if (!sameShape(sorter.shape, sequence.shape)) {
    throw new KindlingError(`torch.searchsorted(): boundary and sorter must have the same size, but got boundary tensor [${sequence.shape.join(", ")}]and got sorter tensor [${sorter.shape.join(", ")}]`);
  }
  return gather(sequence, -1, sorter);
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

/**
 * The number of the bucket between ascending `boundaries` in which each element lies. `int32`, shaped as `input`.
 * @see https://pytorch.org/docs/stable/generated/torch.bucketize.html
 * @api torch.bucketize
 */
export function bucketize(input: ScalarOrTensor, boundaries: Tensor, options: BucketOptions = {}): Tensor {
  if (boundaries.shape.length !== 1) throw new ArgumentError(`boundaries tensor must be 1 dimension, but got dim(${boundaries.shape.length})`, "RuntimeError");
  return searchsorted(boundaries, input, options);
}
