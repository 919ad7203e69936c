/** Named series of numbers, written with no more work than a few stores per point. */
import { MetricBuffer } from "./metricBuffer.ts";

export interface SeriesSink {
  /** From now on `index` stands for `name`. */
  series(index: number, name: string): void;
  /** See `MetricBuffer`. */
  points(values: Float64Array): void;
}

export class SeriesWriter {
  readonly #buffer: MetricBuffer;
  readonly #sink: SeriesSink;
  readonly #indices = new Map<string, number>();

  constructor(buffer: MetricBuffer, sink: SeriesSink) {
    this.#buffer = buffer;
    this.#sink = sink;
  }

  add(name: string, step: number, epoch: number, value: number): void {
    const index = this.#indexOf(name);
    if (this.#buffer.isFull) this.flush();
    this.#buffer.add(index, step, epoch, value);
  }

  /** A point that may yet change before it is added; kept should the thread be terminated by then. */
  wait(name: string, step: number, epoch: number, value: number): void {
    this.#buffer.wait(this.#indexOf(name), step, epoch, value);
  }

  /** The series goes by another name from now on. */
  rename(from: string, to: string): void {
    const index = this.#indices.get(from);
    if (index === undefined) return;
    this.flush();
    this.#indices.delete(from);
    this.#indices.set(to, index);
    this.#sink.series(index, to);
  }

  #indexOf(name: string): number {
    let index = this.#indices.get(name);
    if (index === undefined) {
      index = this.#indices.size;
      this.#indices.set(name, index);
      this.#sink.series(index, name);
    }
    return index;
  }

  flush(): void {
    const values = this.#buffer.take();
    if (values) this.#sink.points(values);
  }
}
