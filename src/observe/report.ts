/** Reports how far the run is: every now and then, and whenever it stands. */
import type { PassCount, Progress, RunEvent } from "../protocol/index.ts";
import type { Curves } from "./curves/curves.ts";
import type { SeriesWriter } from "./curves/series.ts";
import type { Measurements } from "./measuring/measurements.ts";
import type { Watching } from "./measuring/watching.ts";
import type { Optimizers } from "./models/optimizers.ts";
import type { Course } from "./steps/course.ts";
import { Throughput } from "./steps/throughput.ts";

export interface ReportParts {
  readonly course: Course;
  readonly watching: Watching;
  readonly measurements: Measurements;
  readonly curves: Curves;
  readonly series: SeriesWriter;
  readonly optimizers: Optimizers;
  passCounts(): readonly PassCount[];
  /** Called when something has been left to be told for a while, by nobody who would hear of a fault. */
  timePassed(): void;
  readonly tell: (event: RunEvent) => void;
}

/** Milliseconds between two sendings of points, of progress, and of how often passes were made. */
const flushInterval = 100;
const progressInterval = 200;
const countsInterval = 1_000;

export class Report {
  readonly #parts: ReportParts;
  readonly #throughput = new Throughput();
  #trainingBegin: number | undefined;
  #nextFlush = 0;
  #nextProgress = 0;
  #nextCounts = 0;
  #isToldSoon = false;

  constructor(parts: ReportParts) {
    this.#parts = parts;
  }

  /** A loss goes backward. */
  trains(): void {
    this.#trainingBegin ??= this.#parts.course.time.now;
  }

  /** The run took a step. */
  stepped(): void {
    this.#throughput.step(this.#parts.course.epochs.batch?.samples ?? 0);
  }

  tellIfDue(now: number): void {
    if (now < this.#nextFlush) return this.#tellSoon();
    this.#nextFlush = now + flushInterval;
    this.#parts.series.flush();
    if (now < this.#nextProgress) return this.#tellSoon();
    this.#nextProgress = now + progressInterval;
    if (now >= this.#nextCounts) {
      this.#nextCounts = now + countsInterval;
      this.#tellPassCounts();
    }
    this.#tellProgress(now);
    this.tellOptimizers();
  }

  /** A program that waits for something after its steps takes none by which they would be told. */
  #tellSoon(): void {
    if (this.#isToldSoon) return;
    this.#isToldSoon = true;
    setTimeout(() => {
      this.#isToldSoon = false;
      this.#parts.timePassed();
    }, flushInterval).unref();
  }

  /** Tells everything as it is now, so that the last of each kind is of the same step: the run pauses or ends. */
  tellAll(): void {
    const { course, measurements, curves, series } = this.#parts;
    measurements.tellLeft();
    curves.losses.tellWaiting(false);
    series.flush();
    this.#tellPassCounts();
    if (course.steps > 0 || course.iterations.backwardStep !== undefined) this.#tellProgress(course.time.now);
  }

  /** Tells the optimizers if they changed. */
  tellOptimizers(): void {
    const optimizers = this.#parts.optimizers.changes();
    if (optimizers) this.#parts.tell({ type: "optimizers", optimizers });
  }

  /** Tells what is measured, and how often. */
  tellWatch(): void {
    this.#parts.tell({ type: "watch", watch: this.#parts.watching.settings });
  }

  #tellPassCounts(): void {
    const counts = this.#parts.passCounts();
    if (counts.length > 0) this.#parts.tell({ type: "passCounts", counts });
  }

  #tellLines(): void {
    const lines = this.#parts.curves.lines.changes();
    if (lines.length > 0) this.#parts.tell({ type: "lines", lines });
  }

  #tellProgress(now: number): void {
    this.#tellLines();
    const { course, watching, curves } = this.#parts;
    const { epoch, epochs, batch } = course.epochs;
    const rates = this.#throughput.rates(now);
    const loss = curves.losses.newest;
    const remaining = this.#remainingSeconds(now);
    const progress: Progress = {
      epoch,
      step: course.steps,
      stepsPerSecond: rates.steps,
      elapsed: now,
      watchShare: watching.share(now),
      ...(epochs === undefined ? {} : { epochs }),
      ...(batch ? { batch: batch.index, batches: batch.count } : {}),
      ...(loss ? { loss: loss.value, lossStep: loss.step } : {}),
      ...(rates.samples > 0 ? { samplesPerSecond: rates.samples } : {}),
      ...(remaining === undefined ? {} : { remainingSeconds: remaining }),
    };
    this.#parts.tell({ type: "progress", progress });
  }

  /** From the share of the epochs, or else of the loops' turns, that is done. */
  #remainingSeconds(now: number): number | undefined {
    const { loops } = this.#parts.course;
    const { epoch, epochs, batch } = this.#parts.course.epochs;
    if (this.#trainingBegin === undefined) return undefined;
    const within = batch && batch.count > 0 ? (batch.index + 1) / batch.count : 0;
    const done = epochs === undefined ? (loops.share ?? 0) : (epoch + within) / epochs;
    return done > 0 ? ((now - this.#trainingBegin) / 1000) * Math.max(0, 1 / done - 1) : undefined;
  }
}
