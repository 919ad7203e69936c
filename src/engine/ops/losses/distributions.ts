/** Losses of distributions: divergence, and negative log likelihoods of counts and of normal values. */
import { ArgumentError } from "../../errors.ts";
import { sameShape } from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";
import { warnOnce } from "../../warnings.ts";
import { add, mul, sub, xlogy } from "../binary.ts";
import { clamp } from "../clamp.ts";
import { full as filledWith } from "../creation.ts";
import { hold } from "../reading.ts";
import { sum } from "../reductions.ts";
import type { LossReduction } from "../types.ts";
import { unsqueeze } from "../views.ts";
import { where } from "../where.ts";
import { reduceLoss } from "./reduction.ts";
import { tellLoss } from "./tell.ts";

/**
 * Kullback-Leibler divergence of log probabilities from target probabilities.
 * @param reduction "mean" is over all elements, "batchmean" over samples, which is the mathematical definition
 * @param logTarget whether the target holds logarithms, too
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.kl_div.html
 * @api nn.functional.klDiv
 */
export function klDiv(input: Tensor, target: Tensor, reduction: LossReduction | "batchmean" = "mean", logTarget = false): Tensor {
  if (reduction === "mean") {
    warnOnce(
      "reduction: 'mean' divides the total loss by both the batch size and the support size." +
        "'batchmean' divides only by the batch size, and aligns with the KL div math definition." +
        "'mean' will be changed to behave the same as 'batchmean' in the next major release.",
    );
  }
  const losses = logTarget ? mul(target.exp(), sub(target, input)) : sub(xlogy(target, target), mul(target, input));
  const loss = reduction === "batchmean" ? sum(losses).div(input.shape[0] ?? 1) : reduceLoss(losses, reduction);
  return tellLoss("klDiv", loss, input, target, (x, y) => klDiv(x, y, "none", logTarget));
}

/**
 * For counts that follow a Poisson distribution: eˣ − y·x, or x − y·ln(x + eps) without `logInput`.
 * @param logInput whether the input is the logarithm of the expected count
 * @param full add Stirling's formula for ln(y!) where y > 1
 * @param eps keeps the logarithm from 0 without `logInput`
 * @param reduction the mean, the sum, or each loss as it is
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.poisson_nll_loss.html
 * @api nn.functional.poissonNllLoss
 */
export function poissonNllLoss(input: Tensor, target: Tensor, logInput = true, full = false, eps = 1e-8, reduction: LossReduction = "mean"): Tensor {
  const plain = logInput ? sub(input.exp(), mul(target, input)) : sub(input, mul(target, input.add(eps).log()));
  const loss = reduceLoss(full ? add(plain, where(target.gt(1), stirling(target), 0)) : plain, reduction);
  return tellLoss("poissonNllLoss", loss, input, target, (x, y) => poissonNllLoss(x, y, logInput, full, eps, "none"));
}

/** An approximation of ln(y!): y·ln y − y + ½·ln 2πy */
function stirling(counts: Tensor): Tensor {
  const half = counts
    .mul(2 * Math.PI)
    .log()
    .mul(0.5);
  return counts.log().mul(counts).sub(counts).add(half);
}

/**
 * For targets normally distributed around the input with the given variances.
 *
 * Shapes: target as input; var as input, without its last dimension, or with 1 there; or one number for all.
 * @param full add the constant ½ ln 2π
 * @param eps smaller variances count as this
 * @param reduction the mean, the sum, or each loss as it is
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.gaussian_nll_loss.html
 * @api nn.functional.gaussianNllLoss
 */
export function gaussianNllLoss(input: Tensor, target: Tensor, var_: Tensor | number, full = false, eps = 1e-6, reduction: LossReduction = "mean"): Tensor {
  const spread = variancesOf(input, var_);
  if (!hold(spread.lt(0).logicalNot())) throw new ArgumentError("var has negative entry/entries");
  // Kept from zero without a trace in the graph.
  const kept = add(spread, sub(clamp(spread.detach(), eps), spread.detach()));
  const losses = kept.log().add(input.sub(target).square().div(kept)).mul(0.5);
  const loss = reduceLoss(full ? losses.add(0.5 * Math.log(2 * Math.PI)) : losses, reduction);
  return tellLoss("gaussianNllLoss", loss, input, target, (x, y) => gaussianNllLoss(x, y, var_, full, eps, "none"));
}

function variancesOf(input: Tensor, variance: Tensor | number): Tensor {
  if (typeof variance === "number") return filledWith(input.shape, variance);
  const [lead, own] = [input.shape.slice(0, -1), variance.shape];
  if (sameShape(own, input.shape) || (sameShape(own.slice(0, -1), lead) && own.at(-1) === 1)) return variance;
  if (sameShape(own, lead)) return unsqueeze(variance, -1);
  throw new ArgumentError("var is of incorrect size");
}
