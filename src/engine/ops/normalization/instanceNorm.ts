/** Instance normalisation. */
import { noGrad } from "../../autograd/gradMode.ts";
import { ArgumentError, KindlingError } from "../../errors.ts";
import { numelOf, shapeText } from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";
import { mean } from "../reductions.ts";
import { reshape } from "../views.ts";
import { batchNorm } from "./batchNorm.ts";
import { checkPerChannel, scaled } from "./perChannel.ts";

/**
 * Normalises each channel of each sample on its own, then scales and shifts it. https://arxiv.org/abs/1607.08022
 *
 * Shapes: input `[batch, channels, …]` → the same; all others `[channels]`.
 * @param runningMean the mean over samples goes into it, in place; `null`: none is kept
 * @param runningVar as `runningMean`
 * @param useInputStats take the statistics of each image rather than the running ones
 * @param momentum share of the new statistics in the running ones
 * @param eps added to the variance
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.instance_norm.html
 * @api nn.functional.instanceNorm
 */
export function instanceNorm(
  input: Tensor,
  runningMean: Tensor | null = null,
  runningVar: Tensor | null = null,
  weight: Tensor | null = null,
  bias: Tensor | null = null,
  useInputStats = true,
  momentum = 0.1,
  eps = 1e-5,
): Tensor {
  if (input.shape.length < 3) throw new KindlingError(`instance_norm expects an input [batch, channels, …], but got one of size ${shapeText(input.shape)}`);
  const [batch, channels] = [input.shape[0]!, input.shape[1]!];
  if (useInputStats && numelOf(input.shape.slice(2)) === 1) {
    throw new ArgumentError(`Expected more than 1 spatial element when training, got input size torch.Size(${shapeText(input.shape)})`);
  }
  if (!useInputStats && !(runningMean && runningVar)) {
    throw new KindlingError("Expected running_mean and running_var to be defined when use_input_stats is false");
  }
  checkPerChannel("weight", weight, input);
  checkPerChannel("bias", bias, input);
  const means = runningMean?.repeat(batch) ?? null;
  const variances = runningVar?.repeat(batch) ?? null;
  const all = reshape(input, [1, batch * channels, ...input.shape.slice(2)]);
  const result = batchNorm(all, means, variances, null, null, useInputStats, momentum, eps);
  if (useInputStats && runningMean && runningVar) {
    noGrad(() => {
      runningMean.copy_(mean(reshape(means!, [batch, channels]), 0));
      runningVar.copy_(mean(reshape(variances!, [batch, channels]), 0));
    });
  }
  return scaled(reshape(result, input.shape), weight, bias);
}
