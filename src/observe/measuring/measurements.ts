/** Measures the models' steps that are due, and tells what came of it. */
import { isGradEnabled } from "../../engine/autograd/gradMode.ts";
import type { ComputedLoss } from "../../engine/instrument.ts";
import type { AnyModule } from "../../engine/nn/module.ts";
import type { Optimizer } from "../../engine/optim/optimizer.ts";
import type { Tensor } from "../../engine/tensor.ts";
import type { RunEvent, StepStatistics } from "../../protocol/index.ts";
import type { ModelRegistry } from "../models/modelRegistry.ts";
import type { OperationWatches } from "../program/operationWatches.ts";
import type { Course } from "../steps/course.ts";
import { GuessLevels } from "./guessLevel.ts";
import type { ModelSearch } from "./modelSearch.ts";
import type { ModelWatch } from "./modelWatch.ts";
import type { ModelWatches } from "./modelWatches.ts";
import { StepSampler } from "./stepSampler.ts";
import type { Watching } from "./watching.ts";
import type { WorkMeter } from "./workMeter.ts";

export interface MeasurementsParts {
  readonly course: Course;
  readonly registry: ModelRegistry;
  readonly watching: Watching;
  readonly watches: ModelWatches;
  readonly search: ModelSearch;
  readonly meter: WorkMeter;
  readonly operations: OperationWatches;
  readonly tell: (event: RunEvent) => void;
}

export class Measurements {
  readonly #parts: MeasurementsParts;
  readonly #watches: ModelWatches;
  readonly #guesses = new GuessLevels();
  /** Of the loss of the step under way. */
  #guess: number | undefined;

  constructor(parts: MeasurementsParts) {
    this.#parts = parts;
    this.#watches = parts.watches;
  }

  /** A module is about to be called. */
  forwardStarts(module: AnyModule, inputs: readonly unknown[]): void {
    if (!isGradEnabled()) return;
    const watches = this.#watches.of(module);
    if (!watches) return;
    for (const watch of watches) {
      if (watch.isWorkDue) this.#parts.meter.turn(true);
      watch.sampler?.forwardStarts(module, inputs);
    }
  }

  /** It was called. Returns whether it was measured. */
  called(module: AnyModule, output: unknown): boolean {
    const watches = this.#watches.of(module);
    // Validation between two training steps is not part of the step.
    if (!isGradEnabled()) {
      if (watches) for (const { sampler } of watches) sampler?.calledWithoutGrad(module);
      else this.#parts.search.meetWithoutGrad(module);
      return false;
    }
    if (!watches) return this.#parts.search.meet(module, output);
    let isMeasured = false;
    for (const watch of watches) isMeasured = watch.called(module, output, this.#parts.registry.count) || isMeasured;
    return isMeasured;
  }

  /** A loss was computed. */
  computed(loss: ComputedLoss): void {
    const { current } = this.#watches;
    if (isGradEnabled() && (current.length === 0 || current.some(({ isDue, isCalled }) => isDue && isCalled))) this.#guesses.computed(loss);
  }

  beforeBackward(loss: Tensor): void {
    this.#guess = this.#guesses.of(loss);
  }

  /** Measures the models that were called: the program may change their parameters itself from now on. */
  beforeUpdateByHand(): void {
    this.#parts.search.findChanged(this.#watches.called);
    for (const watch of this.#watches.called) {
      watch.pending = this.#statisticsOf(watch, watch.sampler);
      watch.sampler?.keepParameters(watch.model);
    }
  }

  /** Measures the models that the optimizer is about to change. */
  beforeStep(optimizer: Optimizer): void {
    this.#parts.search.findChanged(this.#watches.steppedBy(optimizer));
    for (const watch of this.#watches.steppedBy(optimizer)) {
      const measured = this.#statisticsOf(watch, watch.sampler);
      if (!measured) continue;
      this.#tellStatistics(watch, measured);
      watch.sampler?.keepParameters(watch.model);
    }
  }

  /** Tells what the models' modules did in the step under way. */
  tellWork(models: readonly ModelWatch[]): void {
    for (const watch of models) this.#tellWork(watch, this.#parts.course.iterations.index);
  }

  /**
   * The models took a step.
   * @param optimizer that changed their parameters; none where the program did it itself
   */
  stepped(models: readonly ModelWatch[], now: number, optimizer: Optimizer | undefined): void {
    const { iterations, loops } = this.#parts.course;
    const step = iterations.index;
    for (const watch of models) {
      if (watch.pending) this.#tellStatistics(watch, watch.pending);
      if (watch.isWorkDue) this.#tellWork(watch, step);
      if (watch.reported === step) this.#tellChanges(watch, optimizer);
      watch.lastStep = step;
    }
    const sharers = this.#watches.current.filter(({ lastStep }) => lastStep >= step - 1 && lastStep >= 0).length;
    for (const watch of models) watch.stepped(step, now, loops.remaining(watch.model.order), sharers);
    this.#lookOrNot();
  }

  /** A turn of a loop that trains begins: the last one is measured. */
  turn(): void {
    const { loops, time } = this.#parts.course;
    for (const watch of this.#watches.current) if (watch.steps > 0 && loops.isLastTurn(watch.model.order)) watch.open(time.now);
    this.#lookOrNot();
  }

  /** The next step that begins is measured, of each model. */
  ask(): void {
    for (const watch of this.#watches.current) watch.ask(this.#parts.course.time.now);
    this.#lookOrNot();
  }

  /** From the step to come on there is nothing to be measured for a while. */
  leaveOut(): void {
    this.#parts.watching.leaveOut();
    for (const watch of this.#watches.current) watch.leaveOut();
    this.#lookOrNot();
  }

  /** Tells what was measured of a step that the run didn't come to the end of. Evaluation after the training is none. */
  tellUnfinished(): void {
    const { iterations, steps: taken } = this.#parts.course;
    for (const watch of this.#watches.current) {
      const { sampler, steps, isCalled } = watch;
      if (!sampler || sampler.isEmpty || !isCalled || (steps > 0 && !iterations.isUnfinished)) continue;
      if (watch.isWorkDue) this.#tellWork(watch, taken);
      this.#tellStatistics(watch, watch.pending ?? this.#statisticsOf(watch, sampler, taken)!);
    }
  }

  /** Tells the models as they are now: the run pauses or ends. */
  tellLeft(): void {
    const { iterations, clock } = this.#parts.course;
    const { watching } = this.#parts;
    for (const watch of this.#watches.current) {
      const isUnderWay = iterations.isUnfinished && watch.isCalled && iterations.backwardStep === iterations.index;
      const step = isUnderWay ? iterations.index : watch.lastStep;
      if (!watching.enabled || step <= watch.reported) continue;
      const left = this.#statisticsOf(watch, new StepSampler(watching, clock), step)!;
      this.#tellStatistics(watch, { ...left, afterwards: true });
    }
  }

  #statisticsOf(watch: ModelWatch, sampler: StepSampler | null, step = this.#parts.course.iterations.index): StepStatistics | undefined {
    const measured = sampler?.measure(watch.model, step, this.#parts.course.epochs.epoch, watch.lives);
    return measured && this.#guess !== undefined ? { ...measured, guess: this.#guess } : measured;
  }

  /** No step is told twice. */
  #tellStatistics(watch: ModelWatch, statistics: StepStatistics): void {
    if (statistics.step <= watch.reported) return;
    watch.reported = statistics.step;
    this.#parts.tell({ type: "statistics", statistics });
  }

  #tellWork(watch: ModelWatch, step: number): void {
    const work = this.#parts.meter.measured(watch.model, step, this.#parts.course.epochs.batch?.samples);
    if (work) this.#parts.tell({ type: "work", work });
  }

  /** How far the step moved what was measured before it. */
  #tellChanges(watch: ModelWatch, optimizer: Optimizer | undefined): void {
    const updated = optimizer && new Set<Tensor>(optimizer.paramGroups.flatMap(({ params }) => params));
    const parameters = watch.sampler?.changes((parameter) => updated?.has(parameter) ?? true) ?? [];
    if (parameters.length === 0) return;
    this.#parts.tell({ type: "changes", changes: { model: watch.model.info.id, step: watch.reported, parameters } });
  }

  /** What steps are made of is looked at in one that is measured, from its first call on, and before the models are known. */
  #lookOrNot(): void {
    const { meter, search, watching } = this.#parts;
    const isUnknown = search.isToCome && watching.enabled;
    meter.turn(isUnknown || this.#watches.current.some(({ isWorkDue, isCalled }) => isWorkDue && isCalled));
  }
}
