/** A training that goes on in evaluation mode: `eval()` was called to look at data in between, and `train()` not after it. */
import { isGradEnabled } from "../../engine/autograd/gradMode.ts";
import type { Module } from "../../engine/nn/module.ts";
import type { Optimizer } from "../../engine/optim/optimizer.ts";
import type { ModelWatch } from "../measuring/modelWatch.ts";
import type { Lint, LintContext } from "./lint.ts";
import { effectOfEvaluation, isOtherInTraining } from "./trainingMode.ts";

/** So many steps in a row have to be taken in evaluation mode. */
const lasting = 3;

interface Course {
  /** A module that does something else in training, as it was when steps were taken in training mode. */
  odd?: Module;
  /** Whether the model was shown something in evaluation mode, without gradients, since. */
  wasEvaluated: boolean;
  /** Whether what is trained now was computed in evaluation mode. */
  isEvaluating: boolean;
  /** Steps in a row that were taken so. */
  steps: number;
}

export class TrainMissing implements Lint {
  readonly #context: LintContext;
  readonly #courses = new WeakMap<ModelWatch, Course>();

  constructor(context: LintContext) {
    this.#context = context;
  }

  modelCalled(model: ModelWatch): void {
    const { training } = model.model.modules[0]!;
    const course = this.#courses.get(model) ?? { wasEvaluated: false, isEvaluating: false, steps: 0 };
    this.#courses.set(model, course);
    if (isGradEnabled()) course.isEvaluating = !training;
    else if (!training && course.odd) course.wasEvaluated = true;
  }

  beforeStep(optimizer: Optimizer): void {
    for (const model of this.#context.watches.steppedBy(optimizer)) {
      const course = this.#courses.get(model);
      if (!course || !model.isCalled) continue;
      if (course.isEvaluating) this.#stepsInEvaluation(model, course);
      else Object.assign(course, { odd: course.odd ?? model.model.modules.find(isOtherInTraining), wasEvaluated: false, steps: 0 });
    }
  }

  #stepsInEvaluation(model: ModelWatch, course: Course): void {
    const { odd, wasEvaluated } = course;
    if (!odd || odd.training || !wasEvaluated || ++course.steps < lasting) return;
    const position = this.#context.here();
    if (!position || !this.#context.isTrained(model)) return;
    const { modules, info } = model.model;
    const name = info.isVariable ? info.name : "model";
    const path = info.modules[modules.indexOf(odd)]?.path || odd.constructor.name;
    const message =
      `\`${name}\` has been training in evaluation mode since it was evaluated, where ${effectOfEvaluation(odd, path)}. ` +
      `Call \`${name}.train()\` before the training goes on.`;
    const made = this.#context.registry.constructedAt(odd);
    this.#context.tell("train-missing", { message, position, ...(made ? { related: [{ message: `\`${path}\` is made here`, position: made }] } : {}) });
  }
}
