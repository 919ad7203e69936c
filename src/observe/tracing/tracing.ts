/** Follows the next whole step when somebody asks what wrote a tensor; else it does nothing, and costs nothing. */
import { isGradEnabled } from "../../engine/autograd/gradMode.ts";
import type { AnyModule } from "../../engine/nn/module.ts";
import type { Optimizer } from "../../engine/optim/optimizer.ts";
import { areGhosts } from "../../engine/memory/reading.ts";
import type { Tensor } from "../../engine/tensor.ts";
import type { CalledModule, StepTrace } from "../../protocol/index.ts";
import type { DescribedModel } from "../models/describeModel.ts";
import type { OperationWatches } from "../program/operationWatches.ts";
import type { ProgramSource } from "../program/programSource.ts";
import type { Course } from "../steps/course.ts";
import type { OpenCalls } from "../values/openCalls.ts";
import { StepTracer } from "./stepTracer.ts";
import { traceOf } from "./told.ts";

export interface TracingParts {
  readonly course: Course;
  readonly source: ProgramSource;
  readonly operations: OperationWatches;
  readonly calls: OpenCalls;
  /** As they are now. */
  models(): readonly DescribedModel[];
  placeOf(module: AnyModule): CalledModule | undefined;
  tell(trace: StepTrace): void;
}

export class Tracing {
  readonly #parts: TracingParts;
  #tracer: StepTracer | undefined;
  /** Steps taken when it began. */
  #step = 0;
  /** The step as it stood when the program called a model after its last update so far: that call may be of the next. */
  #updated: StepTrace | undefined;
  /** Called once it was told. */
  #asked: (() => void) | undefined;

  constructor(parts: TracingParts) {
    this.#parts = parts;
  }

  /** @param told called when the step is over, and told */
  ask(told: () => void): void {
    this.#asked = told;
    if (!this.#tracer && this.#isBetweenSteps) this.#begin();
  }

  // --- where a step begins and ends ---------------------------------------------------------------------------------

  /** The next turn of a loop, or batch, begins. */
  turn(): void {
    if (this.#tracer && this.#hasUpdated) this.#tell(this.#tracer);
    // What ran before was part of no step, such as a validation.
    else this.#beginIfAsked();
  }

  /** A `backward()` or an update begins: where no turn tells, the step that it is counted to shows whether the last is over. */
  trains(): void {
    if (this.#tracer && this.#parts.course.iterations.index > this.#step) this.#tell(this.#tracer);
    this.#updated = undefined;
  }

  /** An update is over. What follows may be the next step, or another optimizer's part of this one. */
  stepped(): void {
    if (!this.#hasUpdated) this.#beginIfAsked();
  }

  /** The program is over, one way or the other. */
  finish(): void {
    if (this.#tracer && (this.#hasUpdated || this.#parts.course.iterations.isUnfinished)) this.#tell(this.#tracer);
  }

  get #isBetweenSteps(): boolean {
    const { course, calls } = this.#parts;
    return !course.iterations.isUnfinished && calls.innermost === undefined;
  }

  /** Whether anything was updated in the step that is followed. */
  get #hasUpdated(): boolean {
    return this.#tracer !== undefined && this.#parts.course.steps > this.#step;
  }

  #beginIfAsked(): void {
    if (this.#asked && this.#isBetweenSteps) this.#begin();
  }

  #begin(): void {
    if (areGhosts()) return;
    this.#end();
    this.#step = this.#parts.course.steps;
    const { calls, source, operations } = this.#parts;
    this.#tracer = new StepTracer(calls, (module) => source.declaredAt(module.constructor) !== undefined);
    operations.add(this.#tracer);
  }

  #end(): void {
    if (this.#tracer) this.#parts.operations.remove(this.#tracer);
    this.#tracer = this.#updated = undefined;
  }

  #tell(tracer: StepTracer): void {
    const { course, tell } = this.#parts;
    const updated = this.#updated;
    this.#end();
    course.clock.stop();
    tell(updated ?? this.#traceOf(tracer));
    course.clock.go();
    this.#asked?.();
    this.#asked = undefined;
  }

  #traceOf(tracer: StepTracer): StepTrace {
    const { source, models, placeOf } = this.#parts;
    return traceOf(tracer, { step: this.#step, models: models(), source, placeOf });
  }

  // --- what the engine tells, and operations don't ------------------------------------------------------------------

  forwardStarts(module: AnyModule, inputs: readonly unknown[]): void {
    if (!this.#tracer) return;
    if (this.#hasUpdated && this.#isBetweenSteps && isGradEnabled()) this.#updated ??= this.#traceOf(this.#tracer);
    this.#tracer.forwardStarts(module, inputs);
  }

  forward(module: AnyModule, output: unknown): void {
    this.#tracer?.forward(module, output);
  }

  beforeBackward(loss: Tensor): void {
    this.#tracer?.beforeBackward(loss);
  }

  afterBackward(): void {
    this.#tracer?.afterBackward();
  }

  beforeStep(optimizer: Optimizer): void {
    this.#tracer?.beforeStep(optimizer);
  }

  afterStep(optimizer: Optimizer): void {
    this.#tracer?.afterStep(optimizer);
  }
}
