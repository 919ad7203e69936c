/**
 * Metric points on their way from the busy thread to the one that sends them.
 * They lie in shared memory, so that what was written last is not lost when the thread is terminated.
 */
import type { MetricPoint } from "../../protocol/index.ts";

const capacity = 2048;
const fields = 4;
/** Number of points, whether one waits, the point that waits. */
const head = 2 + fields;

export class MetricBuffer {
  readonly buffer: SharedArrayBuffer;
  /** The head, then per point: series, step, epoch, value. */
  readonly #values: Float64Array;

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer((head + capacity * fields) * Float64Array.BYTES_PER_ELEMENT)) {
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
    this.#write(head + count * fields, series, step, epoch, value);
    values[0] = count + 1;
    if (values[2] === series) values[1] = 0;
  }

  /** A point that may yet change: it counts if the thread is terminated before the series gets another. */
  wait(series: number, step: number, epoch: number, value: number): void {
    this.#write(2, series, step, epoch, value);
    this.#values[1] = 1;
  }

  /** The point that waits, once nobody will add to the buffer any more. */
  takeWaiting(): Float64Array | undefined {
    return this.#values[1] === 1 ? this.#values.slice(2, head) : undefined;
  }

  /** A copy of what was added since the last time; `undefined` if that is nothing. */
  take(): Float64Array | undefined {
    const count = this.#values[0]!;
    if (count === 0) return undefined;
    this.#values[0] = 0;
    return this.#values.slice(head, head + count * fields);
  }

  #write(at: number, series: number, step: number, epoch: number, value: number): void {
    const values = this.#values;
    values[at] = series;
    values[at + 1] = step;
    values[at + 2] = epoch;
    values[at + 3] = value;
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
