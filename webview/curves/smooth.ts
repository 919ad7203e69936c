import type { Series } from "../../src/run/series.ts";

/**
 * Exponential moving average without the start's pull towards zero:
 * s ← w·s + (1 − w)·x, shown as s / (1 − wⁿ) over the n finite values so far.
 * Grows with its series: only what is new is computed.
 */
export class Smoothed {
  #values = new Float64Array(0);
  #length = 0;
  #average = 0;
  #mass = 0;
  #source: Series | null = null;

  constructor(
    /** Weight of the past, 0 (no smoothing) to below 1. */
    readonly weight: number,
  ) {}

  /** The smoothed values of a series, NaN where the series has no finite value. */
  of(series: Series): Float64Array {
    if (!this.#continues(series)) this.#restart();
    this.#source = series;
    this.#reserve(series.length);
    const raw = series.values;
    for (; this.#length < series.length; this.#length++) this.#values[this.#length] = this.#next(raw[this.#length]!);
    return this.#values.subarray(0, this.#length);
  }

  #next(value: number): number {
    if (!Number.isFinite(value)) return NaN;
    this.#average = this.weight * this.#average + (1 - this.weight) * value;
    this.#mass = this.weight * this.#mass + (1 - this.weight);
    return this.#average / this.#mass;
  }

  /** A longer series with the same end where we stopped is the same curve, grown. */
  #continues(series: Series): boolean {
    const last = this.#length - 1;
    if (last < 0) return true;
    return (
      series.length >= this.#length &&
      this.#source!.steps[0] === series.steps[0] &&
      this.#source!.steps[last] === series.steps[last] &&
      Object.is(this.#source!.values[0], series.values[0]) &&
      Object.is(this.#source!.values[last], series.values[last])
    );
  }

  #restart(): void {
    this.#length = 0;
    this.#average = 0;
    this.#mass = 0;
  }

  #reserve(length: number): void {
    if (length <= this.#values.length) return;
    const larger = new Float64Array(Math.max(256, 2 * length));
    larger.set(this.#values.subarray(0, this.#length));
    this.#values = larger;
  }
}
