/** Batch and layer normalisation. Forward beside backward. */
import { isGradEnabled, noGrad } from "../autograd/gradMode.ts";
import { record, type Operation } from "../autograd/node.ts";
import { ArgumentError, ShapeError } from "../errors.ts";
import { kernels } from "../memory/linear.ts";
import { discard } from "../memory/nursery.ts";
import { numelOf, sameShape, shapeText, type Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { contiguous } from "./conversion.ts";
import { zeros } from "./creation.ts";
import { sizeText } from "./format.ts";
import { at, make } from "./internal/make.ts";
import { mean, sum } from "./reductions.ts";
import { reshape } from "./views.ts";

/** 0 stands for "absent" in the kernels. */
function atOrNone(tensor: Tensor | null): number {
  return tensor === null ? 0 : at(tensor);
}

/** Which parameters there are: they follow the input among the operation's inputs, and what else was saved. */
interface Affine {
  readonly weighted: boolean;
  readonly shifted: boolean;
  readonly eps: number;
}

/** The parameters that there are. */
const present = (...parameters: readonly (Tensor | null)[]): Tensor[] => parameters.filter((parameter) => parameter !== null);

const inOrder = ({ weighted, shifted }: Affine, x: Tensor | null, weight: Tensor | null, bias: Tensor | null): (Tensor | null)[] =>
  [x, ...(weighted ? [weight] : []), ...(shifted ? [bias] : [])];

/** Dimensions of the input: those that share a mean, and those that share a weight. */
interface Sharing {
  readonly statistics: readonly number[];
  readonly parameters: readonly number[];
}

/**
 * The gradients of input, weight and bias by differentiable operations.
 * @param fixed mean and inverse standard deviation that don't depend on the input
 */
function composedGradients(
  gradient: Tensor, x: Tensor, weight: Tensor | null, sharing: Sharing, eps: number, fixed: readonly [Tensor, Tensor] | null,
): [Tensor, Tensor, Tensor] {
  const average = (values: Tensor): Tensor => mean(values, sharing.statistics, true);
  const centred = x.sub(fixed ? fixed[0] : average(x));
  const inverseStd = fixed ? fixed[1] : average(centred.square()).add(eps).rsqrt();
  const normal = centred.mul(inverseStd);
  const scaled = weight ? gradient.mul(weight) : gradient;
  const across = fixed ? scaled : scaled.sub(average(scaled)).sub(normal.mul(average(scaled.mul(normal))));
  return [across.mul(inverseStd), sum(gradient.mul(normal), sharing.parameters), sum(gradient, sharing.parameters)];
}

interface ChannelData extends Affine {
  readonly n: number;
  readonly channels: number;
  readonly length: number;
  readonly training: boolean;
}

const batchNormOp: Operation<ChannelData> = {
  name: "NativeBatchNormBackward0",
  backward(node, gradient) {
    const data = node.data;
    const { n, channels, length, training } = data;
    const [x, mean, inverseStd] = [node.saved(0), node.saved(1), node.saved(2)];
    const weight = data.weighted ? node.saved(3) : null;
    if (isGradEnabled()) return inOrder(data, ...composedOfChannels(gradient, x, weight, data, training ? null : [mean, inverseStd]));
    const upstream = contiguous(gradient);
    const outX = node.needs(0) ? make(x.shape) : null;
    const outWeight = data.weighted ? make([channels]) : null;
    const outBias = data.shifted ? make([channels]) : null;
    const [to, toWeight, toBias] = [atOrNone(outX), atOrNone(outWeight), atOrNone(outBias)];
    if (x.numel() === 0) return [outX, outWeight && zeros([channels]), outBias && zeros([channels])];
    const from = at(upstream);
    kernels.batchNormBackward(from, at(x), at(mean), at(inverseStd), atOrNone(weight), to, toWeight, toBias, n, channels, length, training ? 1 : 0);
    return inOrder(data, outX, outWeight, outBias);
  },
};

function composedOfChannels(
  gradient: Tensor, x: Tensor, weight: Tensor | null, { n, channels, length, eps }: ChannelData, fixed: readonly [Tensor, Tensor] | null,
): [Tensor, Tensor, Tensor] {
  const planes = (values: Tensor): Tensor => reshape(values, [n, channels, length]);
  const column = (values: Tensor): Tensor => reshape(values, [channels, 1]);
  const sharing = { statistics: [0, 2], parameters: [0, 2] };
  const [ofX, ofWeight, ofBias] = composedGradients(
    planes(gradient), planes(x), weight && column(weight), sharing, eps, fixed && [column(fixed[0]), column(fixed[1])],
  );
  return [reshape(ofX, x.shape), ofWeight, ofBias];
}

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
  const data: ChannelData = { n, channels, length, training, eps, weighted: scale !== null, shifted: shift !== null };
  return record(batchNormOp, result, [x, ...present(scale, shift)], [x, mean, inverseStd, ...present(scale)], data, [mean, inverseStd]);
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

interface RowData extends Affine {
  readonly rows: number;
  readonly cols: number;
  readonly shape: Shape;
}

const layerNormOp: Operation<RowData> = {
  name: "NativeLayerNormBackward0",
  backward(node, gradient) {
    const data = node.data;
    const { rows, cols, shape } = data;
    const [x, mean, inverseStd] = [node.saved(0), node.saved(1), node.saved(2)];
    const weight = data.weighted ? node.saved(3) : null;
    if (isGradEnabled()) return inOrder(data, ...composedOfRows(gradient, x, weight, data));
    const upstream = contiguous(gradient);
    const outX = node.needs(0) ? make(x.shape) : null;
    const outWeight = data.weighted ? make(shape) : null;
    const outBias = data.shifted ? make(shape) : null;
    const [to, toWeight, toBias] = [atOrNone(outX), atOrNone(outWeight), atOrNone(outBias)];
    const from = at(upstream);
    kernels.layerNormBackward(from, at(x), at(mean), at(inverseStd), atOrNone(weight), to, toWeight, toBias, rows, cols);
    return inOrder(data, outX, outWeight, outBias);
  },
};

function composedOfRows(gradient: Tensor, x: Tensor, weight: Tensor | null, { rows, cols, shape, eps }: RowData): [Tensor, Tensor, Tensor] {
  const matrix = (values: Tensor): Tensor => reshape(values, [rows, cols]);
  const sharing = { statistics: [1], parameters: [0] };
  const [ofX, ofWeight, ofBias] = composedGradients(matrix(gradient), matrix(x), weight && reshape(weight, [cols]), sharing, eps, null);
  return [reshape(ofX, x.shape), reshape(ofWeight, shape), reshape(ofBias, shape)];
}

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
  checkElementwise("weight", weight, normalizedShape);
  checkElementwise("bias", bias, normalizedShape);
  const [x, scale, shift] = [contiguous(input), weight && contiguous(weight), bias && contiguous(bias)];
  const cols = numelOf(normalizedShape);
  const rows = cols === 0 ? 0 : input.numel() / cols;
  const [result, mean, inverseStd] = [make(input.shape), make([rows]), make([rows])];
  const [to, toMean, toStd] = [at(result), at(mean), at(inverseStd)];
  kernels.layerNorm(at(x), atOrNone(scale), atOrNone(shift), to, toMean, toStd, rows, cols, eps);
  const data: RowData = { rows, cols, shape: normalizedShape, eps, weighted: scale !== null, shifted: shift !== null };
  return record(layerNormOp, result, [x, ...present(scale, shift)], [x, mean, inverseStd, ...present(scale)], data, [mean, inverseStd]);
}

/** Kernels read one value for each of a row's elements. */
function checkElementwise(name: string, parameter: Tensor | null, shape: Shape): void {
  if (parameter === null || sameShape(parameter.shape, shape)) return;
  throw new ShapeError(
    `Expected ${name} to be of same shape as normalized_shape, but got ${name} of shape ${shapeText(parameter.shape)} and normalized_shape = ${shapeText(shape)}`,
    parameter.shape,
    shape,
  );
}
