/** Schedules that follow a formula of the epoch. */
import { ArgumentError } from "../../errors.ts";
import { optionalArguments } from "../../optionalArguments.ts";
import type { Int } from "../../ops/types.ts";
import { LRScheduler, type AnyOptimizer, type GammaOptions, type SchedulerOptions } from "./base.ts";

/**
 * Times `gamma` every `stepSize` epochs.
 * @api optim.lrScheduler.StepLR
 */
export class StepLR extends LRScheduler {
  readonly stepSize: number;
  readonly gamma: number;

  constructor(optimizer: AnyOptimizer, stepSize: Int, gamma = 0.1, lastEpoch: Int = -1) {
    super(optimizer, { lastEpoch });
    this.stepSize = stepSize;
    this.gamma = gamma;
    this.step();
  }

  override getLr(): number[] {
    return this.scaled(this.lastEpoch > 0 && this.lastEpoch % this.stepSize === 0 ? this.gamma : 1);
  }

  protected override closedForm(): number[] {
    return this.baseLrs.map((base) => base * this.gamma ** Math.floor(this.lastEpoch / this.stepSize));
  }
}

/** Times `gamma` at each milestone. */
export class MultiStepLR extends LRScheduler {
  readonly milestones: readonly number[];
  readonly gamma: number;

  constructor(optimizer: AnyOptimizer, milestones: readonly number[], ...given: (number | GammaOptions)[]) {
    const { gamma = 0.1, ...options } = optionalArguments<GammaOptions>(given, ["gamma"]);
    super(optimizer, options);
    this.milestones = [...milestones];
    this.gamma = gamma;
    this.step();
  }

  override getLr(): number[] {
    const times = this.milestones.filter((milestone) => milestone === this.lastEpoch).length;
    return this.scaled(this.gamma ** times);
  }

  protected override closedForm(): number[] {
    return this.baseLrs.map((base) => base * this.gamma ** this.milestones.filter((milestone) => milestone <= this.lastEpoch).length);
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

  protected override closedForm(): number[] {
    return this.baseLrs.map((base) => base * this.gamma ** this.lastEpoch);
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

  constructor(optimizer: AnyOptimizer, tMax: number, ...given: (number | CosineAnnealingOptions)[]) {
    const { etaMin = 0, ...options } = optionalArguments<CosineAnnealingOptions>(given, ["etaMin"]);
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

  protected override closedForm(): number[] {
    return this.baseLrs.map((base) => this.etaMin + ((base - this.etaMin) * (1 + Math.cos((Math.PI * this.lastEpoch) / this.tMax))) / 2);
  }
}

/** The rate times a function of the epoch, again and again. */
export class MultiplicativeLR extends LRScheduler {
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
    return this.groups.map((group, i) => (this.lastEpoch > 0 ? group.lr * this.#lambdas[i]!(this.lastEpoch) : group.lr));
  }
}

export interface ConstantOptions extends SchedulerOptions {
  /** Factor of the rate until then. Default ⅓. */
  factor?: number;
  /** Epochs until the rate is the first one. Default 5. */
  totalIters?: number;
}

/** The first rate times a factor for some epochs. */
export class ConstantLR extends LRScheduler {
  readonly factor: number;
  readonly totalIters: number;

  constructor(optimizer: AnyOptimizer, ...given: (number | ConstantOptions)[]) {
    const { factor = 1 / 3, totalIters = 5, ...options } = optionalArguments<ConstantOptions>(given, ["factor", "totalIters"]);
    super(optimizer, options);
    if (factor > 1 || factor < 0) throw new ArgumentError("Constant multiplicative factor expected to be between 0 and 1.");
    this.factor = factor;
    this.totalIters = totalIters;
    this.step();
  }

  override getLr(): number[] {
    if (this.lastEpoch === 0) return this.scaled(this.factor);
    return this.scaled(this.lastEpoch === this.totalIters ? 1 / this.factor : 1);
  }

  protected override closedForm(): number[] {
    return this.baseLrs.map((base) => base * (this.lastEpoch >= this.totalIters ? 1 : this.factor));
  }
}

export interface LinearOptions extends SchedulerOptions {
  /** Default ⅓. */
  startFactor?: number;
  /** Default 1. */
  endFactor?: number;
  /** Epochs from one to the other. Default 5. */
  totalIters?: number;
}

/** The first rate times a factor that grows or falls in equal steps. */
export class LinearLR extends LRScheduler {
  readonly startFactor: number;
  readonly endFactor: number;
  readonly totalIters: number;

  constructor(optimizer: AnyOptimizer, ...given: (number | LinearOptions)[]) {
    const { startFactor = 1 / 3, endFactor = 1, totalIters = 5, ...options } = optionalArguments<LinearOptions>(given, ["startFactor", "endFactor", "totalIters"]);
    super(optimizer, options);
    if (startFactor > 1 || startFactor <= 0) throw new ArgumentError("Starting multiplicative factor expected to be greater than 0 and less or equal to 1.");
    if (endFactor > 1 || endFactor < 0) throw new ArgumentError("Ending multiplicative factor expected to be between 0 and 1.");
    this.startFactor = startFactor;
    this.endFactor = endFactor;
    this.totalIters = totalIters;
    this.step();
  }

  override getLr(): number[] {
    const { startFactor, endFactor, totalIters, lastEpoch } = this;
    if (lastEpoch === 0) return this.scaled(startFactor);
    if (lastEpoch > totalIters) return this.scaled(1);
    const rise = endFactor - startFactor;
    return this.scaled(1 + rise / (totalIters * startFactor + (lastEpoch - 1) * rise));
  }

  protected override closedForm(): number[] {
    const { startFactor, endFactor, totalIters, lastEpoch } = this;
    return this.baseLrs.map((base) => base * (startFactor + ((endFactor - startFactor) * Math.min(totalIters, lastEpoch)) / totalIters));
  }
}

export interface PolynomialOptions extends SchedulerOptions {
  /** Epochs until 0. Default 5. */
  totalIters?: number;
  /** Default 1. */
  power?: number;
}

/** The first rate times (1 − epoch / totalIters)^power. */
export class PolynomialLR extends LRScheduler {
  readonly totalIters: number;
  readonly power: number;

  constructor(optimizer: AnyOptimizer, ...given: (number | PolynomialOptions)[]) {
    const { totalIters = 5, power = 1, ...options } = optionalArguments<PolynomialOptions>(given, ["totalIters", "power"]);
    super(optimizer, options);
    this.totalIters = totalIters;
    this.power = power;
    this.step();
  }

  override getLr(): number[] {
    const { lastEpoch, totalIters, power } = this;
    if (lastEpoch === 0 || lastEpoch > totalIters) return this.scaled(1);
    return this.scaled(((1 - lastEpoch / totalIters) / (1 - (lastEpoch - 1) / totalIters)) ** power);
  }

  protected override closedForm(): number[] {
    return this.baseLrs.map((base) => base * (1 - Math.min(this.totalIters, this.lastEpoch) / this.totalIters) ** this.power);
  }
}
