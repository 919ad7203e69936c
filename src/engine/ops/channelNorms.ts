/** Normalisations over groups of channels, single images, neighbouring channels, and by the root of mean squares. */
import { noGrad } from "../autograd/gradMode.ts";
import { ArgumentError, KindlingError, ShapeError } from "../errors.ts";
import { numelOf, shapeText, type Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { add, mul } from "./binary.ts";
import { batchNorm, checkNormalizedShape, layerNorm } from "./normalization.ts";
import { pad } from "./padding.ts";
import { mean } from "./reductions.ts";
import { unfold } from "./stridedViews.ts";
import type { Int } from "./types.ts";
import { reshape } from "./views.ts";

/** One value for each channel, shaped to go with `[batch, channels, …]`. */
function perChannel(values: Tensor, input: Tensor): Tensor {
  return reshape(values, input.shape.map((_, i) => (i === 1 ? values.numel() : 1)));
}

function scaled(result: Tensor, weight: Tensor | null, bias: Tensor | null): Tensor {
  const weighted = weight ? mul(result, perChannel(weight, result)) : result;
  return bias ? add(weighted, perChannel(bias, result)) : weighted;
}

/** One value for each channel. */
function checkPerChannel(name: string, values: Tensor | null, input: Tensor): void {
  const channels = input.shape[1] ?? 1;
  if (values === null || (values.shape.length === 1 && values.numel() === channels)) return;
  throw new ShapeError(`Expected ${name} to be a vector of size equal to the number of channels in input, but got ${name} of shape ${shapeText(values.shape)} and input of shape ${shapeText(input.shape)}`, values.shape, input.shape);
}

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
    throw new KindlingError(`Expected number of channels in input to be divisible by num_groups, but got input of shape ${shapeText(input.shape)} and num_groups=${numGroups}`);
  }
  checkPerChannel("weight", weight, input);
  checkPerChannel("bias", bias, input);
  const size = numelOf(input.shape.slice(1)) / numGroups;
  const rows = reshape(input, [input.shape[0]! * numGroups, size]);
  return scaled(reshape(layerNorm(rows, [size], null, null, eps), input.shape), weight, bias);
}

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
  input: Tensor, runningMean: Tensor | null = null, runningVar: Tensor | null = null, weight: Tensor | null = null, bias: Tensor | null = null,
  useInputStats = true, momentum = 0.1, eps = 1e-5,
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

/**
 * Divides by (k + alpha · mean of squares over neighbouring channels)^beta. https://papers.nips.cc/paper/2012 (Krizhevsky et al.)
 *
 * Shapes: input `[batch, channels, …]` → the same.
 * @param size how many neighbouring channels
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.local_response_norm.html
 * @api nn.functional.localResponseNorm
 */
export function localResponseNorm(input: Tensor, size: Int, alpha = 1e-4, beta = 0.75, k = 1): Tensor {
  if (input.shape.length < 3) throw new ArgumentError(`Expected 3D or higher dimensionality                          input (got ${input.shape.length} dimensions)`);
  if (size <= 0) throw new ArgumentError(`local_response_norm expects a positive size, but got ${size}`);
  const before = new Array<number>(2 * (input.shape.length - 2)).fill(0);
  const padded = pad(input.square(), [...before, Math.floor(size / 2), Math.floor((size - 1) / 2)]);
  return input.div(mean(unfold(padded, 1, size, 1), -1).mul(alpha).add(k).pow(beta));
}

const FLOAT32_EPSILON = 1.1920928955078125e-7;

/**
 * x / √(mean(x²) + eps) · weight over the last dimensions. https://arxiv.org/abs/1910.07467
 *
 * Shapes: input `[…, ...normalizedShape]` → the same; weight `normalizedShape`.
 * @param eps added to the mean of squares; default the distance between 1 and the next float32, 1.19e-7
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.rms_norm.html
 * @api nn.functional.rmsNorm
 */
export function rmsNorm(input: Tensor, normalizedShape: Shape, weight: Tensor | null = null, eps: number | null = null): Tensor {
  checkNormalizedShape(input, normalizedShape, { weight });
  const dims = normalizedShape.map((_, i) => i - normalizedShape.length);
  const result = mul(input, mean(input.square(), dims, true).add(eps ?? FLOAT32_EPSILON).rsqrt());
  return weight ? mul(result, weight) : result;
}
