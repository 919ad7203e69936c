/** A model with dropout or batch normalization looks at data without gradients, again and again, and is still in training mode. */
import { isGradEnabled } from "../../engine/autograd/gradMode.ts";
import { MultiheadAttention } from "../../engine/nn/attention.ts";
import { RandomZeros } from "../../engine/nn/dropout.ts";
import type { Module } from "../../engine/nn/module.ts";
import { RecurrentBase } from "../../engine/nn/recurrent.ts";
import type { Storage } from "../../engine/memory/storage.ts";
import type { ModelWatch } from "../measuring/modelWatch.ts";
import { tensorsOf } from "../program/tensorsOf.ts";
import type { Lint, LintContext } from "./lint.ts";

/** What a model did without gradients since the run's last step. */
interface Look {
  readonly step: number;
  /** Inputs that differ: the same again and again is asked how sure the model is. */
  readonly inputs: Map<Storage, Set<number>>;
  count: number;
  /** Whether a loss was computed of it. */
  isJudged: boolean;
}

export class EvalMissing implements Lint {
  readonly #context: LintContext;
  readonly #looks = new Map<ModelWatch, Look>();
  /** The run's step at which each model was looked at without gradients before the last look. */
  readonly #previous = new WeakMap<ModelWatch, number>();

  constructor(context: LintContext) {
    this.#context = context;
  }

  modelCalled(model: ModelWatch, inputs: readonly unknown[]): void {
    if (isGradEnabled() || model.steps === 0) return;
    const { modules, info } = model.model;
    const odd = modules.find(isOtherInTraining);
    if (!odd || modules.some(isCollecting)) return;
    const look = this.#lookOf(model);
    if (!isNewTo(look, inputs) || look.count < 2) return;
    const position = this.#isMeantAsEvaluation(model, look) ? this.#context.here() : undefined;
    if (!position) return;
    const name = info.isVariable ? info.name : "model";
    const path = info.modules[modules.indexOf(odd)]!.path || odd.constructor.name;
    const message =
      `\`${name}\` is evaluated in training mode, where ${effect(odd, path)}. ` +
      `Call \`${name}.eval()\` before, and \`${name}.train()\` before the training goes on.`;
    const made = this.#context.registry.constructedAt(odd);
    this.#context.tell("eval-missing", { message, position, ...(made ? { related: [{ message: `\`${path}\` is made here`, position: made }] } : {}) });
  }

  loss(): void {
    if (!isGradEnabled()) for (const look of this.#looks.values()) look.isJudged = true;
  }

  afterStep(): void {
    for (const [model, { step }] of this.#looks) this.#previous.set(model, step);
    this.#looks.clear();
  }

  finish(): void {
    this.#looks.clear();
  }

  #lookOf(model: ModelWatch): Look {
    const step = this.#context.course.steps;
    const known = this.#looks.get(model) ?? { step, inputs: new Map(), count: 0, isJudged: false };
    this.#looks.set(model, known);
    return known;
  }

  /** What happens in every single step is part of the training: targets that the model makes for itself. */
  #isMeantAsEvaluation(model: ModelWatch, { step, isJudged }: Look): boolean {
    const previous = this.#previous.get(model) ?? 0;
    return (isJudged || step - previous >= 2) && this.#context.isTrained(model);
  }
}

function isNewTo(look: Look, inputs: readonly unknown[]): boolean {
  const [input] = tensorsOf(inputs);
  // One sample at a time, without a loss, is no evaluation: a text that goes on, an agent that acts.
  if (!input || ((input.shape[0] ?? 1) === 1 && !look.isJudged)) return false;
  const offsets = look.inputs.get(input.storage) ?? new Set();
  if (offsets.has(input.offset)) return false;
  look.inputs.set(input.storage, offsets.add(input.offset));
  look.count++;
  return true;
}

interface Running {
  readonly runningMean: unknown;
  readonly momentum: unknown;
}

/** Whether the module does something else in training, and is in training mode. */
function isOtherInTraining(module: Module): boolean {
  if (!module.training) return false;
  if (module instanceof RandomZeros) return module.p > 0;
  if (module instanceof MultiheadAttention || module instanceof RecurrentBase) return Number(module.dropout) > 0;
  return hasRunning(module);
}

/** Statistics of a whole pass are being collected, as `updateBn` does: that takes training mode. */
const isCollecting = (module: Module): boolean => hasRunning(module) && module.momentum === null;

const hasRunning = (module: Module): module is Module & Running => Boolean((module as Partial<Running>).runningMean);

function effect(module: Module, path: string): string {
  return hasRunning(module)
    ? `\`${path}\` goes by each batch's own statistics, and takes them over into its running ones`
    : `\`${path}\` drops values at random`;
}
