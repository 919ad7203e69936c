/** Steps and samples per second over the last seconds. */

/** Milliseconds over which the rate is taken. */
const span = 3000;

interface Mark {
  readonly time: number;
  readonly steps: number;
  readonly samples: number;
}

export class Throughput {
  #marks: Mark[] = [];
  #steps = 0;
  #samples = 0;

  step(samples: number): void {
    this.#steps++;
    this.#samples += samples;
  }

  /** @param now milliseconds of running time; pauses don't count */
  rates(now: number): { readonly steps: number; readonly samples: number } {
    this.#marks.push({ time: now, steps: this.#steps, samples: this.#samples });
    while (this.#marks.length > 2 && this.#marks[1]!.time < now - span) this.#marks.shift();
    const from = this.#marks[0]!;
    const seconds = (now - from.time) / 1000;
    if (seconds <= 0) return { steps: 0, samples: 0 };
    return { steps: (this.#steps - from.steps) / seconds, samples: (this.#samples - from.samples) / seconds };
  }
}
