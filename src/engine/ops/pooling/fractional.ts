/** Maxima of windows whose places are drawn at random. */
import { ArgumentError, KindlingError } from "../../errors.ts";
import type { Tensor } from "../../tensor.ts";
import { sizesOf } from "../internal/sizes.ts";
import { cat } from "../join.ts";
import { rand } from "../random.ts";
import { valuesOf } from "../reading.ts";
import type { Size } from "../types.ts";
import { narrow, reshape, select, unsqueeze } from "../views.ts";
import { maxOf, pooledAs, type PooledAs } from "./max.ts";
import type { Pooled } from "./planes.ts";
import { pooledDirections, type Window } from "./windows.ts";

/**
 * @param outputSize the output's sizes; either these or `outputRatio`
 * @param outputRatio the output's sizes as shares of the input's, between 0 and 1
 * @param returnIndices give `[values, indices]`, with the place in the flattened directions of each value, default false
 * @param _randomSamples where windows begin: `[batch, channels, directions]` in [0, 1); drawn if left out
 */
export type FractionalMaxPool = <Indices extends boolean = false>(
  input: Tensor,
  kernelSize: Size,
  outputSize?: Size | null,
  outputRatio?: number | readonly number[] | null,
  returnIndices?: Indices,
  _randomSamples?: Tensor | null,
) => PooledAs<Indices>;

function fractionalMaxPool(rank: number): FractionalMaxPool {
  return <Indices extends boolean = false>(
    input: Tensor,
    kernelSize: Size,
    outputSize: Size | null = null,
    outputRatio: number | readonly number[] | null = null,
    returnIndices = false as Indices,
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
  const samples = given ? valuesOf(given, "fractionalMaxPool(randomSamples)") : valuesOf(rand([batch, channels, rank]));
  const parts = Array.from({ length: batch * channels }, (_, plane) => {
    // Of planes, but not of volumes, the first sample is for the last direction, as PyTorch has it.
    const windows = size.map((n, i) => fractionalWindows(n, kernel[i]!, count[i]!, samples[plane * rank + (rank === 2 ? 1 - i : i)]!));
    return maxOf(narrow(select(input, 0, Math.floor(plane / channels)), 0, plane % channels, 1), windows);
  });
  const whole = (side: 0 | 1): Tensor =>
    reshape(
      cat(
        parts.map((part) => part[side]),
        0,
      ),
      shape,
    );
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
