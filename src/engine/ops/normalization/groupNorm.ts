/** Group normalisation. */
import { shownAs } from "../../autograd/node.ts";
import { KindlingError } from "../../errors.ts";
import { numelOf, shapeText } from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";
import type { Int } from "../types.ts";
import { reshape } from "../views.ts";
import { layerNorm } from "./layerNorm.ts";
import { checkPerChannel, scaled } from "./perChannel.ts";

/**
 * Normalises each of `numGroups` groups of channels of each sample, then scales and shifts each channel.
 * https://arxiv.org/abs/1803.08494
 *
 * Shapes: input `[batch, channels, …]` → the same; weight and bias `[channels]`.
 * @param eps added to the variance
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.group_norm.html
 * @api nn.functional.groupNorm
 */
export function groupNorm(input: Tensor, numGroups: Int, weight: Tensor | null = null, bias: Tensor | null = null, eps = 1e-5): Tensor {
  if (input.shape.length < 2) throw new KindlingError(`Expected at least 2 dimensions for input tensor but received ${input.shape.length}`);
  const channels = input.shape[1]!;
  if (numGroups <= 0) throw new KindlingError(`Expected num groups to be greater than 0, got ${numGroups}`);
  if (channels % numGroups !== 0) {
    throw new KindlingError(
      `Expected number of channels in input to be divisible by num_groups, but got input of shape ${shapeText(input.shape)} and num_groups=${numGroups}`,
    );
  }
  checkPerChannel("weight", weight, input);
  checkPerChannel("bias", bias, input);
  const size = numelOf(input.shape.slice(1)) / numGroups;
  const rows = reshape(input, [input.shape[0]! * numGroups, size]);
  return shownAs("NativeGroupNormBackward0", scaled(reshape(layerNorm(rows, [size], null, null, eps), input.shape), weight, bias));
}
