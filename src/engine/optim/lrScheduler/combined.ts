/** Several schedules on one optimizer: at the same time, or one after the other. */
import { ArgumentError } from "../../errors.ts";
import { instrument } from "../../instrument.ts";
import type { Int } from "../../ops/types.ts";
import type { AnyOptimizer, LRScheduler } from "./base.ts";

/**
 * Steps several schedules at once.
 * @param schedulers all of one optimizer
 * @param optimizer may be left out: it is that of the schedulers
 * @throws ArgumentError for no scheduler, or schedulers of different optimizers
 * @see https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ChainedScheduler.html
 * @api optim.lrScheduler.ChainedScheduler
 */
export class ChainedScheduler {
  readonly optimizer: AnyOptimizer;
  readonly #schedulers: readonly LRScheduler[];

  constructor(schedulers: readonly LRScheduler[], optimizer: AnyOptimizer | null = null) {
    if (schedulers.length === 0) throw new ArgumentError("ChainedScheduler expects at least one scheduler to be chained, but got no scheduler.");
    this.optimizer = optimizer ?? schedulers[0]!.optimizer;
    if (schedulers.some((scheduler) => scheduler.optimizer !== this.optimizer)) {
      throw new ArgumentError("ChainedScheduler expects all schedulers to belong to the same optimizer, but got schedulers of different ones");
    }
    this.#schedulers = [...schedulers];
  }

  step(): void {
    for (const scheduler of this.#schedulers) scheduler.step();
  }

  /** The rates that the last step set, by group. */
  getLastLr(): number[] {
    return this.optimizer.paramGroups.map((group) => group.lr);
  }

  stateDict(): Record<string, unknown> {
    return { _schedulers: this.#schedulers.map((scheduler) => scheduler.stateDict()) };
  }

  loadStateDict(stateDict: Readonly<Record<string, unknown>>): void {
    (stateDict._schedulers as Record<string, unknown>[]).forEach((own, i) => this.#schedulers[i]!.loadStateDict(own));
  }
}

/**
 * One schedule after the other, each from a milestone on.
 * @param schedulers the first from the start, each next from its milestone
 * @param milestones epochs, one fewer than there are schedulers
 * @param lastEpoch number of the last epoch, where a training is taken up again; −1 from the start
 * @throws ArgumentError where their numbers don't fit
 * @see https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.SequentialLR.html
 * @api optim.lrScheduler.SequentialLR
 */
export class SequentialLR {
  readonly optimizer: AnyOptimizer;
  lastEpoch: number;
  readonly #schedulers: readonly LRScheduler[];
  readonly #milestones: readonly number[];

  constructor(optimizer: AnyOptimizer, schedulers: readonly LRScheduler[], milestones: readonly Int[], lastEpoch: Int = -1) {
    this.optimizer = optimizer;
    instrument()?.schedulerConstructed?.(this);
    this.lastEpoch = lastEpoch + 1;
    this.#schedulers = [...schedulers];
    this.#milestones = [...milestones];
    const other = schedulers.findIndex((scheduler) => scheduler.optimizer !== optimizer);
    if (other !== -1) {
      throw new ArgumentError(
        `Sequential Schedulers expects all schedulers to belong to the same optimizer, but got schedulers at index ${other} to be different than the optimizer passed in.`,
      );
    }
    if (milestones.length !== schedulers.length - 1) {
      throw new ArgumentError(
        `Sequential Schedulers expects number of schedulers provided to be one more than the number of milestone points, but got number of schedulers ${schedulers.length} and the number of milestones to be equal to ${milestones.length}`,
      );
    }
    // Each scheduler took its first step when it was made; only the first one's counts.
    for (const group of optimizer.paramGroups) group.lr = group.initialLr;
    for (const scheduler of schedulers) scheduler.lastEpoch--;
    schedulers[0]!.step();
  }

  step(): void {
    this.lastEpoch++;
    const place = this.#milestones.filter((milestone) => milestone <= this.lastEpoch).length;
    const scheduler = this.#schedulers[place]!;
    if (place > 0 && this.#milestones[place - 1] === this.lastEpoch) scheduler.step(0);
    else scheduler.step();
  }

  /** The rates that the last step set, by group. */
  getLastLr(): number[] {
    return this.optimizer.paramGroups.map((group) => group.lr);
  }

  stateDict(): Record<string, unknown> {
    return { last_epoch: this.lastEpoch, _schedulers: this.#schedulers.map((scheduler) => scheduler.stateDict()) };
  }

  loadStateDict(stateDict: Readonly<Record<string, unknown>>): void {
    this.lastEpoch = stateDict.last_epoch as number;
    (stateDict._schedulers as Record<string, unknown>[]).forEach((own, i) => this.#schedulers[i]!.loadStateDict(own));
  }
}
