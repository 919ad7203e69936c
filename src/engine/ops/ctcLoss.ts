/** Connectionist temporal classification. https://www.cs.toronto.edu/~graves/icml_2006.pdf */
import { noGrad } from "../autograd/gradMode.ts";
import { record, type Operation } from "../autograd/node.ts";
import { filled } from "../dtype.ts";
import { KindlingError } from "../errors.ts";
import { Tensor } from "../tensor.ts";
import { fromTypedArray } from "./creation.ts";
import { reduceLoss, type LossOptions } from "./losses.ts";
import { mul } from "./binary.ts";
import { toTypedArray } from "./reading.ts";

export interface CtcOptions extends LossOptions {
  /** Class that means nothing. Default 0. */
  blank?: number;
  /** Losses that are infinite, for targets too long for their input, become 0. Default false. */
  zeroInfinity?: boolean;
}

type Lengths = Tensor | readonly number[] | number;

const logAdd = (a: number, b: number): number => {
  const high = Math.max(a, b);
  return high === -Infinity ? high : high + Math.log1p(Math.exp(Math.min(a, b) - high));
};

const ctcOp: Operation<Tensor> = {
  name: "CtcLossBackward0",
  backward(node, gradient) {
    const scaled = noGrad(() => mul(node.data, gradient.reshape(1, -1, 1)));
    return [record(ctcBackwardOp, scaled, [gradient, node.saved(0)])];
  },
};

const ctcBackwardOp: Operation = {
  name: "CtcLossBackwardBackward0",
  backward() {
    throw new KindlingError(
      "ctcLoss can't be differentiated twice, as in PyTorch: its gradient comes from sums over all paths that are no part of the graph. " +
        "Leave the CTC loss out of what you differentiate again, e.g. take grad(…, { createGraph: true }) of the other losses only.",
    );
  },
};

/**
 * @param logProbs [time, batch, classes], or [time, classes] for one sequence
 * @param targets [batch, longest], or all of them one after the other
 */
export function ctcLoss(logProbs: Tensor, targets: Tensor, inputLengths: Lengths, targetLengths: Lengths, options: CtcOptions = {}): Tensor {
  const single = logProbs.dim() === 2;
  const log = single ? logProbs.unsqueeze(1) : logProbs;
  const [time, batch, classes] = log.shape as [number, number, number];
  const [times, sizes] = [listOf(inputLengths), listOf(targetLengths)];
  if (times.length !== batch) throw new KindlingError(`input_lengths must be of size batch_size`);
  if (sizes.length !== batch) throw new KindlingError(`target_lengths must be of size batch_size`);
  if (times.some((length) => length > time)) throw new KindlingError(`Expected input_lengths to have value at most ${time}, but got value ${times.reduce((a, b) => Math.max(a, b))} (while checking arguments for ctc_loss_cpu)`);
  const { blank = 0, zeroInfinity = false, reduction = "mean" } = options;
  if (!(blank >= 0 && blank < classes)) throw new KindlingError("blank must be in label range");
  const values = toTypedArray(log) as Float32Array;
  const labels = toTypedArray(targets);
  const losses = new Float32Array(batch);
  const slopes = new Float32Array(values.length);
  let start = 0;
  for (let n = 0; n < batch; n++) {
    if (targets.dim() === 2 && !single) start = n * targets.shape[1]!;
    const own = labels.subarray(start, start + sizes[n]!);
    start += sizes[n]!;
    losses[n] = sequenceLoss((t, k) => values[(t * batch + n) * classes + k]!, own, times[n]!, classes, blank, (t, k, slope) => {
      slopes[(t * batch + n) * classes + k] = slope;
    });
    if (zeroInfinity && losses[n] === Infinity) {
      losses[n] = 0;
      for (let t = 0; t < time; t++) slopes.fill(0, (t * batch + n) * classes, (t * batch + n + 1) * classes);
    }
  }
  const each = record(ctcOp, fromTypedArray(losses, [batch]), [log], [log], fromTypedArray(slopes, log.shape));
  if (reduction === "mean") return each.div(fromTypedArray(filled(new Float32Array(batch), (i) => Math.max(1, sizes[i]!)), [batch])).mean();
  return reduceLoss(single ? each.squeeze(0) : each, reduction);
}

function listOf(lengths: Lengths): number[] {
  if (lengths instanceof Tensor) return Array.from(toTypedArray(lengths));
  return typeof lengths === "number" ? [lengths] : [...lengths];
}

/** Forward and backward sums over all paths of one sequence; hands out gradients as PyTorch has them, with the softmax in them. */
function sequenceLoss(
  log: (t: number, k: number) => number, labels: ArrayLike<number>, time: number, classes: number, blank: number,
  give: (t: number, k: number, slope: number) => void,
): number {
  const states = 2 * labels.length + 1;
  const label = (s: number): number => (s % 2 === 0 ? blank : labels[(s - 1) / 2]!);
  const mayskip = (s: number): boolean => s >= 2 && label(s) !== blank && label(s) !== label(s - 2);
  const alpha = Array.from({ length: time }, () => new Float64Array(states).fill(-Infinity));
  const beta = Array.from({ length: time }, () => new Float64Array(states).fill(-Infinity));
  if (time === 0) return labels.length === 0 ? 0 : Infinity;
  for (let s = 0; s < Math.min(2, states); s++) alpha[0]![s] = log(0, label(s));
  for (let t = 1; t < time; t++) {
    for (let s = 0; s < states; s++) {
      let total = alpha[t - 1]![s]!;
      if (s >= 1) total = logAdd(total, alpha[t - 1]![s - 1]!);
      if (mayskip(s)) total = logAdd(total, alpha[t - 1]![s - 2]!);
      alpha[t]![s] = total + log(t, label(s));
    }
  }
  const last = alpha[time - 1]!;
  const loss = -(states > 1 ? logAdd(last[states - 1]!, last[states - 2]!) : last[states - 1]!);
  for (let s = Math.max(0, states - 2); s < states; s++) beta[time - 1]![s] = log(time - 1, label(s));
  for (let t = time - 2; t >= 0; t--) {
    for (let s = 0; s < states; s++) {
      let total = beta[t + 1]![s]!;
      if (s + 1 < states) total = logAdd(total, beta[t + 1]![s + 1]!);
      if (s + 2 < states && mayskip(s + 2)) total = logAdd(total, beta[t + 1]![s + 2]!);
      beta[t]![s] = total + log(t, label(s));
    }
  }
  for (let t = 0; t < time; t++) {
    const through = new Float64Array(classes).fill(-Infinity);
    for (let s = 0; s < states; s++) through[label(s)] = logAdd(through[label(s)]!, alpha[t]![s]! + beta[t]![s]!);
    for (let k = 0; k < classes; k++) give(t, k, Math.exp(log(t, k)) - Math.exp(through[k]! + loss - log(t, k)));
  }
  return loss;
}
