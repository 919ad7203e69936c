/** Losses as modules: each is called with the prediction and the target, and gives one number to minimise. */
import { ArgumentError } from "../errors.ts";
import {
  binaryCrossEntropy, binaryCrossEntropyWithLogits, cosineEmbeddingLoss, crossEntropy, ctcLoss, gaussianNllLoss, hingeEmbeddingLoss, huberLoss, klDiv,
  l1Loss, marginRankingLoss, mseLoss, multiMarginLoss, multilabelMarginLoss, multilabelSoftMarginLoss, nllLoss, poissonNllLoss, smoothL1Loss,
  softMarginLoss, tripletMarginLoss, tripletMarginWithDistanceLoss,
} from "../ops/index.ts";
import type { CtcOptions } from "../ops/ctcLoss.ts";
import type { TripletOptions } from "../ops/marginLosses.ts";
import type {
  BinaryLossOptions,
  ClassLossOptions,
  CrossEntropyOptions,
  LogitLossOptions,
  LossOptions,
} from "../ops/losses.ts";
import type { LossReduction } from "../ops/types.ts";
import type { Tensor } from "../tensor.ts";
import { PairwiseDistance } from "./distance.ts";
import { Module } from "./module.ts";

abstract class Loss extends Module<[input: Tensor, target: Tensor]> {
  readonly reduction: LossReduction;

  constructor({ reduction = "mean" }: LossOptions = {}) {
    super();
    this.reduction = reduction;
  }
}

/**
 * Cross entropy of logits `[batch, classes, …]` with class indices `[batch, …]` or class probabilities shaped as the logits.
 */
export class CrossEntropyLoss extends Loss {
  declare weight: Tensor | null;
  readonly ignoreIndex: number;
  readonly labelSmoothing: number;

  constructor({ weight, ignoreIndex = -100, labelSmoothing = 0, ...options }: CrossEntropyOptions = {}) {
    super(options);
    this.registerBuffer("weight", weight ?? null);
    this.ignoreIndex = ignoreIndex;
    this.labelSmoothing = labelSmoothing;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return crossEntropy(input, target, {
      ...(this.weight && { weight: this.weight }),
      ignoreIndex: this.ignoreIndex,
      labelSmoothing: this.labelSmoothing,
      reduction: this.reduction,
    });
  }
}

/** Negative log likelihood: takes log probabilities `[batch, classes, …]` and class indices `[batch, …]`. */
export class NLLLoss extends Loss {
  declare weight: Tensor | null;
  readonly ignoreIndex: number;

  constructor({ weight, ignoreIndex = -100, ...options }: ClassLossOptions = {}) {
    super(options);
    this.registerBuffer("weight", weight ?? null);
    this.ignoreIndex = ignoreIndex;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return nllLoss(input, target, {
      ...(this.weight && { weight: this.weight }),
      ignoreIndex: this.ignoreIndex,
      reduction: this.reduction,
    });
  }
}

/** Binary cross entropy of probabilities and targets of the same shape. Logarithms are clamped at −100. */
export class BCELoss extends Loss {
  declare weight: Tensor | null;

  constructor({ weight, ...options }: BinaryLossOptions = {}) {
    super(options);
    this.registerBuffer("weight", weight ?? null);
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return binaryCrossEntropy(input, target, { ...(this.weight && { weight: this.weight }), reduction: this.reduction });
  }
}

/** Sigmoid and binary cross entropy in one, safe for large logits. */
export class BCEWithLogitsLoss extends Loss {
  static override readonly stateNames: Readonly<Record<string, string>> = { posWeight: "pos_weight" };
  declare weight: Tensor | null;
  declare posWeight: Tensor | null;

  constructor({ weight, posWeight, ...options }: LogitLossOptions = {}) {
    super(options);
    this.registerBuffer("weight", weight ?? null);
    this.registerBuffer("posWeight", posWeight ?? null);
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return binaryCrossEntropyWithLogits(input, target, {
      ...(this.weight && { weight: this.weight }),
      ...(this.posWeight && { posWeight: this.posWeight }),
      reduction: this.reduction,
    });
  }
}

/** (input − target)² */
export class MSELoss extends Loss {
  override forward(input: Tensor, target: Tensor): Tensor {
    return mseLoss(input, target, { reduction: this.reduction });
  }
}

/** |input − target| */
export class L1Loss extends Loss {
  override forward(input: Tensor, target: Tensor): Tensor {
    return l1Loss(input, target, { reduction: this.reduction });
  }
}

export interface KLDivLossOptions extends Omit<LossOptions, "reduction"> {
  /** Default "mean"; "batchmean" divides by the size of the batch, which is the mathematical definition. */
  reduction?: LossReduction | "batchmean";
  /** Default false. */
  logTarget?: boolean;
}

/** Kullback-Leibler divergence; see `nn.functional.klDiv`. `reduction` may be "batchmean" too. */
export class KLDivLoss extends Module<[input: Tensor, target: Tensor]> {
  readonly reduction: LossReduction | "batchmean";
  readonly logTarget: boolean;

  constructor({ reduction = "mean", logTarget = false }: KLDivLossOptions = {}) {
    super();
    this.reduction = reduction;
    this.logTarget = logTarget;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return klDiv(input, target, { reduction: this.reduction, logTarget: this.logTarget });
  }
}

export interface PoissonNLLLossOptions extends LossOptions {
  /** Default true. */
  logInput?: boolean;
  /** Default false. */
  full?: boolean;
  /** Default 1e-8. */
  eps?: number;
}

/** For counts that follow a Poisson distribution. */
export class PoissonNLLLoss extends Loss {
  readonly logInput: boolean;
  readonly full: boolean;
  readonly eps: number;

  constructor({ logInput = true, full = false, eps = 1e-8, ...options }: PoissonNLLLossOptions = {}) {
    super(options);
    this.logInput = logInput;
    this.full = full;
    this.eps = eps;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return poissonNllLoss(input, target, { logInput: this.logInput, full: this.full, eps: this.eps, reduction: this.reduction });
  }
}

export interface SmoothL1LossOptions extends LossOptions {
  /** Default 1. */
  beta?: number;
}

/** Squared below `beta`, linear above. */
export class SmoothL1Loss extends Loss {
  readonly beta: number;

  constructor({ beta = 1, ...options }: SmoothL1LossOptions = {}) {
    super(options);
    this.beta = beta;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return smoothL1Loss(input, target, { beta: this.beta, reduction: this.reduction });
  }
}

export interface HuberLossOptions extends LossOptions {
  /** Default 1. */
  delta?: number;
}

/** ½d² up to `delta`, δ(|d| − ½δ) beyond. */
export class HuberLoss extends Loss {
  readonly delta: number;

  constructor({ delta = 1, ...options }: HuberLossOptions = {}) {
    super(options);
    this.delta = delta;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return huberLoss(input, target, { delta: this.delta, reduction: this.reduction });
  }
}

/** ln(1 + e^(−y·x)) for targets of 1 and −1. */
export class SoftMarginLoss extends Loss {
  override forward(input: Tensor, target: Tensor): Tensor {
    return softMarginLoss(input, target, { reduction: this.reduction });
  }
}

export interface HingeEmbeddingLossOptions extends LossOptions {
  /** Default 1. */
  margin?: number;
}

/** x for targets of 1, max(0, margin − x) for −1. */
export class HingeEmbeddingLoss extends Loss {
  readonly margin: number;

  constructor({ margin = 1, ...options }: HingeEmbeddingLossOptions = {}) {
    super(options);
    this.margin = margin;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return hingeEmbeddingLoss(input, target, { margin: this.margin, reduction: this.reduction });
  }
}

/** Margins between the classes that apply and the others; targets list the applying ones, ended by −1. */
export class MultiLabelMarginLoss extends Loss {
  override forward(input: Tensor, target: Tensor): Tensor {
    return multilabelMarginLoss(input, target, { reduction: this.reduction });
  }
}

abstract class WeightedLoss extends Loss {
  declare weight: Tensor | null;

  constructor({ weight, ...options }: LossOptions & { weight?: Tensor } = {}) {
    super(options);
    this.registerBuffer("weight", weight ?? null);
  }

  /** Weight and reduction as the functions take them. */
  protected common(): LossOptions & { weight?: Tensor } {
    return { ...(this.weight && { weight: this.weight }), reduction: this.reduction };
  }
}

/** Binary cross entropy of logits with 0/1 targets for each class, averaged over classes. */
export class MultiLabelSoftMarginLoss extends WeightedLoss {
  override forward(input: Tensor, target: Tensor): Tensor {
    return multilabelSoftMarginLoss(input, target, this.common());
  }
}

export interface MultiMarginLossOptions extends LossOptions {
  /** Exponent of the margin, 1 (default) or 2. */
  p?: 1 | 2;
  /** Default 1. */
  margin?: number;
  /** One for each class. */
  weight?: Tensor;
}

/** Σ max(0, margin − x[y] + x[i])ᵖ / classes over the other classes i. */
export class MultiMarginLoss extends WeightedLoss {
  readonly p: 1 | 2;
  readonly margin: number;

  constructor({ p = 1, margin = 1, ...options }: MultiMarginLossOptions = {}) {
    super(options);
    if (p !== 1 && p !== 2) throw new ArgumentError("only p == 1 and p == 2 supported");
    this.p = p;
    this.margin = margin;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return multiMarginLoss(input, target, { p: this.p, margin: this.margin, ...this.common() });
  }
}

/** For targets normally distributed around the input: called with input, target and variances. */
export class GaussianNLLLoss extends Module<[input: Tensor, target: Tensor, variance: Tensor]> {
  readonly full: boolean;
  readonly eps: number;
  readonly reduction: LossReduction;

  constructor({ full = false, eps = 1e-6, reduction = "mean" }: LossOptions & { full?: boolean; eps?: number } = {}) {
    super();
    this.full = full;
    this.eps = eps;
    this.reduction = reduction;
  }

  override forward(input: Tensor, target: Tensor, variance: Tensor): Tensor {
    return gaussianNllLoss(input, target, variance, { full: this.full, eps: this.eps, reduction: this.reduction });
  }
}

abstract class PairOfInputsLoss extends Module<[input1: Tensor, input2: Tensor, target: Tensor]> {
  readonly margin: number;
  readonly reduction: LossReduction;

  constructor({ margin = 0, reduction = "mean" }: LossOptions & { margin?: number } = {}) {
    super();
    this.margin = margin;
    this.reduction = reduction;
  }
}

/** 1 − cos for targets of 1, max(0, cos − margin) for targets of −1. */
export class CosineEmbeddingLoss extends PairOfInputsLoss {
  override forward(input1: Tensor, input2: Tensor, target: Tensor): Tensor {
    return cosineEmbeddingLoss(input1, input2, target, { margin: this.margin, reduction: this.reduction });
  }
}

/** max(0, −y·(x₁ − x₂) + margin) for targets of 1 (the first should be larger) and −1. */
export class MarginRankingLoss extends PairOfInputsLoss {
  override forward(input1: Tensor, input2: Tensor, target: Tensor): Tensor {
    return marginRankingLoss(input1, input2, target, { margin: this.margin, reduction: this.reduction });
  }
}

type Triplet = [anchor: Tensor, positive: Tensor, negative: Tensor];

/** max(0, d(anchor, positive) − d(anchor, negative) + margin) with p-norms. */
export class TripletMarginLoss extends Module<Triplet> {
  readonly options: Required<TripletOptions> & { readonly p: number; readonly eps: number };

  constructor({ margin = 1, p = 2, eps = 1e-6, swap = false, reduction = "mean" }: TripletOptions & { p?: number; eps?: number } = {}) {
    super();
    this.options = { margin, p, eps, swap, reduction };
  }

  override forward(anchor: Tensor, positive: Tensor, negative: Tensor): Tensor {
    return tripletMarginLoss(anchor, positive, negative, this.options);
  }
}

/** The same with any distance of two tensors (default `nn.PairwiseDistance`). */
export class TripletMarginWithDistanceLoss extends Module<Triplet> {
  static override readonly stateNames: Readonly<Record<string, string>> = { distanceFunction: "distance_function" };
  readonly distanceFunction: (a: Tensor, b: Tensor) => Tensor;
  readonly options: Required<TripletOptions>;

  constructor(
    { distanceFunction = null, margin = 1, swap = false, reduction = "mean" }: TripletOptions & { distanceFunction?: ((a: Tensor, b: Tensor) => Tensor) | null } = {},
  ) {
    super();
    this.distanceFunction = distanceFunction ?? new PairwiseDistance();
    this.options = { margin, swap, reduction };
  }

  override forward(anchor: Tensor, positive: Tensor, negative: Tensor): Tensor {
    return tripletMarginWithDistanceLoss(anchor, positive, negative, { ...this.options, distanceFunction: this.distanceFunction });
  }
}

type Lengths = Tensor | readonly number[] | number;

/** Connectionist temporal classification: called with log probabilities `[time, batch, classes]`, targets and the lengths of both. */
export class CTCLoss extends Module<[logProbs: Tensor, targets: Tensor, inputLengths: Lengths, targetLengths: Lengths]> {
  readonly options: CtcOptions;

  constructor(options: CtcOptions = {}) {
    super();
    this.options = options;
  }

  override forward(logProbs: Tensor, targets: Tensor, inputLengths: Lengths, targetLengths: Lengths): Tensor {
    return ctcLoss(logProbs, targets, inputLengths, targetLengths, this.options);
  }
}
