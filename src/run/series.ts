/** The points of one curve. */
import type { MetricPoint } from "../protocol/index.ts";
import { thin } from "./thinning.ts";

/** A point of a curve whose name is known. */
export type Point = Omit<MetricPoint, "name">;

interface Columns {
  readonly steps: Float64Array;
  readonly epochs: Float64Array;
  readonly values: Float64Array;
  /** How much of the columns is taken by the longest `Series` that shares them. */
  used: number;
}

/** Over the finite values; `least` is +∞ where there is none. */
export interface Extent {
  readonly least: number;
  readonly largest: number;
  /** Whether some values are NaN or infinite. */
  readonly hasHoles: boolean;
}

/**
 * The points of one curve in the order in which they came, steps never falling.
 *
 * Immutable to its readers: appending returns a longer series. The two share their columns, so that a long run costs one
 * write per point and not a copy per event.
 */
export class Series {
  static readonly empty = new Series(columns(0), 0);

  static of(points: readonly Point[]): Series {
    return Series.empty.append(points);
  }

  readonly #columns: Columns;
  readonly length: number;
  #extent: Extent | undefined;

  private constructor(columns: Columns, length: number) {
    this.#columns = columns;
    this.length = length;
  }

  get extent(): Extent {
    return (this.#extent ??= extentOf(this.values));
  }

  get steps(): Float64Array {
    return this.#columns.steps.subarray(0, this.length);
  }

  get epochs(): Float64Array {
    return this.#columns.epochs.subarray(0, this.length);
  }

  /** NaN and infinities included. */
  get values(): Float64Array {
    return this.#columns.values.subarray(0, this.length);
  }

  get last(): Point | undefined {
    return this.length === 0 ? undefined : this.#at(this.length - 1);
  }

  *[Symbol.iterator](): IterableIterator<Point> {
    for (let index = 0; index < this.length; index++) yield this.#at(index);
  }

  append(points: readonly Point[]): Series {
    const length = this.length + points.length;
    const target = this.#roomFor(length);
    points.forEach(({ step, epoch, value }, offset) => {
      const index = this.length + offset;
      target.steps[index] = step;
      target.epochs[index] = epoch;
      target.values[index] = value;
    });
    target.used = length;
    return new Series(target, length);
  }

  /** The points up to that step, itself included. */
  until(step: number): Series {
    let length = this.length;
    while (length > 0 && this.#columns.steps[length - 1]! > step) length--;
    return length === this.length ? this : new Series(this.#columns, length);
  }

  /** The same so many steps later. */
  shifted(steps: number): Series {
    return Series.of(Array.from(this, (point) => ({ ...point, step: point.step + steps })));
  }

  /** With at most `limit` points; see `thin`. */
  thinned(limit: number): Series {
    if (this.length <= limit) return this;
    const kept = thin(this.#columns.steps, this.#columns.values, 0, this.length, limit);
    return Series.of(Array.from(kept, (index) => this.#at(index)));
  }

  #at(index: number): Point {
    const { steps, epochs, values } = this.#columns;
    return { step: steps[index]!, epoch: epochs[index]!, value: values[index]! };
  }

  #roomFor(length: number): Columns {
    const own = this.#columns;
    if (own.used === this.length && length <= own.steps.length) return own;
    const copy = columns(Math.max(64, 2 * length));
    copy.steps.set(this.steps);
    copy.epochs.set(this.epochs);
    copy.values.set(this.values);
    return copy;
  }
}

function extentOf(values: Float64Array): Extent {
  let [least, largest, hasHoles] = [Infinity, -Infinity, false];
  for (const value of values) {
    if (!Number.isFinite(value)) hasHoles = true;
    else {
      if (value < least) least = value;
      if (value > largest) largest = value;
    }
  }
  return { least, largest, hasHoles };
}

function columns(capacity: number): Columns {
  return {
    steps: new Float64Array(capacity),
    epochs: new Float64Array(capacity),
    values: new Float64Array(capacity),
    used: 0,
  };
}

/** Index of the last of `ascending` that is at most `value`; -1 if there is none. */
export function indexAt(ascending: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Whether a curve has more than one value per epoch; one that has not says all it has to say without smoothing. */
export function isDense(series: Series): boolean {
  return series.length > 0 && series.length > series.epochs[series.length - 1]! + 1;
}
