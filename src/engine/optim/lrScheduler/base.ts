/**
 * Learning-rate schedules. Like PyTorch's they are chainable: each step changes the rates that it finds, so that
 * several schedulers can work on one optimizer. Call `step()` once per epoch (or per batch), after the optimizer's.
 */
import { ArgumentError } from "../../errors.ts";
import { valueInWords } from "../../forms/kinds.ts";
import { instrument } from "../../instrument.ts";
import type { Int } from "../../ops/types.ts";
import { Optimizer, type OptimizerOptions, type ParamGroup } from "../optimizer.ts";
import { camelCase, snakeCase } from "../stateNames.ts";

/**
 * An optimizer of whatever options.
 * @api optim.lrScheduler.AnyOptimizer
 */
export type AnyOptimizer = Optimizer<any>; // oxlint-disable-line no-explicit-any

/**
 * Base class of schedules. One of your own says in `getLr` which rate each group has at `lastEpoch`, and calls
 * `this.step()` at the end of its constructor, which sets the first rates.
 * @see https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.LRScheduler.html
 * @api optim.lrScheduler.LRScheduler
 * @base
 */
export abstract class LRScheduler {
  readonly optimizer: AnyOptimizer;
  /** The rates that the schedule started from, by group. */
  baseLrs: number[];
  /** Number of steps since the start. */
  lastEpoch: number;
  #stepCount = 0;
  #lastLr: number[] = [];

  /**
   * @param lastEpoch number of the last epoch, where a training is taken up again; −1 from the start
   * @throws ArgumentError where `optimizer` is none, or a training that is taken up again has no first rates
   */
  constructor(optimizer: AnyOptimizer, lastEpoch: Int = -1) {
    if (!(optimizer instanceof Optimizer)) throw new ArgumentError(`${valueInWords(optimizer)} is not an Optimizer`, "TypeError");
    if (!Number.isInteger(lastEpoch)) throw new ArgumentError(`lastEpoch must be a whole number, not ${valueInWords(lastEpoch)}`, "TypeError");
    this.optimizer = optimizer;
    instrument()?.schedulerConstructed?.(this);
    this.lastEpoch = lastEpoch;
    this.groups.forEach((group, i) => {
      if (lastEpoch === -1) group.initialLr ??= group.lr;
      else if (group.initialLr === undefined) {
        throw new ArgumentError(`param 'initial_lr' is not specified in param_groups[${i}] when resuming an optimizer`, "KeyError");
      }
    });
    this.baseLrs = this.groups.map((group) => group.initialLr!);
  }

  /** The rate of each group for `lastEpoch`. */
  abstract getLr(): number[];

  /** The rates by a formula of `lastEpoch` alone, where the schedule has one. */
  protected closedForm(): number[] | null {
    return null;
  }

  /** Goes on to the next epoch, or to the one given. */
  step(epoch: Int | null = null): void {
    this.#stepCount++;
    this.lastEpoch = epoch ?? this.lastEpoch + 1;
    const rates = (epoch === null ? null : this.closedForm()) ?? this.getLr();
    if (rates.some((lr) => typeof lr !== "number" || Number.isNaN(lr))) {
      throw new ArgumentError(`${this.constructor.name} must give numbers as rates, not ${valueInWords(rates)}`, "TypeError");
    }
    rates.forEach((lr, i) => (this.groups[i]!.lr = lr));
    this.recordRates();
    if (this.#stepCount > 1 && this.lastEpoch > 0) instrument()?.schedulerStepped?.(this);
  }

  /** Remembers the rates as they are now. */
  protected recordRates(): void {
    this.#lastLr = this.groups.map((group) => group.lr);
  }

  /** The rates that the last step set, by group. */
  getLastLr(): number[] {
    return [...this.#lastLr];
  }

  /** The schedule's state with PyTorch's names. */
  stateDict(): Record<string, unknown> {
    const own = Object.entries(this).filter(([name]) => name !== "optimizer");
    return {
      ...Object.fromEntries(own.map(([name, value]) => [snakeCase(name), value])),
      _step_count: this.#stepCount,
      _last_lr: this.getLastLr(),
    };
  }

  /**
   * Takes up a state of `stateDict()`. Functions (of `LambdaLR`) stay as they are.
   * @throws ArgumentError for what is no state of such a schedule
   */
  loadStateDict(stateDict: Readonly<Record<string, unknown>>): void {
    const { _step_count, _last_lr, ...state } = stateDict;
    if (!Object.keys(state).some((name) => camelCase(name) in this)) {
      throw new ArgumentError("loaded state dict has nothing of this scheduler: give what a scheduler's stateDict() gave", "KeyError");
    }
    this.#stepCount = (_step_count as number | undefined) ?? this.#stepCount;
    this.#lastLr = (_last_lr as number[] | undefined) ?? this.#lastLr;
    for (const [name, value] of Object.entries(state)) {
      const property = camelCase(name);
      if (property in this) (this as Record<string, unknown>)[property] = value;
    }
  }

  protected get groups(): ParamGroup<OptimizerOptions>[] {
    return this.optimizer.paramGroups;
  }

  /** Whether this is the very first step of a schedule that was taken up in the middle. */
  protected get resumes(): boolean {
    return this.#stepCount === 1 && this.lastEpoch > 0;
  }

  /** The rates as they are, each times `factor`. */
  protected scaled(factor: number): number[] {
    return this.groups.map((group) => group.lr * factor);
  }
}
