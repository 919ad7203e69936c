/** The instrument that a run is watched with: hands each of the engine's calls to the part that it concerns. Changes no number of the program's. */
import type { DataLoader } from "../engine/data/dataLoader.ts";
import type { ComputedLoss, Instrument, Resumable } from "../engine/instrument.ts";
import { writeFile } from "../engine/io/files.ts";
import { areGhosts } from "../engine/memory/reading.ts";
import type { AnyModule } from "../engine/nn/module.ts";
import type { LRScheduler } from "../engine/optim/lrScheduler/base.ts";
import type { Optimizer } from "../engine/optim/optimizer.ts";
import type { Tensor } from "../engine/tensor.ts";
import type { Problem, RunEvent, SamplingOptions, Steering, WeightsRequest } from "../protocol/index.ts";
import type { Trail } from "./badNumbers/alarm.ts";
import type { CheckpointSink } from "./checkpoints/checkpoint.ts";
import { Checkpoints, type AtMoment } from "./checkpoints/checkpoints.ts";
import { Holdings, type Stream } from "./checkpoints/holdings.ts";
import { Curves } from "./curves/curves.ts";
import type { MetricBuffer } from "./curves/metricBuffer.ts";
import { SeriesWriter, type SeriesSink } from "./curves/series.ts";
import { PassWatch } from "./graph/passWatch.ts";
import { Lints } from "./lints/lints.ts";
import { Measurements } from "./measuring/measurements.ts";
import { ModelSearch } from "./measuring/modelSearch.ts";
import type { ModelWatch } from "./measuring/modelWatch.ts";
import { ModelWatches } from "./measuring/modelWatches.ts";
import { Watching } from "./measuring/watching.ts";
import { Takeover } from "./weights/takeover.ts";
import { captured } from "./weights/capture.ts";
import { writeWeights, type HeldWeights } from "./weights/weightFile.ts";
import { WorkMeter } from "./measuring/workMeter.ts";
import { ModelRegistry } from "./models/modelRegistry.ts";
import { Optimizers } from "./models/optimizers.ts";
import { callerPosition } from "./program/construction.ts";
import { OperationWatches } from "./program/operationWatches.ts";
import type { ProgramSource } from "./program/programSource.ts";
import { Report } from "./report.ts";
import { SampleWatch } from "./sample/sampleWatch.ts";
import type { Gate } from "./steering/gate.ts";
import { Interventions } from "./steering/interventions.ts";
import type { RepeatedCourse } from "./steering/retrace.ts";
import { Stops } from "./steering/stops.ts";
import { Course } from "./steps/course.ts";
import { OpenCalls } from "./values/openCalls.ts";
import type { ValuePlace } from "./values/valuePlace.ts";
import { Tracing } from "./tracing/tracing.ts";
import { ValueWatch } from "./values/valueWatch.ts";

export interface ObserverSink extends SeriesSink {
  event(event: RunEvent): void;
  /** A loss, a gradient or a parameter is no longer finite; what is known of it at once. Where nobody looks further that is the last word. */
  alarm?(problem: Problem, trail: Trail): void;
}

export interface ObserverOptions {
  readonly sampling: SamplingOptions;
  readonly source: ProgramSource;
  readonly metrics: MetricBuffer;
  readonly sink: ObserverSink;
  readonly gate: Gate;
  /** Runs code of the program's once more, for a person to look; what it prints meanwhile isn't the program's. */
  readonly quietly?: <T>(task: () => T) => T;
  /** The places of the user's text that tell their values; none in a training. */
  readonly places?: readonly ValuePlace[];
  /** The run that this one repeats. */
  readonly repeated?: RepeatedCourse;
  /** Called where a checkpoint can be taken, or the run be put back to one. */
  readonly atMoment?: AtMoment;
  /** Where checkpoints go that are taken every now and then; none are without. */
  readonly checkpoints?: CheckpointSink;
  /** Another run's, that the models begin with. */
  readonly weights?: { readonly held: HeldWeights; readonly request: WeightsRequest };
  /** Called when the first step is about to be taken, or was taken by hand, and all that is known was told. May throw. */
  readonly firstStep?: () => void;
}

/** Of what measuring may cost, the part that looking at passes operation by operation may. */
const shareForPasses = 0.1;

export class Observer implements Instrument {
  readonly #options: ObserverOptions;
  readonly #course = new Course();
  readonly #clock = this.#course.clock;
  readonly #iterations = this.#course.iterations;
  readonly registry: ModelRegistry;
  /** What looks at operations, which is called by itself. */
  readonly operations = new OperationWatches(this.#clock);
  readonly #meter = new WorkMeter(this.#clock, this.operations);
  readonly #watching: Watching;
  readonly #watches: ModelWatches;
  readonly #search: ModelSearch;
  readonly #measurements: Measurements;
  readonly #curves: Curves;
  readonly #optimizers: Optimizers;
  readonly #interventions: Interventions;
  readonly #holdings: Holdings;
  readonly checkpoints: Checkpoints;
  readonly #samples: SampleWatch;
  /** None before anything is watched. */
  #passes: PassWatch | undefined;
  readonly #lints: Lints;
  /** Calls that are under way, and what came of those that failed. */
  readonly calls = new OpenCalls();
  readonly values: ValueWatch | undefined;
  readonly #report: Report;
  readonly #stops: Stops;
  readonly #tracing: Tracing;
  /** Of another run's weights; none where the models begin with their own. */
  readonly #takeover: Takeover | undefined;

  constructor(options: ObserverOptions) {
    this.#options = options;
    const { sampling, source, metrics, sink, gate, quietly } = options;
    const tell = (event: RunEvent): void => sink.event(event);
    const course = this.#course;
    const operations = this.operations;
    const meter = this.#meter;
    const registry = (this.registry = new ModelRegistry(source));
    const watching = (this.#watching = new Watching(sampling, options.repeated?.lastMeasured));
    const watches = (this.#watches = new ModelWatches(course, watching, meter));
    const search = (this.#search = new ModelSearch({ course, registry, watching, watches, tell }));
    const measurements = (this.#measurements = new Measurements({ course, registry, watching, watches, search, meter, operations, tell }));
    const series = new SeriesWriter(metrics, sink);
    const curves = (this.#curves = new Curves({
      course,
      watches,
      source,
      series,
      tell,
      alarm: (problem, trail) => (sink.alarm ? sink.alarm(problem, trail) : tell({ type: "problem", problem })),
    }));
    const optimizers = (this.#optimizers = new Optimizers(() => watches.paths()));
    const interventions = (this.#interventions = new Interventions({ course, watches, optimizers, tell }));
    const holdings = (this.#holdings = new Holdings(course, registry, optimizers));
    const checkpoints = (this.checkpoints = new Checkpoints(course, holdings, options));
    const samples = (this.#samples = new SampleWatch((news) => tell({ type: "followed", news }), watching, quietly));
    this.values = options.places?.length ? this.#newValueWatch(options.places, tell) : undefined;
    if (watching.enabled) this.#passes = this.#newPassWatch(options);
    this.#lints = new Lints({
      course,
      registry,
      watches,
      optimizers,
      source,
      calls: this.calls,
      operations,
      isInspection: options.firstStep !== undefined,
      isFrozenByHand: () => !interventions.frozen.isEmpty,
      tell: (problem) => tell({ type: "problem", problem }),
    });
    const report = (this.#report = new Report({
      course,
      watching,
      measurements,
      curves,
      series,
      optimizers,
      passCounts: () => this.#passes?.counts() ?? [],
      timePassed: () => this.timePassed(),
      tell,
    }));
    this.#stops = new Stops({ course, gate, source, watches, search, samples, interventions, checkpoints, report, tell, repeated: options.repeated });
    this.#tracing = new Tracing({
      course,
      source,
      operations,
      calls: this.calls,
      models: () => {
        search.find();
        return watches.models;
      },
      placeOf: (module) => watches.placeOf(module),
      tell: (trace) => tell({ type: "trace", trace }),
    });
    if (options.weights) this.#takeover = new Takeover({ weights: options.weights.held, request: options.weights.request, registry, tell });
    meter.turn(watching.enabled);
  }

  /** Number of steps that the run has taken. */
  get steps(): number {
    return this.#course.steps;
  }

  /** The step, from 0, that what the program says now belongs to. */
  get step(): number {
    return this.#curves.losses.step;
  }

  // --- what the engine calls ----------------------------------------------------------------------------------------

  moduleConstructed(module: AnyModule): void {
    this.registry.constructed(module, this.moduleConstructed);
  }

  forwardStarts(module: AnyModule, inputs: readonly unknown[]): void {
    if (this.#isPassedBy && !this.registry.isNew(module)) return;
    this.#clock.stop();
    this.registry.callStarts(module, this.forwardStarts);
    this.#stops.callStarts(module, this.forwardStarts);
    if (this.calls.innermost === undefined) this.#takeover?.callStarts(module);
    this.#tracing.forwardStarts(module, inputs);
    this.calls.starts(module, inputs);
    this.#passes?.forwardStarts(module, inputs);
    this.#measurements.forwardStarts(module, inputs);
    this.#clock.go();
    this.#meter.entered(module, inputs);
  }

  forward(module: AnyModule, inputs: readonly unknown[], output: unknown): void {
    if (this.#isPassedBy) {
      this.#curves.losses.called(module, output);
      this.#measurements.called(module, output);
      return;
    }
    this.#clock.stop();
    this.#stops.callEnds();
    this.calls.ends();
    this.values?.forward(module, output);
    this.#meter.left(module, output);
    const root = this.#watches.ofRoot(module);
    if (root) this.#samples.called(root.model, inputs, output, root.sampler !== null);
    if (root) this.#lints.modelCalled(root, inputs, output);
    this.#curves.losses.called(module, output);
    this.#passes?.forward(module, output);
    this.#tracing.forward(module, output);
    const isNew = this.registry.isNew(module);
    const isMeasured = this.#measurements.called(module, output);
    if (isNew || isMeasured) this.registry.called(module, inputs, output);
    this.#clock.go();
  }

  forwardFailed(module: AnyModule, error: unknown): void {
    if (this.#isPassedBy) return this.#iterations.callFailed();
    this.#stops.callEnds();
    this.calls.fails(error);
    this.#meter.failed(module);
    this.#iterations.callFailed();
    this.#passes?.forwardFailed(module, error);
  }

  optimizerConstructed(optimizer: Optimizer): void {
    this.#iterations.optimizerConstructed(optimizer);
    this.#curves.losses.optimizerConstructed(optimizer);
    this.#optimizers.constructed(optimizer, callerPosition(this.#options.source, this.optimizerConstructed));
    this.#holdings.optimizerConstructed(optimizer);
    this.#watches.forgetOwners();
    this.#lints.optimizerConstructed(optimizer);
  }

  modulesCopied(copies: readonly AnyModule[]): void {
    const position = callerPosition(this.#options.source, this.modulesCopied);
    this.#holdings.modulesCopied(copies, position ? `${position.file}:${position.line}:${position.column}` : "");
  }

  generatorConstructed(stream: Stream): void {
    this.#holdings.generatorConstructed(stream);
  }

  schedulerConstructed(scheduler: Resumable): void {
    this.#holdings.schedulerConstructed(scheduler);
  }

  schedulerStepped(scheduler: LRScheduler): void {
    this.#lints.schedulerStepped(scheduler);
  }

  loaderConstructed(loader: DataLoader<unknown>): void {
    this.#holdings.loaders.constructed(loader);
    this.#lints.loaderConstructed(loader);
  }

  loss(computed: ComputedLoss): void {
    this.#clock.stop();
    this.#passes?.loss(computed);
    this.#measurements.computed(computed);
    this.#lints.loss(computed);
    this.#curves.losses.computed(computed);
    this.#samples.loss(computed, this.#course.underWay, this.#course.time.now, this.#watches.isMeasured);
    this.#clock.go();
  }

  beforeBackward(loss: Tensor): void {
    this.#clock.stop();
    if (this.#iterations.lookForUpdate(loss)) this.#steppedByHand();
    this.#iterations.beforeBackward(loss);
    this.#tracing.trains();
    this.checkpoints.beforeBackward();
    this.#takeover?.trains();
    this.#passes?.beforeBackward(loss);
    this.#tracing.beforeBackward(loss);
    this.#report.trains();
    this.#stops.trains();
    this.#course.epochs.trains();
    this.#samples.trained(this.#course.underWay, this.#course.time.now);
    this.#measurements.beforeBackward(loss);
    this.#curves.beforeBackward(loss, this.beforeBackward);
    this.#lints.beforeBackward(loss);
    this.#clock.go();
  }

  /** A person froze them while the program ran. */
  isFrozenOnPurpose(): boolean {
    return !this.#interventions.frozen.isEmpty;
  }

  afterBackward(loss: Tensor): void {
    this.#clock.stop();
    this.#tracing.afterBackward();
    this.#clock.go();
    this.#lints.afterBackward(loss);
    // The program may change the parameters from now on.
    if (this.#iterations.isByHand) this.#measurements.beforeUpdateByHand();
  }

  beforeStep(optimizer: Optimizer): void {
    this.#clock.stop();
    this.#iterations.beforeStep(optimizer);
    this.#tracing.trains();
    this.#interventions.frozen.keep();
    this.#measurements.beforeStep(optimizer);
    if (this.steps === 0) {
      this.#report.tellOptimizers();
      this.#report.tellWatch();
    }
    this.#curves.beforeStep(optimizer, this.beforeStep);
    this.#lints.beforeStep(optimizer);
    if (this.steps === 0 && this.#options.firstStep) {
      this.#measurements.tellWork(this.#watches.steppedBy(optimizer));
      this.#options.firstStep();
    }
    this.#stops.beforeStep();
    this.#takeover?.beforeStep(optimizer);
    this.#tracing.beforeStep(optimizer);
    this.#clock.go();
    this.#meter.optimizerBegins();
  }

  afterStep(optimizer: Optimizer): void {
    this.#meter.optimizerEnds();
    this.#clock.stop();
    this.#tracing.afterStep(optimizer);
    const models = this.#watches.steppedBy(optimizer);
    const isFirst = this.#iterations.afterStep(optimizer);
    this.#holdings.optimizerStepped(optimizer);
    this.#curves.losses.stepEnds();
    this.#stepped(models, isFirst, optimizer);
    this.#passes?.stepped();
    this.#tracing.stepped();
    this.#lints.afterStep(optimizer);
    this.#clock.go();
  }

  epochStart(loader: DataLoader<unknown>): void {
    this.#lints.passStarts(loader);
    this.#passTurns();
    this.#course.epochs.passStarts(loader);
    this.#samples.passStarts(this.#course.time.now);
    this.#stops.betweenSteps();
  }

  batch(loader: DataLoader<unknown>, index: number): void {
    this.#turn();
    this.#course.epochs.batchStarts(loader, index);
    this.#holdings.loaders.at(loader, index);
    this.#course.loops.batch(loader, index);
    this.#lints.batch(loader);
    this.values?.batch(loader);
    this.#stops.betweenSteps();
  }

  epochEnd(loader: DataLoader<unknown>): void {
    this.#course.epochs.passEnds(loader);
    this.#holdings.loaders.at(loader, null);
    this.#lints.passEnds(loader);
    this.#course.loops.batchesEnd();
  }

  log(values: Readonly<Record<string, unknown>>): void {
    if (this.#iterations.lookForUpdate()) this.#steppedByHand();
    this.#curves.log(values, this.log);
    this.#report.tellIfDue(this.#course.time.now);
  }

  // --- what the runner calls ----------------------------------------------------------------------------------------

  /**
   * A turn of a loop over epochs.
   * @param counter of the loop; `first` is what it began with, `bound` the first value that it will not take
   * @param loop which one
   */
  loopTurn(counter: number, first: number, bound: number, loop: number): void {
    this.#course.epochs.loopTurn(counter, first, bound);
    this.#curves.lines.epoch(loop, counter - first, bound - first);
  }

  /**
   * A turn of a loop that trains. May block or throw.
   * @param loop which one
   * @param index which turn (from 0) of how many, where the loop counts
   * @param mayBreak whether it may be left before
   */
  trainingTurn(loop: number, mayBreak: boolean, index?: number, count?: number): void {
    this.#clock.stop();
    this.#turn();
    this.#curves.losses.turn();
    this.#course.loops.turn({ id: loop, index, count, mayBreak, constructed: this.registry.count });
    if (index !== undefined && this.#course.loops.isOutermost(loop)) this.#curves.lines.turn(loop, index, count);
    this.#measurements.turn();
    this.#stops.betweenSteps();
    this.#clock.go();
  }

  /** A loop that trains is over. */
  trainingLoopLeft(loop: number): void {
    const { loops } = this.#course;
    const isOutermost = loops.isOutermost(loop);
    loops.left(loop);
    if (!isOutermost) return;
    this.#clock.stop();
    this.checkpoints.betweenSteps(true);
    this.#clock.go();
  }

  /** A `backward()` or a `log()` that stands in the user's text is over. */
  callEnded(call: number): void {
    this.#curves.lines.called(call);
  }

  /** The program has that value at a place of the user's text. */
  value(value: unknown, place: number): void {
    this.values?.value(value, place, this.calls.innermost);
  }

  /** Nothing was called for a while: what is left to be told is, as far as it is time. */
  timePassed(): void {
    this.#report.tellIfDue(this.#course.time.now);
  }

  /** From the step to come on operations compute nothing for a while. */
  leaveOut(): void {
    this.#measurements.leaveOut();
    this.#samples.leaveOut();
    this.#lints.leaveOut();
  }

  /** Hears what the program is told; called while it passes or waits at the gate. */
  steer(steering: Steering): void {
    switch (steering.type) {
      case "measure":
        return this.#measureNext();
      case "trace":
        return this.#trace();
      case "advance":
        if (this.#stops.setOut(steering.to) && this.#watching.enabled) this.#measureNext();
        return this.#options.gate.release();
      case "watch":
        this.#watching.choose(steering.watch, this.#watches.models, this.#course.time.now);
        if (this.#watching.enabled) this.#passes ??= this.#newPassWatch(this.#options);
        return this.#report.tellWatch();
      case "change":
        return this.#stops.change({ change: steering.change });
      case "undo":
        return this.#stops.change({ undo: steering.intervention });
      case "look":
        this.#samples.ask(steering.look, this.#course.time.now);
        return this.#stops.follow();
      case "capture":
        return this.#capture(steering.file);
    }
  }

  /** The program ends with an error. */
  failed(error: unknown): void {
    this.#search.find();
    this.#passes?.failed(error);
    this.#tracing.finish();
  }

  /** The last words of a run. */
  finish(): void {
    if (this.#iterations.lookForLastUpdate()) {
      this.#curves.losses.steppedByHand();
      this.#stepped(this.#watches.called, true);
    }
    this.#curves.endRates();
    this.#search.find();
    this.#report.tellOptimizers();
    this.#passes?.finish();
    this.#tracing.finish();
    this.#lints.finish();
    this.#measurements.tellUnfinished();
    this.values?.finish();
    this.#curves.losses.tellWaiting(true);
    this.#report.tellAll();
    this.checkpoints.finish();
    if (!this.#options.firstStep) {
      this.#samples.finish(this.#watches.models, this.#course.underWay, this.#course.time.now / Math.max(1, this.steps));
    }
    this.#meter.turn(false);
  }

  // --- what several calls come to -----------------------------------------------------------------------------------

  /**
   * Whether calls of modules are nobody's concern: nothing is computed, and what there is to know of these modules is known.
   * What is called for the first time is heard of as ever, with all that is called in it.
   */
  get #isPassedBy(): boolean {
    return areGhosts() && this.calls.innermost === undefined;
  }

  /** A turn of a loop ends what the last one began. */
  #turn(): void {
    if (this.#iterations.lookForUpdate()) this.#steppedByHand();
    this.#iterations.turn();
    this.#passTurns();
  }

  #passTurns(): void {
    this.#clock.stop();
    this.#passes?.turn();
    this.#tracing.turn();
    this.#clock.go();
  }

  #steppedByHand(): void {
    const isFirstOfRun = this.steps === 1;
    this.#curves.losses.steppedByHand();
    this.#stepped(this.#watches.called, true);
    if (isFirstOfRun) this.#options.firstStep?.();
  }

  /**
   * @param isFirst whether nothing else was updated in this step of the run
   * @param optimizer that stepped; none where the program updates its parameters itself
   */
  #stepped(models: readonly ModelWatch[], isFirst: boolean, optimizer?: Optimizer): void {
    const { now } = this.#course.time;
    this.#measurements.stepped(models, now, optimizer);
    if (models.some(({ isDue }) => isDue)) this.#passes?.look(false);
    if (isFirst) this.#report.stepped();
    this.#report.tellIfDue(now);
  }

  /** Told while the program passes between two steps or waits: nothing is half done. */
  #capture(file: string): void {
    this.#search.find();
    const holders = this.#optimizers.holders();
    const models = this.#watches.models.map((model) => captured(model, holders));
    const tell = (failure?: string): void => this.#options.sink.event({ type: "captured", file, step: this.steps, ...(failure !== undefined && { failure }) });
    if (areGhosts()) return tell("The run is not back at its step yet.");
    if (models.length === 0) return tell("The program has made no model yet.");
    try {
      writeFile(file, writeWeights({ models, step: this.steps }, file));
      tell();
    } catch (error) {
      tell((error as Error).message);
    }
  }

  #measureNext(): void {
    this.#measurements.ask();
    this.#passes?.look(true);
  }

  /** A run that stands goes on to the end of a step, and stands again. */
  #trace(): void {
    const { gate } = this.#options;
    const { isStanding } = this.#stops;
    this.#measureNext();
    this.#tracing.ask(() => void (isStanding && gate.hold()));
    if (isStanding) gate.release();
  }

  #newValueWatch(places: readonly ValuePlace[], tell: (event: RunEvent) => void): ValueWatch {
    const placeOf = (module: AnyModule): ReturnType<ModelWatches["placeOf"]> => this.#watches.placeOf(module);
    return new ValueWatch({ places, clock: this.#clock, operations: this.operations, placeOf, tell });
  }

  #newPassWatch({ source, sampling }: ObserverOptions): PassWatch {
    return new PassWatch({
      operations: this.operations,
      isOwn: (module) => source.declaredAt(module.constructor) !== undefined,
      position: (below) => callerPosition(source, below),
      placeOf: (module) => this.#watches.placeOf(module),
      step: () => this.#iterations.index,
      beforeTelling: () => this.#search.findNew(),
      tell: (pass) => this.#options.sink.event({ type: "pass", pass }),
      share: sampling.budget * shareForPasses,
    });
  }
}
