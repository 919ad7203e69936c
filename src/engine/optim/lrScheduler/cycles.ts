/** Schedules that rise and fall, some with the momentum against them. */
import { ArgumentError, KindlingError } from "../../errors.ts";
import { optionalArguments } from "../../optionalArguments.ts";
import { LRScheduler, type AnyOptimizer, type SchedulerOptions } from "./base.ts";

export interface WarmRestartOptions extends SchedulerOptions {
  /** Factor of each next period. Default 1. */
  tMult?: number;
  /** The lowest rate. Default 0. */
  etaMin?: number;
}

/** Half a cosine down, then from the top again. `step` takes fractions of epochs. https://arxiv.org/abs/1608.03983 */
export class CosineAnnealingWarmRestarts extends LRScheduler {
  readonly t0: number;
  readonly tMult: number;
  readonly etaMin: number;
  /** Epochs since the last restart, and of this period. */
  tCur: number;
  tI: number;

  constructor(optimizer: AnyOptimizer, t0: number, ...given: (number | WarmRestartOptions)[]) {
    const { tMult = 1, etaMin = 0, ...options } = optionalArguments<WarmRestartOptions>(given, ["tMult", "etaMin"]);
    super(optimizer, options);
    if (!(t0 > 0 && Number.isInteger(t0))) throw new ArgumentError(`Expected positive integer T_0, but got ${t0}`);
    if (!(tMult >= 1 && Number.isInteger(tMult))) throw new ArgumentError(`Expected integer T_mult >= 1, but got ${tMult}`);
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

  override step(epoch?: number): void {
    const given = epoch ?? (this.lastEpoch < 0 ? 0 : undefined);
    if (given === undefined) {
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
  if (group.momentum === undefined && group.betas === undefined) throw new ArgumentError("optimizer must support momentum with `cycle_momentum` option enabled");
}

/** One value for all groups, or a list with one for each. */
function perGroup(optimizer: AnyOptimizer, value: number | readonly number[]): number[] {
  if (typeof value === "number") return optimizer.paramGroups.map(() => value);
  if (value.length !== optimizer.paramGroups.length) throw new ArgumentError(`expected ${optimizer.paramGroups.length} values, got ${value.length}`);
  return [...value];
}

export interface CyclicOptions extends SchedulerOptions {
  /** Steps up, and down (default: as many). Default 2000. */
  stepSizeUp?: number;
  stepSizeDown?: number | null;
  /** Cycles alike, halved each time, or shrinking by gamma each step. Default "triangular". */
  mode?: "triangular" | "triangular2" | "exp_range";
  gamma?: number;
  /** A mode of one's own. */
  scaleFn?: ((x: number) => number) | null;
  /** What that function gets: the cycle's number or the step's. Default "cycle". */
  scaleMode?: "cycle" | "iterations";
  /** Whether the momentum goes the other way. Default true. */
  cycleMomentum?: boolean;
  baseMomentum?: number | readonly number[];
  maxMomentum?: number | readonly number[];
}

/** Between two rates up and down. Step it after each batch. https://arxiv.org/abs/1506.01186 */
export class CyclicLR extends LRScheduler {
  readonly #maxLrs: number[];
  readonly #totalSize: number;
  readonly #stepRatio: number;
  readonly #scale: (x: number) => number;
  readonly #byIteration: boolean;
  readonly #momenta: { base: number[]; max: number[] } | null;

  constructor(optimizer: AnyOptimizer, baseLr: number | readonly number[], maxLr: number | readonly number[], options: CyclicOptions = {}) {
    const rates = perGroup(optimizer, baseLr);
    if ((options.lastEpoch ?? -1) === -1) optimizer.paramGroups.forEach((group, i) => Object.assign(group, { lr: rates[i], initialLr: rates[i] }));
    super(optimizer, options);
    const { stepSizeUp = 2000, stepSizeDown = null, mode = "triangular", gamma = 1, scaleFn = null, scaleMode = "cycle" } = options;
    const { cycleMomentum = true, baseMomentum = 0.8, maxMomentum = 0.9 } = options;
    if (!["triangular", "triangular2", "exp_range"].includes(mode) && scaleFn === null) throw new ArgumentError("mode is invalid and scale_fn is None");
    this.baseLrs = rates;
    this.#maxLrs = perGroup(optimizer, maxLr);
    this.#totalSize = stepSizeUp + (stepSizeDown ?? stepSizeUp);
    this.#stepRatio = stepSizeUp / this.#totalSize;
    this.#byIteration = scaleFn === null ? mode === "exp_range" : scaleMode === "iterations";
    this.#scale = scaleFn ?? { triangular: () => 1, triangular2: (x: number) => 1 / 2 ** (x - 1), exp_range: (x: number) => gamma ** x }[mode];
    if (cycleMomentum) checkMomentum(optimizer);
    this.#momenta = cycleMomentum ? { base: perGroup(optimizer, baseMomentum), max: perGroup(optimizer, maxMomentum) } : null;
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

export interface OneCycleOptions extends SchedulerOptions {
  /** Number of steps, or `epochs` and `stepsPerEpoch`. */
  totalSteps?: number;
  epochs?: number;
  stepsPerEpoch?: number;
  /** Share of the rise. Default 0.3. */
  pctStart?: number;
  /** Default "cos". */
  annealStrategy?: "cos" | "linear";
  /** Whether the momentum goes the other way. Default true. */
  cycleMomentum?: boolean;
  baseMomentum?: number | readonly number[];
  maxMomentum?: number | readonly number[];
  /** The first rate is the largest divided by this. Default 25. */
  divFactor?: number;
  /** The last rate is the first divided by this. Default 1e4. */
  finalDivFactor?: number;
  /** Down to the first rate before the last fall. Default false. */
  threePhase?: boolean;
}

interface Phase {
  readonly end: number;
  readonly rates: readonly [from: readonly number[], to: readonly number[]];
  readonly momenta: readonly [from: readonly number[], to: readonly number[]];
}

/** Once up to the largest rate and down to nearly nothing. Step it after each batch. https://arxiv.org/abs/1708.07120 */
export class OneCycleLR extends LRScheduler {
  readonly totalSteps: number;
  readonly #phases: readonly Phase[];
  readonly #anneal: (from: number, to: number, share: number) => number;
  readonly #cycleMomentum: boolean;

  constructor(optimizer: AnyOptimizer, maxLr: number | readonly number[], options: OneCycleOptions = {}) {
    const { divFactor = 25, finalDivFactor = 1e4, cycleMomentum = true, pctStart = 0.3, annealStrategy = "cos", threePhase = false } = options;
    const largest = perGroup(optimizer, maxLr);
    const first = largest.map((rate) => rate / divFactor);
    if ((options.lastEpoch ?? -1) === -1) optimizer.paramGroups.forEach((group, i) => Object.assign(group, { initialLr: first[i] }));
    super(optimizer, options);
    if (options.totalSteps === undefined && (options.epochs === undefined || options.stepsPerEpoch === undefined)) {
      throw new ArgumentError("You must define either total_steps OR (epochs AND steps_per_epoch)");
    }
    if (!(pctStart >= 0 && pctStart <= 1)) throw new ArgumentError(`Expected float between 0 and 1 pct_start, but got ${pctStart}`);
    if (annealStrategy !== "cos" && annealStrategy !== "linear") throw new ArgumentError(`anneal_strategy must by one of 'cos' or 'linear', instead got ${String(annealStrategy)}`);
    if (cycleMomentum) checkMomentum(optimizer);
    this.totalSteps = options.totalSteps ?? options.epochs! * options.stepsPerEpoch!;
    this.#cycleMomentum = cycleMomentum;
    this.#anneal = annealStrategy === "cos"
      ? (from, to, share) => to + ((from - to) / 2) * (1 + Math.cos(Math.PI * share))
      : (from, to, share) => (to - from) * share + from;
    const last = first.map((rate) => rate / finalDivFactor);
    const [low, high] = [perGroup(optimizer, options.baseMomentum ?? 0.85), perGroup(optimizer, options.maxMomentum ?? 0.95)];
    const rise: Phase = { end: pctStart * this.totalSteps - 1, rates: [first, largest], momenta: [high, low] };
    this.#phases = threePhase
      ? [rise, { end: 2 * pctStart * this.totalSteps - 2, rates: [largest, first], momenta: [low, high] }, { end: this.totalSteps - 1, rates: [first, last], momenta: [high, high] }]
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
