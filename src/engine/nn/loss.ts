/** Losses as modules: each is called with the prediction and the target, and gives one number to minimise. */
import { ArgumentError } from "../errors.ts";
import { binaryCrossEntropy, binaryCrossEntropyWithLogits } from "../ops/losses/binary.ts";
import { crossEntropy, nllLoss } from "../ops/losses/crossEntropy.ts";
import { ctcLoss, type SequenceLengths } from "../ops/losses/ctc.ts";
import { gaussianNllLoss, klDiv, poissonNllLoss } from "../ops/losses/distributions.ts";
import {
  cosineEmbeddingLoss,
  hingeEmbeddingLoss,
  marginRankingLoss,
  multilabelMarginLoss,
  multilabelSoftMarginLoss,
  multiMarginLoss,
  softMarginLoss,
  tripletMarginLoss,
  tripletMarginWithDistanceLoss,
  type TripletOptions,
} from "../ops/losses/margins.ts";
import { huberLoss, l1Loss, mseLoss, smoothL1Loss } from "../ops/losses/regression.ts";
import type { Int, LossReduction } from "../ops/types.ts";
import type { Tensor } from "../tensor.ts";
import { PairwiseDistance } from "./distance.ts";
import { Module } from "./module.ts";

abstract class Loss extends Module<[input: Tensor, target: Tensor]> {
  readonly reduction: LossReduction;

  /** @param reduction what becomes of the losses: their mean, their sum, or each as it is */
  constructor(reduction: LossReduction = "mean") {
    super();
    this.reduction = reduction;
  }
}

/**
 * Cross entropy of logits `[batch, classes, …]` with class indices `[batch, …]` or class probabilities shaped as the logits.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html
 * @api nn.CrossEntropyLoss
 */
export class CrossEntropyLoss extends Loss {
  declare weight: Tensor | null;
  readonly ignoreIndex: number;
  readonly labelSmoothing: number;

  /**
   * @param weight of each class, `[classes]`
   * @param ignoreIndex targets of this value don't count
   * @param labelSmoothing the share, between 0 and 1, that all classes have of the target alike
   */
  constructor(weight: Tensor | null = null, ignoreIndex: Int = -100, reduction: LossReduction = "mean", labelSmoothing = 0) {
    super(reduction);
    this.registerBuffer("weight", weight);
    this.ignoreIndex = ignoreIndex;
    this.labelSmoothing = labelSmoothing;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return crossEntropy(input, target, this.weight, this.ignoreIndex, this.reduction, this.labelSmoothing);
  }
}

/**
 * Negative log likelihood: takes log probabilities `[batch, classes, …]` and class indices `[batch, …]`.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.NLLLoss.html
 * @api nn.NLLLoss
 */
export class NLLLoss extends Loss {
  declare weight: Tensor | null;
  readonly ignoreIndex: number;

  /**
   * @param weight of each class, `[classes]`
   * @param ignoreIndex targets of this value don't count
   */
  constructor(weight: Tensor | null = null, ignoreIndex: Int = -100, reduction: LossReduction = "mean") {
    super(reduction);
    this.registerBuffer("weight", weight);
    this.ignoreIndex = ignoreIndex;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return nllLoss(input, target, this.weight, this.ignoreIndex, this.reduction);
  }
}

abstract class WeightedLoss extends Loss {
  declare weight: Tensor | null;

  /** @param weight of each element or class */
  constructor(weight: Tensor | null = null, reduction: LossReduction = "mean") {
    super(reduction);
    this.registerBuffer("weight", weight);
  }
}

/**
 * Binary cross entropy of probabilities and targets of the same shape. Logarithms are clamped at −100.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.BCELoss.html
 * @api nn.BCELoss
 */
export class BCELoss extends WeightedLoss {
  override forward(input: Tensor, target: Tensor): Tensor {
    return binaryCrossEntropy(input, target, this.weight, this.reduction);
  }
}

/**
 * Sigmoid and binary cross entropy in one, safe for large logits.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.BCEWithLogitsLoss.html
 * @api nn.BCEWithLogitsLoss
 */
export class BCEWithLogitsLoss extends WeightedLoss {
  static override readonly stateNames: Readonly<Record<string, string>> = { posWeight: "pos_weight" };
  declare posWeight: Tensor | null;

  /**
   * @param weight of each element
   * @param posWeight of positive targets, one for each class
   */
  constructor(weight: Tensor | null = null, reduction: LossReduction = "mean", posWeight: Tensor | null = null) {
    super(weight, reduction);
    this.registerBuffer("posWeight", posWeight);
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return binaryCrossEntropyWithLogits(input, target, this.weight, this.reduction, this.posWeight);
  }
}

/**
 * (input − target)²
 * @see https://pytorch.org/docs/stable/generated/torch.nn.MSELoss.html
 * @api nn.MSELoss
 */
export class MSELoss extends Loss {
  override forward(input: Tensor, target: Tensor): Tensor {
    return mseLoss(input, target, this.reduction);
  }
}

/**
 * |input − target|
 * @see https://pytorch.org/docs/stable/generated/torch.nn.L1Loss.html
 * @api nn.L1Loss
 */
export class L1Loss extends Loss {
  override forward(input: Tensor, target: Tensor): Tensor {
    return l1Loss(input, target, this.reduction);
  }
}

/**
 * Kullback-Leibler divergence; see `nn.functional.klDiv`. `reduction` may be "batchmean" too.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.KLDivLoss.html
 * @api nn.KLDivLoss
 */
export class KLDivLoss extends Module<[input: Tensor, target: Tensor]> {
  readonly reduction: LossReduction | "batchmean";
  readonly logTarget: boolean;

  /**
   * @param reduction `"batchmean"` divides the sum by the size of the batch, which is the mathematical definition
   * @param logTarget whether targets are logarithms, too
   */
  constructor(reduction: LossReduction | "batchmean" = "mean", logTarget = false) {
    super();
    this.reduction = reduction;
    this.logTarget = logTarget;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return klDiv(input, target, this.reduction, this.logTarget);
  }
}

/**
 * For counts that follow a Poisson distribution.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.PoissonNLLLoss.html
 * @api nn.PoissonNLLLoss
 */
export class PoissonNLLLoss extends Loss {
  readonly logInput: boolean;
  readonly full: boolean;
  readonly eps: number;

  /**
   * @param logInput whether inputs are logarithms of the rates
   * @param full whether Stirling's term is added
   * @param eps added to rates before their logarithm
   */
  constructor(logInput = true, full = false, eps = 1e-8, reduction: LossReduction = "mean") {
    super(reduction);
    this.logInput = logInput;
    this.full = full;
    this.eps = eps;
  }

  override forward(logInput: Tensor, target: Tensor): Tensor {
    return poissonNllLoss(logInput, target, this.logInput, this.full, this.eps, this.reduction);
  }
}

/**
 * Squared below `beta`, linear above.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.SmoothL1Loss.html
 * @api nn.SmoothL1Loss
 */
export class SmoothL1Loss extends Loss {
  readonly beta: number;

  constructor(reduction: LossReduction = "mean", beta = 1) {
    super(reduction);
    this.beta = beta;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return smoothL1Loss(input, target, this.reduction, this.beta);
  }
}

/**
 * ½d² up to `delta`, δ(|d| − ½δ) beyond.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.HuberLoss.html
 * @api nn.HuberLoss
 */
export class HuberLoss extends Loss {
  readonly delta: number;

  constructor(reduction: LossReduction = "mean", delta = 1) {
    super(reduction);
    this.delta = delta;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return huberLoss(input, target, this.reduction, this.delta);
  }
}

/**
 * ln(1 + e^(−y·x)) for targets of 1 and −1.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.SoftMarginLoss.html
 * @api nn.SoftMarginLoss
 */
export class SoftMarginLoss extends Loss {
  override forward(input: Tensor, target: Tensor): Tensor {
    return softMarginLoss(input, target, this.reduction);
  }
}

/**
 * x for targets of 1, max(0, margin − x) for −1.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.HingeEmbeddingLoss.html
 * @api nn.HingeEmbeddingLoss
 */
export class HingeEmbeddingLoss extends Loss {
  readonly margin: number;

  constructor(margin = 1, reduction: LossReduction = "mean") {
    super(reduction);
    this.margin = margin;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return hingeEmbeddingLoss(input, target, this.margin, this.reduction);
  }
}

/**
 * Margins between the classes that apply and the others; targets list the applying ones, ended by −1.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.MultiLabelMarginLoss.html
 * @api nn.MultiLabelMarginLoss
 */
export class MultiLabelMarginLoss extends Loss {
  override forward(input: Tensor, target: Tensor): Tensor {
    return multilabelMarginLoss(input, target, this.reduction);
  }
}

/**
 * Binary cross entropy of logits with 0/1 targets for each class, averaged over classes.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.MultiLabelSoftMarginLoss.html
 * @api nn.MultiLabelSoftMarginLoss
 */
export class MultiLabelSoftMarginLoss extends WeightedLoss {
  override forward(input: Tensor, target: Tensor): Tensor {
    return multilabelSoftMarginLoss(input, target, this.weight, this.reduction);
  }
}

/**
 * Σ max(0, margin − x[y] + x[i])ᵖ / classes over the other classes i.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.MultiMarginLoss.html
 * @api nn.MultiMarginLoss
 */
export class MultiMarginLoss extends WeightedLoss {
  readonly p: 1 | 2;
  readonly margin: number;

  /**
   * @param p exponent of the margin, 1 or 2
   * @param weight of each class, `[classes]`
   */
  constructor(p: Int = 1, margin = 1, weight: Tensor | null = null, reduction: LossReduction = "mean") {
    super(weight, reduction);
    if (p !== 1 && p !== 2) throw new ArgumentError("only p == 1 and p == 2 supported");
    this.p = p;
    this.margin = margin;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return multiMarginLoss(input, target, this.p, this.margin, this.weight, this.reduction);
  }
}

/**
 * For targets normally distributed around the input: called with input, target and variances.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.GaussianNLLLoss.html
 * @api nn.GaussianNLLLoss
 */
export class GaussianNLLLoss extends Module<[input: Tensor, target: Tensor, variance: Tensor]> {
  readonly full: boolean;
  readonly eps: number;
  readonly reduction: LossReduction;

  /**
   * @param options.full whether the constant is added
   * @param options.eps variances count as at least this much
   */
  constructor({ full = false, eps = 1e-6, reduction = "mean" }: { full?: boolean; eps?: number; reduction?: LossReduction } = {}) {
    super();
    this.full = full;
    this.eps = eps;
    this.reduction = reduction;
  }

  override forward(input: Tensor, target: Tensor, variance: Tensor): Tensor {
    return gaussianNllLoss(input, target, variance, this.full, this.eps, this.reduction);
  }
}

abstract class PairOfInputsLoss extends Module<[input1: Tensor, input2: Tensor, target: Tensor]> {
  readonly margin: number;
  readonly reduction: LossReduction;

  constructor(margin = 0, reduction: LossReduction = "mean") {
    super();
    this.margin = margin;
    this.reduction = reduction;
  }
}

/**
 * 1 − cos for targets of 1, max(0, cos − margin) for targets of −1.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.CosineEmbeddingLoss.html
 * @api nn.CosineEmbeddingLoss
 */
export class CosineEmbeddingLoss extends PairOfInputsLoss {
  override forward(input1: Tensor, input2: Tensor, target: Tensor): Tensor {
    return cosineEmbeddingLoss(input1, input2, target, this.margin, this.reduction);
  }
}

/**
 * max(0, −y·(x₁ − x₂) + margin) for targets of 1 (the first should be larger) and −1.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.MarginRankingLoss.html
 * @api nn.MarginRankingLoss
 */
export class MarginRankingLoss extends PairOfInputsLoss {
  override forward(input1: Tensor, input2: Tensor, target: Tensor): Tensor {
    return marginRankingLoss(input1, input2, target, this.margin, this.reduction);
  }
}

type Triplet = [anchor: Tensor, positive: Tensor, negative: Tensor];

/**
 * max(0, d(anchor, positive) − d(anchor, negative) + margin) with p-norms.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.TripletMarginLoss.html
 * @api nn.TripletMarginLoss
 */
export class TripletMarginLoss extends Module<Triplet> {
  readonly options: Required<Omit<TripletOptions, "distanceFunction">> & { readonly p: number; readonly eps: number };

  /**
   * @param p which norm
   * @param eps added to each difference
   * @param swap take the distance of positive and negative where it is smaller
   */
  constructor(margin = 1, p = 2, eps = 1e-6, swap = false, reduction: LossReduction = "mean") {
    super();
    this.options = { margin, p, eps, swap, reduction };
  }

  override forward(anchor: Tensor, positive: Tensor, negative: Tensor): Tensor {
    const { margin, p, eps, swap, reduction } = this.options;
    return tripletMarginLoss(anchor, positive, negative, margin, p, eps, swap, reduction);
  }
}

/**
 * The same with any distance of two tensors (default `nn.PairwiseDistance`).
 * @see https://pytorch.org/docs/stable/generated/torch.nn.TripletMarginWithDistanceLoss.html
 * @api nn.TripletMarginWithDistanceLoss
 */
export class TripletMarginWithDistanceLoss extends Module<Triplet> {
  static override readonly stateNames: Readonly<Record<string, string>> = { distanceFunction: "distance_function" };
  readonly distanceFunction: (x1: Tensor, x2: Tensor) => Tensor;
  readonly options: Required<Omit<TripletOptions, "distanceFunction">>;

  constructor({ distanceFunction = null, margin = 1, swap = false, reduction = "mean" }: TripletOptions = {}) {
    super();
    this.distanceFunction = distanceFunction ?? new PairwiseDistance();
    this.options = { margin, swap, reduction };
  }

  override forward(anchor: Tensor, positive: Tensor, negative: Tensor): Tensor {
    return tripletMarginWithDistanceLoss(anchor, positive, negative, { ...this.options, distanceFunction: this.distanceFunction });
  }
}

/**
 * Connectionist temporal classification: called with log probabilities `[time, batch, classes]`, targets and the lengths of both.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.CTCLoss.html
 * @api nn.CTCLoss
 */
export class CTCLoss extends Module<[logProbs: Tensor, targets: Tensor, inputLengths: SequenceLengths, targetLengths: SequenceLengths]> {
  readonly options: { readonly blank: number; readonly reduction: LossReduction; readonly zeroInfinity: boolean };

  /**
   * @param blank index of the class that stands for none
   * @param zeroInfinity count sequences that are too short for their targets as 0
   */
  constructor(blank: Int = 0, reduction: LossReduction = "mean", zeroInfinity = false) {
    super();
    this.options = { blank, reduction, zeroInfinity };
  }

  override forward(logProbs: Tensor, targets: Tensor, inputLengths: SequenceLengths, targetLengths: SequenceLengths): Tensor {
    const { blank, reduction, zeroInfinity } = this.options;
    return ctcLoss(logProbs, targets, inputLengths, targetLengths, blank, reduction, zeroInfinity);
  }
}
