/** Batch normalisation. Forward beside backward. */
import { isGradEnabled, noGrad } from "../../autograd/gradMode.ts";
import { record, type Operation } from "../../autograd/node.ts";
import { ArgumentError, ShapeError } from "../../errors.ts";
import { kernels } from "../../memory/linear.ts";
import { discard } from "../../memory/nursery.ts";
import { numelOf, shapeText } from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";
import { contiguous } from "../conversion.ts";
import { zeros } from "../creation.ts";
import { sizeText } from "../format.ts";
import { at, make } from "../internal/make.ts";
import { reshape } from "../views.ts";
import { atOrNone, checkFloats, composedGradients, inOrder, present, type Affine } from "./affine.ts";

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
  gradient: Tensor,
  x: Tensor,
  weight: Tensor | null,
  { n, channels, length, eps }: ChannelData,
  fixed: readonly [Tensor, Tensor] | null,
): [Tensor, Tensor, Tensor] {
  const planes = (values: Tensor): Tensor => reshape(values, [n, channels, length]);
  const column = (values: Tensor): Tensor => reshape(values, [channels, 1]);
  const sharing = { statistics: [0, 2], parameters: [0, 2] };
  const [ofX, ofWeight, ofBias] = composedGradients(
    planes(gradient),
    planes(x),
    weight && column(weight),
    sharing,
    eps,
    fixed && [column(fixed[0]), column(fixed[1])],
  );
  return [reshape(ofX, x.shape), ofWeight, ofBias];
}

/**
 * Normalises each channel over batch and positions, then scales and shifts it.
 *
 * Shapes: input `[batch, channels]` or `[batch, channels, …]` → the same; all others `[channels]`.
 * @param runningMean updated in training, in place; `null`: none is kept
 * @param runningVar as `runningMean`; it gets the unbiased variance
 * @param training use the batch's own statistics; without, the running ones, which then have to be given
 * @param momentum share of the new statistics in the running ones
 * @param eps added to the variance
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.batch_norm.html
 * @api nn.functional.batchNorm
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
  checkFloats("batch_norm", input, runningMean, runningVar, weight, bias);
  if (input.shape.length < 2)
    throw new ShapeError(`batch_norm expects an input [batch, channels, …], but got one of size ${shapeText(input.shape)}`, input.shape);
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
function updateRunning(runningMean: Tensor, runningVar: Tensor, mean: Tensor, biased: Tensor, momentum: number, count: number): void {
  noGrad(() => {
    runningMean.mul_(1 - momentum).add_(mean, { alpha: momentum });
    runningVar.mul_(1 - momentum).add_(biased, { alpha: (momentum * count) / (count - 1) });
  });
}
