/**
 * Metric points on their way from the busy thread to the one that sends them.
 * They lie in shared memory, so that what was written last is not lost when the thread is terminated.
 */
import type { MetricPoint } from "../protocol/index.ts";

const capacity = 2048;
const fields = 4;

export class MetricBuffer {
  readonly buffer: SharedArrayBuffer;
  /** [number of points, then per point: series, step, epoch, value] */
  readonly #values: Float64Array;

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer((1 + capacity * fields) * Float64Array.BYTES_PER_ELEMENT)) {
    this.buffer = buffer;
    this.#values = new Float64Array(buffer);
  }

  get isFull(): boolean {
    return this.#values[0]! >= capacity;
  }

  /** The caller empties a full buffer first. */
  add(series: number, step: number, epoch: number, value: number): void {
    const values = this.#values;
    const count = values[0]!;
    const at = 1 + count * fields;
    values[at] = series;
    values[at + 1] = step;
    values[at + 2] = epoch;
    values[at + 3] = value;
    values[0] = count + 1;
  }

  /** A copy of what was added since the last time; `undefined` if that is nothing. */
  take(): Float64Array | undefined {
    const count = this.#values[0]!;
    if (count === 0) return undefined;
    this.#values[0] = 0;
    return this.#values.slice(1, 1 + count * fields);
  }
}

/** @param names name of each series by its number */
export function metricPoints(values: Float64Array, names: readonly string[]): MetricPoint[] {
  const points: MetricPoint[] = [];
  for (let at = 0; at < values.length; at += fields) {
    points.push({ name: names[values[at]!] ?? "", step: values[at + 1]!, epoch: values[at + 2]!, value: values[at + 3]! });
  }
  return points;
}
