/** Watches an engine run through its instrument and tells it as protocol events. Changes no number of the program's. */
import { isGradEnabled } from "../engine/autograd/gradMode.ts";
import type { DataLoader } from "../engine/data/dataLoader.ts";
import type { ComputedLoss, Instrument } from "../engine/instrument.ts";
import type { AnyModule } from "../engine/nn/module.ts";
import type { Optimizer, ParamGroup } from "../engine/optim/optimizer.ts";
import { Tensor } from "../engine/tensor.ts";
import type { Progress, RunEvent, SamplingOptions, Steering, StepStatistics } from "../protocol/index.ts";
import { isValidationLoss } from "../run/curveNames.ts";
import { callerPosition } from "./construction.ts";
import { isUpToDate, type DescribedModel } from "./describeModel.ts";
import { EpochCounter } from "./epochCounter.ts";
import { Iterations } from "./iterations.ts";
import { LearningRates } from "./learningRates.ts";
import { LineNames } from "./lineNames.ts";
import { LoggedValues } from "./logged.ts";
import { Losses } from "./losses.ts";
import type { MetricBuffer } from "./metricBuffer.ts";
import { ModelRegistry, type ProgramSource } from "./modelRegistry.ts";
import { ModelWatches, type ModelWatch } from "./modelWatch.ts";
import { isLossName, NonFiniteLoss } from "./nonFiniteLoss.ts";
import { SeriesWriter, type SeriesSink } from "./series.ts";
import { StepSampler } from "./stepSampler.ts";
import { Throughput } from "./throughput.ts";
import { TrainingLoops } from "./trainingLoops.ts";

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
  /** Called when the first step is about to be taken, or was taken by hand, and all that is known was told. May throw. */
  readonly firstStep?: () => void;
}

/** Milliseconds between two sendings of points, and of progress. */
const flushInterval = 50;
const progressInterval = 100;
/** Milliseconds after which models are described anew at a measured step though nothing is known to have changed. */
const searchInterval = 250;
/** Looking for models among modules that are new: as often as this in any case, and later for this share of the time. */
const freeSearches = 8;
const shareForSearching = 0.01;

export class Observer implements Instrument {
  readonly registry: ModelRegistry;
  readonly #options: ObserverOptions;
  readonly #series: SeriesWriter;
  readonly #epochs = new EpochCounter();
  readonly #loops = new TrainingLoops();
  readonly #iterations = new Iterations();
  readonly #logged = new LoggedValues();
  readonly #throughput = new Throughput();
  readonly #watches: ModelWatches;
  readonly #losses: Losses;
  readonly #rates: LearningRates<ParamGroup, Optimizer>;
  readonly #nonFinite: NonFiniteLoss;
  readonly #begin = performance.now();
  /** The search in which a module that belongs to no model was met. */
  readonly #metIn = new WeakMap<AnyModule, number>();
  /** Whether such a module was met since the last search; what measures them. */
  #hasStrangers = false;
  #strangers: StepSampler | null = null;
  #searches = 0;
  #lastSearch = 0;
  /** How often such modules made a search necessary, and the milliseconds that took. */
  #newcomers = 0;
  #newcomersTime = 0;
  /** A `backward()`, or a module that failed, since the last step. */
  #isUnfinished = false;
  /** The step of the last `backward()` of a loss. */
  #backwardStep: number | undefined;
  #paused = 0;
  #nextFlush = 0;
  #nextProgress = 0;
  #lastModels = "";
  #trainingBegin: number | undefined;

  constructor(options: ObserverOptions) {
    this.#options = options;
    this.registry = new ModelRegistry(options.source);
    this.#series = new SeriesWriter(options.metrics, options.sink);
    this.#watches = new ModelWatches(options.sampling);
    const renamed = (from: string, to: string): void => this.#rename(from, to);
    this.#losses = new Losses({
      iterations: this.#iterations,
      epochs: this.#epochs,
      watches: this.#watches,
      add: (name, step, epoch, value) => this.#series.add(name, step, epoch, value),
      renamed,
    });
    this.#rates = new LearningRates(
      new LineNames("lr", renamed),
      (optimizer) => this.#losses.trainees.ofOptimizer(optimizer),
      ({ params }) => this.#watches.pathOf(params[0]),
    );
    this.#nonFinite = new NonFiniteLoss(options.source, (problem) => options.sink.event({ type: "problem", problem }));
  }

  /** Number of steps that the run has taken. */
  get steps(): number {
    return this.#iterations.completed;
  }

  /** The step, from 0, that what the program says now belongs to. */
  get step(): number {
    return this.#losses.step;
  }

  // --- what the engine calls ----------------------------------------------------------------------------------------

  moduleConstructed(module: AnyModule): void {
    this.registry.constructed(module, this.moduleConstructed);
  }

  forward(module: AnyModule, _inputs: readonly unknown[], output: unknown): void {
    this.#losses.called(module, output);
    const isNew = this.registry.isNew(module);
    let isMeasured = false;
    // Validation between two training steps is not part of the step.
    if (isGradEnabled()) {
      const watches = this.#watches.of(module);
      if (watches) for (const watch of watches) isMeasured = this.#called(watch, module, output) || isMeasured;
      else isMeasured = this.#meet(module, output);
    }
    if (isNew || isMeasured) this.registry.called(module, output);
  }

  forwardFailed(): void {
    this.#isUnfinished = true;
  }

  optimizerConstructed(optimizer: Optimizer): void {
    this.#iterations.optimizerConstructed(optimizer);
    this.#losses.optimizerConstructed(optimizer);
    this.#watches.forgetOwners();
  }

  loss(computed: ComputedLoss): void {
    this.#losses.computed(computed);
  }

  beforeBackward(loss: Tensor): void {
    if (this.#iterations.lookForUpdate(loss)) this.#steppedByHand();
    this.#iterations.beforeBackward(loss);
    this.#trainingBegin ??= this.#now();
    this.#isUnfinished = true;
    this.#epochs.trains();
    if (loss.numel() !== 1) return;
    const step = (this.#backwardStep = this.#iterations.index);
    const value = loss.item();
    this.#losses.goesBackward(loss, value);
    this.#nonFinite.check("loss", value, step, this.beforeBackward);
  }

  afterBackward(): void {
    if (!this.#iterations.isByHand) return;
    // The program may change the parameters from now on.
    this.#findChangedModels(this.#calledByHand());
    for (const watch of this.#calledByHand()) watch.pending = watch.sampler?.measure(watch.model, this.#iterations.index, this.#epochs.epoch);
  }

  beforeStep(optimizer: Optimizer): void {
    this.#iterations.beforeStep(optimizer);
    const step = this.#iterations.index;
    this.#measure(optimizer);
    this.#losses.stepBegins(optimizer);
    for (const { name, value } of this.#rates.changes(optimizer)) this.#series.add(name, step, this.#epochs.epoch, value);
    if (this.steps === 0) this.#options.firstStep?.();
    this.#pass();
  }

  afterStep(optimizer: Optimizer): void {
    const models = this.#steppedBy(optimizer);
    const isFirst = this.#iterations.afterStep(optimizer);
    this.#losses.stepEnds();
    this.#stepped(models, isFirst);
  }

  epochStart(loader: DataLoader<unknown>): void {
    this.#epochs.passStarts(loader);
    this.#pass();
  }

  batch(loader: DataLoader<unknown>, index: number): void {
    this.#turn();
    this.#epochs.batchStarts(loader, index);
    this.#loops.batch(index, lengthOf(loader));
    this.#pass();
  }

  epochEnd(loader: DataLoader<unknown>): void {
    this.#epochs.passEnds(loader);
    this.#loops.batchesEnd();
  }

  log(values: Readonly<Record<string, unknown>>): void {
    if (this.#iterations.lookForUpdate()) this.#steppedByHand();
    const { step } = this.#losses;
    for (const [name, value] of Object.entries(values)) {
      const number = value instanceof Tensor && value.numel() === 1 ? value.item() : value;
      if (typeof number === "number") {
        this.#logNumber(name, number, step);
        if (isLossName(name)) this.#nonFinite.check(name, number, step, this.log);
      } else {
        const note = this.#logged.note(name, number);
        if (note) this.#options.sink.event({ type: "note", step, ...note });
      }
    }
    for (const message of this.#logged.complaints()) {
      const position = callerPosition(this.#options.source, this.log);
      this.#options.sink.event({ type: "problem", problem: { severity: "warning", code: "log", message, ...(position ? { position } : {}) } });
    }
    this.#sendIfDue(this.#now());
  }

  #logNumber(name: string, value: number, step: number): void {
    // What is watched anyway has a curve of its own, which the program's value must not be mixed into.
    if ((name === "loss" && this.#losses.isKnown(value)) || (name === "lr" && this.#rates.isKnown(value))) return;
    const series = this.#logged.series(name === "loss" || name === "lr" ? `${name} (logged)` : name);
    if (series !== undefined) this.#series.add(series, step, this.#epochs.epoch, value);
    this.#losses.isValidationLogged ||= isValidationLoss(name);
  }

  // --- what the runner calls ----------------------------------------------------------------------------------------

  /** A turn of a loop over epochs: its counter, what it began with, and the first value that it will not take. */
  loopTurn(counter: number, first: number, bound: number): void {
    this.#epochs.loopTurn(counter, first, bound);
  }

  /**
   * A turn of a loop that trains. May block or throw.
   * @param loop which one
   * @param index which turn (from 0) of how many, where the loop counts
   * @param mayBreak whether it may be left before
   */
  trainingTurn(loop: number, mayBreak: boolean, index?: number, count?: number): void {
    this.#turn();
    this.#losses.turn();
    this.#loops.turn({ id: loop, index, count, mayBreak, constructed: this.registry.count });
    for (const watch of this.#watches.current) if (watch.steps > 0 && this.#loops.isLastTurn(watch.model.order)) watch.open();
    this.#pass();
  }

  /** A loop that trains is over. */
  trainingLoopLeft(loop: number): void {
    this.#loops.left(loop);
  }

  /** Hears what the program is told; called while it passes or waits at the gate. */
  steer(steering: Steering): void {
    switch (steering.type) {
      case "measure":
        for (const watch of this.#watches.current) watch.ask();
        break;
    }
  }

  /** Sends all points that wait. */
  flush(): void {
    this.#series.flush();
  }

  /** The last words of a run. */
  finish(): void {
    if (this.#iterations.lookForLastUpdate()) {
      this.#losses.steppedByHand();
      this.#stepped(this.#calledByHand(), true);
    }
    for (const [name, value] of this.#rates.latest()) this.#series.add(name, Math.max(0, this.steps - 1), this.#epochs.epoch, value);
    this.#findModels();
    for (const watch of this.#watches.current) this.#tellUnfinished(watch);
    this.#losses.tellWaiting(true);
    this.#tellWhatIsLeft();
  }

  // --- steps --------------------------------------------------------------------------------------------------------

  /** A turn of a loop ends what the last one began. */
  #turn(): void {
    if (this.#iterations.lookForUpdate()) this.#steppedByHand();
    this.#iterations.turn();
  }

  /** The models whose parameters the optimizer changes, and those that took part though no optimizer has them. */
  #steppedBy(optimizer: Optimizer): readonly ModelWatch[] {
    const trained = this.#watches.trainedBy(optimizer);
    const others = this.#watches.current.filter((watch) => watch.isCalled && !trained.includes(watch) && !this.#watches.hasOwner(watch, this.#iterations));
    return others.length > 0 ? [...trained, ...others] : trained;
  }

  #calledByHand(): readonly ModelWatch[] {
    return this.#watches.current.filter(({ isCalled }) => isCalled);
  }

  #steppedByHand(): void {
    const isFirstOfRun = this.#iterations.completed === 1;
    this.#losses.steppedByHand();
    this.#stepped(this.#calledByHand(), true);
    if (isFirstOfRun) this.#options.firstStep?.();
  }

  /** @param isFirst whether nothing else was updated in this step of the run */
  #stepped(models: readonly ModelWatch[], isFirst: boolean): void {
    const step = this.#iterations.index;
    const now = this.#now();
    this.#isUnfinished = false;
    for (const watch of models) {
      if (watch.pending) this.#tellStatistics(watch, watch.pending);
      watch.lastStep = step;
    }
    const sharers = this.#watches.current.filter(({ lastStep }) => lastStep >= step - 1 && lastStep >= 0).length;
    for (const watch of models) watch.stepped(step, now, this.#loops.remaining(watch.model.order), sharers);
    if (isFirst) this.#throughput.step(this.#epochs.batch?.samples ?? 0);
    this.#sendIfDue(now);
  }

  // --- measuring ----------------------------------------------------------------------------------------------------

  /** Returns whether it was measured. */
  #called(watch: ModelWatch, module: AnyModule, output: unknown): boolean {
    watch.isCalled = true;
    watch.usedAt = this.registry.count;
    watch.sampler?.forward(module, output);
    return watch.isDue;
  }

  /** A module that belongs to no model, as far as is known. Returns whether it was measured. */
  #meet(module: AnyModule, output: unknown): boolean {
    const met = this.#metIn.get(module);
    if (met !== undefined && met !== this.#searches) return false;
    if (this.#newcomers >= freeSearches && this.#newcomersTime > this.#now() * shareForSearching) return false;
    this.#metIn.set(module, this.#searches);
    this.#hasStrangers = true;
    const { enabled, bins } = this.#options.sampling;
    if (enabled) (this.#strangers ??= new StepSampler(bins)).forward(module, output);
    return true;
  }

  /** Measures what is to be measured of the models that the optimizer is about to change. */
  #measure(optimizer: Optimizer): void {
    this.#findChangedModels(this.#steppedBy(optimizer));
    const step = this.#iterations.index;
    for (const watch of this.#steppedBy(optimizer)) {
      if (watch.sampler) this.#tellStatistics(watch, watch.sampler.measure(watch.model, step, this.#epochs.epoch));
    }
  }

  /** No step is told twice. */
  #tellStatistics(watch: ModelWatch, statistics: StepStatistics): void {
    if (statistics.step <= watch.reported) return;
    watch.reported = statistics.step;
    watch.measured(this.#now());
    this.#options.sink.event({ type: "statistics", statistics });
  }

  /** What was measured of a step that the run didn't come to the end of. Evaluation after the training is none. */
  #tellUnfinished(watch: ModelWatch): void {
    const { sampler, steps, model, isCalled } = watch;
    if (!sampler || sampler.isEmpty || !isCalled || (steps > 0 && !this.#isUnfinished)) return;
    this.#tellStatistics(watch, watch.pending ?? sampler.measure(model, this.steps, this.#epochs.epoch));
  }

  /** Tells everything as it is now, so that the last of each kind is of the same step: the run pauses or ends. */
  #tellWhatIsLeft(): void {
    for (const watch of this.#watches.current) {
      const isUnderWay = this.#isUnfinished && watch.isCalled && this.#backwardStep === this.#iterations.index;
      const step = isUnderWay ? this.#iterations.index : watch.lastStep;
      if (!this.#options.sampling.enabled || step <= watch.reported) continue;
      const left = new StepSampler(this.#options.sampling.bins).measure(watch.model, step, this.#epochs.epoch);
      this.#tellStatistics(watch, { ...left, afterwards: true });
    }
    this.#losses.tellWaiting(false);
    this.flush();
    if (this.steps > 0 || this.#backwardStep !== undefined) this.#tellProgress(this.#now());
  }

  /** Looks which models there are, if that may have changed. */
  #findChangedModels(involved: readonly ModelWatch[]): void {
    const due = involved.filter(({ isDue }) => isDue);
    const isLongAgo = this.#now() - this.#lastSearch > searchInterval;
    const hasChanged = due.length > 0 && (isLongAgo || due.some(({ model }) => !isUpToDate(model)));
    if (this.#hasStrangers || this.#searches === 0 || hasChanged) this.#findModels();
  }

  /** Looks which models there are and tells them if they changed. */
  #findModels(): void {
    const begin = performance.now();
    const models = this.registry.describe((module) => this.#usedAt(module));
    this.#tellChangedModels(models);
    this.#watches.update(models, this.#strangers);
    this.#searches++;
    this.#lastSearch = this.#now();
    if (!this.#hasStrangers) return;
    this.#newcomers++;
    this.#newcomersTime += performance.now() - begin + (this.#strangers?.cost ?? 0);
    this.#strangers = null;
    this.#hasStrangers = false;
  }

  #usedAt(module: AnyModule): number | undefined {
    if (this.#metIn.get(module) === this.#searches) return this.registry.count;
    return this.#watches.ofRoot(module)?.usedAt;
  }

  // --- sending ------------------------------------------------------------------------------------------------------

  /** Milliseconds of running time. */
  #now(): number {
    return performance.now() - this.#begin - this.#paused;
  }

  #pass(): void {
    this.#paused += this.#options.gate(() => this.#tellWhatIsLeft());
  }

  #rename(from: string, to: string): void {
    this.#series.rename(from, to);
    this.#options.sink.event({ type: "renamed", from, to });
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
    const loss = this.#losses.newest;
    const remaining = this.#remainingSeconds(now);
    const progress: Progress = {
      epoch,
      step: this.steps,
      stepsPerSecond: rates.steps,
      elapsed: now,
      ...(epochs === undefined ? {} : { epochs }),
      ...(batch ? { batch: batch.index, batches: batch.count } : {}),
      ...(loss ? { loss: loss.value, lossStep: loss.step } : {}),
      ...(rates.samples > 0 ? { samplesPerSecond: rates.samples } : {}),
      ...(remaining === undefined ? {} : { remainingSeconds: remaining }),
    };
    this.#options.sink.event({ type: "progress", progress });
  }

  /** From the share of the epochs, or else of the loops' turns, that is done. */
  #remainingSeconds(now: number): number | undefined {
    const { epoch, epochs, batch } = this.#epochs;
    if (this.#trainingBegin === undefined) return undefined;
    const within = batch && batch.count > 0 ? (batch.index + 1) / batch.count : 0;
    const done = epochs === undefined ? (this.#loops.share ?? 0) : (epoch + within) / epochs;
    return done > 0 ? ((now - this.#trainingBegin) / 1000) * Math.max(0, 1 / done - 1) : undefined;
  }
}

/** Number of batches; streams may not know it. */
function lengthOf(loader: DataLoader<unknown>): number | undefined {
  try {
    return loader.length;
  } catch {
    return undefined;
  }
}
