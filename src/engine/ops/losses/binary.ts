/** Binary cross entropy of probabilities and of logits. */
import { record, type Operation } from "../../autograd/node.ts";
import { ArgumentError, KindlingError } from "../../errors.ts";
import { sameShape } from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";
import { logsigmoid } from "../activations.ts";
import { sizeText } from "../format.ts";
import { hold } from "../reading.ts";
import type { LossReduction } from "../types.ts";
import { reduceLoss } from "./reduction.ts";
import { tellLoss } from "./tell.ts";

const LOG_FLOOR = -100;

const bceOp: Operation = {
  name: "BinaryCrossEntropyBackward0",
  backward(node, gradient) {
    const p = node.saved(0);
    const y = node.saved(1);
    const rest = p.neg().add(1);
    return [
      // (p − y) / max((1 − p)·p, ε)
      node.needs(0) ? gradient.mul(p.sub(y).div(rest.mul(p).clamp(1e-12))) : null,
      node.needs(1) ? gradient.mul(rest.log().clamp(LOG_FLOOR).sub(p.log().clamp(LOG_FLOOR))) : null,
    ];
  },
};

/**
 * Binary cross entropy of probabilities with targets between 0 and 1. Logarithms are clamped at −100.
 *
 * Shapes: target as input; weight broadcasts to them.
 * @param weight of each element
 * @param reduction the mean, the sum, or each loss as it is
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.binary_cross_entropy.html
 * @api nn.functional.binaryCrossEntropy
 */
export function binaryCrossEntropy(input: Tensor, target: Tensor, weight: Tensor | null = null, reduction: LossReduction = "mean"): Tensor {
  if (!sameShape(input.shape, target.shape)) {
    throw new ArgumentError(
      `Using a target size (${sizeText(target.shape)}) that is different to the input size (${sizeText(input.shape)}) is deprecated. Please ensure they have the same size.`,
    );
  }
  const p = input.detach();
  const range = p.numel() === 0 || hold(p.ge(0).logicalAnd(p.le(1)));
  if (!range) throw outOfRange(p);
  const y = target.detach();
  const logP = p.log().clamp(LOG_FLOOR);
  const logQ = p.neg().add(1).log().clamp(LOG_FLOOR);
  // (y − 1)·ln(1 − p) − y·ln p
  const losses = y.sub(1).mul(logQ).sub(y.mul(logP));
  const recorded = record(bceOp, losses, [input, target], [input, target]);
  const loss = reduceLoss(weight ? recorded.mul(weight) : recorded, reduction);
  return tellLoss("binaryCrossEntropy", loss, input, target, (x, y) => binaryCrossEntropy(x, y, weight, "none"));
}

function outOfRange(p: Tensor): KindlingError {
  const [least, most] = [p.min().item(), p.max().item()].map((end) => Number(end.toPrecision(4)));
  return new KindlingError(
    `all elements of input should be between 0 and 1, but they go from ${least} to ${most}. ` +
      "Use BCEWithLogitsLoss (binaryCrossEntropyWithLogits), which takes any number, or put a sigmoid before.",
  );
}

/**
 * Sigmoid and binary cross entropy in one, safe for large logits.
 *
 * Shapes: target as input; weight and posWeight broadcast to them.
 * @param weight of each element
 * @param reduction the mean, the sum, or each loss as it is
 * @param posWeight weight of the positive examples
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.binary_cross_entropy_with_logits.html
 * @api nn.functional.binaryCrossEntropyWithLogits
 */
export function binaryCrossEntropyWithLogits(
  input: Tensor,
  target: Tensor,
  weight: Tensor | null = null,
  reduction: LossReduction = "mean",
  posWeight: Tensor | null = null,
): Tensor {
  if (!sameShape(input.shape, target.shape)) {
    throw new ArgumentError(`Target size (${sizeText(target.shape)}) must be the same as input size (${sizeText(input.shape)})`);
  }
  // (1 − y)·x − w·ln sigmoid(x), where w = 1 + (posWeight − 1)·y
  const log = logsigmoid(input);
  const weighted = posWeight ? log.mul(posWeight.sub(1).mul(target).add(1)) : log;
  const losses = target.neg().add(1).mul(input).sub(weighted);
  const loss = reduceLoss(weight ? losses.mul(weight) : losses, reduction);
  return tellLoss("binaryCrossEntropyWithLogits", loss, input, target, (x, y) => binaryCrossEntropyWithLogits(x, y, weight, "none", posWeight));
}
