/** Batch and layer normalisation. Forward beside backward. */
import { isGradEnabled, noGrad } from "../autograd/gradMode.ts";
import { record, type Operation } from "../autograd/node.ts";
import { ArgumentError, ShapeError } from "../errors.ts";
import { kernels } from "../memory/linear.ts";
import { discard } from "../memory/storage.ts";
import { numelOf, shapeText, type Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { contiguous } from "./copy.ts";
import { zeros } from "./creation.ts";
import { sizeText } from "./format.ts";
import { at, make } from "./make.ts";
import { notTwiceDifferentiable } from "./pointwise.ts";

/** 0 stands for "absent" in the kernels. */
function atOrNone(tensor: Tensor | null): number {
  return tensor === null ? 0 : at(tensor);
}

interface ChannelData {
  readonly n: number;
  readonly channels: number;
  readonly length: number;
  readonly training: boolean;
  readonly affine: boolean;
}

const batchNormOp: Operation = {
  name: "NativeBatchNormBackward0",
  backward(node, gradient) {
    if (isGradEnabled()) throw notTwiceDifferentiable("native_batch_norm");
    const { n, channels, length, training, affine } = node.data as ChannelData;
    const [x, mean, inverseStd] = [node.saved(0), node.saved(1), node.saved(2)];
    const weight = affine ? node.saved(3) : null;
    const upstream = contiguous(gradient);
    const outX = node.needs(0) ? make(x.shape) : null;
    const outWeight = affine ? make([channels]) : null;
    const outBias = affine ? make([channels]) : null;
    const [to, toWeight, toBias] = [atOrNone(outX), atOrNone(outWeight), atOrNone(outBias)];
    if (x.numel() === 0) return [outX, outWeight && zeros(channels), outBias && zeros(channels)];
    const from = at(upstream);
    kernels.batchNormBackward(from, at(x), at(mean), at(inverseStd), atOrNone(weight), to, toWeight, toBias, n, channels, length, training ? 1 : 0);
    return [outX, outWeight, outBias];
  },
};

/**
 * Normalises each channel over batch and positions, then scales and shifts it.
 * @param input [batch, channels] or [batch, channels, …]
 * @param runningMean [channels], updated in training; `null`: none is kept
 * @param training use the batch's own statistics
 * @param momentum share of the new statistics in the running ones
 */
export function batchNorm(
  input: Tensor,
  runningMean: Tensor | null,
  runningVar: Tensor | null,
  weight: Tensor | null = null,
  bias: Tensor | null = null,
  training = false,
  momentum = 0.1,
  eps = 1e-5,
): Tensor {
  const channels = input.shape[1] ?? 0;
  const x = contiguous(input);
  const length = numelOf(input.shape.slice(2));
  const n = input.shape[0] ?? 0;
  checkBatchNorm(input, channels, [runningMean, runningVar, weight, bias], training);
  const mean = make([channels]);
  const inverseStd = make([channels]);
  if (training) {
    const biased = runningVar && make([channels]);
    const [toMean, toStd] = [at(mean), at(inverseStd)];
    kernels.batchNormStatistics(at(x), toMean, toStd, n, channels, length, eps, atOrNone(biased));
    if (runningMean && runningVar && n * length > 0) updateRunning(runningMean, runningVar, mean, biased!, momentum, n * length);
    if (biased) discard(biased.storage);
  } else {
    if (!runningMean || !runningVar) throw new ArgumentError("Expected running_mean and running_var to be defined when training=False");
    noGrad(() => {
      mean.copy_(runningMean);
      inverseStd.copy_(runningVar.add(eps).rsqrt());
    });
  }
  const result = make(input.shape);
  const scale = weight && contiguous(weight);
  const shift = bias && contiguous(bias);
  const to = at(result);
  kernels.batchNormApply(at(x), at(mean), at(inverseStd), atOrNone(scale), atOrNone(shift), to, n, channels, length);
  const affine = weight !== null && bias !== null;
  const data: ChannelData = { n, channels, length, training, affine };
  const own = [mean, inverseStd];
  if (!affine) return record(batchNormOp, result, [x], [x, mean, inverseStd], data, own);
  return record(batchNormOp, result, [x, weight, bias], [x, mean, inverseStd, weight], data, own);
}

function checkBatchNorm(input: Tensor, channels: number, others: readonly (Tensor | null)[], training: boolean): void {
  const names = ["running_mean", "running_var", "weight", "bias"];
  others.forEach((tensor, i) => {
    if (tensor && tensor.numel() !== channels) {
      throw new ShapeError(`${names[i]} should contain ${channels} elements not ${tensor.numel()}`, input.shape, tensor.shape);
    }
  });
  const perChannel = input.numel() / Math.max(1, channels);
  if (training && perChannel === 1) {
    throw new ArgumentError(`Expected more than 1 value per channel when training, got input size ${sizeText(input.shape)}`);
  }
}

/** The running variance is the unbiased one; PyTorch's rule. */
function updateRunning(
  runningMean: Tensor,
  runningVar: Tensor,
  mean: Tensor,
  biased: Tensor,
  momentum: number,
  count: number,
): void {
  noGrad(() => {
    runningMean.mul_(1 - momentum).add_(mean, { alpha: momentum });
    runningVar.mul_(1 - momentum).add_(biased, { alpha: (momentum * count) / (count - 1) });
  });
}

interface RowData {
  readonly rows: number;
  readonly cols: number;
  readonly affine: boolean;
  readonly shape: Shape;
}

const layerNormOp: Operation = {
  name: "NativeLayerNormBackward0",
  backward(node, gradient) {
    if (isGradEnabled()) throw notTwiceDifferentiable("native_layer_norm");
    const { rows, cols, affine, shape } = node.data as RowData;
    const [x, mean, inverseStd] = [node.saved(0), node.saved(1), node.saved(2)];
    const upstream = contiguous(gradient);
    const outX = node.needs(0) ? make(x.shape) : null;
    const outWeight = affine ? make(shape) : null;
    const outBias = affine ? make(shape) : null;
    const [to, toWeight, toBias] = [atOrNone(outX), atOrNone(outWeight), atOrNone(outBias)];
    const from = at(upstream);
    const weight = affine ? at(node.saved(3)) : 0;
    kernels.layerNormBackward(from, at(x), at(mean), at(inverseStd), weight, to, toWeight, toBias, rows, cols);
    return [outX, outWeight, outBias];
  },
};

/** Normalises each row over its last dimensions (`normalizedShape`), then scales and shifts it. */
export function layerNorm(
  input: Tensor,
  normalizedShape: Shape,
  weight: Tensor | null = null,
  bias: Tensor | null = null,
  eps = 1e-5,
): Tensor {
  const tail = input.shape.slice(input.shape.length - normalizedShape.length);
  if (shapeText(tail) !== shapeText(normalizedShape)) {
    throw new ShapeError(
      `Given normalized_shape=${shapeText(normalizedShape)}, expected input with shape [*, ${normalizedShape.join(", ")}], but got input of size${shapeText(input.shape)}`,
      input.shape,
      normalizedShape,
    );
  }
  const x = contiguous(input);
  const cols = numelOf(normalizedShape);
  const rows = cols === 0 ? 0 : input.numel() / cols;
  const [result, mean, inverseStd] = [make(input.shape), make([rows]), make([rows])];
  const [to, toMean, toStd] = [at(result), at(mean), at(inverseStd)];
  kernels.layerNorm(at(x), atOrNone(weight), atOrNone(bias), to, toMean, toStd, rows, cols, eps);
  const affine = weight !== null && bias !== null;
  const data: RowData = { rows, cols, affine, shape: normalizedShape };
  const own = [mean, inverseStd];
  if (!affine) return record(layerNormOp, result, [x], [x, mean, inverseStd], data, own);
  return record(layerNormOp, result, [x, weight, bias], [x, mean, inverseStd, weight], data, own);
}
