/**
 * Pooling over windows of any number of dimensions: each direction has a list of windows, and a window of the whole is one
 * of each. The fast two-dimensional kernels are in convolution.ts.
 */
import { filled, roomFor } from "../dtype.ts";
import { KindlingError, ShapeError } from "../errors.ts";
import { contiguousStrides, numelOf, shapeText } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { mul } from "./binary.ts";
import { where } from "./where.ts";
import { adaptiveAvgPool2d, avgPool2d, maxPool2d } from "./convolution.ts";
import { sizesOf } from "./convolutions.ts";
import type { Size } from "./types.ts";
import { fromTypedArray, zeros } from "./creation.ts";
import { rand } from "./random.ts";
import { gather, scatter, scatterAdd } from "./scatter.ts";
import { indexSelect } from "./indexing.ts";
import { cat } from "./join.ts";
import { requireRoom } from "./internal/make.ts";
import { pad } from "./padding.ts";
import { toTypedArray } from "./reading.ts";
import { expand, permute, reshape, squeeze, unsqueeze } from "./views.ts";
import { unfold } from "./stridedViews.ts";

/** The places along one direction that a window sees. */
type Window = readonly number[];

export interface PoolingOptions {
  /** Default: the kernel's size. */
  stride?: Size | null;
  padding?: Size;
  /** Round the output's size up instead of down. Default false. */
  ceilMode?: boolean;
}

export interface MaxPoolOptions extends PoolingOptions {
  dilation?: Size;
  /** Also where in the flattened plane each value was. Default false. */
  returnIndices?: boolean;
}

export interface AvgPoolOptions extends PoolingOptions {
  /** Whether the border counts in the mean. Default true. */
  countIncludePad?: boolean;
  /** Divide by this instead of the window's size. */
  divisorOverride?: number | null;
}

export type Pooled = readonly [values: Tensor, indices: Tensor];

/** `[…, spatial]` as `[batch, channels, spatial]`: one or two leading dimensions. */
function spatial(name: string, input: Tensor, rank: number): readonly number[] {
  if (input.shape.length !== rank + 1 && input.shape.length !== rank + 2) {
    throw new ShapeError(`${name}: Expected ${rank + 1}D or ${rank + 2}D (batch mode) tensor, but got input of size: ${shapeText(input.shape)}`, input.shape);
  }
  return input.shape.slice(-rank);
}

/** How many windows there are; the last has to begin inside the input or its left border. */
function windowCount(size: number, kernel: number, stride: number, padding: number, dilation: number, ceilMode: boolean): number {
  const room = size + 2 * padding - dilation * (kernel - 1) - 1;
  const count = (ceilMode ? Math.ceil(room / stride) : Math.floor(room / stride)) + 1;
  return ceilMode && (count - 1) * stride >= size + padding ? count - 1 : count;
}

function slidingWindows(size: number, kernel: number, stride: number, padding: number, dilation: number, ceilMode: boolean): Window[] {
  const count = windowCount(size, kernel, stride, padding, dilation, ceilMode);
  return Array.from({ length: Math.max(0, count) }, (_, i) => {
    const places = Array.from({ length: kernel }, (_unused, k) => i * stride - padding + k * dilation);
    return places.filter((place) => place >= 0 && place < size);
  });
}

function adaptiveWindows(size: number, count: number): Window[] {
  return Array.from({ length: count }, (_, i) => {
    const start = Math.floor((i * size) / count);
    return Array.from({ length: Math.ceil(((i + 1) * size) / count) - start }, (_unused, k) => start + k);
  });
}

/** The largest value of each window and its place in the flattened plane; NaN wins. */
function maxOver(input: Tensor, windows: readonly (readonly Window[])[]): Pooled {
  const size = input.shape.slice(-windows.length);
  const lead = input.shape.slice(0, -windows.length);
  const values = toTypedArray(input);
  const plane = numelOf(size);
  const steps = contiguousStrides(size);
  const shape = windows.map((list) => list.length);
  const cells = numelOf(shape);
  const indices = roomFor(Int32Array, numelOf(lead) * cells);
  for (let start = 0, next = 0; next < indices.length; start += plane) {
    eachCell(windows, (window) => (indices[next++] = largestOf(values, start, window, steps)));
  }
  const places = fromTypedArray(indices, [...lead, cells]);
  const picked = gather(reshape(input, [...lead, plane]), lead.length, places);
  return [reshape(picked, [...lead, ...shape]), reshape(places, [...lead, ...shape])];
}

/** Calls `visit` for each output cell, in row-major order, with what its window sees in each direction (the same list each time). */
function eachCell(windows: readonly (readonly Window[])[], visit: (window: readonly Window[]) => void): void {
  const window: Window[] = [];
  const choose = (direction: number): void => {
    if (direction === windows.length) return visit(window);
    for (const one of windows[direction]!) {
      window[direction] = one;
      choose(direction + 1);
    }
  };
  choose(0);
}

function largestOf(values: ArrayLike<number>, start: number, window: readonly Window[], steps: readonly number[]): number {
  let best = -1;
  const look = (direction: number, place: number): void => {
    if (direction < window.length) {
      for (const at of window[direction]!) look(direction + 1, place + at * steps[direction]!);
      return;
    }
    const [value, leader] = [values[start + place]!, values[start + best]!];
    if (best < 0 || value > leader || (Number.isNaN(value) && !Number.isNaN(leader))) best = place;
  };
  look(0, 0);
  return best;
}

// --- maximum --------------------------------------------------------------------------------------------------------

function maxPool(rank: number) {
  return function pool(input: Tensor, kernelSize: Size, options: MaxPoolOptions = {}): Tensor | Pooled {
    const size = spatial(`max_pool${rank}d`, input, rank);
    const kernel = sizesOf(kernelSize, rank, 1);
    const stride = options.stride ? sizesOf(options.stride, rank, 1) : kernel;
    const [padding, dilation] = [sizesOf(options.padding, rank, 0), sizesOf(options.dilation, rank, 1)];
    if (padding.some((border, i) => border > kernel[i]! / 2)) throw new KindlingError("pad should be at most half of kernel size");
    if (!options.returnIndices && rank < 3) return quickMax(input, kernel, stride, padding, dilation, options.ceilMode ?? false);
    const windows = size.map((n, i) => slidingWindows(n, kernel[i]!, stride[i]!, padding[i]!, dilation[i]!, options.ceilMode ?? false));
    if (windows.some((list) => list.length === 0)) throw new KindlingError(`max_pool${rank}d: Output size is too small`);
    const result = maxOver(input, windows);
    return options.returnIndices ? result : result[0];
  };
}

/** By the two-dimensional kernel. */
function quickMax(input: Tensor, kernel: number[], stride: number[], padding: number[], dilation: number[], ceilMode: boolean): Tensor {
  const flat = kernel.length === 1;
  const pair = (list: readonly number[], other: number): [number, number] => (flat ? [other, list[0]!] : [list[0]!, list[1]!]);
  const image = flat ? unsqueeze(input, -2) : input;
  const batch = image.shape.length === 3 ? unsqueeze(image, 0) : image;
  const result = maxPool2d(batch, pair(kernel, 1), { stride: pair(stride, 1), padding: pair(padding, 0), dilation: pair(dilation, 1), ceilMode });
  const image2 = image.shape.length === 3 ? squeeze(result, 0) : result;
  return flat ? squeeze(image2, -2) : image2;
}

export interface MaxPoolFunction {
  (input: Tensor, kernelSize: Size, options: MaxPoolOptions & { returnIndices: true }): Pooled;
  (input: Tensor, kernelSize: Size, options?: MaxPoolOptions): Tensor;
}
/** The largest value of each window of `[…, channels, length]`. */
export const maxPool1d = maxPool(1) as MaxPoolFunction;
/** The largest value of each window of `[…, channels, height, width]`. */
export const maxPoolPlanes = maxPool(2) as MaxPoolFunction;
/** The largest value of each window of `[…, channels, depth, height, width]`. */
export const maxPool3d = maxPool(3) as MaxPoolFunction;

function adaptiveMax(rank: number) {
  return function pool(input: Tensor, outputSize: number | readonly (number | null)[], options: { returnIndices?: boolean } = {}): Tensor | Pooled {
    const size = spatial(`adaptive_max_pool${rank}d`, input, rank);
    const result = maxOver(input, wantedSizes(size, outputSize).map((count, i) => adaptiveWindows(size[i]!, count)));
    return options.returnIndices ? result : result[0];
  };
}

/** `null` keeps a direction's size. */
function wantedSizes(size: readonly number[], wanted: number | readonly (number | null)[]): number[] {
  const sizes = size.map((own, i) => (typeof wanted === "number" ? wanted : wanted[i] ?? own));
  if (!sizes.every((count) => count >= 0)) throw new KindlingError(`elements of output_size must be greater than or equal to 0 but received {${sizes.join(", ")}}`);
  requireRoom(sizes);
  return sizes;
}

export interface AdaptiveMaxPoolFunction {
  (input: Tensor, outputSize: number | readonly (number | null)[], options: { returnIndices: true }): Pooled;
  (input: Tensor, outputSize: number | readonly (number | null)[], options?: { returnIndices?: boolean }): Tensor;
}
export const adaptiveMaxPool1d = adaptiveMax(1) as AdaptiveMaxPoolFunction;
export const adaptiveMaxPool2d = adaptiveMax(2) as AdaptiveMaxPoolFunction;
export const adaptiveMaxPool3d = adaptiveMax(3) as AdaptiveMaxPoolFunction;

export interface FractionalOptions {
  outputSize?: Size;
  /** Share of the input's size, instead of `outputSize`. */
  outputRatio?: Size;
  returnIndices?: boolean;
  /** Where windows begin: `[batch, channels, directions]` in [0, 1). Drawn if left out. */
  _randomSamples?: Tensor;
}

function fractionalMax(rank: number) {
  return function pool(input: Tensor, kernelSize: Size, options: FractionalOptions): Tensor | Pooled {
    const size = spatial(`fractional_max_pool${rank}d`, input, rank);
    if ((options.outputSize === undefined) === (options.outputRatio === undefined)) {
      throw new KindlingError(`fractional_max_pool${rank}d requires specifying either an output_size or an output_ratio`);
    }
    const kernel = sizesOf(kernelSize, rank, 1);
    const count = options.outputSize !== undefined
      ? sizesOf(options.outputSize, rank, 1)
      : sizesOf(options.outputRatio, rank, 1).map((ratio, i) => Math.floor(size[i]! * ratio));
    const batched = input.shape.length === rank + 2 ? input : unsqueeze(input, 0);
    const [batch, channels] = batched.shape as [number, number];
    const samples = toTypedArray(options._randomSamples ?? rand([batch, channels, rank]));
    const values: Tensor[] = [];
    const indices: Tensor[] = [];
    for (let plane = 0; plane < batch * channels; plane++) {
      // The last sample is for the first direction, as PyTorch has it.
      const windows = size.map((n, i) => fractionalWindows(n, kernel[i]!, count[i]!, samples[plane * rank + (rank - 1 - i)]!));
      const [value, index] = maxOver(batched.select(0, Math.floor(plane / channels)).narrow(0, plane % channels, 1), windows);
      values.push(value);
      indices.push(index);
    }
    const shape = [...input.shape.slice(0, -rank), ...count];
    const result: Pooled = [reshape(joined(values), shape), reshape(joined(indices), shape)];
    return options.returnIndices ? result : result[0];
  };
}

const joined = (parts: readonly Tensor[]): Tensor => cat(parts, 0);

function fractionalWindows(size: number, kernel: number, count: number, sample: number): Window[] {
  const alpha = count > 1 ? (size - kernel) / (count - 1) : 0;
  return Array.from({ length: count }, (_, i) => {
    const start = i === count - 1 ? size - kernel : Math.trunc((i + sample) * alpha) - Math.trunc(sample * alpha);
    return Array.from({ length: kernel }, (_unused, k) => start + k);
  });
}
export const fractionalMaxPool2d = fractionalMax(2);
export const fractionalMaxPool3d = fractionalMax(3);

function unpool(rank: number) {
  return (input: Tensor, indices: Tensor, kernelSize: Size, options: { stride?: Size | null; padding?: Size; outputSize?: readonly number[] | null } = {}): Tensor => {
    const kernel = sizesOf(kernelSize, rank, 1);
    const stride = options.stride ? sizesOf(options.stride, rank, 1) : kernel;
    const padding = sizesOf(options.padding, rank, 0);
    const size = input.shape.slice(-rank);
    const shape = options.outputSize?.slice(-rank) ?? size.map((n, i) => (n - 1) * stride[i]! - 2 * padding[i]! + kernel[i]!);
    const lead = input.shape.slice(0, -rank);
    const count = numelOf(size);
    const flat = scatter(zeros([...lead, numelOf(shape)]), lead.length, reshape(indices, [...lead, count]), reshape(input, [...lead, count]));
    return reshape(flat, [...lead, ...shape]);
  };
}
/** Puts values back where a max pooling with `returnIndices` found them; zeros elsewhere. */
export const maxUnpool1d = unpool(1);
export const maxUnpool2d = unpool(2);
export const maxUnpool3d = unpool(3);

// --- mean -----------------------------------------------------------------------------------------------------------

/** Sums over windows direction by direction: the k-th places of all windows are gathered and added, for each k. */
function sumOver(input: Tensor, windows: readonly (readonly Window[])[], share: (window: Window) => number): Tensor {
  const rank = input.shape.length;
  return windows.reduce((x, list, i) => {
    const dim = rank - windows.length + i;
    const shape = x.shape.map((_, k) => (k === dim ? list.length : 1));
    const longest = Math.max(0, ...list.map((window) => window.length));
    let total: Tensor = zeros(x.shape.map((size, k) => (k === dim ? list.length : size)));
    for (let k = 0; k < longest; k++) {
      const places = filled(roomFor(Int32Array, list.length), (i) => list[i]![k] ?? 0);
      const factors = fromTypedArray(filled(roomFor(Float32Array, list.length), (i) => (k < list[i]!.length ? share(list[i]!) : 0)), shape);
      total = total.add(where(factors.eq(0), 0, mul(indexSelect(x, dim, fromTypedArray(places, [list.length])), factors)));
    }
    return total;
  }, input);
}

function avgPool(rank: number) {
  return (input: Tensor, kernelSize: Size, options: AvgPoolOptions = {}): Tensor => {
    const size = spatial(`avg_pool${rank}d`, input, rank);
    const kernel = sizesOf(kernelSize, rank, 1);
    const stride = options.stride ? sizesOf(options.stride, rank, 1) : kernel;
    const padding = sizesOf(options.padding, rank, 0);
    const { ceilMode = false, countIncludePad = true, divisorOverride = null } = options;
    if (padding.some((border, i) => border > kernel[i]! / 2)) throw new KindlingError("pad should be at most half of kernel size");
    if (divisorOverride === 0) throw new KindlingError("divisor must be not zero");
    const windows = size.map((n, i) => slidingWindows(n, kernel[i]!, stride[i]!, padding[i]!, 1, ceilMode));
    const sums = sumOver(input, windows, () => 1);
    if (divisorOverride !== null) return sums.div(divisorOverride);
    const counts = size.map((n, i) => windows[i]!.map((window, k) => {
      if (!countIncludePad) return window.length;
      const start = k * stride[i]! - padding[i]!;
      return Math.min(start + kernel[i]!, n + padding[i]!) - start;
    }));
    const divisors = counts.reduce<number[]>((all, list) => all.flatMap((count) => list.map((own) => count * own)), [1]);
    return sums.div(fromTypedArray(new Float32Array(divisors), counts.map((list) => list.length)));
  };
}
/** The mean of each window of `[…, channels, length]`. */
export const avgPool1d = avgPool(1);
const avgPoolSlow = avgPool(2);
/** The mean of each window of `[…, channels, height, width]`. */
export function avgPoolPlanes(input: Tensor, kernelSize: Size, options: AvgPoolOptions = {}): Tensor {
  const plain = input.shape.length === 4 && !options.divisorOverride && !options.ceilMode && options.divisorOverride !== 0;
  if (!plain) return avgPoolSlow(input, kernelSize, options);
  const pair = (value: Size): [number, number] => sizesOf(value, 2, 1) as [number, number];
  return avgPool2d(input, pair(kernelSize), { stride: pair(options.stride ?? kernelSize), padding: pair(options.padding ?? 0), countIncludePad: options.countIncludePad ?? true });
}
/** The mean of each window of `[…, channels, depth, height, width]`. */
export const avgPool3d = avgPool(3);

function adaptiveAvg(rank: number) {
  return (input: Tensor, outputSize: number | readonly (number | null)[]): Tensor => {
    const size = spatial(`adaptive_avg_pool${rank}d`, input, rank);
    const windows = wantedSizes(size, outputSize).map((count, i) => adaptiveWindows(size[i]!, count));
    return sumOver(input, windows, (window) => 1 / window.length);
  };
}
export const adaptiveAvgPool1d = adaptiveAvg(1);
/** The same over height and width, by the quicker loop. */
export function adaptiveAvgPoolPlanes(input: Tensor, outputSize: number | readonly (number | null)[]): Tensor {
  return adaptiveAvgPool2d(input, wantedSizes(spatial("adaptive_avg_pool2d", input, 2), outputSize));
}
export const adaptiveAvgPool3d = adaptiveAvg(3);

function lpPool(rank: number) {
  return (input: Tensor, normType: number, kernelSize: Size, options: { stride?: Size | null; ceilMode?: boolean } = {}): Tensor => {
    const kernel = sizesOf(kernelSize, rank, 1);
    const pool = rank === 1 ? avgPool1d : avgPoolSlow;
    const means = pool(input.pow(normType), kernel, { stride: options.stride ?? null, ceilMode: options.ceilMode ?? false });
    return mul(means.sign(), means.abs().relu()).mul(numelOf(kernel)).pow(1 / normType);
  };
}
/** (Σ xᵖ)^(1/p) of each window. */
export const lpPool1d = lpPool(1);
export const lpPool2d = lpPool(2);

// --- windows as columns ---------------------------------------------------------------------------------------------

export interface ColumnOptions {
  dilation?: Size;
  padding?: Size;
  stride?: Size;
}

/** Every window of an image as a column: `[batch, channels, height, width]` → `[batch, channels · kernel, windows]`. */
export function unfoldImages(input: Tensor, kernelSize: Size, options: ColumnOptions = {}): Tensor {
  if (input.shape.length === 3) return squeeze(unfoldImages(unsqueeze(input, 0), kernelSize, options), 0);
  const [kernel, stride] = [sizesOf(kernelSize, 2, 1), sizesOf(options.stride, 2, 1)];
  const [padding, dilation] = [sizesOf(options.padding, 2, 0), sizesOf(options.dilation, 2, 1)];
  const bordered = pad(input, [padding[1]!, padding[1]!, padding[0]!, padding[0]!]);
  const spans = kernel.map((size, i) => dilation[i]! * (size - 1) + 1);
  const views = unfold(unfold(bordered, 2, spans[0]!, stride[0]!), 3, spans[1]!, stride[1]!).slice(4, 0, null, dilation[0]).slice(5, 0, null, dilation[1]);
  const [batch, channels, rows, cols] = views.shape as [number, number, number, number];
  return reshape(permute(views, [0, 1, 4, 5, 2, 3]), [batch, channels * kernel[0]! * kernel[1]!, rows * cols]);
}

/** Adds columns of windows up to images of `outputSize`: the reverse of `unfold`, where windows overlap their sum. */
export function foldImages(input: Tensor, outputSize: Size, kernelSize: Size, options: ColumnOptions = {}): Tensor {
  if (input.shape.length === 2) return squeeze(foldImages(unsqueeze(input, 0), outputSize, kernelSize, options), 0);
  const size = sizesOf(outputSize, 2, 1);
  const kernel = sizesOf(kernelSize, 2, 1);
  const [batch, rows, count] = input.shape as [number, number, number];
  const channels = rows / numelOf(kernel);
  if (!Number.isInteger(channels)) {
    throw new KindlingError(`Expected size of input's dimension 1 to be divisible by the product of kernel_size, but got input.size(1)=${rows} and kernel_size=(${kernel.join(", ")}).`);
  }
  // Place 0 takes what lies in the border.
  const ordinals = fromTypedArray(filled(roomFor(Float32Array, numelOf(size)), (i) => i + 1), [1, 1, ...size]);
  const places = unfoldImages(ordinals, kernel, options);
  if (places.shape[2] !== count) {
    throw new KindlingError(`Given output_size=(${size.join(", ")}), kernel_size=(${kernel.join(", ")}), expected size of input's dimension 2 to match the calculated number of sliding blocks ${places.shape[2]}, but got input.size(2)=${count}.`);
  }
  const flat = reshape(input, [batch, channels, numelOf(kernel) * count]);
  const index = expand(reshape(places.int(), [1, 1, numelOf(kernel) * count]), flat.shape);
  const sums = scatterAdd(zeros([batch, channels, numelOf(size) + 1]), 2, index, flat);
  return reshape(sums.narrow(2, 1, numelOf(size)), [batch, channels, ...size]);
}
