/** Convolutions in one, two and three dimensions. */
import { shownAs } from "../../autograd/node.ts";
import { ArgumentError, KindlingError, ShapeError } from "../../errors.ts";
import { shapeText } from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";
import { add } from "../binary.ts";
import type { Steps } from "../internal/planeWindows.ts";
import { sizesOf } from "../internal/sizes.ts";
import { pad } from "../padding.ts";
import type { Int, Size } from "../types.ts";
import { permute, reshape, select, slice, squeeze, unsqueeze } from "../views.ts";
import { convolvePlanes, kernelTooLarge } from "./planes.ts";

/** A border of zeros in numbers, or by what it does. */
export type ConvPadding = Size | "same" | "valid";

/**
 * @param bias `[outChannels]`
 * @param stride default 1
 * @param padding zeros on each side; `"same"` keeps the size, `"valid"` is 0; default 0
 * @param dilation distance between the kernel's elements, default 1
 * @param groups channels are split into so many independent convolutions, default 1
 */
export type Convolution = (input: Tensor, weight: Tensor, bias?: Tensor | null, stride?: Size, padding?: ConvPadding, dilation?: Size, groups?: Int) => Tensor;

type Run = (x: Tensor, weight: Tensor, bias: Tensor | null, steps: Steps, groups: number) => Tensor;

function convolution(name: string, rank: number, run: Run): Convolution {
  return (input, weight, bias = null, stride = 1, padding = 0, dilation = 1, groups = 1) =>
    batched(name, rank, input, (x) => {
      const steps = stepsOf(name, rank, weight, stride, typeof padding === "string" ? 0 : padding, dilation);
      return padding === "same" ? runSame(run, x, weight, bias, steps, groups) : run(x, weight, bias, steps, groups);
    });
}

/** The output is as large as the input. What that needs more on one side than on the other is put around the input at once. */
function runSame(run: Run, x: Tensor, weight: Tensor, bias: Tensor | null, { stride, dilation }: Steps, groups: number): Tensor {
  if (stride.some((step) => step !== 1)) throw new ArgumentError("padding='same' is not supported for strided convolutions", "RuntimeError");
  const totals = dilation.map((step, i) => step * (weight.shape[2 + i]! - 1));
  const odd = totals.map((total) => total % 2);
  const even = odd.includes(1)
    ? pad(
        x,
        odd.toReversed().flatMap((size) => [0, size]),
      )
    : x;
  return run(even, weight, bias, { stride, padding: totals.map((total) => Math.floor(total / 2)), dilation }, groups);
}

/** How windows go along each dimension. What addresses are computed from has to make sense before any are. */
export function stepsOf(name: string, rank: number, weight: Tensor, stride: Size, padding: Size, dilation: Size): Steps {
  if (weight.shape.length !== rank + 2) {
    throw new ShapeError(`Expected ${rank + 2}-dimensional weight for ${name}, but got a weight of size ${shapeText(weight.shape)}`, weight.shape);
  }
  const steps = { stride: sizesOf(stride, rank, "stride"), padding: sizesOf(padding, rank, "padding"), dilation: sizesOf(dilation, rank, "dilation") };
  if (steps.stride.some((step) => !(step > 0))) throw new KindlingError("non-positive stride is not supported");
  if (steps.padding.some((size) => !(size >= 0))) throw new KindlingError("negative padding is not supported");
  if (steps.dilation.some((step) => !(step > 0))) throw new KindlingError("dilation should be greater than zero");
  return steps;
}

/** An input without a batch is a batch of one. */
export function batched(name: string, rank: number, input: Tensor, run: (input: Tensor) => Tensor): Tensor {
  const shown = (x: Tensor): Tensor => shownAs("ConvolutionBackward0", run(x));
  if (input.shape.length === rank + 1) return squeeze(shown(unsqueeze(input, 0)), 0);
  if (input.shape.length === rank + 2) return shown(input);
  throw new ShapeError(
    `Expected ${rank + 1}D (unbatched) or ${rank + 2}D (batched) input to ${name}, but got input of size: ${shapeText(input.shape)}`,
    input.shape,
  );
}

/** The same for planes of one row. */
export function ofRow({ stride, padding, dilation }: Steps): Steps {
  return { stride: [1, ...stride], padding: [0, ...padding], dilation: [1, ...dilation] };
}

/** The same for the planes of a volume. */
export function ofPlanes({ stride, padding, dilation }: Steps): Steps {
  return { stride: stride.slice(1), padding: padding.slice(1), dilation: dilation.slice(1) };
}

/**
 * One-dimensional convolution (cross-correlation).
 *
 * Shapes: input `[batch, inChannels, length]` or without the batch, weight `[outChannels, inChannels / groups, kernelLength]`
 * → `[batch, outChannels, length']` with length' = ⌊(length + 2·padding − dilation·(kernelLength − 1) − 1) / stride⌋ + 1.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.conv1d.html
 * @api nn.functional.conv1d torch.conv1d
 */
export const conv1d: Convolution = convolution("conv1d", 1, (x, weight, bias, steps, groups) =>
  squeeze(convolvePlanes(unsqueeze(x, 2), unsqueeze(weight, 2), bias, ofRow(steps), groups), 2),
);

/**
 * Two-dimensional convolution (cross-correlation).
 *
 * Shapes: input `[batch, inChannels, height, width]` or without the batch, weight
 * `[outChannels, inChannels / groups, kernelHeight, kernelWidth]` → `[batch, outChannels, height', width']` with
 * size' = ⌊(size + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1 in each direction.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.conv2d.html
 * @api nn.functional.conv2d torch.conv2d
 */
export const conv2d: Convolution = convolution("conv2d", 2, convolvePlanes);

/**
 * Three-dimensional convolution (cross-correlation).
 *
 * Shapes: input `[batch, inChannels, depth, height, width]` or without the batch, weight
 * `[outChannels, inChannels / groups, kernelDepth, kernelHeight, kernelWidth]` → `[batch, outChannels, depth', height', width']`
 * with sizes as those of `conv2d`.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.conv3d.html
 * @api nn.functional.conv3d torch.conv3d
 */
export const conv3d: Convolution = convolution("conv3d", 3, convolveVolumes);

/** For each slice of the kernel's depth a convolution of planes, added up. */
function convolveVolumes(x: Tensor, weight: Tensor, bias: Tensor | null, steps: Steps, groups: number): Tensor {
  const [step, border, gap] = [steps.stride[0]!, steps.padding[0]!, steps.dilation[0]!];
  const kernel = weight.shape[2]!;
  const deep = border > 0 ? pad(x, [0, 0, 0, 0, border, border]) : x;
  const depth = Math.floor((deep.shape[2]! - gap * (kernel - 1) - 1) / step) + 1;
  if (depth < 1) throw kernelTooLarge(deep.shape.slice(2), weight.shape.slice(2));
  let total: Tensor | null = null;
  for (let k = 0; k < kernel; k++) {
    const layers = slice(deep, 2, k * gap, k * gap + (depth - 1) * step + 1, step);
    const planes = reshape(permute(layers, [0, 2, 1, 3, 4]), [-1, deep.shape[1]!, ...deep.shape.slice(3)]);
    const part = convolvePlanes(planes, select(weight, 2, k), k === 0 ? bias : null, ofPlanes(steps), groups);
    total = total === null ? part : add(total, part);
  }
  const [, out, height, width] = total!.shape as [number, number, number, number];
  return permute(reshape(total!, [x.shape[0]!, depth, out, height, width]), [0, 2, 1, 3, 4]).contiguous();
}
