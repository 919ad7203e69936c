/** Schedules that follow a formula of the epoch. */
import { ArgumentError } from "../../errors.ts";
import type { Int } from "../../ops/types.ts";
import { LRScheduler, type AnyOptimizer } from "./base.ts";

/**
 * Times `gamma` every `stepSize` epochs.
 * @param stepSize epochs between two decays
 * @param gamma factor of each decay
 * @param lastEpoch number of the last epoch, where a training is taken up again; −1 from the start
 * @see https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.StepLR.html
 * @api optim.lrScheduler.StepLR
 */
export class StepLR extends LRScheduler {
  readonly stepSize: number;
  readonly gamma: number;

  constructor(optimizer: AnyOptimizer, stepSize: Int, gamma = 0.1, lastEpoch: Int = -1) {
    super(optimizer, lastEpoch);
    if (stepSize === 0) throw new ArgumentError("stepSize must not be 0: it is the number of epochs from one change to the next");
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

/**
 * Times `gamma` at each milestone.
 * @param milestones epochs, in rising order
 * @param gamma factor of each decay
 * @param lastEpoch number of the last epoch, where a training is taken up again; −1 from the start
 * @see https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.MultiStepLR.html
 * @api optim.lrScheduler.MultiStepLR
 */
export class MultiStepLR extends LRScheduler {
  readonly milestones: readonly number[];
  readonly gamma: number;

  constructor(optimizer: AnyOptimizer, milestones: readonly Int[], gamma = 0.1, lastEpoch: Int = -1) {
    super(optimizer, lastEpoch);
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

/**
 * Times `gamma` every epoch.
 * @param gamma factor of each decay
 * @param lastEpoch number of the last epoch, where a training is taken up again; −1 from the start
 * @see https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ExponentialLR.html
 * @api optim.lrScheduler.ExponentialLR
 */
export class ExponentialLR extends LRScheduler {
  readonly gamma: number;

  constructor(optimizer: AnyOptimizer, gamma: number, lastEpoch: Int = -1) {
    super(optimizer, lastEpoch);
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

/**
 * The factor of an epoch: one function for all groups, or a list with one for each.
 * @api optim.lrScheduler.LRLambda
 */
export type LRLambda = ((epoch: number) => number) | readonly ((epoch: number) => number)[];

/** One function for each group. */
function oneForEach(lrLambda: LRLambda, count: number): readonly ((epoch: number) => number)[] {
  if (typeof lrLambda === "function") return new Array<(epoch: number) => number>(count).fill(lrLambda);
  if (lrLambda.length !== count) throw new ArgumentError(`Expected ${count} lr_lambdas, but got ${lrLambda.length}`);
  return [...lrLambda];
}

/**
 * The first rate times a function of the epoch.
 * @param lrLambda one function for all groups, or a list with one for each
 * @param lastEpoch number of the last epoch, where a training is taken up again; −1 from the start
 * @see https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.LambdaLR.html
 * @api optim.lrScheduler.LambdaLR
 */
export class LambdaLR extends LRScheduler {
  readonly #lambdas: readonly ((epoch: number) => number)[];

  constructor(optimizer: AnyOptimizer, lrLambda: LRLambda, lastEpoch: Int = -1) {
    super(optimizer, lastEpoch);
    this.#lambdas = oneForEach(lrLambda, this.groups.length);
    this.step();
  }

  override getLr(): number[] {
    return this.baseLrs.map((base, i) => base * this.#lambdas[i]!(this.lastEpoch));
  }
}

/**
 * From the first rate down to `etaMin` in half a cosine of `tMax` epochs, and up again (Loshchilov & Hutter, 2017).
 * @param tMax epochs from the first rate to the lowest
 * @param etaMin the lowest rate
 * @param lastEpoch number of the last epoch, where a training is taken up again; −1 from the start
 * @see https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.CosineAnnealingLR.html
 * @api optim.lrScheduler.CosineAnnealingLR
 */
export class CosineAnnealingLR extends LRScheduler {
  readonly tMax: number;
  readonly etaMin: number;

  constructor(optimizer: AnyOptimizer, tMax: Int, etaMin = 0, lastEpoch: Int = -1) {
    super(optimizer, lastEpoch);
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

/**
 * The rate times a function of the epoch, again and again.
 * @param lrLambda one function for all groups, or a list with one for each
 * @param lastEpoch number of the last epoch, where a training is taken up again; −1 from the start
 * @see https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.MultiplicativeLR.html
 * @api optim.lrScheduler.MultiplicativeLR
 */
export class MultiplicativeLR extends LRScheduler {
  readonly #lambdas: readonly ((epoch: number) => number)[];

  constructor(optimizer: AnyOptimizer, lrLambda: LRLambda, lastEpoch: Int = -1) {
    super(optimizer, lastEpoch);
    this.#lambdas = oneForEach(lrLambda, this.groups.length);
    this.step();
  }

  override getLr(): number[] {
    return this.groups.map((group, i) => (this.lastEpoch > 0 ? group.lr * this.#lambdas[i]!(this.lastEpoch) : group.lr));
  }
}

/**
 * The first rate times a factor for some epochs.
 * @param factor factor of the rate until then, between 0 and 1
 * @param totalIters epochs until the rate is the first one
 * @param lastEpoch number of the last epoch, where a training is taken up again; −1 from the start
 * @see https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ConstantLR.html
 * @api optim.lrScheduler.ConstantLR
 */
export class ConstantLR extends LRScheduler {
  readonly factor: number;
  readonly totalIters: number;

  constructor(optimizer: AnyOptimizer, factor: number = 1 / 3, totalIters: Int = 5, lastEpoch: Int = -1) {
    super(optimizer, lastEpoch);
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

/**
 * The first rate times a factor that grows or falls in equal steps.
 * @param startFactor the first factor, above 0
 * @param endFactor the last factor
 * @param totalIters epochs from one to the other
 * @param lastEpoch number of the last epoch, where a training is taken up again; −1 from the start
 * @see https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.LinearLR.html
 * @api optim.lrScheduler.LinearLR
 */
export class LinearLR extends LRScheduler {
  readonly startFactor: number;
  readonly endFactor: number;
  readonly totalIters: number;

  constructor(optimizer: AnyOptimizer, startFactor: number = 1 / 3, endFactor = 1, totalIters: Int = 5, lastEpoch: Int = -1) {
    super(optimizer, lastEpoch);
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

/**
 * The first rate times (1 − epoch / totalIters)^power.
 * @param totalIters epochs until the rate is 0
 * @param power of the polynomial
 * @param lastEpoch number of the last epoch, where a training is taken up again; −1 from the start
 * @see https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.PolynomialLR.html
 * @api optim.lrScheduler.PolynomialLR
 */
export class PolynomialLR extends LRScheduler {
  readonly totalIters: number;
  readonly power: number;

  constructor(optimizer: AnyOptimizer, totalIters: Int = 5, power = 1, lastEpoch: Int = -1) {
    super(optimizer, lastEpoch);
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
