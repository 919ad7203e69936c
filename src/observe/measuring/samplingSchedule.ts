/** Which steps of one model are measured: as many as every run gets, and beyond those what the budget allows. */

/** So many steps at the beginning are measured all, and so many of them in any case, whatever they cost. */
const first = 20;
const firstAnyway = 10;
/** Milliseconds that measuring the others may take: of a small network it takes less, and that one is often trained for few steps. */
const firstBudget = 40;
/** The largest gap, as a share of the steps before it, where the run's length is known and where it is not. */
const gapOfKnown = 1 / 3;
const gapOfUnknown = 1 / 5;
/** Parts into which a run of known length is divided. */
const parts = 10;
/** However dear a sample is, the next one comes after at most this long; milliseconds. */
const longestInterval = 15_000;
/** Samples beyond those that every run gets: at most one in 250 ms, in a run that has lasted long one a second. */
const shortestInterval = 250;
const shortestIntervalLater = 1_000;
const shareOfElapsed = 0.01;

/** The least share of the time that is spent, so that a debt is paid off some day. */
const leastBudget = 1e-3;

/** How often is wanted. */
export interface Pace {
  /** Upper bound for the share of the time, 0 to 1. */
  readonly budget: number;
  /** Every step, whatever it costs. */
  readonly everyStep?: boolean;
  /** What there is to be measured is known from elsewhere. */
  readonly isKnown?: boolean;
}

export class SamplingSchedule {
  readonly #pace: Pace;
  readonly #begin: number;
  #spent = 0;
  #lastStep = -1;
  #lastTime: number;

  /**
   * @param pace may change while the model trains
   * @param now milliseconds; the model's training begins
   */
  constructor(pace: Pace, now: number) {
    this.#pace = pace;
    this.#begin = now;
    this.#lastTime = now;
  }

  /**
   * @param step of the model, from 0
   * @param length how many steps there will be, as far as that is known
   * @param sharers models that are trained at the same time and share the budget
   */
  isDue(step: number, now: number, length?: number, sharers = 1): boolean {
    if (this.#pace.isKnown) return false;
    return this.#pace.everyStep === true || this.#isFirst(step) || step - this.#lastStep >= longestGap(step, length) || this.#isAffordable(now, sharers);
  }

  /** @param cost what measuring the step took; milliseconds */
  sampled(step: number, now: number, cost: number): void {
    this.#lastStep = step;
    this.#lastTime = now;
    this.#spent += cost;
  }

  #isFirst(step: number): boolean {
    return step < firstAnyway || (step < first && this.#spent < firstBudget);
  }

  #isAffordable(now: number, sharers: number): boolean {
    const elapsed = now - this.#begin;
    const interval = now - this.#lastTime;
    if (interval >= longestInterval) return true;
    if (interval < Math.min(Math.max(shortestInterval, elapsed * shareOfElapsed), shortestIntervalLater)) return false;
    return this.#spent <= (elapsed * Math.max(this.#pace.budget, leastBudget)) / sharers;
  }
}

/** So that a run that ends here, wherever that is, has its samples well spread. */
function longestGap(step: number, length: number | undefined): number {
  if (length === undefined) return Math.max(1, Math.floor(step * gapOfUnknown));
  return Math.max(1, Math.floor(Math.min(step * gapOfKnown, length / parts)));
}
