/** Losses as modules: each is called with the prediction and the target, and gives one number to minimise. */
import {
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  crossEntropy,
  l1Loss,
  mseLoss,
  nllLoss,
} from "../ops/index.ts";
import type { LossReduction } from "../ops/types.ts";
import type { Tensor } from "../tensor.ts";
import { Module } from "./module.ts";

export interface LossOptions {
  /** `"mean"`, `"sum"`, or `"none"` for a loss of each element. Default `"mean"`. */
  reduction?: LossReduction;
}

abstract class Loss extends Module<[input: Tensor, target: Tensor]> {
  readonly reduction: LossReduction;

  constructor({ reduction = "mean" }: LossOptions = {}) {
    super();
    this.reduction = reduction;
  }
}

export interface NLLLossOptions extends LossOptions {
  /** Weight of each class, `[classes]`. */
  weight?: Tensor;
  /** Targets with this value count for nothing. Default −100. */
  ignoreIndex?: number;
}

export interface CrossEntropyLossOptions extends NLLLossOptions {
  /** How much of the target is spread evenly over all classes, 0 to 1. Default 0. */
  labelSmoothing?: number;
}

/**
 * Cross entropy of logits `[batch, classes, …]` with class indices `[batch, …]` or class probabilities shaped as the logits.
 */
export class CrossEntropyLoss extends Loss {
  declare weight: Tensor | null;
  readonly ignoreIndex: number;
  readonly labelSmoothing: number;

  constructor({ weight, ignoreIndex = -100, labelSmoothing = 0, ...options }: CrossEntropyLossOptions = {}) {
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

  constructor({ weight, ignoreIndex = -100, ...options }: NLLLossOptions = {}) {
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

export interface BCELossOptions extends LossOptions {
  /** Weight of each element; broadcasts. */
  weight?: Tensor;
}

/** Binary cross entropy of probabilities and targets of the same shape. Logarithms are clamped at −100. */
export class BCELoss extends Loss {
  declare weight: Tensor | null;

  constructor({ weight, ...options }: BCELossOptions = {}) {
    super(options);
    this.registerBuffer("weight", weight ?? null);
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return binaryCrossEntropy(input, target, { ...(this.weight && { weight: this.weight }), reduction: this.reduction });
  }
}

export interface BCEWithLogitsLossOptions extends BCELossOptions {
  /** Weight of the positive examples; broadcasts. */
  posWeight?: Tensor;
}

/** Sigmoid and binary cross entropy in one, safe for large logits. */
export class BCEWithLogitsLoss extends Loss {
  static override readonly stateNames: Readonly<Record<string, string>> = { posWeight: "pos_weight" };
  declare weight: Tensor | null;
  declare posWeight: Tensor | null;

  constructor({ weight, posWeight, ...options }: BCEWithLogitsLossOptions = {}) {
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
