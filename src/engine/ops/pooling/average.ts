/** Means and p-norms of windows. */
import { filled, roomFor } from "../../dtype.ts";
import { KindlingError } from "../../errors.ts";
import { numelOf } from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";
import { relu } from "../activations.ts";
import { add, div, mul, pow } from "../binary.ts";
import { fromTypedArray, zeros } from "../creation.ts";
import { indexSelect } from "../indexing.ts";
import { sizesOf } from "../internal/sizes.ts";
import type { Int, Size } from "../types.ts";
import { abs, sign } from "../unary.ts";
import { where } from "../where.ts";
import { adaptiveMeansOfPlanes, meansOfPlanes } from "./planes.ts";
import { adaptiveSizes, adaptiveWindows, layOut, pooledDirections, slidingWindows, type AdaptiveSize, type Layout, type Window } from "./windows.ts";

/** Sums over windows direction by direction: the k-th places of all windows are gathered and added, for each k. */
function sumOver(input: Tensor, windows: readonly (readonly Window[])[], share: (window: Window) => number): Tensor {
  const rank = input.shape.length;
  return windows.reduce((x, list, i) => {
    const dim = rank - windows.length + i;
    const shape = x.shape.map((_, k) => (k === dim ? list.length : 1));
    const longest = Math.max(0, ...list.map((window) => window.length));
    let total: Tensor = zeros(x.shape.map((size, k) => (k === dim ? list.length : size)));
    for (let k = 0; k < longest; k++) {
      const places = filled(roomFor(Int32Array, list.length), (j) => list[j]![k] ?? 0);
      const factors = fromTypedArray(
        filled(roomFor(Float32Array, list.length), (j) => (k < list[j]!.length ? share(list[j]!) : 0)),
        shape,
      );
      total = add(total, where(factors.eq(0), 0, mul(indexSelect(x, dim, fromTypedArray(places, [list.length])), factors)));
    }
    return total;
  }, input);
}

// --- mean -----------------------------------------------------------------------------------------------------------

/**
 * @param stride default: the kernel's size
 * @param padding zeros around the input, default 0
 * @param ceilMode round the output's size up instead of down, default false
 * @param countIncludePad whether the border counts in the mean, default true
 */
export type AvgPoolOfRows = (input: Tensor, kernelSize: Size, stride?: Size | null, padding?: Size, ceilMode?: boolean, countIncludePad?: boolean) => Tensor;

/**
 * @param stride default: the kernel's size
 * @param padding zeros around the input, default 0
 * @param ceilMode round the output's size up instead of down, default false
 * @param countIncludePad whether the border counts in the mean, default true
 * @param divisorOverride divide by this instead of the window's size
 */
export type AvgPool = (
  input: Tensor,
  kernelSize: Size,
  stride?: Size | null,
  padding?: Size,
  ceilMode?: boolean,
  countIncludePad?: boolean,
  divisorOverride?: Int | null,
) => Tensor;

function avgPool(rank: number, pool: (input: Tensor, layout: Layout, countsPadding: boolean, divisor: number | null) => Tensor): AvgPool {
  return (input, kernelSize, stride = null, padding = 0, ceilMode = false, countIncludePad = true, divisorOverride = null) => {
    const layout = layOut(`avg_pool${rank}d`, input, rank, kernelSize, stride, padding, 1, ceilMode);
    if (divisorOverride === 0) throw new KindlingError("divisor must be not zero");
    return pool(input, layout, countIncludePad, divisorOverride);
  };
}

function meansOf(input: Tensor, layout: Layout, countsPadding: boolean, divisor: number | null): Tensor {
  const windows = slidingWindows(layout);
  const sums = sumOver(input, windows, () => 1);
  if (divisor !== null) return div(sums, divisor);
  const { size, kernel, stride, padding } = layout;
  const counts = size.map((n, i) =>
    windows[i]!.map((window, k) => {
      if (!countsPadding) return window.length;
      const start = k * stride[i]! - padding[i]!;
      return Math.min(start + kernel[i]!, n + padding[i]!) - start;
    }),
  );
  const divisors = counts.reduce<number[]>((all, list) => all.flatMap((count) => list.map((own) => count * own)), [1]);
  return div(
    sums,
    fromTypedArray(
      new Float32Array(divisors),
      counts.map((list) => list.length),
    ),
  );
}

/**
 * The mean of each window over length.
 *
 * Shapes: input `[batch, channels, length]` or without the batch → the same with
 * length' = ⌊(length + 2·padding − kernelSize) / stride⌋ + 1.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.avg_pool1d.html
 * @api nn.functional.avgPool1d
 */
export const avgPool1d: AvgPoolOfRows = avgPool(1, meansOf);

/**
 * The mean of each window over height and width.
 *
 * Shapes: input `[batch, channels, height, width]` or without the batch → the same with
 * size' = ⌊(size + 2·padding − kernelSize) / stride⌋ + 1 in each direction.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.avg_pool2d.html
 * @api nn.functional.avgPool2d
 */
export const avgPool2d: AvgPool = avgPool(2, meansOfPlanes);

/**
 * The mean of each window over depth, height and width.
 *
 * Shapes: input `[batch, channels, depth, height, width]` or without the batch → the same with sizes as those of `avgPool2d`.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.avg_pool3d.html
 * @api nn.functional.avgPool3d
 */
export const avgPool3d: AvgPool = avgPool(3, meansOf);

/** @param outputSize the output's sizes; `null` keeps a direction's */
export type AdaptiveAvgPool = (input: Tensor, outputSize: AdaptiveSize) => Tensor;

function adaptiveAvgPool(rank: number, pool: (input: Tensor, size: readonly number[], output: readonly number[]) => Tensor): AdaptiveAvgPool {
  return (input, outputSize) => {
    const size = pooledDirections(`adaptive_avg_pool${rank}d`, input, rank);
    return pool(input, size, adaptiveSizes(size, outputSize));
  };
}

function adaptiveMeansOf(input: Tensor, size: readonly number[], output: readonly number[]): Tensor {
  return sumOver(
    input,
    output.map((count, i) => adaptiveWindows(size[i]!, count)),
    (window) => 1 / window.length,
  );
}

/**
 * Means of windows over length, laid so that the output has the given size.
 *
 * Shapes: input `[batch, channels, length]` or without the batch → `[batch, channels, outputSize]`.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.adaptive_avg_pool1d.html
 * @api nn.functional.adaptiveAvgPool1d
 */
export const adaptiveAvgPool1d: AdaptiveAvgPool = adaptiveAvgPool(1, adaptiveMeansOf);

/**
 * Means of windows over height and width, laid so that the output has the given sizes.
 *
 * Shapes: input `[batch, channels, height, width]` or without the batch → `[batch, channels, ...outputSize]`.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.adaptive_avg_pool2d.html
 * @api nn.functional.adaptiveAvgPool2d
 */
export const adaptiveAvgPool2d: AdaptiveAvgPool = adaptiveAvgPool(2, (input, _size, output) => adaptiveMeansOfPlanes(input, output));

/**
 * Means of windows over depth, height and width, laid so that the output has the given sizes.
 *
 * Shapes: input `[batch, channels, depth, height, width]` or without the batch → `[batch, channels, ...outputSize]`.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.adaptive_avg_pool3d.html
 * @api nn.functional.adaptiveAvgPool3d
 */
export const adaptiveAvgPool3d: AdaptiveAvgPool = adaptiveAvgPool(3, adaptiveMeansOf);

// --- p-norm ---------------------------------------------------------------------------------------------------------

/**
 * @param normType the exponent p
 * @param stride default: the kernel's size
 * @param ceilMode round the output's size up instead of down, default false
 */
export type LpPool = (input: Tensor, normType: number, kernelSize: Size, stride?: Size | null, ceilMode?: boolean) => Tensor;

function lpPool(rank: number, pool: AvgPoolOfRows): LpPool {
  return (input, normType, kernelSize, stride = null, ceilMode = false) => {
    const means = pool(pow(input, normType), kernelSize, stride, 0, ceilMode);
    const sums = mul(mul(sign(means), relu(abs(means))), numelOf(sizesOf(kernelSize, rank, "kernelSize")));
    return pow(sums, 1 / normType);
  };
}

/**
 * (Σ xᵖ)^(1/p) of each window over length.
 *
 * Shapes: as those of `avgPool1d` without padding.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.lp_pool1d.html
 * @api nn.functional.lpPool1d
 */
export const lpPool1d: LpPool = lpPool(1, avgPool1d);

/**
 * (Σ xᵖ)^(1/p) of each window over height and width.
 *
 * Shapes: as those of `avgPool2d` without padding.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.lp_pool2d.html
 * @api nn.functional.lpPool2d
 */
export const lpPool2d: LpPool = lpPool(2, avgPool2d);
