/** Connectionist temporal classification. https://www.cs.toronto.edu/~graves/icml_2006.pdf */
import { noGrad } from "../../autograd/gradMode.ts";
import { record, type Operation } from "../../autograd/node.ts";
import { filled } from "../../dtype.ts";
import { KindlingError } from "../../errors.ts";
import { Tensor } from "../../tensor.ts";
import { mul } from "../binary.ts";
import { fromTypedArray } from "../creation.ts";
import { positions } from "../internal/positions.ts";
import { valuesOf } from "../reading.ts";
import type { Int, LossReduction, Size } from "../types.ts";
import { reduceLoss } from "./reduction.ts";

/** One for each sequence. */
export type SequenceLengths = Tensor | Size;

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
 * Connectionist temporal classification: how improbable the targets are over all ways to stretch them over time.
 *
 * Shapes: logProbs `[time, batch, classes]`, or `[time, classes]` for one sequence; targets `[batch, longest]` or all of them
 * one after the other, whole numbers; lengths `[batch]` or lists.
 * @param blank the class that means nothing
 * @param reduction the mean over the batch of each loss divided by its target's length, the sum, or each loss as it is
 * @param zeroInfinity losses that are infinite, for targets too long for their input, become 0
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.ctc_loss.html
 * @api nn.functional.ctcLoss
 */
export function ctcLoss(
  logProbs: Tensor,
  targets: Tensor,
  inputLengths: SequenceLengths,
  targetLengths: SequenceLengths,
  blank: Int = 0,
  reduction: LossReduction = "mean",
  zeroInfinity = false,
): Tensor {
  const single = logProbs.dim() === 2;
  const log = single ? logProbs.unsqueeze(1) : logProbs;
  const [time, batch, classes] = log.shape as [number, number, number];
  const [times, sizes] = [lengthsOf("input_lengths", inputLengths, batch), lengthsOf("target_lengths", targetLengths, batch)];
  if (times.some((length) => length > time))
    throw new KindlingError(
      `Expected input_lengths to have value at most ${time}, but got value ${times.reduce((a, b) => Math.max(a, b))} (while checking arguments for ctc_loss_cpu)`,
    );
  if (!(blank >= 0 && blank < classes)) throw new KindlingError("blank must be in label range");
  const values = valuesOf(log) as Float32Array;
  const labels = valuesOf(positions(targets, "ctc_loss: targets have to be whole numbers"));
  const starts = startsOf(targets, sizes, single);
  const losses = new Float32Array(batch);
  const slopes = new Float32Array(values.length);
  for (let n = 0; n < batch; n++) {
    const own = labels.subarray(starts[n]!, starts[n]! + sizes[n]!);
    for (const label of own)
      if (!(label >= 0 && label < classes)) throw new KindlingError(`ctc_loss: the targets have a class ${label}, but there are ${classes} classes`);
    losses[n] = sequenceLoss(
      (t, k) => values[(t * batch + n) * classes + k]!,
      own,
      times[n]!,
      classes,
      blank,
      (t, k, slope) => {
        slopes[(t * batch + n) * classes + k] = slope;
      },
    );
    if (zeroInfinity && losses[n] === Infinity) {
      losses[n] = 0;
      for (let t = 0; t < time; t++) slopes.fill(0, (t * batch + n) * classes, (t * batch + n + 1) * classes);
    }
  }
  const each = record(ctcOp, fromTypedArray(losses, [batch]), [log], [log], fromTypedArray(slopes, log.shape));
  if (reduction === "mean")
    return each
      .div(
        fromTypedArray(
          filled(new Float32Array(batch), (i) => Math.max(1, sizes[i]!)),
          [batch],
        ),
      )
      .mean();
  return reduceLoss(single ? each.squeeze(0) : each, reduction);
}

function lengthsOf(name: string, lengths: SequenceLengths, batch: number): number[] {
  const list =
    lengths instanceof Tensor
      ? Array.from(valuesOf(positions(lengths, `${name} must be integral`), "ctcLoss"))
      : typeof lengths === "number"
        ? [lengths]
        : [...lengths];
  if (list.length !== batch) throw new KindlingError(`${name} must be of size batch_size`);
  if (list.some((length) => length < 0)) throw new KindlingError(`${name} must not be negative`);
  return list;
}

/** Where each sequence's labels begin: in rows of their own, or one after the other. */
function startsOf(targets: Tensor, sizes: readonly number[], single: boolean): number[] {
  const refused = (needed: number, dim: number): KindlingError =>
    new KindlingError(
      `Expected tensor to have size ${dim === 1 ? "at least " : ""}${needed} at dimension ${dim}, but got size ${targets.shape[dim]} for argument #2 'targets' (while checking arguments for ctc_loss_cpu)`,
    );
  if (targets.dim() === 2 && !single) {
    const longest = sizes.reduce((most, size) => Math.max(most, size), 0);
    if (targets.shape[0] !== sizes.length) throw refused(sizes.length, 0);
    if (longest > targets.shape[1]!) throw refused(longest, 1);
    return sizes.map((_, n) => n * targets.shape[1]!);
  }
  let end = 0;
  const starts = sizes.map((size) => (end += size) - size);
  if (single ? end > targets.numel() : end !== targets.numel()) throw refused(end, 0);
  return starts;
}

/** Forward and backward sums over all paths of one sequence; hands out gradients as PyTorch has them, with the softmax in them. */
function sequenceLoss(
  log: (t: number, k: number) => number,
  labels: ArrayLike<number>,
  time: number,
  classes: number,
  blank: number,
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
