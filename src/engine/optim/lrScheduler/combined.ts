/** Several schedules on one optimizer: at the same time, or one after the other. */
import { ArgumentError } from "../../errors.ts";
import { LRScheduler, type AnyOptimizer } from "./base.ts";

/** Steps several schedules at once. */
export class ChainedScheduler {
  readonly optimizer: AnyOptimizer;
  readonly #schedulers: readonly LRScheduler[];

  constructor(schedulers: readonly LRScheduler[]) {
    if (schedulers.length === 0) throw new ArgumentError("ChainedScheduler expects at least one scheduler to be chained, but got no scheduler.");
    this.optimizer = schedulers[0]!.optimizer;
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

  loadStateDict(state: Record<string, unknown>): void {
    (state._schedulers as Record<string, unknown>[]).forEach((own, i) => this.#schedulers[i]!.loadStateDict(own));
  }
}

/** One schedule after the other, each from a milestone on. */
export class SequentialLR {
  readonly optimizer: AnyOptimizer;
  lastEpoch = 0;
  readonly #schedulers: readonly LRScheduler[];
  readonly #milestones: readonly number[];

  constructor(optimizer: AnyOptimizer, schedulers: readonly LRScheduler[], milestones: readonly number[] | { milestones: readonly number[] }) {
    this.optimizer = optimizer;
    this.#schedulers = [...schedulers];
    this.#milestones = "milestones" in milestones ? milestones.milestones : milestones;
    if (this.#milestones.length !== schedulers.length - 1) {
      throw new ArgumentError(
        `Sequential Schedulers expects number of schedulers provided to be one more than the number of milestone points, but got number of schedulers ${schedulers.length} and the number of milestones to be equal to ${this.#milestones.length}`,
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

  loadStateDict(state: Record<string, unknown>): void {
    this.lastEpoch = state.last_epoch as number;
    (state._schedulers as Record<string, unknown>[]).forEach((own, i) => this.#schedulers[i]!.loadStateDict(own));
  }
}
