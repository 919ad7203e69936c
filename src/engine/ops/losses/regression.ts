/** Losses of differences: squared, absolute, and in between. */
import { ArgumentError, KindlingError } from "../../errors.ts";
import { sameShape } from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";
import type { LossReduction } from "../types.ts";
import { where } from "../where.ts";
import { reduceLoss, warnIfBroadcast } from "./reduction.ts";
import { tellLoss } from "./tell.ts";

function checkWeight(weight: Tensor, input: Tensor): void {
  if (!sameShape(weight.shape, input.shape)) throw new ArgumentError("Weights and input must have the same size.");
}

/** The mean is one over weights. */
function weightedLoss(losses: Tensor, input: Tensor, weight: Tensor | null, reduction: LossReduction): Tensor {
  if (weight === null) return reduceLoss(losses, reduction);
  checkWeight(weight, input);
  const weighted = losses.mul(weight);
  return reduction === "mean" ? weighted.sum().div(weight.sum()) : reduceLoss(weighted, reduction);
}

/**
 * (input − target)²
 * @param reduction the mean, the sum, or each loss as it is
 * @param weight of each element, shaped as the input; the mean is one over weights
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.mse_loss.html
 * @api nn.functional.mseLoss
 */
export function mseLoss(input: Tensor, target: Tensor, reduction: LossReduction = "mean", weight: Tensor | null = null): Tensor {
  warnIfBroadcast(input, target);
  const loss = weightedLoss(input.sub(target).square(), input, weight, reduction);
  return tellLoss("mseLoss", loss, input, target, (x, y) => mseLoss(x, y, "none", weight));
}

/**
 * |input − target|
 * @param reduction the mean, the sum, or each loss as it is
 * @param weight of each element, shaped as the input; the mean is one over weights
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.l1_loss.html
 * @api nn.functional.l1Loss
 */
export function l1Loss(input: Tensor, target: Tensor, reduction: LossReduction = "mean", weight: Tensor | null = null): Tensor {
  warnIfBroadcast(input, target);
  const loss = weightedLoss(input.sub(target).abs(), input, weight, reduction);
  return tellLoss("l1Loss", loss, input, target, (x, y) => l1Loss(x, y, "none", weight));
}

/**
 * Squared below `beta`, linear above: ½d²/β or |d| − ½β.
 * @param reduction the mean, the sum, or each loss as it is
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.smooth_l1_loss.html
 * @api nn.functional.smoothL1Loss
 */
export function smoothL1Loss(input: Tensor, target: Tensor, reduction: LossReduction = "mean", beta = 1): Tensor {
  if (!(beta >= 0)) throw new KindlingError("smooth_l1_loss does not support negative values for beta.");
  warnIfBroadcast(input, target);
  const distance = input.sub(target).abs();
  const losses = beta === 0 ? distance : where(distance.lt(beta), distance.square().mul(0.5 / beta), distance.sub(0.5 * beta));
  return tellLoss("smoothL1Loss", reduceLoss(losses, reduction), input, target, (x, y) => smoothL1Loss(x, y, "none", beta));
}

/**
 * ½d² up to `delta`, linear beyond: δ(|d| − ½δ). https://projecteuclid.org/euclid.aoms/1177703732
 * @param reduction the mean, the sum, or each loss as it is
 * @param weight of each element, shaped as the input
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.huber_loss.html
 * @api nn.functional.huberLoss
 */
export function huberLoss(input: Tensor, target: Tensor, reduction: LossReduction = "mean", delta = 1, weight: Tensor | null = null): Tensor {
  if (!(delta > 0)) throw new KindlingError("huber_loss does not support non-positive values for delta.");
  warnIfBroadcast(input, target);
  const distance = input.sub(target).abs();
  const losses = where(distance.le(delta), distance.square().mul(0.5), distance.sub(0.5 * delta).mul(delta));
  if (weight) checkWeight(weight, input);
  const loss = reduceLoss(weight ? losses.mul(weight) : losses, reduction);
  return tellLoss("huberLoss", loss, input, target, (x, y) => huberLoss(x, y, "none", delta, weight));
}
