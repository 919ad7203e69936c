/** Whether a run that is run again tells what it told then, number for number. */
import type { MetricPoint } from "../protocol/index.ts";

export class SameCourse {
  /** What was told of each series, in its order. */
  readonly #then = new Map<string, MetricPoint[]>();
  readonly #heard = new Map<string, number>();
  readonly #steps: number;

  /** @param steps how many are to be the same */
  constructor(points: readonly MetricPoint[], steps: number) {
    this.#steps = steps;
    for (const point of points) {
      const own = this.#then.get(point.name);
      if (own) own.push(point);
      else this.#then.set(point.name, [point]);
    }
  }

  /** @returns where it is not the same any more, in words for the user */
  parts(points: readonly MetricPoint[]): string | undefined {
    for (const point of points) {
      if (point.step >= this.#steps) continue;
      const index = this.#heard.get(point.name) ?? 0;
      this.#heard.set(point.name, index + 1);
      const then = this.#then.get(point.name)?.[index];
      // What a run that was cut off had no time to tell.
      if (!then) continue;
      if (then.step !== point.step) return `at step ${point.step} it tells \`${point.name}\`, as it did at step ${then.step} then`;
      if (!Object.is(then.value, point.value)) return `at step ${point.step} \`${point.name}\` is ${point.value}, and was ${then.value} then`;
    }
    return undefined;
  }
}
