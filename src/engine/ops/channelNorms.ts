/** Normalisations over groups of channels, single images, neighbouring channels, and by the root of mean squares. */
import { noGrad } from "../autograd/gradMode.ts";
import { ArgumentError, KindlingError, ShapeError } from "../errors.ts";
import { numelOf, shapeText, type Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { unfold } from "./stridedViews.ts";
import { add, mul } from "./binary.ts";
import { pad } from "./padding.ts";
import { batchNorm, layerNorm } from "./normalization.ts";
import { mean } from "./reductions.ts";
import { reshape } from "./views.ts";

/** One value for each channel, shaped to go with `[batch, channels, …]`. */
function perChannel(values: Tensor, input: Tensor): Tensor {
  return reshape(values, input.shape.map((_, i) => (i === 1 ? values.numel() : 1)));
}

function scaled(result: Tensor, weight: Tensor | null, bias: Tensor | null): Tensor {
  const weighted = weight ? mul(result, perChannel(weight, result)) : result;
  return bias ? add(weighted, perChannel(bias, result)) : weighted;
}

/** Normalises each of `numGroups` groups of channels of each sample. https://arxiv.org/abs/1803.08494 */
export function groupNorm(input: Tensor, numGroups: number, weight: Tensor | null = null, bias: Tensor | null = null, eps = 1e-5): Tensor {
  const channels = input.shape[1] ?? 1;
  if (channels % numGroups !== 0) {
    throw new KindlingError(`Expected number of channels in input to be divisible by num_groups, but got input of shape ${shapeText(input.shape)} and num_groups=${numGroups}`);
  }
  if (weight && weight.numel() !== channels) {
    throw new ShapeError(`Expected weight to be a vector of size equal to the number of channels in input, but got weight of shape ${shapeText(weight.shape)} and input of shape ${shapeText(input.shape)}`, weight.shape, input.shape);
  }
  const size = numelOf(input.shape.slice(1)) / numGroups;
  const rows = reshape(input, [input.shape[0]! * numGroups, size]);
  return scaled(reshape(layerNorm(rows, [size], null, null, eps), input.shape), weight, bias);
}

export interface InstanceNormArguments {
  runningMean?: Tensor | null;
  runningVar?: Tensor | null;
  weight?: Tensor | null;
  bias?: Tensor | null;
  /** Take the statistics of each image rather than the running ones. Default true. */
  useInputStats?: boolean;
  momentum?: number;
  eps?: number;
}

/** Normalises each channel of each sample on its own. https://arxiv.org/abs/1607.08022 */
export function instanceNorm(input: Tensor, options: InstanceNormArguments = {}): Tensor {
  const { runningMean = null, runningVar = null, weight = null, bias = null, useInputStats = true, momentum = 0.1, eps = 1e-5 } = options;
  const [batch, channels] = [input.shape[0]!, input.shape[1]!];
  if (useInputStats && numelOf(input.shape.slice(2)) === 1) {
    throw new ArgumentError(`Expected more than 1 spatial element when training, got input size torch.Size(${shapeText(input.shape)})`);
  }
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

/** Divides by (k + alpha · mean of squares over `size` neighbouring channels)^beta. https://papers.nips.cc/paper/2012 (Krizhevsky et al.) */
export function localResponseNorm(input: Tensor, size: number, options: { alpha?: number; beta?: number; k?: number } = {}): Tensor {
  const { alpha = 1e-4, beta = 0.75, k = 1 } = options;
  if (input.shape.length < 3) throw new ArgumentError(`Expected 3D or higher dimensionality                          input (got ${input.shape.length} dimensions)`);
  const before = new Array<number>(2 * (input.shape.length - 2)).fill(0);
  const padded = pad(input.square(), [...before, Math.floor(size / 2), Math.floor((size - 1) / 2)]);
  return input.div(mean(unfold(padded, 1, size, 1), -1).mul(alpha).add(k).pow(beta));
}

const FLOAT32_EPSILON = 1.1920928955078125e-7;

/** x / √(mean(x²) + eps) · weight over the last dimensions, those of `normalizedShape`. https://arxiv.org/abs/1910.07467 */
export function rmsNorm(input: Tensor, normalizedShape: Shape, weight: Tensor | null = null, eps: number | null = null): Tensor {
  const tail = input.shape.slice(input.shape.length - normalizedShape.length);
  if (shapeText(tail) !== shapeText(normalizedShape)) {
    throw new ShapeError(`Given normalized_shape=${shapeText(normalizedShape)}, expected input with shape [*, ${normalizedShape.join(", ")}], but got input of size${shapeText(input.shape)}`, input.shape, normalizedShape);
  }
  const dims = normalizedShape.map((_, i) => i - normalizedShape.length);
  const result = mul(input, mean(input.square(), dims, true).add(eps ?? FLOAT32_EPSILON).rsqrt());
  return weight ? mul(result, weight) : result;
}
