/** Hands what happens in a run to those who look for likely mistakes in it, each in its own file, and tells what they find. */
import type { DataLoader } from "../../engine/data/dataLoader.ts";
import type { ComputedLoss } from "../../engine/instrument.ts";
import type { LRScheduler } from "../../engine/optim/lrScheduler/base.ts";
import type { Optimizer } from "../../engine/optim/optimizer.ts";
import type { Tensor } from "../../engine/tensor.ts";
import type { Problem, SourcePosition } from "../../protocol/index.ts";
import { lintProblem, type LintId } from "../../run/lints.ts";
import type { ModelWatch } from "../measuring/modelWatch.ts";
import { callerPosition } from "../program/construction.ts";
import type { OperationWatches } from "../program/operationWatches.ts";
import type { OpenCalls } from "../values/openCalls.ts";
import { AccidentalBroadcast } from "./accidentalBroadcast.ts";
import { BceUnbounded } from "./bceUnbounded.ts";
import { EvalMissing } from "./evalMissing.ts";
import { FrozenInOptimizer } from "./frozenInOptimizer.ts";
import { GradientsCleared } from "./gradientsCleared.ts";
import { HiddenModules } from "./hiddenModules.ts";
import type { Found, Lint, LintContext, LoaderPlace } from "./lint.ts";
import { LogOfSoftmax } from "./logOfSoftmax.ts";
import { LossArgumentsSwapped } from "./lossArgumentsSwapped.ts";
import { NoBatches } from "./noBatches.ts";
import { NoGradMissing } from "./noGradMissing.ts";
import { OneClass } from "./oneClass.ts";
import { OptimizerBeforeSurgery } from "./optimizerBeforeSurgery.ts";
import { ParameterNotInOptimizer } from "./parameterNotInOptimizer.ts";
import { PixelsUnscaled } from "./pixelsUnscaled.ts";
import { SchedulerBeforeOptimizer } from "./schedulerBeforeOptimizer.ts";
import { SoftmaxBeforeLoss } from "./softmaxBeforeLoss.ts";
import { SoftmaxOverBatch } from "./softmaxOverBatch.ts";
import { StepWithoutGradient } from "./stepWithoutGradient.ts";
import { TestSetTrained } from "./testSetTrained.ts";
import { TrainMissing } from "./trainMissing.ts";
import { Unshuffled } from "./unshuffled.ts";
import { Untrained } from "./untrained.ts";
import { ZeroGradMissing } from "./zeroGradMissing.ts";

const all = [
  HiddenModules,
  OptimizerBeforeSurgery,
  ParameterNotInOptimizer,
  FrozenInOptimizer,
  // What it says explains what the next would say.
  GradientsCleared,
  StepWithoutGradient,
  Untrained,
  ZeroGradMissing,
  EvalMissing,
  TrainMissing,
  NoGradMissing,
  SoftmaxBeforeLoss,
  SoftmaxOverBatch,
  OneClass,
  LogOfSoftmax,
  BceUnbounded,
  LossArgumentsSwapped,
  AccidentalBroadcast,
  SchedulerBeforeOptimizer,
  Unshuffled,
  TestSetTrained,
  NoBatches,
  PixelsUnscaled,
] as const satisfies readonly (new (context: LintContext) => Lint)[];

/** A program that never takes a step isn't looked at for ever. */
const mostOperations = 100_000;

type Told = { [Event in keyof Lint]-?: Pick<Required<Lint>, Event> };
type Listeners = { readonly [Event in keyof Told]: readonly Told[Event][] };

export interface LintsParts extends Omit<LintContext, "isTrained" | "origin" | "here" | "tell" | "isTold" | "loaderPlace"> {
  readonly operations: OperationWatches;
  readonly calls: OpenCalls;
  tell(problem: Problem): void;
}

export class Lints {
  readonly #parts: LintsParts;
  /** Those that want to hear of it, by what they are told. */
  #listeners: Listeners;
  readonly #told = new Set<string>();
  readonly #loaders = new WeakMap<object, LoaderPlace>();
  /** What looks at operations, until the run has taken its first step. */
  readonly #operations = { ran: (...operation: Parameters<NonNullable<Lint["ran"]>>): void => this.#ran(operation) };
  #operationsSeen = 0;

  constructor(parts: LintsParts) {
    this.#parts = parts;
    const context: LintContext = {
      ...parts,
      isTrained: ({ model }) => model.modules[0]!.parameters().some((parameter) => parts.course.iterations.isOwned(parameter)),
      loaderPlace: (loader) => this.#loaders.get(loader),
      origin: () => this.#origin(),
      here: () => this.#here(),
      tell: (...found) => this.#tell(...found),
      isTold: (...place) => this.#isTold(...place),
    };
    this.#listeners = listeners(all.map((Rule) => new Rule(context)));
    parts.operations.add(this.#operations);
  }

  optimizerConstructed(optimizer: Optimizer): void {
    for (const lint of this.#listeners.optimizerConstructed) lint.optimizerConstructed(optimizer);
  }

  modelCalled(model: ModelWatch, inputs: readonly unknown[], output: unknown): void {
    for (const lint of this.#listeners.modelCalled) lint.modelCalled(model, inputs, output);
  }

  loss(computed: ComputedLoss): void {
    for (const lint of this.#listeners.loss) lint.loss(computed);
  }

  beforeBackward(loss: Tensor): void {
    for (const lint of this.#listeners.beforeBackward) lint.beforeBackward(loss);
  }

  afterBackward(loss: Tensor): void {
    for (const lint of this.#listeners.afterBackward) lint.afterBackward(loss);
  }

  beforeStep(optimizer: Optimizer): void {
    for (const lint of this.#listeners.beforeStep) lint.beforeStep(optimizer);
  }

  afterStep(optimizer: Optimizer): void {
    for (const lint of this.#listeners.afterStep) lint.afterStep(optimizer);
    this.#parts.operations.remove(this.#operations);
  }

  schedulerStepped(scheduler: LRScheduler): void {
    for (const lint of this.#listeners.schedulerStepped) lint.schedulerStepped(scheduler);
  }

  loaderConstructed(loader: DataLoader<unknown>): void {
    const position = this.#here();
    if (position) this.#loaders.set(loader, { position, name: this.#parts.source.variableAt(position)?.name });
  }

  passStarts(loader: DataLoader<unknown>): void {
    for (const lint of this.#listeners.passStarts) lint.passStarts(loader);
  }

  batch(loader: DataLoader<unknown>): void {
    for (const lint of this.#listeners.batch) lint.batch(loader);
  }

  passEnds(loader: DataLoader<unknown>): void {
    for (const lint of this.#listeners.passEnds) lint.passEnds(loader);
  }

  /**
   * Steps are left out from here on. What is heard after that is half a story, and told as a whole it would be a mistake that
   * nobody made; so nothing is said any more. What the kept run said of these steps is told again by who knows it.
   */
  leaveOut(): void {
    this.#listeners = listeners([]);
    this.#parts.operations.remove(this.#operations);
  }

  finish(): void {
    for (const lint of this.#listeners.finish) lint.finish();
    this.#parts.operations.remove(this.#operations);
  }

  #ran(operation: Parameters<NonNullable<Lint["ran"]>>): void {
    if (++this.#operationsSeen > mostOperations) this.#parts.operations.remove(this.#operations);
    else for (const lint of this.#listeners.ran) lint.ran(...operation);
  }

  #origin(): SourcePosition | undefined {
    const { calls, registry, source } = this.#parts;
    const layer = calls.innermost;
    const isOwn = layer && source.declaredAt(layer.constructor) !== undefined;
    return (layer && !isOwn ? registry.constructedAt(layer) : undefined) ?? this.#here();
  }

  #here(): SourcePosition | undefined {
    return callerPosition(this.#parts.source, this.#here);
  }

  #isTold(lint: LintId, position: SourcePosition): boolean {
    return this.#told.has(placeKey(lint, position));
  }

  #tell(lint: LintId, found: Found, severity?: Problem["severity"]): void {
    if (this.#isTold(lint, found.position)) return;
    this.#told.add(placeKey(lint, found.position));
    this.#parts.tell({ ...lintProblem(lint, found), step: this.#parts.course.steps, ...(severity && { severity }) });
  }
}

const placeKey = (lint: LintId, { file, line }: SourcePosition): string => `${lint} ${file}:${line}`;

/** A step is told to a few of them only, and telling the others would cost as much. */
function listeners(lints: readonly Lint[]): Listeners {
  const of = <Event extends keyof Lint>(event: Event): readonly Told[Event][] => lints.filter((lint): lint is Lint & Told[Event] => lint[event] !== undefined);
  return {
    optimizerConstructed: of("optimizerConstructed"),
    modelCalled: of("modelCalled"),
    loss: of("loss"),
    beforeBackward: of("beforeBackward"),
    afterBackward: of("afterBackward"),
    beforeStep: of("beforeStep"),
    afterStep: of("afterStep"),
    schedulerStepped: of("schedulerStepped"),
    passStarts: of("passStarts"),
    batch: of("batch"),
    passEnds: of("passEnds"),
    ran: of("ran"),
    finish: of("finish"),
  };
}
