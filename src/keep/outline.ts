/** A curve of unknown length in few values, evenly spread from its beginning to now. */
import type { SeriesSummary } from "./keptRun.ts";

const most = 64;

export class Outline {
  #values: number[] = [];
  #stride = 1;
  #count = 0;
  #last = NaN;
  #least = NaN;
  #largest = NaN;

  add(value: number): void {
    if (this.#count++ % this.#stride === 0) this.#values.push(value);
    if (this.#values.length > most) {
      this.#values = this.#values.filter((_, index) => index % 2 === 0);
      this.#stride *= 2;
    }
    this.#last = value;
    // NaN is neither the least nor the largest, where there is anything else.
    if (Number.isNaN(value)) return;
    if (!(value >= this.#least)) this.#least = value;
    if (!(value <= this.#largest)) this.#largest = value;
  }

  get summary(): SeriesSummary {
    return { last: this.#last, least: this.#least, largest: this.#largest, outline: this.#values };
  }
}
