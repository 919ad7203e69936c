/** Follows the next whole step when somebody asks what wrote a tensor; else it does nothing, and costs nothing. */
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
  /** Called once it was told. */
  #asked: (() => void) | undefined;
  /** Whether loops tell of their turns. */
  #hasTurns = false;

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
    this.#hasTurns = true;
    if (this.#asked) this.#boundary();
  }

  /** Where there are turns, other optimizers may step in the same one. */
  stepped(): void {
    if (this.#asked && !this.#hasTurns) this.#boundary();
  }

  /** The program is over, one way or the other. */
  finish(): void {
    const { steps, iterations } = this.#parts.course;
    if (this.#tracer && (steps > this.#step || iterations.isUnfinished)) this.#tell(this.#tracer);
  }

  get #isBetweenSteps(): boolean {
    const { course, calls } = this.#parts;
    return !course.iterations.isUnfinished && calls.innermost === undefined;
  }

  #boundary(): void {
    const { course } = this.#parts;
    if (this.#tracer && course.steps > this.#step) this.#tell(this.#tracer);
    // What ran before was part of no step, such as a validation.
    else if (this.#isBetweenSteps) this.#begin();
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
    this.#tracer = undefined;
  }

  #tell(tracer: StepTracer): void {
    const { course, source, models, placeOf, tell } = this.#parts;
    this.#end();
    course.clock.stop();
    tell(traceOf(tracer, { step: this.#step, models: models(), source, placeOf }));
    course.clock.go();
    this.#asked?.();
    this.#asked = undefined;
  }

  // --- what the engine tells, and operations don't ------------------------------------------------------------------

  forwardStarts(module: AnyModule, inputs: readonly unknown[]): void {
    this.#tracer?.forwardStarts(module, inputs);
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
