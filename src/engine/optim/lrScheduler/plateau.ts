import { ArgumentError } from "../../errors.ts";
import { Tensor } from "../../tensor.ts";
import type { AnyOptimizer } from "./base.ts";

export interface PlateauOptions {
  /** Whether smaller ("min", default) or larger is better. */
  mode?: "min" | "max";
  /** Default 0.1. */
  factor?: number;
  /** Epochs without improvement that are let pass. Default 10. */
  patience?: number;
  /** What counts as an improvement. Default 1e-4. */
  threshold?: number;
  /** Whether that is a share of the best or a distance from it. Default "rel". */
  thresholdMode?: "rel" | "abs";
  /** Epochs to wait after a reduction. Default 0. */
  cooldown?: number;
  /** Smallest rate: one, or one for each group. Default 0. */
  minLr?: number | readonly number[];
  /** Smaller changes are left out. Default 1e-8. */
  eps?: number;
}

/** Reduces the rate when a measure has stopped improving: `step(valLoss)` after each epoch. */
export class ReduceLROnPlateau {
  readonly optimizer: AnyOptimizer;
  readonly options: Required<PlateauOptions>;
  best: number;
  numBadEpochs = 0;
  cooldownCounter = 0;
  lastEpoch = 0;

  constructor(optimizer: AnyOptimizer, modeOrOptions: "min" | "max" | PlateauOptions = {}, more: PlateauOptions = {}) {
    const options = typeof modeOrOptions === "string" ? { mode: modeOrOptions, ...more } : modeOrOptions;
    this.options = { mode: "min", factor: 0.1, patience: 10, threshold: 1e-4, thresholdMode: "rel", cooldown: 0, minLr: 0, eps: 1e-8, ...options };
    if (this.options.factor >= 1) throw new ArgumentError("Factor should be < 1.0.");
    if (this.options.mode !== "min" && this.options.mode !== "max") throw new ArgumentError(`mode ${String(this.options.mode)} is unknown!`);
    this.optimizer = optimizer;
    this.best = this.options.mode === "min" ? Infinity : -Infinity;
  }

  step(metrics: number | Tensor): void {
    const value = metrics instanceof Tensor ? metrics.item() : metrics;
    this.lastEpoch++;
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
    if (this.numBadEpochs > this.options.patience) {
      this.#reduce();
      this.cooldownCounter = this.options.cooldown;
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

  loadStateDict(state: Record<string, unknown>): void {
    this.best = state.best as number;
    this.numBadEpochs = state.num_bad_epochs as number;
    this.cooldownCounter = state.cooldown_counter as number;
    this.lastEpoch = state.last_epoch as number;
  }

  #isBetter(value: number): boolean {
    const { mode, threshold, thresholdMode } = this.options;
    if (mode === "min") return value < (thresholdMode === "rel" ? this.best * (1 - threshold) : this.best - threshold);
    return value > (thresholdMode === "rel" ? this.best * (threshold + 1) : this.best + threshold);
  }

  #reduce(): void {
    const { factor, minLr, eps } = this.options;
    this.optimizer.paramGroups.forEach((group, i) => {
      const reduced = Math.max(group.lr * factor, typeof minLr === "number" ? minLr : minLr[i]!);
      if (group.lr - reduced > eps) group.lr = reduced;
    });
  }
}
