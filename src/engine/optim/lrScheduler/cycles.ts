/** Schedules that rise and fall, some with the momentum against them. */
import { ArgumentError, KindlingError } from "../../errors.ts";
import type { Int } from "../../ops/types.ts";
import { LRScheduler, type AnyOptimizer } from "./base.ts";
import { perGroup, type PerGroup } from "./perGroup.ts";

/**
 * Half a cosine down, then from the top again. `step` takes fractions of epochs. https://arxiv.org/abs/1608.03983
 * @param t0 epochs until the first restart
 * @param tMult factor of each next period
 * @param etaMin the lowest rate
 * @param lastEpoch number of the last epoch, where a training is taken up again; −1 from the start
 * @see https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.CosineAnnealingWarmRestarts.html
 * @api optim.lrScheduler.CosineAnnealingWarmRestarts
 */
export class CosineAnnealingWarmRestarts extends LRScheduler {
  readonly t0: number;
  readonly tMult: number;
  readonly etaMin: number;
  /** Epochs since the last restart, and of this period. */
  tCur: number;
  tI: number;

  constructor(optimizer: AnyOptimizer, t0: Int, tMult: Int = 1, etaMin = 0, lastEpoch: Int = -1) {
    super(optimizer, lastEpoch);
    if (!(t0 > 0)) throw new ArgumentError(`Expected positive integer T_0, but got ${t0}`);
    if (!(tMult >= 1)) throw new ArgumentError(`Expected integer T_mult >= 1, but got ${tMult}`);
    this.t0 = t0;
    this.tMult = tMult;
    this.etaMin = etaMin;
    this.tI = t0;
    this.tCur = this.lastEpoch;
    this.step();
  }

  override getLr(): number[] {
    return this.baseLrs.map((base) => this.etaMin + ((base - this.etaMin) * (1 + Math.cos((Math.PI * this.tCur) / this.tI))) / 2);
  }

  override step(epoch: number | null = null): void {
    const given = epoch ?? (this.lastEpoch < 0 ? 0 : null);
    if (given === null) {
      this.tCur++;
      if (this.tCur >= this.tI) {
        this.tCur -= this.tI;
        this.tI *= this.tMult;
      }
      super.step(this.lastEpoch + 1);
      return;
    }
    if (given < 0) throw new ArgumentError(`Expected non-negative epoch, but got ${given}`);
    this.#place(given);
    super.step(Math.floor(given));
  }

  #place(epoch: number): void {
    const { t0, tMult } = this;
    if (epoch < t0) {
      [this.tI, this.tCur] = [t0, epoch];
    } else if (tMult === 1) {
      this.tCur = epoch % t0;
    } else {
      const n = Math.floor(Math.log((epoch / t0) * (tMult - 1) + 1) / Math.log(tMult));
      this.tCur = epoch - (t0 * (tMult ** n - 1)) / (tMult - 1);
      this.tI = t0 * tMult ** n;
    }
  }
}

interface MomentumGroup {
  lr: number;
  momentum?: number;
  betas?: readonly [number, number];
}

/** Sets a group's momentum, or Adam's first beta. */
function setMomentum(group: MomentumGroup, value: number): void {
  if (group.betas) group.betas = [value, group.betas[1]];
  else group.momentum = value;
}

function checkMomentum(optimizer: AnyOptimizer): void {
  const group = optimizer.paramGroups[0] as unknown as MomentumGroup;
  if (group.momentum === undefined && group.betas === undefined)
    throw new ArgumentError("optimizer must support momentum with `cycle_momentum` option enabled");
}

/**
 * Between two rates up and down. Step it after each batch. https://arxiv.org/abs/1506.01186
 * @param baseLr the lower rate: one, or one for each group
 * @param maxLr the upper rate
 * @param stepSizeUp steps up
 * @param stepSizeDown steps down; `null` for as many
 * @param mode cycles alike, halved each time, or shrinking by gamma each step
 * @param gamma of the mode "exp_range"
 * @param scaleFn a mode of one's own
 * @param scaleMode what that function gets: the cycle's number or the step's
 * @param cycleMomentum whether the momentum goes the other way
 * @param lastEpoch number of the last epoch, where a training is taken up again; −1 from the start
 * @throws ArgumentError where the momentum is to go round and the optimizer has none
 * @see https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.CyclicLR.html
 * @api optim.lrScheduler.CyclicLR
 */
export class CyclicLR extends LRScheduler {
  readonly #maxLrs: number[];
  readonly #totalSize: number;
  readonly #stepRatio: number;
  readonly #scale: (x: number) => number;
  readonly #byIteration: boolean;
  readonly #momenta: { base: number[]; max: number[] } | null;

  constructor(
    optimizer: AnyOptimizer,
    baseLr: PerGroup,
    maxLr: PerGroup,
    stepSizeUp: Int = 2000,
    stepSizeDown: Int | null = null,
    mode: "triangular" | "triangular2" | "exp_range" = "triangular",
    gamma = 1,
    scaleFn: ((x: number) => number) | null = null,
    scaleMode: "cycle" | "iterations" = "cycle",
    cycleMomentum = true,
    baseMomentum: PerGroup = 0.8,
    maxMomentum: PerGroup = 0.9,
    lastEpoch: Int = -1,
  ) {
    const rates = perGroup(optimizer, baseLr, "base_lr");
    if (lastEpoch === -1) optimizer.paramGroups.forEach((group, i) => Object.assign(group, { lr: rates[i], initialLr: rates[i] }));
    super(optimizer, lastEpoch);
    this.baseLrs = rates;
    this.#maxLrs = perGroup(optimizer, maxLr, "max_lr");
    this.#totalSize = stepSizeUp + (stepSizeDown ?? stepSizeUp);
    this.#stepRatio = stepSizeUp / this.#totalSize;
    this.#byIteration = scaleFn === null ? mode === "exp_range" : scaleMode === "iterations";
    this.#scale = scaleFn ?? { triangular: () => 1, triangular2: (x: number) => 1 / 2 ** (x - 1), exp_range: (x: number) => gamma ** x }[mode];
    if (cycleMomentum) checkMomentum(optimizer);
    this.#momenta = cycleMomentum ? { base: perGroup(optimizer, baseMomentum, "base_momentum"), max: perGroup(optimizer, maxMomentum, "max_momentum") } : null;
    this.step();
  }

  override getLr(): number[] {
    const cycle = Math.floor(1 + this.lastEpoch / this.#totalSize);
    const x = 1 + this.lastEpoch / this.#totalSize - cycle;
    const height = x <= this.#stepRatio ? x / this.#stepRatio : (x - 1) / (this.#stepRatio - 1);
    const share = height * this.#scale(this.#byIteration ? this.lastEpoch : cycle);
    if (this.#momenta) {
      const { base, max } = this.#momenta;
      this.groups.forEach((group, i) => setMomentum(group, max[i]! - (max[i]! - base[i]!) * share));
    }
    return this.baseLrs.map((base, i) => base + (this.#maxLrs[i]! - base) * share);
  }
}

interface Phase {
  readonly end: number;
  readonly rates: readonly [from: readonly number[], to: readonly number[]];
  readonly momenta: readonly [from: readonly number[], to: readonly number[]];
}

/**
 * Once up to the largest rate and down to nearly nothing. Step it after each batch. https://arxiv.org/abs/1708.07120
 * @param maxLr the largest rate: one, or one for each group
 * @param totalSteps number of steps; or `epochs` and `stepsPerEpoch`
 * @param pctStart share of the rise
 * @param annealStrategy in half a cosine or in a straight line
 * @param cycleMomentum whether the momentum goes the other way
 * @param divFactor the first rate is the largest divided by this
 * @param finalDivFactor the last rate is the first divided by this
 * @param threePhase down to the first rate before the last fall
 * @param lastEpoch number of the last epoch, where a training is taken up again; −1 from the start
 * @throws ArgumentError where the number of steps is missing, or the optimizer has no momentum that could go round
 * @see https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.OneCycleLR.html
 * @api optim.lrScheduler.OneCycleLR
 */
export class OneCycleLR extends LRScheduler {
  readonly totalSteps: number;
  readonly #phases: readonly Phase[];
  readonly #anneal: (from: number, to: number, share: number) => number;
  readonly #cycleMomentum: boolean;

  constructor(
    optimizer: AnyOptimizer,
    maxLr: PerGroup,
    totalSteps: Int | null = null,
    epochs: Int | null = null,
    stepsPerEpoch: Int | null = null,
    pctStart = 0.3,
    annealStrategy: "cos" | "linear" = "cos",
    cycleMomentum = true,
    baseMomentum: PerGroup = 0.85,
    maxMomentum: PerGroup = 0.95,
    divFactor = 25,
    finalDivFactor = 1e4,
    threePhase = false,
    lastEpoch: Int = -1,
  ) {
    const largest = perGroup(optimizer, maxLr, "max_lr");
    const first = largest.map((rate) => rate / divFactor);
    if (lastEpoch === -1) optimizer.paramGroups.forEach((group, i) => Object.assign(group, { initialLr: first[i] }));
    super(optimizer, lastEpoch);
    this.totalSteps = countSteps(totalSteps, epochs, stepsPerEpoch);
    if (!(pctStart >= 0 && pctStart <= 1)) throw new ArgumentError(`Expected float between 0 and 1 pct_start, but got ${pctStart}`);
    if (cycleMomentum) checkMomentum(optimizer);
    this.#cycleMomentum = cycleMomentum;
    this.#anneal =
      annealStrategy === "cos"
        ? (from, to, share) => to + ((from - to) / 2) * (1 + Math.cos(Math.PI * share))
        : (from, to, share) => (to - from) * share + from;
    const last = first.map((rate) => rate / finalDivFactor);
    const [low, high] = [perGroup(optimizer, baseMomentum, "base_momentum"), perGroup(optimizer, maxMomentum, "max_momentum")];
    const rise: Phase = { end: pctStart * this.totalSteps - 1, rates: [first, largest], momenta: [high, low] };
    this.#phases = threePhase
      ? [
          rise,
          { end: 2 * pctStart * this.totalSteps - 2, rates: [largest, first], momenta: [low, high] },
          { end: this.totalSteps - 1, rates: [first, last], momenta: [high, high] },
        ]
      : [rise, { end: this.totalSteps - 1, rates: [largest, last], momenta: [low, high] }];
    this.step();
  }

  override getLr(): number[] {
    if (this.lastEpoch > this.totalSteps) {
      throw new KindlingError(`Tried to step ${this.lastEpoch} times. The specified number of total steps is ${this.totalSteps}`);
    }
    const found = this.#phases.findIndex((phase) => this.lastEpoch <= phase.end);
    const place = found < 0 ? this.#phases.length - 1 : found;
    const phase = this.#phases[place]!;
    const start = place === 0 ? 0 : this.#phases[place - 1]!.end;
    const share = (this.lastEpoch - start) / (phase.end - start);
    const between = ([from, to]: Phase["rates"], i: number): number => this.#anneal(from[i]!, to[i]!, share);
    if (this.#cycleMomentum) this.groups.forEach((group, i) => setMomentum(group, between(phase.momenta, i)));
    return this.groups.map((_, i) => between(phase.rates, i));
  }
}

function countSteps(total: Int | null, epochs: Int | null, perEpoch: Int | null): number {
  if (total !== null) return positive("total_steps", total);
  if (epochs === null || perEpoch === null) throw new ArgumentError("You must define either total_steps OR (epochs AND steps_per_epoch)");
  return positive("epochs", epochs) * positive("steps_per_epoch", perEpoch);
}

function positive(name: string, value: number): number {
  if (!(value > 0)) throw new ArgumentError(`Expected positive integer ${name}, but got ${value}`);
  return value;
}
