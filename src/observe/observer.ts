/** Watches an engine run through its instrument and tells it as protocol events. Changes no number of the program's. */
import { isGradEnabled } from "../engine/autograd/gradMode.ts";
import type { DataLoader } from "../engine/data/dataLoader.ts";
import type { ComputedLoss, Instrument } from "../engine/instrument.ts";
import type { AnyModule } from "../engine/nn/module.ts";
import type { Optimizer, ParamGroup } from "../engine/optim/optimizer.ts";
import { Tensor } from "../engine/tensor.ts";
import type { Place, Progress, RunEvent, SamplingOptions, SourcePosition, Steering, StepStatistics } from "../protocol/index.ts";
import { isValidationLoss } from "../run/curveNames.ts";
import { LearningRates } from "./curves/learningRates.ts";
import { LineNames } from "./curves/lineNames.ts";
import { LoggedValues } from "./curves/logged.ts";
import { Losses } from "./curves/losses.ts";
import type { MetricBuffer } from "./curves/metricBuffer.ts";
import { isLossName, NonFiniteLoss } from "./curves/nonFiniteLoss.ts";
import { SeriesWriter, type SeriesSink } from "./curves/series.ts";
import { PassWatch } from "./graph/passWatch.ts";
import { GuessLevels } from "./measuring/guessLevel.ts";
import type { ModelWatch } from "./measuring/modelWatch.ts";
import { ModelWatches } from "./measuring/modelWatches.ts";
import { StepSampler } from "./measuring/stepSampler.ts";
import { Watching } from "./measuring/watching.ts";
import { WorkMeter } from "./measuring/workMeter.ts";
import { isUpToDate, type DescribedModel } from "./models/describeModel.ts";
import { ModelRegistry, type FoundModel } from "./models/modelRegistry.ts";
import { callerPosition } from "./program/construction.ts";
import { OperationWatches } from "./program/operationWatches.ts";
import { ProgramClock } from "./program/programClock.ts";
import type { ProgramSource } from "./program/programSource.ts";
import { SampleWatch } from "./sample/sampleWatch.ts";
import { Advance } from "./steering/advance.ts";
import { FrozenParameters } from "./steering/frozenParameters.ts";
import type { Gate } from "./steering/gate.ts";
import { Interventions, type Moment } from "./steering/interventions.ts";
import { Optimizers } from "./steering/optimizers.ts";
import { EpochCounter } from "./steps/epochCounter.ts";
import { Iterations } from "./steps/iterations.ts";
import { Throughput } from "./steps/throughput.ts";
import { TrainingLoops } from "./steps/trainingLoops.ts";

export interface ObserverSink extends SeriesSink {
  event(event: RunEvent): void;
}

export interface ObserverOptions {
  readonly sampling: SamplingOptions;
  readonly source: ProgramSource;
  readonly metrics: MetricBuffer;
  readonly sink: ObserverSink;
  readonly gate: Gate;
  /** Runs code of the program's once more, for a person to look; what it prints meanwhile isn't the program's. */
  readonly quietly?: <T>(task: () => T) => T;
  /** Called when the first step is about to be taken, or was taken by hand, and all that is known was told. May throw. */
  readonly firstStep?: () => void;
}

/** Milliseconds between two sendings of points, and of progress. */
const flushInterval = 100;
const progressInterval = 200;
const countsInterval = 1_000;
/** Milliseconds after which models are described anew at a measured step, and compared at any other, though nothing is known to have changed. */
const searchInterval = 250;
/** Looking for models among modules that are new: as often as this in any case, and later for this share of the time. */
const freeSearches = 8;
const shareForSearching = 0.01;
/** Of what measuring may cost, the part that looking at passes operation by operation may. */
const shareForPasses = 0.1;

export class Observer implements Instrument {
  readonly registry: ModelRegistry;
  readonly #options: ObserverOptions;
  readonly #series: SeriesWriter;
  readonly #epochs = new EpochCounter();
  readonly #loops = new TrainingLoops();
  readonly #iterations = new Iterations();
  readonly #logged = new LoggedValues();
  readonly #throughput = new Throughput();
  readonly #watching: Watching;
  readonly #watches: ModelWatches;
  readonly #optimizers = new Optimizers(() => this.#watches.paths());
  readonly #frozen = new FrozenParameters();
  readonly #interventions: Interventions;
  readonly #advance = new Advance();
  readonly #losses: Losses;
  readonly #rates: LearningRates<ParamGroup, Optimizer>;
  readonly #nonFinite: NonFiniteLoss;
  readonly #samples: SampleWatch;
  readonly #passes: PassWatch | undefined;
  readonly #clock = new ProgramClock();
  /** What looks at operations, which is called by itself. */
  readonly operations = new OperationWatches(this.#clock);
  readonly #meter = new WorkMeter(this.#clock, this.operations);
  readonly #guesses = new GuessLevels();
  /** Of the loss of the step under way. */
  #guess: number | undefined;
  readonly #begin = performance.now();
  /** The search in which a module that belongs to no model was met. */
  readonly #metIn = new WeakMap<AnyModule, number>();
  /** Whether such a module was met since the last search; what measures them. */
  #hasStrangers = false;
  #strangers: StepSampler | null = null;
  #searches = 0;
  #lastSearch = 0;
  /** Modules that had been constructed by then. */
  #searchedAmong = 0;
  /** When it is next looked whether the models are still as they were described. */
  #nextLook = 0;
  /** How often such modules made a search necessary, and the milliseconds that took. */
  #newcomers = 0;
  #newcomersTime = 0;
  /** Number of `backward()`s since the last step, and whether there was one, or a module that failed. */
  #backwards = 0;
  #isUnfinished = false;
  /** The step that was under way when the program last passed between two of them, and whether it is passing now. */
  #passedBefore = -1;
  #isBetweenSteps = false;
  /** Where the program is held up, while it is. */
  #placeOf: (() => Place) | undefined;
  /** The step of the last `backward()` of a loss. */
  #backwardStep: number | undefined;
  #paused = 0;
  #nextFlush = 0;
  #nextProgress = 0;
  #nextCounts = 0;
  #lastModels = "";
  #trainingBegin: number | undefined;

  constructor(options: ObserverOptions) {
    this.#options = options;
    this.registry = new ModelRegistry(options.source);
    this.#series = new SeriesWriter(options.metrics, options.sink);
    this.#watching = new Watching(options.sampling);
    this.#watches = new ModelWatches(this.#watching, this.#clock, this.#meter);
    this.#interventions = new Interventions({
      models: () => this.#models(),
      pathsOf: () => this.#watches.paths(),
      optimizers: this.#optimizers,
      frozen: this.#frozen,
      isByHand: () => this.#iterations.isByHand,
      moment: () => this.#moment(),
      tell: (event) => options.sink.event(event),
    });
    this.#samples = new SampleWatch((news) => options.sink.event({ type: "followed", news }), this.#watching, options.quietly);
    const renamed = (from: string, to: string): void => this.#rename(from, to);
    this.#losses = new Losses({
      iterations: this.#iterations,
      epochs: this.#epochs,
      watches: this.#watches,
      add: (name, step, epoch, value) => this.#series.add(name, step, epoch, value),
      wait: (name, step, epoch, value) => this.#series.wait(name, step, epoch, value),
      renamed,
    });
    this.#rates = new LearningRates(
      new LineNames("lr", renamed),
      (optimizer) => this.#losses.trainees.ofOptimizer(optimizer),
      ({ params }) => this.#watches.pathOf(params[0]),
    );
    if (this.#watching.enabled) this.#passes = this.#newPassWatch(options);
    this.#nonFinite = new NonFiniteLoss(options.source, (problem) => options.sink.event({ type: "problem", problem }));
    this.#meter.turn(this.#watching.enabled);
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

  forwardStarts(module: AnyModule, inputs: readonly unknown[]): void {
    this.#clock.stop();
    if (this.#advance.followsCalls && this.#advance.callStarts()) {
      const position = callerPosition(this.#options.source, this.forwardStarts);
      this.#options.gate.hold();
      this.#pass(() => this.#placeBefore(module, position));
    }
    this.#passes?.forwardStarts(module, inputs);
    if (isGradEnabled()) for (const watch of this.#watches.of(module) ?? []) watch.sampler?.forwardStarts(module, inputs);
    this.#clock.go();
    this.#meter.entered(module, inputs);
  }

  forward(module: AnyModule, inputs: readonly unknown[], output: unknown): void {
    this.#clock.stop();
    this.#advance.callEnds();
    this.#meter.left(module, output);
    const root = this.#watches.ofRoot(module);
    if (root) this.#samples.called(root.model, inputs, output, root.sampler !== null);
    this.#losses.called(module, output);
    this.#passes?.forward(module, output);
    const isNew = this.registry.isNew(module);
    let isMeasured = false;
    // Validation between two training steps is not part of the step.
    if (isGradEnabled()) {
      const watches = this.#watches.of(module);
      if (watches) for (const watch of watches) isMeasured = this.#called(watch, module, output) || isMeasured;
      else isMeasured = this.#meet(module, output);
    } else {
      this.#calledWithoutGrad(module);
    }
    if (isNew || isMeasured) this.registry.called(module, inputs, output);
    this.#clock.go();
  }

  forwardFailed(module: AnyModule, error: unknown): void {
    this.#advance.callEnds();
    this.#meter.failed(module);
    this.#isUnfinished = true;
    this.#passes?.forwardFailed(module, error);
  }

  optimizerConstructed(optimizer: Optimizer): void {
    this.#iterations.optimizerConstructed(optimizer);
    this.#losses.optimizerConstructed(optimizer);
    this.#optimizers.constructed(optimizer, callerPosition(this.#options.source, this.optimizerConstructed));
    this.#watches.forgetOwners();
  }

  loss(computed: ComputedLoss): void {
    this.#besides(() => {
      this.#passes?.loss(computed);
      const { current } = this.#watches;
      if (isGradEnabled() && (current.length === 0 || current.some(({ isDue }) => isDue))) this.#guesses.computed(computed);
      this.#losses.computed(computed);
      const sampler = current.find((watch) => watch.sampler && watch.isCalled)?.sampler;
      const cost = this.#samples.loss(computed, this.#underWay, this.#now(), Boolean(sampler));
      if (sampler) sampler.cost += cost;
    });
  }

  beforeBackward(loss: Tensor): void {
    this.#clock.stop();
    if (this.#iterations.lookForUpdate(loss)) this.#steppedByHand();
    this.#iterations.beforeBackward(loss);
    this.#passes?.beforeBackward(loss);
    this.#trainingBegin ??= this.#now();
    this.#isUnfinished = true;
    this.#backwards++;
    this.#advance.trains();
    this.#epochs.trains();
    this.#samples.trained(this.#underWay, this.#now());
    this.#guess = this.#guesses.of(loss);
    if (loss.numel() === 1) {
      const step = (this.#backwardStep = this.#iterations.index);
      const value = loss.item();
      this.#losses.goesBackward(loss, value);
      this.#nonFinite.check("loss", value, step, this.beforeBackward);
    }
    this.#clock.go();
  }

  /** A person froze them while the program ran. */
  isFrozenOnPurpose(): boolean {
    return !this.#frozen.isEmpty;
  }

  afterBackward(): void {
    if (!this.#iterations.isByHand) return;
    // The program may change the parameters from now on.
    this.#findChangedModels(this.#calledByHand());
    for (const watch of this.#calledByHand()) {
      watch.pending = this.#statisticsOf(watch, watch.sampler);
      watch.sampler?.keepParameters(watch.model);
    }
  }

  beforeStep(optimizer: Optimizer): void {
    this.#clock.stop();
    this.#iterations.beforeStep(optimizer);
    const step = this.#iterations.index;
    this.#frozen.keep();
    this.#measure(optimizer);
    if (this.steps === 0) {
      this.#tellOptimizers();
      this.#tellWatch();
    }
    this.#losses.stepBegins(optimizer);
    for (const { name, value } of this.#rates.changes(optimizer)) this.#series.add(name, step, this.#epochs.epoch, value);
    if (this.steps === 0 && this.#options.firstStep) {
      for (const watch of this.#steppedBy(optimizer)) this.#tellWork(watch, step);
      this.#options.firstStep();
    }
    // A program whose loops do not tell has no other place between its steps.
    if (step > this.#passedBefore) this.#passBetweenSteps();
    else this.#options.gate.look();
    this.#clock.go();
    this.#meter.optimizerBegins();
  }

  afterStep(optimizer: Optimizer): void {
    this.#meter.optimizerEnds();
    this.#clock.stop();
    const models = this.#steppedBy(optimizer);
    const isFirst = this.#iterations.afterStep(optimizer);
    this.#losses.stepEnds();
    this.#stepped(models, isFirst, new Set(optimizer.paramGroups.flatMap(({ params }) => params)));
    this.#passes?.stepped();
    this.#clock.go();
  }

  epochStart(loader: DataLoader<unknown>): void {
    this.#besides(() => this.#passes?.turn());
    this.#epochs.passStarts(loader);
    this.#samples.passStarts(this.#now());
    this.#passBetweenSteps();
  }

  batch(loader: DataLoader<unknown>, index: number): void {
    this.#turn();
    this.#epochs.batchStarts(loader, index);
    this.#loops.batch(index, lengthOf(loader));
    this.#passBetweenSteps();
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
    if (!this.#logged.hasSeries(name)) this.#losses.isValidationLogged ||= isValidationLoss(name);
    const series = this.#logged.series(name === "loss" || name === "lr" ? `${name} (logged)` : name);
    if (series !== undefined) this.#series.add(series, step, this.#epochs.epoch, value);
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
    this.#clock.stop();
    this.#turn();
    this.#losses.turn();
    this.#loops.turn({ id: loop, index, count, mayBreak, constructed: this.registry.count });
    for (const watch of this.#watches.current) if (watch.steps > 0 && this.#loops.isLastTurn(watch.model.order)) watch.open(this.#now());
    this.#lookOrNot();
    this.#passBetweenSteps();
    this.#clock.go();
  }

  /** A loop that trains is over. */
  trainingLoopLeft(loop: number): void {
    this.#loops.left(loop);
  }

  /** Hears what the program is told; called while it passes or waits at the gate. */
  steer(steering: Steering): void {
    switch (steering.type) {
      case "measure":
        return this.#measureNext();
      case "advance":
        this.#advance.setOut(steering.to);
        if (this.#advance.isClose && this.#watching.enabled) this.#measureNext();
        return this.#options.gate.release();
      case "watch":
        this.#watching.choose(steering.watch, this.#models(), this.#now());
        return this.#tellWatch();
      case "change":
        this.#interventions.ask({ change: steering.change });
        return this.#settle();
      case "undo":
        this.#interventions.ask({ undo: steering.intervention });
        return this.#settle();
      case "look":
        this.#samples.ask(steering.look, this.#now());
        return this.#follow();
    }
  }

  /** Sends all points that wait. */
  flush(): void {
    this.#series.flush();
  }

  /** The program ends with an error. */
  failed(error: unknown): void {
    this.#findModels();
    this.#passes?.failed(error);
  }

  /** The last words of a run. */
  finish(): void {
    if (this.#iterations.lookForLastUpdate()) {
      this.#losses.steppedByHand();
      this.#stepped(this.#calledByHand(), true);
    }
    for (const [name, value] of this.#rates.latest()) this.#series.add(name, Math.max(0, this.steps - 1), this.#epochs.epoch, value);
    this.#findModels();
    this.#tellOptimizers();
    this.#passes?.finish();
    for (const watch of this.#watches.current) this.#tellUnfinished(watch);
    this.#losses.tellWaiting(true);
    this.#tellWhatIsLeft();
    if (!this.#options.firstStep) this.#samples.finish(this.#models(), this.#underWay, this.#now() / Math.max(1, this.steps));
    this.#meter.turn(false);
  }

  // --- steps --------------------------------------------------------------------------------------------------------

  /** A turn of a loop ends what the last one began. */
  #turn(): void {
    if (this.#iterations.lookForUpdate()) this.#steppedByHand();
    this.#iterations.turn();
    this.#besides(() => this.#passes?.turn());
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

  /**
   * @param isFirst whether nothing else was updated in this step of the run
   * @param updated the parameters that could be; all of them where the program updates them itself
   */
  #stepped(models: readonly ModelWatch[], isFirst: boolean, updated?: ReadonlySet<Tensor>): void {
    const step = this.#iterations.index;
    const now = this.#now();
    this.#isUnfinished = false;
    this.#backwards = 0;
    for (const watch of models) {
      if (watch.pending) this.#tellStatistics(watch, watch.pending);
      if (watch.isWorkDue) this.#tellWork(watch, step);
      if (watch.reported === step) this.#tellChanges(watch, updated);
      watch.lastStep = step;
    }
    const sharers = this.#watches.current.filter(({ lastStep }) => lastStep >= step - 1 && lastStep >= 0).length;
    for (const watch of models) watch.stepped(step, now, this.#loops.remaining(watch.model.order), sharers);
    if (models.some(({ isDue }) => isDue)) this.#passes?.look(false);
    this.#lookOrNot();
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
    if (this.#watching.enabled) (this.#strangers ??= new StepSampler(this.#watching, this.#clock)).forward(module, output);
    return true;
  }

  #calledWithoutGrad(module: AnyModule): void {
    const watches = this.#watches.of(module);
    if (watches) for (const watch of watches) watch.sampler?.calledWithoutGrad(module);
    else if (this.#watching.enabled) (this.#strangers ??= new StepSampler(this.#watching, this.#clock)).calledWithoutGrad(module);
  }

  /** Measures what is to be measured of the models that the optimizer is about to change. */
  #measure(optimizer: Optimizer): void {
    this.#findChangedModels(this.#steppedBy(optimizer));
    for (const watch of this.#steppedBy(optimizer)) {
      const measured = this.#statisticsOf(watch, watch.sampler);
      if (!measured) continue;
      this.#tellStatistics(watch, measured);
      watch.sampler?.keepParameters(watch.model);
    }
  }

  #statisticsOf(watch: ModelWatch, sampler: StepSampler | null, step = this.#iterations.index): StepStatistics | undefined {
    const measured = sampler?.measure(watch.model, step, this.#epochs.epoch, watch.lives);
    return measured && this.#guess !== undefined ? { ...measured, guess: this.#guess } : measured;
  }

  /** How far the step moved what was measured before it. */
  #tellChanges(watch: ModelWatch, updated: ReadonlySet<Tensor> | undefined): void {
    const parameters = watch.sampler?.changes((parameter) => updated?.has(parameter) ?? true) ?? [];
    if (parameters.length === 0) return;
    this.#options.sink.event({ type: "changes", changes: { model: watch.model.info.id, step: watch.reported, parameters } });
  }

  /** No step is told twice. */
  #tellStatistics(watch: ModelWatch, statistics: StepStatistics): void {
    if (statistics.step <= watch.reported) return;
    watch.reported = statistics.step;
    watch.measured(this.#now(), this.operations.takeCost());
    this.#options.sink.event({ type: "statistics", statistics });
  }

  #tellWork(watch: ModelWatch, step: number): void {
    const work = this.#meter.measured(watch.model, step, this.#epochs.batch?.samples);
    if (work) this.#options.sink.event({ type: "work", work });
  }

  /** What steps are made of is looked at while one is to be measured, and before the models are known. */
  #lookOrNot(): void {
    const isUnknown = this.#searches === 0 && this.#watching.enabled;
    this.#meter.turn(isUnknown || this.#watches.current.some(({ isWorkDue }) => isWorkDue));
  }

  /** What was measured of a step that the run didn't come to the end of. Evaluation after the training is none. */
  #tellUnfinished(watch: ModelWatch): void {
    const { sampler, steps, isCalled } = watch;
    if (!sampler || sampler.isEmpty || !isCalled || (steps > 0 && !this.#isUnfinished)) return;
    if (watch.isWorkDue) this.#tellWork(watch, this.steps);
    this.#tellStatistics(watch, watch.pending ?? this.#statisticsOf(watch, sampler, this.steps)!);
  }

  /** Tells everything as it is now, so that the last of each kind is of the same step: the run pauses or ends. */
  #tellWhatIsLeft(): void {
    for (const watch of this.#watches.current) {
      const isUnderWay = this.#isUnfinished && watch.isCalled && this.#backwardStep === this.#iterations.index;
      const step = isUnderWay ? this.#iterations.index : watch.lastStep;
      if (!this.#watching.enabled || step <= watch.reported) continue;
      const left = this.#statisticsOf(watch, new StepSampler(this.#watching, this.#clock), step)!;
      this.#tellStatistics(watch, { ...left, afterwards: true });
    }
    this.#losses.tellWaiting(false);
    this.flush();
    this.#tellPassCounts();
    if (this.steps > 0 || this.#backwardStep !== undefined) this.#tellProgress(this.#now());
  }

  /** Looks which models there are, if that may have changed. */
  #findChangedModels(involved: readonly ModelWatch[]): void {
    const due = involved.filter(({ isDue }) => isDue);
    const isLongAgo = this.#now() - this.#lastSearch > searchInterval;
    const hasChanged = due.length > 0 && (isLongAgo || due.some(({ model }) => !isUpToDate(model)));
    if (this.#hasStrangers || this.steps === 0 || hasChanged || this.#hasChangedMeanwhile(involved)) this.#findModels();
  }

  /** What is frozen between measured steps is seen a few times a second, and less often where looking takes long. */
  #hasChangedMeanwhile(involved: readonly ModelWatch[]): boolean {
    const begin = this.#now();
    if (begin < this.#nextLook) return false;
    const hasChanged = involved.some(({ model }) => !isUpToDate(model));
    this.#nextLook = begin + Math.max(searchInterval, (this.#now() - begin) / shareForSearching);
    return hasChanged;
  }

  /** Looks which models there are and tells them if they changed. */
  #findModels(): void {
    const begin = performance.now();
    this.#searchedAmong = this.registry.count;
    const models = this.registry.describe((module) => this.#usedAt(module));
    this.#tellChangedModels(models);
    this.#watches.update(models, this.#strangers);
    this.#optimizers.forgetPaths();
    this.#watching.spend(performance.now() - begin);
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

  // --- following samples --------------------------------------------------------------------------------------------

  get #underWay(): { readonly step: number; readonly epoch: number } {
    return { step: this.#iterations.index, epoch: this.#epochs.epoch };
  }

  #follow(): void {
    if (this.#samples.isAsked) this.#samples.pass(this.#models(), this.#underWay, this.#now());
  }

  // --- sending ------------------------------------------------------------------------------------------------------

  /** Milliseconds of running time. */
  #now(): number {
    return performance.now() - this.#begin - this.#paused;
  }

  /** Between two steps, or two `backward()`s of a step: nothing is half done, so what is to change does. */
  #passBetweenSteps(): void {
    this.#passedBefore = this.#iterations.index;
    this.#isBetweenSteps = true;
    this.#settle();
    if (this.#advance.isAt(this.steps, this.#epochToCome())) this.#options.gate.hold();
    this.#pass(() => this.#place());
    this.#isBetweenSteps = false;
  }

  #pass(place: () => Place): void {
    this.#clock.stop();
    this.#paused += this.#options.gate.pass(() => {
      this.#advance.stands();
      if (this.#searches === 0) this.#findModels();
      this.#placeOf = place;
      this.#tellWhatIsLeft();
      this.#tellPlace();
    });
    this.#placeOf = undefined;
    this.#follow();
    this.#clock.go();
  }

  // --- steering -----------------------------------------------------------------------------------------------------

  #models(): readonly FoundModel[] {
    return this.#watches.current.map(({ model }) => model);
  }

  #measureNext(): void {
    for (const watch of this.#watches.current) watch.ask(this.#now());
    this.#passes?.look(true);
    this.#lookOrNot();
  }

  /** What a person wants changed is, as soon as the program stands between two steps. */
  #settle(): void {
    if (this.#isBetweenSteps && this.#interventions.settle()) {
      this.#findModels();
      this.#tellOptimizers();
    }
    if (this.#placeOf) this.#tellPlace();
  }

  #moment(): Moment {
    return { step: this.steps, epoch: this.#epochToCome(), ...(this.#backwards > 0 && { backwards: this.#backwards }) };
  }

  /** The epoch of the step that comes next. */
  #epochToCome(): number {
    // Without gradients it is evaluated.
    return isGradEnabled() ? this.#epochs.upcoming : this.#epochs.epoch;
  }

  #place(): Place {
    return { step: this.steps, epoch: this.#epochToCome(), waiting: this.#interventions.waiting };
  }

  #placeBefore(module: AnyModule, position: SourcePosition | undefined): Place {
    const owner = this.#models().find(({ modules }) => (modules as readonly unknown[]).includes(module));
    const path = owner?.info.modules[(owner.modules as readonly unknown[]).indexOf(module)]!.path ?? "";
    const called = { path, type: module.constructor.name, ...(owner && { model: owner.info.id }), ...(position && { position }) };
    return { step: this.#iterations.index, epoch: this.#epochs.epoch, module: called, waiting: this.#interventions.waiting };
  }

  #tellPlace(): void {
    if (this.#placeOf) this.#options.sink.event({ type: "place", place: this.#placeOf() });
  }

  #tellOptimizers(): void {
    const optimizers = this.#optimizers.changes();
    if (optimizers) this.#options.sink.event({ type: "optimizers", optimizers });
  }

  #tellWatch(): void {
    this.#options.sink.event({ type: "watch", watch: this.#watching.settings });
  }

  // --- telling ------------------------------------------------------------------------------------------------------

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

  #newPassWatch({ source, sampling }: ObserverOptions): PassWatch {
    return new PassWatch({
      operations: this.operations,
      isOwn: (module) => source.declaredAt(module.constructor) !== undefined,
      position: (below) => callerPosition(source, below),
      placeOf: (module) => this.#watches.placeOf(module),
      step: () => this.#iterations.index,
      beforeTelling: () => this.#findNewModels(),
      tell: (pass) => this.#options.sink.event({ type: "pass", pass }),
      share: sampling.budget * shareForPasses,
    });
  }

  /** Looks which models there are if modules were constructed since. */
  #findNewModels(): void {
    if (this.#searchedAmong !== this.registry.count) this.#findModels();
  }

  /** Outside of the program's own time. */
  #besides(look: () => void): void {
    this.#clock.stop();
    look();
    this.#clock.go();
  }

  #tellPassCounts(): void {
    const counts = this.#passes?.counts() ?? [];
    if (counts.length > 0) this.#options.sink.event({ type: "passCounts", counts });
  }

  #sendIfDue(now: number): void {
    if (now < this.#nextFlush) return;
    this.#nextFlush = now + flushInterval;
    this.flush();
    if (now < this.#nextProgress) return;
    this.#nextProgress = now + progressInterval;
    if (now >= this.#nextCounts) {
      this.#nextCounts = now + countsInterval;
      this.#tellPassCounts();
    }
    this.#tellProgress(now);
    this.#tellOptimizers();
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
      watchShare: this.#watching.share(now),
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
