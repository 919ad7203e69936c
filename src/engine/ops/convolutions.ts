/** Convolutions in one and three dimensions and transposed ones, by way of the two-dimensional one. */
import { ArgumentError, ShapeError } from "../errors.ts";
import { shapeText } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { sliceScatter } from "./viewScatter.ts";
import { add } from "./binary.ts";
import { contiguous } from "./conversion.ts";
import { checkOperands, conv2d, pairOf, plan, spread, type Pair } from "./convolution.ts";
import { zeros } from "./creation.ts";
import { pad } from "./padding.ts";
import type { Size } from "./types.ts";
import { narrow, permute, reshape, slice, squeeze, unsqueeze } from "./views.ts";

export interface ConvOptions {
  /** Default 1. */
  stride?: Size;
  /** Zeros on each side; `"same"` keeps the size, `"valid"` is 0. Default 0. */
  padding?: Size | "same" | "valid";
  /** Distance between the kernel's elements. Default 1. */
  dilation?: Size;
  /** Channels are split into so many independent convolutions. Default 1. */
  groups?: number;
}

export interface ConvTransposeOptions {
  stride?: Size;
  /** Cut off on each side. Default 0. */
  padding?: Size;
  /** Added to one side of the output. Default 0. */
  outputPadding?: Size;
  groups?: number;
  dilation?: Size;
}

export function sizesOf(value: Size | undefined, rank: number, byDefault: number): number[] {
  if (value === undefined) return new Array<number>(rank).fill(byDefault);
  return typeof value === "number" ? new Array<number>(rank).fill(value) : value.length === 1 ? new Array<number>(rank).fill(value[0]!) : [...value];
}

/** An input without a batch is a batch of one. */
function batched(name: string, rank: number, input: Tensor, run: (input: Tensor) => Tensor): Tensor {
  if (input.shape.length === rank + 1) return squeeze(run(unsqueeze(input, 0)), 0);
  if (input.shape.length === rank + 2) return run(input);
  throw new ShapeError(
    `Expected ${rank + 1}D (unbatched) or ${rank + 2}D (batched) input to ${name}, but got input of size: ${shapeText(input.shape)}`,
    input.shape,
  );
}

/** Padding in numbers; what "same" needs more on one side than on the other is put around the input at once. */
function resolvePadding(input: Tensor, weight: Tensor, options: ConvOptions, rank: number): { input: Tensor; padding: number[] } {
  const { padding } = options;
  if (padding === "valid") return { input, padding: new Array<number>(rank).fill(0) };
  if (padding !== "same") return { input, padding: sizesOf(padding, rank, 0) };
  if (sizesOf(options.stride, rank, 1).some((step) => step !== 1)) throw new ArgumentError("padding='same' is not supported for strided convolutions", "RuntimeError");
  const dilation = sizesOf(options.dilation, rank, 1);
  const totals = dilation.map((step, i) => step * (weight.shape[2 + i]! - 1));
  const extra = totals.map((total) => total % 2);
  const borders = extra.toReversed().flatMap((size) => [0, size]);
  return { input: extra.some((size) => size > 0) ? pad(input, borders) : input, padding: totals.map((total) => Math.floor(total / 2)) };
}

/**
 * One-dimensional cross-correlation.
 * @param input [batch, inChannels, length] or [inChannels, length]
 * @param weight [outChannels, inChannels / groups, kernelLength]
 */
export function conv1d(input: Tensor, weight: Tensor, bias: Tensor | null = null, options: ConvOptions = {}): Tensor {
  return batched("conv1d", 1, input, (x) => {
    const same = resolvePadding(x, weight, options, 1);
    const [stride, dilation] = [sizesOf(options.stride, 1, 1), sizesOf(options.dilation, 1, 1)];
    const result = conv2d(unsqueeze(same.input, 2), unsqueeze(weight, 2), bias, {
      stride: [1, stride[0]!], padding: [0, same.padding[0]!], dilation: [1, dilation[0]!], groups: options.groups ?? 1,
    });
    return squeeze(result, 2);
  });
}

/** `conv2d` that takes `"same"` and `"valid"` for the padding. */
export function conv2dNamed(input: Tensor, weight: Tensor, bias: Tensor | null = null, options: ConvOptions = {}): Tensor {
  if (input.shape.length !== 3 && input.shape.length !== 4) return conv2d(input, weight, bias);
  const same = resolvePadding(input, weight, options, 2);
  return conv2d(same.input, weight, bias, {
    stride: pairOf(options.stride ?? 1), padding: same.padding as unknown as Pair, dilation: pairOf(options.dilation ?? 1), groups: options.groups ?? 1,
  });
}

/**
 * Three-dimensional cross-correlation: for each slice of the kernel's depth one in two dimensions, added up.
 * @param input [batch, inChannels, depth, height, width] or without the batch
 * @param weight [outChannels, inChannels / groups, kernelDepth, kernelHeight, kernelWidth]
 */
export function conv3d(input: Tensor, weight: Tensor, bias: Tensor | null = null, options: ConvOptions = {}): Tensor {
  return batched("conv3d", 3, input, (x) => {
    const same = resolvePadding(x, weight, options, 3);
    const [stride, dilation] = [sizesOf(options.stride, 3, 1), sizesOf(options.dilation, 3, 1)];
    const [padding, kernel] = [same.padding, weight.shape[2]!];
    const deep = padding[0]! > 0 ? pad(same.input, [0, 0, 0, 0, padding[0]!, padding[0]!]) : same.input;
    const depth = Math.floor((deep.shape[2]! - dilation[0]! * (kernel - 1) - 1) / stride[0]!) + 1;
    if (depth < 1) throw kernelTooLarge(deep.shape.slice(2), weight.shape.slice(2));
    const planar = { stride: stride.slice(1) as unknown as Pair, padding: padding.slice(1) as unknown as Pair, dilation: dilation.slice(1) as unknown as Pair, groups: options.groups ?? 1 };
    let total: Tensor | null = null;
    for (let k = 0; k < kernel; k++) {
      const start = k * dilation[0]!;
      const layers = slice(deep, 2, start, start + (depth - 1) * stride[0]! + 1, stride[0]!);
      const images = reshape(permute(layers, [0, 2, 1, 3, 4]), [-1, deep.shape[1]!, ...deep.shape.slice(3)]);
      const part = conv2d(images, weight.select(2, k), k === 0 ? bias : null, planar);
      total = total === null ? part : add(total, part);
    }
    const [, out, height, width] = total!.shape as [number, number, number, number];
    return permute(reshape(total!, [x.shape[0]!, depth, out, height, width]), [0, 2, 1, 3, 4]).contiguous();
  });
}

function kernelTooLarge(size: readonly number[], kernel: readonly number[]): ShapeError {
  return new ShapeError(
    `Calculated padded input size per channel: (${size.join(" x ")}). Kernel size: (${kernel.join(" x ")}). Kernel size can't be greater than actual input size`,
    size,
    kernel,
  );
}

// --- transposed -----------------------------------------------------------------------------------------------------

/**
 * The transpose of `conv2d` with the same weight: spreads each input value over the kernel's window.
 * @param input [batch, inChannels, height, width] or [inChannels, height, width]
 * @param weight [inChannels, outChannels / groups, kernelHeight, kernelWidth]
 */
export function convTranspose2d(input: Tensor, weight: Tensor, bias: Tensor | null = null, options: ConvTransposeOptions = {}): Tensor {
  return batched("conv_transpose2d", 2, input, (given) => {
    const [x, filter] = [contiguous(given), contiguous(weight)];
    const [stride, padding, dilation] = [pairOf(options.stride ?? 1), pairOf(options.padding ?? 0), pairOf(options.dilation ?? 1)];
    const extra = pairOf(options.outputPadding ?? 0);
    const groups = options.groups ?? 1;
    checkOperands(x, filter, bias, (filter.shape[1] ?? 0) * groups);
    checkTransposed(x, filter, groups, stride, dilation, extra);
    const size = [0, 1].map((i) => (x.shape[2 + i]! - 1) * stride[i]! - 2 * padding[i]! + dilation[i]! * (filter.shape[2 + i]! - 1) + extra[i]! + 1);
    const shape = [x.shape[0]!, filter.shape[1]! * groups, ...size];
    return spread(x, filter, bias, { ...plan(shape, filter.shape, { stride, padding, dilation, groups }), oh: x.shape[2]!, ow: x.shape[3]! });
  });
}

function checkTransposed(x: Tensor, weight: Tensor, groups: number, stride: Pair, dilation: Pair, extra: Pair): void {
  if (x.shape[1] !== weight.shape[0]) {
    throw new ShapeError(
      `Given transposed=1, weight of size ${shapeText(weight.shape)}, expected input${shapeText(x.shape)} to have ${weight.shape[0]} channels, but got ${x.shape[1]} channels instead`,
      x.shape,
      weight.shape,
    );
  }
  if (x.shape[1]! % groups !== 0) throw new ArgumentError("in_channels must be divisible by groups");
  if (extra.some((size, i) => size >= stride[i]! && size >= dilation[i]!)) {
    throw new ArgumentError(
      `output padding must be smaller than either stride or dilation, but got output_padding_height: ${extra[0]} output_padding_width: ${extra[1]} ` +
        `stride_height: ${stride[0]} stride_width: ${stride[1]} dilation_height: ${dilation[0]} dilation_width: ${dilation[1]}`,
      "RuntimeError",
    );
  }
}

/** The transpose of `conv1d`. */
export function convTranspose1d(input: Tensor, weight: Tensor, bias: Tensor | null = null, options: ConvTransposeOptions = {}): Tensor {
  const wide = (value: Size | undefined, byDefault: number, other: number): Pair => [other, sizesOf(value, 1, byDefault)[0]!];
  return batched("conv_transpose1d", 1, input, (x) => squeeze(convTranspose2d(unsqueeze(x, 2), unsqueeze(weight, 2), bias, {
    stride: wide(options.stride, 1, 1), padding: wide(options.padding, 0, 0), outputPadding: wide(options.outputPadding, 0, 0),
    dilation: wide(options.dilation, 1, 1), groups: options.groups ?? 1,
  }), 2));
}

/** The transpose of `conv3d`: for each slice of the kernel's depth one in two dimensions, added at its place. */
export function convTranspose3d(input: Tensor, weight: Tensor, bias: Tensor | null = null, options: ConvTransposeOptions = {}): Tensor {
  return batched("conv_transpose3d", 3, input, (x) => {
    const [stride, padding] = [sizesOf(options.stride, 3, 1), sizesOf(options.padding, 3, 0)];
    const [dilation, extra] = [sizesOf(options.dilation, 3, 1), sizesOf(options.outputPadding, 3, 0)];
    const [batch, channels, depth, height, width] = x.shape as [number, number, number, number, number];
    const kernel = weight.shape[2]!;
    const images = reshape(permute(x, [0, 2, 1, 3, 4]), [batch * depth, channels, height, width]);
    const full = (depth - 1) * stride[0]! + dilation[0]! * (kernel - 1) + 1 + extra[0]!;
    let total: Tensor | null = null;
    for (let k = 0; k < kernel; k++) {
      const part = convTranspose2d(images, weight.select(2, k), null, {
        stride: stride.slice(1), padding: padding.slice(1), dilation: dilation.slice(1), outputPadding: extra.slice(1), groups: options.groups ?? 1,
      });
      const layers = permute(reshape(part, [batch, depth, ...part.shape.slice(1)]), [0, 2, 1, 3, 4]);
      const start = k * dilation[0]!;
      const empty = zeros([batch, layers.shape[1]!, full, ...layers.shape.slice(3)]);
      const placed = sliceScatter(empty, layers, 2, start, start + (depth - 1) * stride[0]! + 1, stride[0]!);
      total = total === null ? placed : add(total, placed);
    }
    const cut = narrow(total!, 2, padding[0]!, full - 2 * padding[0]!);
    return bias ? add(cut, reshape(bias, [-1, 1, 1, 1])) : cut.contiguous();
  });
}
