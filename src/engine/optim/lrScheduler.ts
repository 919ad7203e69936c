/**
 * Learning-rate schedules. Like PyTorch's they are chainable: each step changes the rates that it finds, so that
 * several schedulers can work on one optimizer. Call `step()` once per epoch (or per batch), after the optimizer's.
 */
import { ArgumentError } from "../errors.ts";
import type { Optimizer, OptimizerOptions, ParamGroup } from "./optimizer.ts";
import { camelCase, snakeCase } from "./stateNames.ts";

/** An optimizer of whatever options. */
// oxlint-disable-next-line no-explicit-any
type AnyOptimizer = Optimizer<any>;

export interface SchedulerOptions {
  /** Number of the last epoch, where a training is taken up again. Default −1: from the start. */
  lastEpoch?: number;
}

export interface GammaOptions extends SchedulerOptions {
  /** Factor of each decay. Default 0.1. */
  gamma?: number;
}

export abstract class LRScheduler {
  readonly optimizer: AnyOptimizer;
  /** The rates that the schedule started from, by group. */
  baseLrs: number[];
  /** Number of steps since the start. */
  lastEpoch: number;
  #stepCount = 0;
  #lastLr: number[] = [];

  constructor(optimizer: AnyOptimizer, { lastEpoch = -1 }: SchedulerOptions = {}) {
    this.optimizer = optimizer;
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

  /** Goes on to the next epoch. */
  step(): void {
    this.#stepCount++;
    this.lastEpoch++;
    this.getLr().forEach((lr, i) => (this.groups[i]!.lr = lr));
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

  /** Takes up a state of `stateDict()`. Functions (of `LambdaLR`) stay as they are. */
  loadStateDict({ _step_count, _last_lr, ...state }: Record<string, unknown>): void {
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

/** Times `gamma` every `stepSize` epochs. */
export class StepLR extends LRScheduler {
  readonly stepSize: number;
  readonly gamma: number;

  constructor(optimizer: AnyOptimizer, stepSize: number, { gamma = 0.1, ...options }: GammaOptions = {}) {
    super(optimizer, options);
    this.stepSize = stepSize;
    this.gamma = gamma;
    this.step();
  }

  override getLr(): number[] {
    return this.scaled(this.lastEpoch > 0 && this.lastEpoch % this.stepSize === 0 ? this.gamma : 1);
  }
}

/** Times `gamma` at each milestone. */
export class MultiStepLR extends LRScheduler {
  readonly milestones: readonly number[];
  readonly gamma: number;

  constructor(optimizer: AnyOptimizer, milestones: readonly number[], { gamma = 0.1, ...options }: GammaOptions = {}) {
    super(optimizer, options);
    this.milestones = [...milestones];
    this.gamma = gamma;
    this.step();
  }

  override getLr(): number[] {
    const times = this.milestones.filter((milestone) => milestone === this.lastEpoch).length;
    return this.scaled(this.gamma ** times);
  }
}

/** Times `gamma` every epoch. */
export class ExponentialLR extends LRScheduler {
  readonly gamma: number;

  constructor(optimizer: AnyOptimizer, gamma: number, options: SchedulerOptions = {}) {
    super(optimizer, options);
    this.gamma = gamma;
    this.step();
  }

  override getLr(): number[] {
    return this.scaled(this.lastEpoch === 0 ? 1 : this.gamma);
  }
}

/** The first rate times a function of the epoch: one for all groups, or a list with one for each. */
export class LambdaLR extends LRScheduler {
  readonly #lambdas: readonly ((epoch: number) => number)[];

  constructor(
    optimizer: AnyOptimizer,
    lrLambda: ((epoch: number) => number) | readonly ((epoch: number) => number)[],
    options: SchedulerOptions = {},
  ) {
    super(optimizer, options);
    this.#lambdas = typeof lrLambda === "function" ? this.groups.map(() => lrLambda) : [...lrLambda];
    if (this.#lambdas.length !== this.groups.length) {
      throw new ArgumentError(`Expected ${this.groups.length} lr_lambdas, but got ${this.#lambdas.length}`);
    }
    this.step();
  }

  override getLr(): number[] {
    return this.baseLrs.map((base, i) => base * this.#lambdas[i]!(this.lastEpoch));
  }
}

export interface CosineAnnealingOptions extends SchedulerOptions {
  /** The lowest rate. Default 0. */
  etaMin?: number;
}

/** From the first rate down to `etaMin` in half a cosine of `tMax` epochs, and up again (Loshchilov & Hutter, 2017). */
export class CosineAnnealingLR extends LRScheduler {
  readonly tMax: number;
  readonly etaMin: number;

  constructor(optimizer: AnyOptimizer, tMax: number, { etaMin = 0, ...options }: CosineAnnealingOptions = {}) {
    super(optimizer, options);
    this.tMax = tMax;
    this.etaMin = etaMin;
    this.step();
  }

  override getLr(): number[] {
    const { etaMin, lastEpoch, tMax } = this;
    const wave = (epoch: number): number => 1 + Math.cos((Math.PI * epoch) / tMax);
    if (lastEpoch === 0) return this.scaled(1);
    if (this.resumes) return this.baseLrs.map((base) => etaMin + ((base - etaMin) * wave(lastEpoch)) / 2);
    // At the lowest point the recursion would divide by zero.
    if ((lastEpoch - 1 - tMax) % (2 * tMax) === 0) {
      return this.groups.map((group, i) => group.lr + ((this.baseLrs[i]! - etaMin) * (1 - Math.cos(Math.PI / tMax))) / 2);
    }
    return this.groups.map((group) => (wave(lastEpoch) / wave(lastEpoch - 1)) * (group.lr - etaMin) + etaMin);
  }
}
