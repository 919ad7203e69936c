/** Maxima put back where they were found. */
import { ArgumentError } from "../../errors.ts";
import { numelOf } from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";
import { zeros } from "../creation.ts";
import { sizesOf } from "../internal/sizes.ts";
import { scatter } from "../scatter.ts";
import type { Size } from "../types.ts";
import { reshape } from "../views.ts";
import { pooledDirections, strideOf } from "./windows.ts";

/**
 * @param indices as a max pooling gives them with `returnIndices`
 * @param stride default: the kernel's size
 * @param padding that of the pooling, default 0
 * @param outputSize the sizes of the result, where several give the same pooled one
 */
export type MaxUnpool = (
  input: Tensor,
  indices: Tensor,
  kernelSize: Size,
  stride?: Size | null,
  padding?: Size,
  outputSize?: readonly number[] | null,
) => Tensor;

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
