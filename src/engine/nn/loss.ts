/** Losses as modules: each is called with the prediction and the target, and gives one number to minimise. */
import {
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  crossEntropy,
  l1Loss,
  mseLoss,
  nllLoss,
} from "../ops/index.ts";
import type {
  BinaryLossOptions,
  ClassLossOptions,
  CrossEntropyOptions,
  LogitLossOptions,
  LossOptions,
} from "../ops/losses.ts";
import type { LossReduction } from "../ops/types.ts";
import type { Tensor } from "../tensor.ts";
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
