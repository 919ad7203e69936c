import { ArgumentError } from "../../errors.ts";
import { instrument } from "../../instrument.ts";
import type { Int, ScalarOrTensor } from "../../ops/types.ts";
import { Tensor } from "../../tensor.ts";
import type { AnyOptimizer } from "./base.ts";
import { perGroup, type PerGroup } from "./perGroup.ts";

/**
 * Reduces the rate when a measure has stopped improving: `step(valLoss)` after each epoch.
 * @param mode whether smaller or larger is better
 * @param factor of each reduction, below 1
 * @param patience epochs without improvement that are let pass
 * @param threshold what counts as an improvement
 * @param thresholdMode whether that is a share of the best or a distance from it
 * @param cooldown epochs to wait after a reduction
 * @param minLr smallest rate: one, or one for each group
 * @param eps smaller changes are left out
 * @throws ArgumentError where the factor is 1 or more, or there isn't a smallest rate for each group
 * @see https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ReduceLROnPlateau.html
 * @api optim.lrScheduler.ReduceLROnPlateau
 */
export class ReduceLROnPlateau {
  readonly optimizer: AnyOptimizer;
  readonly mode: "min" | "max";
  readonly factor: number;
  readonly patience: number;
  readonly threshold: number;
  readonly thresholdMode: "rel" | "abs";
  readonly cooldown: number;
  /** By group. */
  readonly minLrs: readonly number[];
  readonly eps: number;
  best: number;
  numBadEpochs = 0;
  cooldownCounter = 0;
  lastEpoch = 0;

  constructor(
    optimizer: AnyOptimizer,
    mode: "min" | "max" = "min",
    factor = 0.1,
    patience: Int = 10,
    threshold = 1e-4,
    thresholdMode: "rel" | "abs" = "rel",
    cooldown: Int = 0,
    minLr: PerGroup = 0,
    eps = 1e-8,
  ) {
    if (factor >= 1) throw new ArgumentError("Factor should be < 1.0.");
    this.optimizer = optimizer;
    instrument()?.schedulerConstructed?.(this);
    this.mode = mode;
    this.factor = factor;
    this.patience = patience;
    this.threshold = threshold;
    this.thresholdMode = thresholdMode;
    this.cooldown = cooldown;
    this.minLrs = perGroup(optimizer, minLr, "min_lrs");
    this.eps = eps;
    this.best = mode === "min" ? Infinity : -Infinity;
  }

  /** Takes the measure of another epoch. */
  step(metrics: ScalarOrTensor, epoch: Int | null = null): void {
    const value = metrics instanceof Tensor ? metrics.item() : metrics;
    this.lastEpoch = epoch ?? this.lastEpoch + 1;
    if (this.#isBetter(value)) {
      this.best = value;
      this.numBadEpochs = 0;
    } else {
      this.numBadEpochs++;
    }
    if (this.cooldownCounter > 0) {
      this.cooldownCounter--;
      this.numBadEpochs = 0;
    }
    if (this.numBadEpochs > this.patience) {
      this.#reduce();
      this.cooldownCounter = this.cooldown;
      this.numBadEpochs = 0;
    }
  }

  /** The rates as they are, by group. */
  getLastLr(): number[] {
    return this.optimizer.paramGroups.map((group) => group.lr);
  }

  stateDict(): Record<string, unknown> {
    const { best, numBadEpochs, cooldownCounter, lastEpoch } = this;
    return { best, num_bad_epochs: numBadEpochs, cooldown_counter: cooldownCounter, last_epoch: lastEpoch };
  }

  loadStateDict(stateDict: Readonly<Record<string, unknown>>): void {
    this.best = stateDict.best as number;
    this.numBadEpochs = stateDict.num_bad_epochs as number;
    this.cooldownCounter = stateDict.cooldown_counter as number;
    this.lastEpoch = stateDict.last_epoch as number;
  }

  #isBetter(value: number): boolean {
    const { mode, threshold, thresholdMode } = this;
    if (mode === "min") return value < (thresholdMode === "rel" ? this.best * (1 - threshold) : this.best - threshold);
    return value > (thresholdMode === "rel" ? this.best * (threshold + 1) : this.best + threshold);
  }

  #reduce(): void {
    this.optimizer.paramGroups.forEach((group, i) => {
      const reduced = Math.max(group.lr * this.factor, this.minLrs[i]!);
      if (group.lr - reduced > this.eps) group.lr = reduced;
    });
  }
}
