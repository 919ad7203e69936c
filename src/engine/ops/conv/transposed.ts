/** Transposed convolutions in one, two and three dimensions. */
import { ArgumentError, KindlingError } from "../../errors.ts";
import type { Tensor } from "../../tensor.ts";
import { add } from "../binary.ts";
import { zeros } from "../creation.ts";
import type { Steps } from "../internal/planeWindows.ts";
import { sizesOf } from "../internal/sizes.ts";
import type { Int, Size } from "../types.ts";
import { narrow, permute, reshape, select, squeeze, unsqueeze } from "../views.ts";
import { sliceScatter } from "../viewScatter.ts";
import { batched, ofPlanes, ofRow, stepsOf } from "./conv.ts";
import { checkBias, spreadPlanes } from "./planes.ts";

/**
 * @param bias `[outChannels]`
 * @param stride default 1
 * @param padding cut off on each side, default 0
 * @param outputPadding added to one side of the output, default 0
 * @param groups channels are split into so many independent convolutions, default 1
 * @param dilation distance between the kernel's elements, default 1
 */
export type TransposedConvolution = (
  input: Tensor,
  weight: Tensor,
  bias?: Tensor | null,
  stride?: Size,
  padding?: Size,
  outputPadding?: Size,
  groups?: Int,
  dilation?: Size,
) => Tensor;

type Run = (x: Tensor, weight: Tensor, bias: Tensor | null, steps: Steps, extra: readonly number[], groups: number) => Tensor;

function transposed(name: string, rank: number, run: Run): TransposedConvolution {
  return (input, weight, bias = null, stride = 1, padding = 0, outputPadding = 0, groups = 1, dilation = 1) =>
    batched(name, rank, input, (x) => {
      const steps = stepsOf(name, rank, weight, stride, padding, dilation);
      const extra = sizesOf(outputPadding, rank, "outputPadding");
      checkExtra(extra, steps);
      return run(x, weight, bias, steps, extra, groups);
    });
}

const DIRECTIONS = ["depth", "height", "width"];

function checkExtra(extra: readonly number[], { stride, dilation }: Steps): void {
  if (extra.some((size) => size < 0)) throw new KindlingError("negative output_padding is not supported");
  if (!extra.some((size, i) => size >= stride[i]! && size >= dilation[i]!)) return;
  const listed = (name: string, sizes: readonly number[]): string => sizes.map((size, i) => `${name}_${DIRECTIONS.slice(-sizes.length)[i]}: ${size}`).join(" ");
  throw new ArgumentError(
    `output padding must be smaller than either stride or dilation, but got ${listed("output_padding", extra)} ${listed("stride", stride)} ${listed("dilation", dilation)}`,
    "RuntimeError",
  );
}

/**
 * The transpose of `conv1d` with the same weight: spreads each input value over the kernel's window.
 *
 * Shapes: input `[batch, inChannels, length]` or without the batch, weight `[inChannels, outChannels / groups, kernelLength]`
 * → `[batch, outChannels, length']` with
 * length' = (length − 1)·stride − 2·padding + dilation·(kernelLength − 1) + outputPadding + 1.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.conv_transpose1d.html
 * @api nn.functional.convTranspose1d torch.convTranspose1d
 */
export const convTranspose1d: TransposedConvolution = transposed("conv_transpose1d", 1, (x, weight, bias, steps, extra, groups) =>
  squeeze(spreadPlanes(unsqueeze(x, 2), unsqueeze(weight, 2), bias, ofRow(steps), [0, ...extra], groups), 2),
);

/**
 * The transpose of `conv2d` with the same weight: spreads each input value over the kernel's window.
 *
 * Shapes: input `[batch, inChannels, height, width]` or without the batch, weight
 * `[inChannels, outChannels / groups, kernelHeight, kernelWidth]` → `[batch, outChannels, height', width']` with
 * size' = (size − 1)·stride − 2·padding + dilation·(kernel − 1) + outputPadding + 1 in each direction.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.conv_transpose2d.html
 * @api nn.functional.convTranspose2d torch.convTranspose2d
 */
export const convTranspose2d: TransposedConvolution = transposed("conv_transpose2d", 2, spreadPlanes);

/**
 * The transpose of `conv3d` with the same weight: spreads each input value over the kernel's window.
 *
 * Shapes: input `[batch, inChannels, depth, height, width]` or without the batch, weight
 * `[inChannels, outChannels / groups, kernelDepth, kernelHeight, kernelWidth]` →
 * `[batch, outChannels, depth', height', width']` with sizes as those of `convTranspose2d`.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.conv_transpose3d.html
 * @api nn.functional.convTranspose3d torch.convTranspose3d
 */
export const convTranspose3d: TransposedConvolution = transposed("conv_transpose3d", 3, spreadVolumes);

/** For each slice of the kernel's depth a transposed convolution of planes, added at its place. */
function spreadVolumes(x: Tensor, weight: Tensor, bias: Tensor | null, steps: Steps, extra: readonly number[], groups: number): Tensor {
  checkBias(bias, weight, weight.shape[1]! * groups);
  const [step, border, gap] = [steps.stride[0]!, steps.padding[0]!, steps.dilation[0]!];
  const [batch, channels, depth, height, width] = x.shape as [number, number, number, number, number];
  const kernel = weight.shape[2]!;
  const planes = reshape(permute(x, [0, 2, 1, 3, 4]), [batch * depth, channels, height, width]);
  const full = (depth - 1) * step + gap * (kernel - 1) + 1 + extra[0]!;
  if (full <= 2 * border) throw new KindlingError(`Calculated output depth: ${full - 2 * border}. Output size is too small`);
  let total: Tensor | null = null;
  for (let k = 0; k < kernel; k++) {
    const part = spreadPlanes(planes, select(weight, 2, k), null, ofPlanes(steps), extra.slice(1), groups);
    const layers = permute(reshape(part, [batch, depth, ...part.shape.slice(1)]), [0, 2, 1, 3, 4]);
    const empty = zeros([batch, layers.shape[1]!, full, ...layers.shape.slice(3)]);
    const start = k * gap;
    const placed = sliceScatter(empty, layers, 2, start, start + (depth - 1) * step + 1, step);
    total = total === null ? placed : add(total, placed);
  }
  const cut = narrow(total!, 2, border, full - 2 * border);
  return bias ? add(cut, reshape(bias, [-1, 1, 1, 1])) : cut.contiguous();
}
