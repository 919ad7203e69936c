/** Windows of images as columns, and back. */
import { filled, roomFor } from "../dtype.ts";
import { KindlingError } from "../errors.ts";
import { numelOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { fromTypedArray, zeros } from "./creation.ts";
import { sizesOf } from "./internal/sizes.ts";
import { pad } from "./padding.ts";
import { scatterAdd } from "./scatter.ts";
import { unfold as windowsAlong } from "./stridedViews.ts";
import type { Size } from "./types.ts";
import { expand, narrow, permute, reshape, slice, squeeze, unsqueeze } from "./views.ts";

/**
 * Every window of an image as a column; `fold` is its reverse.
 *
 * Shapes: input `[batch, channels, height, width]` or without the batch → `[batch, channels · kernelHeight · kernelWidth, windows]`.
 * @param dilation distance between a window's elements
 * @param padding zeros around the image
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.unfold.html
 * @api nn.functional.unfold
 */
export function unfold(input: Tensor, kernelSize: Size, dilation: Size = 1, padding: Size = 0, stride: Size = 1): Tensor {
  if (input.shape.length === 3) return squeeze(unfold(unsqueeze(input, 0), kernelSize, dilation, padding, stride), 0);
  if (input.shape.length !== 4) throw new KindlingError(`Expected 3D or 4D (batch mode) tensor for input, but got: [${input.shape.join(", ")}]`);
  const [kernel, gaps, borders, steps] = checked(kernelSize, dilation, padding, stride);
  const [padH, padW] = borders as [number, number];
  const bordered = pad(input, [padW, padW, padH, padH]);
  const spans = kernel.map((size, i) => gaps[i]! * (size - 1) + 1);
  const counts = spans.map((span, i) => Math.floor((bordered.shape[2 + i]! - span) / steps[i]!) + 1);
  if (counts.some((count) => count < 1)) {
    throw new KindlingError(
      `Given input with spatial size (${input.shape.slice(2).join(", ")}), kernel_size=(${kernel.join(", ")}), dilation=(${gaps.join(", ")}), padding=(${borders.join(", ")}), ` +
        `calculated shape of the array of sliding blocks as (${counts.join(", ")}), but its components must be at least one.`,
    );
  }
  const windows = windowsAlong(windowsAlong(bordered, 2, spans[0]!, steps[0]!), 3, spans[1]!, steps[1]!);
  const views = slice(slice(windows, 4, 0, null, gaps[0]), 5, 0, null, gaps[1]);
  const [batch, channels, rows, cols] = views.shape as [number, number, number, number];
  return reshape(permute(views, [0, 1, 4, 5, 2, 3]), [batch, channels * numelOf(kernel), rows * cols]);
}

/**
 * Adds columns of windows up to images: the reverse of `unfold`; where windows overlap, their sum.
 *
 * Shapes: input `[batch, channels · kernelHeight · kernelWidth, windows]` or without the batch → `[batch, channels, ...outputSize]`.
 * @param dilation distance between a window's elements
 * @param padding zeros that were around the image
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.fold.html
 * @api nn.functional.fold
 */
export function fold(input: Tensor, outputSize: Size, kernelSize: Size, dilation: Size = 1, padding: Size = 0, stride: Size = 1): Tensor {
  if (input.shape.length === 2) return squeeze(fold(unsqueeze(input, 0), outputSize, kernelSize, dilation, padding, stride), 0);
  if (input.shape.length !== 3) {
    throw new KindlingError(
      `Expected 2D or 3D (batch mode) tensor for input with possibly 0 batch size and non-zero dimensions for input, but got: [${input.shape.join(", ")}]`,
    );
  }
  const size = sizesOf(outputSize, 2, "outputSize");
  const [kernel] = checked(kernelSize, dilation, padding, stride);
  const [batch, rows, count] = input.shape as [number, number, number];
  const channels = rows / numelOf(kernel);
  if (!Number.isInteger(channels)) {
    throw new KindlingError(
      `Expected size of input's dimension 1 to be divisible by the product of kernel_size, but got input.size(1)=${rows} and kernel_size=(${kernel.join(", ")}).`,
    );
  }
  // Place 0 takes what lies in the border.
  const ordinals = fromTypedArray(
    filled(roomFor(Float32Array, numelOf(size)), (i) => i + 1),
    [1, 1, ...size],
  );
  const places = unfold(ordinals, kernel, dilation, padding, stride);
  if (places.shape[2] !== count) {
    throw new KindlingError(
      `Given output_size=(${size.join(", ")}), kernel_size=(${kernel.join(", ")}), expected size of input's dimension 2 to match the calculated number of sliding blocks ${places.shape[2]}, but got input.size(2)=${count}.`,
    );
  }
  const flat = reshape(input, [batch, channels, numelOf(kernel) * count]);
  const index = expand(reshape(places.int(), [1, 1, numelOf(kernel) * count]), flat.shape);
  const sums = scatterAdd(zeros([batch, channels, numelOf(size) + 1]), 2, index, flat);
  return reshape(narrow(sums, 2, 1, numelOf(size)), [batch, channels, ...size]);
}

/** Kernel, dilation, padding and stride, two numbers each. */
function checked(kernelSize: Size, dilation: Size, padding: Size, stride: Size): [number[], number[], number[], number[]] {
  const positive = (value: Size, name: string, words: string): number[] => {
    const sizes = sizesOf(value, 2, name);
    if (sizes.some((size) => !(size > 0))) throw new KindlingError(`${words} should be greater than zero, but got (${sizes.join(", ")})`);
    return sizes;
  };
  const borders = sizesOf(padding, 2, "padding");
  if (borders.some((size) => size < 0)) throw new KindlingError(`padding should be non-negative, but got (${borders.join(", ")})`);
  return [positive(kernelSize, "kernelSize", "kernel size"), positive(dilation, "dilation", "dilation"), borders, positive(stride, "stride", "stride")];
}
