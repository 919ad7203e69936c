/** Maxima of windows, and their values put back. */
import { roomFor } from "../../dtype.ts";
import { ArgumentError, KindlingError } from "../../errors.ts";
import { contiguousStrides, numelOf } from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";
import { fromTypedArray, zeros } from "../creation.ts";
import { sizesOf } from "../internal/sizes.ts";
import { cat } from "../join.ts";
import { maxOfPlanes, type Pooled } from "./planes.ts";
import { rand } from "../random.ts";
import { toTypedArray } from "../reading.ts";
import { gather, scatter } from "../scatter.ts";
import type { Size } from "../types.ts";
import { narrow, reshape, select, squeeze, unsqueeze } from "../views.ts";
import { adaptiveSizes, adaptiveWindows, layOut, pooledDirections, slidingWindows, strideOf, type AdaptiveSize, type Layout, type Window } from "./windows.ts";

/** What is given: the values, or `[values, indices]` where indices are asked for. */
export type PooledAs<Indices extends boolean> = Indices extends true ? Pooled : Tensor;

const pooledAs = <Indices extends boolean>(pooled: Pooled, indices: Indices): PooledAs<Indices> => (indices ? pooled : pooled[0]) as PooledAs<Indices>;

/**
 * @param stride default: the kernel's size
 * @param padding border that never wins, default 0
 * @param dilation distance between a window's elements, default 1
 * @param ceilMode round the output's size up instead of down, default false
 * @param returnIndices give `[values, indices]`, with the place in the flattened directions of each value, default false
 */
export type MaxPool = <Indices extends boolean = false>(
  input: Tensor, kernelSize: Size, stride?: Size | null, padding?: Size, dilation?: Size, ceilMode?: boolean, returnIndices?: Indices,
) => PooledAs<Indices>;

function maxPool(rank: number, pool: (input: Tensor, layout: Layout, indices: boolean) => Pooled): MaxPool {
  return <Indices extends boolean = false>(
    input: Tensor, kernelSize: Size, stride: Size | null = null, padding: Size = 0, dilation: Size = 1, ceilMode = false, returnIndices = false as Indices,
  ) => {
    const layout = layOut(`max_pool${rank}d`, input, rank, kernelSize, stride, padding, dilation, ceilMode);
    if (layout.dilation.some((step) => step > 1) && slidingWindows(layout).flat().some((window) => window.length === 0)) {
      throw new KindlingError(`max_pool${rank}d: a window lies wholly outside the input; use less padding or dilation`);
    }
    return pooledAs(pool(input, layout, returnIndices), returnIndices);
  };
}

/**
 * The largest value of each window over length.
 *
 * Shapes: input `[batch, channels, length]` or without the batch → the same with
 * length' = ⌊(length + 2·padding − dilation·(kernelSize − 1) − 1) / stride⌋ + 1.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.max_pool1d.html
 * @api nn.functional.maxPool1d
 */
export const maxPool1d: MaxPool = maxPool(1, (input, layout, keepsIndices) => {
  const row: Layout = {
    size: [1, ...layout.size], kernel: [1, ...layout.kernel], output: [1, ...layout.output],
    stride: [1, ...layout.stride], padding: [0, ...layout.padding], dilation: [1, ...layout.dilation],
  };
  const [values, indices] = maxOfPlanes(unsqueeze(input, -2), row, keepsIndices);
  return [squeeze(values, -2), squeeze(indices, -2)];
});

/**
 * The largest value of each window over height and width.
 *
 * Shapes: input `[batch, channels, height, width]` or without the batch → the same with
 * size' = ⌊(size + 2·padding − dilation·(kernelSize − 1) − 1) / stride⌋ + 1 in each direction.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.max_pool2d.html
 * @api nn.functional.maxPool2d
 */
export const maxPool2d: MaxPool = maxPool(2, maxOfPlanes);

/**
 * The largest value of each window over depth, height and width.
 *
 * Shapes: input `[batch, channels, depth, height, width]` or without the batch → the same with sizes as those of `maxPool2d`.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.max_pool3d.html
 * @api nn.functional.maxPool3d
 */
export const maxPool3d: MaxPool = maxPool(3, (input, layout) => maxOf(input, slidingWindows(layout)));

/** The largest value of each window and its place in the flattened directions; NaN wins. */
function maxOf(input: Tensor, windows: readonly (readonly Window[])[]): Pooled {
  const size = input.shape.slice(-windows.length);
  const lead = input.shape.slice(0, -windows.length);
  const values = toTypedArray(input);
  const places = numelOf(size);
  const steps = contiguousStrides(size);
  const shape = windows.map((list) => list.length);
  const cells = numelOf(shape);
  const found = roomFor(Int32Array, numelOf(lead) * cells);
  for (let start = 0, next = 0; next < found.length; start += places) {
    eachWindow(windows, (window) => (found[next++] = largestOf(values, start, window, steps)));
  }
  const indices = fromTypedArray(found, [...lead, cells]);
  const picked = gather(reshape(input, [...lead, places]), lead.length, indices);
  return [reshape(picked, [...lead, ...shape]), reshape(indices, [...lead, ...shape])];
}

/** Calls `visit` for each window of the whole, in row-major order, with its part in each direction (the same list each time). */
function eachWindow(windows: readonly (readonly Window[])[], visit: (window: readonly Window[]) => void): void {
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

// --- as many windows as the output is to have -----------------------------------------------------------------------

/**
 * @param outputSize the output's sizes; `null` keeps a direction's
 * @param returnIndices give `[values, indices]`, with the place in the flattened directions of each value, default false
 */
export type AdaptiveMaxPool = <Indices extends boolean = false>(input: Tensor, outputSize: AdaptiveSize, returnIndices?: Indices) => PooledAs<Indices>;

function adaptiveMaxPool(rank: number): AdaptiveMaxPool {
  return <Indices extends boolean = false>(input: Tensor, outputSize: AdaptiveSize, returnIndices = false as Indices) => {
    const size = pooledDirections(`adaptive_max_pool${rank}d`, input, rank);
    const windows = adaptiveSizes(size, outputSize).map((count, i) => adaptiveWindows(size[i]!, count));
    return pooledAs(maxOf(input, windows), returnIndices);
  };
}

/**
 * Maxima of windows over length, laid so that the output has the given size.
 *
 * Shapes: input `[batch, channels, length]` or without the batch → `[batch, channels, outputSize]`.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.adaptive_max_pool1d.html
 * @api nn.functional.adaptiveMaxPool1d
 */
export const adaptiveMaxPool1d: AdaptiveMaxPool = adaptiveMaxPool(1);

/**
 * Maxima of windows over height and width, laid so that the output has the given sizes.
 *
 * Shapes: input `[batch, channels, height, width]` or without the batch → `[batch, channels, ...outputSize]`.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.adaptive_max_pool2d.html
 * @api nn.functional.adaptiveMaxPool2d
 */
export const adaptiveMaxPool2d: AdaptiveMaxPool = adaptiveMaxPool(2);

/**
 * Maxima of windows over depth, height and width, laid so that the output has the given sizes.
 *
 * Shapes: input `[batch, channels, depth, height, width]` or without the batch → `[batch, channels, ...outputSize]`.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.adaptive_max_pool3d.html
 * @api nn.functional.adaptiveMaxPool3d
 */
export const adaptiveMaxPool3d: AdaptiveMaxPool = adaptiveMaxPool(3);

// --- windows at random ----------------------------------------------------------------------------------------------

/**
 * @param outputSize the output's sizes; either these or `outputRatio`
 * @param outputRatio the output's sizes as shares of the input's, between 0 and 1
 * @param returnIndices give `[values, indices]`, with the place in the flattened directions of each value, default false
 * @param _randomSamples where windows begin: `[batch, channels, directions]` in [0, 1); drawn if left out
 */
export type FractionalMaxPool = <Indices extends boolean = false>(
  input: Tensor, kernelSize: Size, outputSize?: Size | null, outputRatio?: number | readonly number[] | null, returnIndices?: Indices,
  _randomSamples?: Tensor | null,
) => PooledAs<Indices>;

function fractionalMaxPool(rank: number): FractionalMaxPool {
  return <Indices extends boolean = false>(
    input: Tensor, kernelSize: Size, outputSize: Size | null = null, outputRatio: number | readonly number[] | null = null, returnIndices = false as Indices,
    _randomSamples: Tensor | null = null,
  ) => {
    const name = `fractional_max_pool${rank}d`;
    const size = pooledDirections(name, input, rank);
    const kernel = sizesOf(kernelSize, rank, "kernelSize");
    const count = fractionalSizes(name, size, outputSize, outputRatio);
    count.forEach((n, i) => {
      if (n < 1 || n + kernel[i]! - 1 > size[i]!) throw new KindlingError(`${name}(): ${n} windows of ${kernel[i]} don't fit into a direction of ${size[i]}`);
    });
    const batch = input.shape.length === rank + 2 ? input : unsqueeze(input, 0);
    return pooledAs(fractionalMaxima(batch, kernel, count, _randomSamples, [...input.shape.slice(0, -rank), ...count]), returnIndices);
  };
}

function fractionalSizes(name: string, size: readonly number[], outputSize: Size | null, outputRatio: number | readonly number[] | null): number[] {
  if (outputSize !== null && outputRatio !== null) throw new ArgumentError(`${name}: only one of output_size and output_ratio may be specified`);
  if (outputSize !== null) return sizesOf(outputSize, size.length, "outputSize");
  if (outputRatio === null) throw new ArgumentError(`${name} requires specifying either an output_size or an output_ratio`);
  const ratios = sizesOf(outputRatio, size.length, "outputRatio");
  if (!ratios.every((ratio) => ratio > 0 && ratio < 1)) throw new ArgumentError(`output_ratio must be between 0 and 1 (got ${ratios.join(", ")})`);
  return ratios.map((ratio, i) => Math.floor(size[i]! * ratio));
}

/** Each channel of each sample has windows of its own. */
function fractionalMaxima(input: Tensor, kernel: readonly number[], count: readonly number[], given: Tensor | null, shape: readonly number[]): Pooled {
  const [batch, channels, ...size] = input.shape as readonly number[] as [number, number, ...number[]];
  const rank = size.length;
  if (given && given.numel() !== batch * channels * rank) {
    throw new KindlingError(`Expect _random_samples of shape [${batch}, ${channels}, ${rank}], but got [${given.shape.join(", ")}]`);
  }
  const samples = toTypedArray(given ?? rand([batch, channels, rank]));
  const parts = Array.from({ length: batch * channels }, (_, plane) => {
    // Of planes, but not of volumes, the first sample is for the last direction, as PyTorch has it.
    const windows = size.map((n, i) => fractionalWindows(n, kernel[i]!, count[i]!, samples[plane * rank + (rank === 2 ? 1 - i : i)]!));
    return maxOf(narrow(select(input, 0, Math.floor(plane / channels)), 0, plane % channels, 1), windows);
  });
  const whole = (side: 0 | 1): Tensor => reshape(cat(parts.map((part) => part[side]), 0), shape);
  return [whole(0), whole(1)];
}

function fractionalWindows(size: number, kernel: number, count: number, sample: number): Window[] {
  const alpha = count > 1 ? (size - kernel) / (count - 1) : 0;
  return Array.from({ length: count }, (_, i) => {
    const start = i === count - 1 ? size - kernel : Math.trunc((i + sample) * alpha) - Math.trunc(sample * alpha);
    return Array.from({ length: kernel }, (_unused, k) => start + k);
  });
}

/**
 * Maxima of windows over height and width whose places are drawn at random. https://arxiv.org/abs/1412.6071
 *
 * Shapes: input `[batch, channels, height, width]` or without the batch → `[batch, channels, ...outputSize]`.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.fractional_max_pool2d.html
 * @api nn.functional.fractionalMaxPool2d
 */
export const fractionalMaxPool2d: FractionalMaxPool = fractionalMaxPool(2);

/**
 * Maxima of windows over depth, height and width whose places are drawn at random. https://arxiv.org/abs/1412.6071
 *
 * Shapes: input `[batch, channels, depth, height, width]` or without the batch → `[batch, channels, ...outputSize]`.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.fractional_max_pool3d.html
 * @api nn.functional.fractionalMaxPool3d
 */
export const fractionalMaxPool3d: FractionalMaxPool = fractionalMaxPool(3);

// --- back to where they were ----------------------------------------------------------------------------------------

/**
 * @param indices as a max pooling gives them with `returnIndices`
 * @param stride default: the kernel's size
 * @param padding that of the pooling, default 0
 * @param outputSize the sizes of the result, where several give the same pooled one
 */
export type MaxUnpool = (input: Tensor, indices: Tensor, kernelSize: Size, stride?: Size | null, padding?: Size, outputSize?: readonly number[] | null) => Tensor;

function maxUnpool(rank: number): MaxUnpool {
  return (input, indices, kernelSize, stride = null, padding = 0, outputSize = null) => {
    const kernel = sizesOf(kernelSize, rank, "kernelSize");
    const [steps, borders] = [strideOf(stride, kernel), sizesOf(padding, rank, "padding")];
    const size = pooledDirections(`max_unpool${rank}d`, input, rank);
    const plain = size.map((n, i) => (n - 1) * steps[i]! - 2 * borders[i]! + kernel[i]!);
    const wanted = outputSize === null ? plain : unpooledSizes(outputSize, plain, steps);
    const lead = input.shape.slice(0, -rank);
    const flat = [...lead, numelOf(size)];
    const placed = scatter(zeros([...lead, numelOf(wanted)]), lead.length, reshape(indices, flat), reshape(input, flat));
    return reshape(placed, [...lead, ...wanted]);
  };
}

function unpooledSizes(outputSize: readonly number[], plain: readonly number[], stride: readonly number[]): readonly number[] {
  const rank = plain.length;
  if (outputSize.length < rank || outputSize.length > rank + 2) {
    throw new ArgumentError(`output_size should be a sequence containing ${rank} or ${rank + 2} elements, but it has a length of '${outputSize.length}'`);
  }
  const sizes = outputSize.slice(-rank);
  sizes.forEach((size, i) => {
    const [least, most] = [plain[i]! - stride[i]!, plain[i]! + stride[i]!];
    if (size <= least || size >= most) throw new ArgumentError(`invalid output_size "[${sizes.join(", ")}]" (dim ${i} must be between ${least} and ${most})`);
  });
  return sizes;
}

/**
 * Puts values back where `maxPool1d` with `returnIndices` found them; zeros elsewhere.
 *
 * Shapes: input `[batch, channels, length]` → the same with length' = (length − 1)·stride − 2·padding + kernelSize.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.max_unpool1d.html
 * @api nn.functional.maxUnpool1d
 */
export const maxUnpool1d: MaxUnpool = maxUnpool(1);

/**
 * Puts values back where `maxPool2d` with `returnIndices` found them; zeros elsewhere.
 *
 * Shapes: input `[batch, channels, height, width]` → the same with size' = (size − 1)·stride − 2·padding + kernelSize.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.max_unpool2d.html
 * @api nn.functional.maxUnpool2d
 */
export const maxUnpool2d: MaxUnpool = maxUnpool(2);

/**
 * Puts values back where `maxPool3d` with `returnIndices` found them; zeros elsewhere.
 *
 * Shapes: input `[batch, channels, depth, height, width]` → the same with size' = (size − 1)·stride − 2·padding + kernelSize.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.max_unpool3d.html
 * @api nn.functional.maxUnpool3d
 */
export const maxUnpool3d: MaxUnpool = maxUnpool(3);
