/** When to measure a step, so that measuring keeps within its share of the run's time. */
import type { SamplingOptions } from "../protocol/index.ts";

/** However dear a sample is, the next one comes after at most this long; milliseconds. */
const longestInterval = 15_000;
/** Even if it costs nothing: a run that has lasted long is sampled less often, from every 50 ms to once a second. */
const shortestInterval = 50;
const shortestIntervalLater = 1_000;
const shareOfElapsed = 0.01;

export class SamplingSchedule {
  readonly #budget: number;
  readonly #begin: number;
  #next: number;

  /** @param now milliseconds; the first step is always measured */
  constructor({ budget }: Pick<SamplingOptions, "budget">, now: number) {
    this.#budget = Math.max(budget, 1e-3);
    this.#begin = now;
    this.#next = now;
  }

  isDue(now: number): boolean {
    return now >= this.#next;
  }

  /** @param cost what the sample that ends now has cost; milliseconds */
  sampled(now: number, cost: number): void {
    const rarer = Math.min(Math.max(shortestInterval, (now - this.#begin) * shareOfElapsed), shortestIntervalLater);
    // The interval holds the cost as well as the time that it is a share of.
    this.#next = now + Math.min(Math.max(rarer, cost / this.#budget - cost), longestInterval);
  }
}
