import type { MetricPoint } from "../src/protocol/index.ts";

interface Columns {
  steps: Float64Array;
  epochs: Float64Array;
  values: Float64Array;
  /** How much of the columns is taken by the longest `Series` that shares them. */
  used: number;
}

/**
 * The points of one curve in the order in which they came, steps never falling.
 *
 * Immutable to its readers: appending returns a longer series. The two share their columns, so that a run of a
 * million steps costs one write per point and not a copy per event.
 */
export class Series {
  static readonly empty = new Series(columns(0), 0);

  private constructor(
    private readonly columns: Columns,
    readonly length: number,
  ) {}

  get steps(): Float64Array {
    return this.columns.steps.subarray(0, this.length);
  }

  get epochs(): Float64Array {
    return this.columns.epochs.subarray(0, this.length);
  }

  /** NaN and infinities included. */
  get values(): Float64Array {
    return this.columns.values.subarray(0, this.length);
  }

  append(points: readonly MetricPoint[]): Series {
    const length = this.length + points.length;
    const target = this.roomFor(length);
    points.forEach((point, offset) => {
      const index = this.length + offset;
      target.steps[index] = point.step;
      target.epochs[index] = point.epoch;
      // JSON has no NaN: it arrives as null.
      target.values[index] = point.value ?? NaN;
    });
    target.used = length;
    return new Series(target, length);
  }

  private roomFor(length: number): Columns {
    const { columns: own } = this;
    if (own.used === this.length && length <= own.steps.length) return own;
    const copy = columns(Math.max(64, 2 * length));
    copy.steps.set(this.steps);
    copy.epochs.set(this.epochs);
    copy.values.set(this.values);
    return copy;
  }
}

function columns(capacity: number): Columns {
  return {
    steps: new Float64Array(capacity),
    epochs: new Float64Array(capacity),
    values: new Float64Array(capacity),
    used: 0,
  };
}

/** Adds points of any number of curves to the curves that they belong to. */
export function appendMetrics(
  curves: ReadonlyMap<string, Series>,
  points: readonly MetricPoint[],
): ReadonlyMap<string, Series> {
  if (points.length === 0) return curves;
  const byName = new Map<string, MetricPoint[]>();
  for (const point of points) {
    const list = byName.get(point.name);
    if (list) list.push(point);
    else byName.set(point.name, [point]);
  }
  const result = new Map(curves);
  for (const [name, list] of byName) result.set(name, (result.get(name) ?? Series.empty).append(list));
  return result;
}

/** The curves back as the points that they were made of, one curve after the other. */
export function toPoints(name: string, series: Series, indices: Iterable<number>): MetricPoint[] {
  const { steps, epochs, values } = series;
  return Array.from(indices, (i) => ({ name, step: steps[i]!, epoch: epochs[i]!, value: values[i]! }));
}

/** Index of the last point at or before `step`; -1 if there is none. */
export function indexAt(steps: ArrayLike<number>, step: number): number {
  let low = 0;
  let high = steps.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (steps[middle]! <= step) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
