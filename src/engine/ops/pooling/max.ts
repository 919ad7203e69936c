/** Maxima of windows. */
import { roomFor } from "../../dtype.ts";
import { KindlingError } from "../../errors.ts";
import { operationWatch } from "../../instrument.ts";
import { contiguousStrides, numelOf } from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";
import { fromTypedArray } from "../creation.ts";
import { operandsOf } from "../reading.ts";
import { gather } from "../scatter.ts";
import type { Size } from "../types.ts";
import { reshape, squeeze, unsqueeze } from "../views.ts";
import { maxOfPlanes, type Pooled } from "./planes.ts";
import { adaptiveSizes, adaptiveWindows, layOut, pooledDirections, slidingWindows, type AdaptiveSize, type Layout, type Window } from "./windows.ts";

/** What is given: the values, or `[values, indices]` where indices are asked for. */
export type PooledAs<Indices extends boolean> = Indices extends true ? Pooled : Tensor;

export const pooledAs = <Indices extends boolean>(pooled: Pooled, indices: Indices): PooledAs<Indices> => (indices ? pooled : pooled[0]) as PooledAs<Indices>;

/**
 * @param stride default: the kernel's size
 * @param padding border that never wins, default 0
 * @param dilation distance between a window's elements, default 1
 * @param ceilMode round the output's size up instead of down, default false
 * @param returnIndices give `[values, indices]`, with the place in the flattened directions of each value, default false
 */
export type MaxPool = <Indices extends boolean = false>(
  input: Tensor,
  kernelSize: Size,
  stride?: Size | null,
  padding?: Size,
  dilation?: Size,
  ceilMode?: boolean,
  returnIndices?: Indices,
) => PooledAs<Indices>;

function maxPool(rank: number, pool: (input: Tensor, layout: Layout, indices: boolean) => Pooled): MaxPool {
  return <Indices extends boolean = false>(
    input: Tensor,
    kernelSize: Size,
    stride: Size | null = null,
    padding: Size = 0,
    dilation: Size = 1,
    ceilMode = false,
    returnIndices = false as Indices,
  ) => {
    const layout = layOut(`max_pool${rank}d`, input, rank, kernelSize, stride, padding, dilation, ceilMode);
    if (
      layout.dilation.some((step) => step > 1) &&
      slidingWindows(layout)
        .flat()
        .some((window) => window.length === 0)
    ) {
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
    size: [1, ...layout.size],
    kernel: [1, ...layout.kernel],
    output: [1, ...layout.output],
    stride: [1, ...layout.stride],
    padding: [0, ...layout.padding],
    dilation: [1, ...layout.dilation],
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
export function maxOf(input: Tensor, windows: readonly (readonly Window[])[]): Pooled {
  const size = input.shape.slice(-windows.length);
  const lead = input.shape.slice(0, -windows.length);
  const values = operandsOf(input);
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
  const [largest, where] = [picked, indices].map((each) => reshape(each, [...lead, ...shape])) as [Tensor, Tensor];
  operationWatch()?.ran({ name: "maxPool" }, [input], [largest, where], { windows });
  return [largest, where];
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
