/** Watches an engine run through its instrument and tells it as protocol events. Changes no number of the program's. */
import type { DataLoader } from "../engine/data/dataLoader.ts";
import type { Instrument } from "../engine/instrument.ts";
import type { AnyModule } from "../engine/nn/module.ts";
import type { Optimizer } from "../engine/optim/optimizer.ts";
import { Tensor } from "../engine/tensor.ts";
import type { Progress, RunEvent, SamplingOptions } from "../protocol/index.ts";
import { callerPosition } from "./construction.ts";
import type { DescribedModel } from "./describeModel.ts";
import { EpochCounter } from "./epochCounter.ts";
import { LearningRates } from "./learningRates.ts";
import { LoggedValues } from "./logged.ts";
import type { MetricBuffer } from "./metricBuffer.ts";
import { ModelRegistry, type ProgramSource } from "./modelRegistry.ts";
import { SamplingSchedule } from "./samplingSchedule.ts";
import { SeriesWriter, type SeriesSink } from "./series.ts";
import { StepSampler } from "./stepSampler.ts";
import { Throughput } from "./throughput.ts";

export interface ObserverSink extends SeriesSink {
  event(event: RunEvent): void;
}

export interface ObserverOptions {
  readonly sampling: SamplingOptions;
  readonly source: ProgramSource;
  readonly metrics: MetricBuffer;
  readonly sink: ObserverSink;
  /**
   * Called where the program can be held up or ended; may block or throw.
   * `beforeBlocking` must be called before it blocks. Returns the milliseconds that it blocked.
   */
  readonly gate: (beforeBlocking: () => void) => number;
  /** Called before each step, when all that is known was told. May throw. */
  readonly beforeStep?: (step: number) => void;
}

/** Milliseconds between two sendings of points, and of progress. */
const flushInterval = 50;
const progressInterval = 100;

export class Observer implements Instrument {
  readonly registry: ModelRegistry;
  readonly #options: ObserverOptions;
  readonly #series: SeriesWriter;
  readonly #epochs = new EpochCounter();
  readonly #logged = new LoggedValues();
  readonly #rates = new LearningRates();
  readonly #throughput = new Throughput();
  readonly #schedule: SamplingSchedule;
  readonly #begin = performance.now();
  #sampler: StepSampler | null;
  /** The models are described anew at the next step. */
  #isDue = true;
  #step = 0;
  #loss: number | undefined;
  #paused = 0;
  #nextFlush = 0;
  #nextProgress = 0;
  #lastModels = "";
  #trainingBegin: number | undefined;

  constructor(options: ObserverOptions) {
    this.#options = options;
    this.registry = new ModelRegistry(options.source);
    this.#series = new SeriesWriter(options.metrics, options.sink);
    this.#schedule = new SamplingSchedule(options.sampling, 0);
    this.#sampler = this.#newSampler();
  }

  /** Number of `optimizer.step()` calls so far. */
  get steps(): number {
    return this.#step;
  }

  // --- what the engine calls ----------------------------------------------------------------------------------------

  moduleConstructed(module: AnyModule): void {
    this.registry.constructed(module, this.moduleConstructed);
  }

  forward(module: AnyModule, _inputs: readonly unknown[], output: unknown): void {
    if (this.#sampler) {
      this.registry.called(module, output);
      this.#sampler.forward(module, output);
    } else if (this.registry.isNew(module)) {
      this.registry.called(module, output);
    }
  }

  beforeBackward(loss: Tensor): void {
    this.#trainingBegin ??= this.#now();
    this.#epochs.trains();
    if (loss.numel() !== 1) return;
    this.#loss = loss.item();
    this.#series.add("loss", this.#step, this.#epochs.epoch, this.#loss);
  }

  beforeStep(optimizer: Optimizer): void {
    for (const { name, value } of this.#rates.changes(optimizer)) this.#series.add(name, this.#step, this.#epochs.epoch, value);
    if (this.#isDue) this.#tellModels();
    this.#options.beforeStep?.(this.#step);
    this.#pass();
  }

  afterStep(): void {
    this.#step++;
    this.#throughput.step(this.#epochs.batch?.samples ?? 0);
    const now = this.#now();
    this.#sendIfDue(now);
    if (!this.#schedule.isDue(now)) return;
    this.#isDue = true;
    this.#sampler = this.#newSampler();
  }

  epochStart(loader: DataLoader<unknown>): void {
    this.#epochs.passStarts(loader);
    this.#pass();
  }

  batch(loader: DataLoader<unknown>, index: number): void {
    this.#epochs.batchStarts(loader, index);
    this.#pass();
  }

  epochEnd(loader: DataLoader<unknown>): void {
    this.#epochs.passEnds(loader);
  }

  log(values: Readonly<Record<string, unknown>>): void {
    for (const [name, value] of Object.entries(values)) {
      const number = value instanceof Tensor && value.numel() === 1 ? value.item() : value;
      if (typeof number === "number") {
        const series = this.#logged.series(name);
        if (series !== undefined) this.#series.add(series, this.#step, this.#epochs.epoch, number);
      } else {
        const note = this.#logged.note(name, number);
        if (note) this.#options.sink.event({ type: "note", step: this.#step, ...note });
      }
    }
    for (const message of this.#logged.complaints()) {
      const position = callerPosition(this.#options.source, this.log);
      this.#options.sink.event({ type: "problem", problem: { severity: "warning", code: "log", message, ...(position ? { position } : {}) } });
    }
    this.#sendIfDue(this.#now());
  }

  // --- what the runner calls ----------------------------------------------------------------------------------------

  /** A turn of a loop over epochs: its counter, what it began with, and the first value that it will not take. */
  loopTurn(counter: number, first: number, bound: number): void {
    this.#epochs.loopTurn(counter, first, bound);
  }

  /** Tells the models as they are now, and what was measured of the step that is under way. */
  report(): void {
    this.#tellModels();
    this.flush();
  }

  /** Sends all points that wait. */
  flush(): void {
    this.#series.flush();
  }

  /** The last words of a run. */
  finish(): void {
    for (const [name, value] of this.#rates.latest()) this.#series.add(name, this.#step, this.#epochs.epoch, value);
    this.report();
    if (this.#step > 0) this.#tellProgress(this.#now());
  }

  // --- inside -------------------------------------------------------------------------------------------------------

  /** Milliseconds of running time. */
  #now(): number {
    return performance.now() - this.#begin - this.#paused;
  }

  #newSampler(): StepSampler | null {
    return this.#options.sampling.enabled ? new StepSampler(this.#options.sampling.bins) : null;
  }

  #pass(): void {
    this.#paused += this.#options.gate(() => this.flush());
  }

  #tellModels(): void {
    const begin = performance.now();
    const sampler = this.#sampler;
    const models = this.registry.describe((module) => sampler?.has(module) ?? false);
    this.#tellChangedModels(models);
    const statistics = sampler?.finish(models, this.#step, this.#epochs.epoch) ?? [];
    for (const measured of statistics) this.#options.sink.event({ type: "statistics", statistics: measured });
    this.#sampler = null;
    this.#isDue = false;
    const cost = (sampler?.cost ?? 0) + performance.now() - begin;
    this.#schedule.sampled(this.#now(), cost);
  }

  #tellChangedModels(models: readonly DescribedModel[]): void {
    const infos = models.map(({ info }) => info);
    const text = JSON.stringify(infos);
    if (text === this.#lastModels) return;
    this.#lastModels = text;
    this.#options.sink.event({ type: "models", models: infos });
  }

  #sendIfDue(now: number): void {
    if (now < this.#nextFlush) return;
    this.#nextFlush = now + flushInterval;
    this.flush();
    if (now < this.#nextProgress) return;
    this.#nextProgress = now + progressInterval;
    this.#tellProgress(now);
  }

  #tellProgress(now: number): void {
    const { epoch, epochs, batch } = this.#epochs;
    const rates = this.#throughput.rates(now);
    const remaining = this.#remainingSeconds(now);
    const progress: Progress = {
      epoch,
      step: this.#step,
      stepsPerSecond: rates.steps,
      elapsed: now,
      ...(epochs === undefined ? {} : { epochs }),
      ...(batch ? { batch: batch.index, batches: batch.count } : {}),
      ...(this.#loss === undefined ? {} : { loss: this.#loss }),
      ...(rates.samples > 0 ? { samplesPerSecond: rates.samples } : {}),
      ...(remaining === undefined ? {} : { remainingSeconds: remaining }),
    };
    this.#options.sink.event({ type: "progress", progress });
  }

  /** From the share of the epochs that is done. */
  #remainingSeconds(now: number): number | undefined {
    const { epoch, epochs, batch } = this.#epochs;
    if (epochs === undefined || this.#trainingBegin === undefined) return undefined;
    const within = batch && batch.count > 0 ? (batch.index + 1) / batch.count : 0;
    const done = (epoch + within) / epochs;
    return done > 0 ? ((now - this.#trainingBegin) / 1000) * Math.max(0, 1 / done - 1) : undefined;
  }
}
