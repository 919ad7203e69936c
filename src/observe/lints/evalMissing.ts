/** A model with dropout or batch normalization looks at data without gradients, again and again, and is still in training mode. */
import type { DataLoader } from "../../engine/data/dataLoader.ts";
import { isGradEnabled } from "../../engine/autograd/gradMode.ts";
import type { Module } from "../../engine/nn/module.ts";
import type { Node } from "../../engine/autograd/node.ts";
import type { Storage } from "../../engine/memory/storage.ts";
import type { SourcePosition } from "../../protocol/index.ts";
import type { ModelWatch } from "../measuring/modelWatch.ts";
import { tensorsOf } from "../program/tensorsOf.ts";
import type { Lint, LintContext } from "./lint.ts";
import { effectOfTraining, hasRunning, isOtherInTraining } from "./trainingMode.ts";

/** Where a model was called first, and what of it is other in training. */
interface Place {
  readonly position: SourcePosition;
  readonly odd: Module;
}

/** A pass over a loader's data, with a graph that nobody has used yet. */
class Pass {
  readonly loader: DataLoader<unknown>;
  readonly #calls = new Map<ModelWatch, Place & { readonly node: Node; count: number }>();

  constructor(loader: DataLoader<unknown>) {
    this.loader = loader;
  }

  /** Models that were called again and again, and no `backward()` went through what they gave. */
  get forNothing(): readonly (readonly [ModelWatch, Place])[] {
    return [...this.#calls].filter(([, { count, node }]) => count >= 2 && node.visited === 0);
  }

  called(model: ModelWatch, odd: Module, output: unknown, here: () => SourcePosition | undefined): void {
    const known = this.#calls.get(model);
    if (known) known.count++;
    const node = known ? undefined : tensorsOf(output).find(({ gradFn }) => gradFn)?.gradFn;
    const position = node && here();
    if (position) this.#calls.set(model, { position, odd, node, count: 1 });
  }
}

/** What a model was shown without gradients since the run's last step. */
interface Look extends Place {
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
  /** The run's step at which each model was shown something without gradients before. */
  readonly #previous = new WeakMap<ModelWatch, number>();
  /** The pass over data that nothing has been learned from. */
  #pass: Pass | undefined;
  #ended: Pass | undefined;
  /** Where `backward()` was forgotten, the training looks like an evaluation. */
  #hasGoneBackward = false;

  constructor(context: LintContext) {
    this.#context = context;
  }

  modelCalled(model: ModelWatch, inputs: readonly unknown[], output: unknown): void {
    const isRecorded = isGradEnabled();
    if (model.steps === 0 || (isRecorded && !this.#pass)) return;
    const { modules } = model.model;
    const odd = modules.find(isOtherInTraining);
    if (!odd || modules.some(isCollecting)) return;
    if (isRecorded) return this.#pass?.called(model, odd, output, () => this.#context.here());
    const look = this.#looks.get(model) ?? this.#newLook(model, odd);
    if (look && isNewTo(look, inputs) && look.count >= 2 && (look.isJudged || this.#isRare(model, look))) this.#tell(model, look);
  }

  /** A loss of one batch is looked at: that is an evaluation where it comes again, though not after each step. */
  loss(): void {
    if (isGradEnabled()) return;
    for (const [model, look] of this.#looks) {
      look.isJudged = true;
      if (this.#previous.has(model) && this.#isRare(model, look)) this.#tell(model, look);
    }
  }

  passStarts(loader: DataLoader<unknown>): void {
    this.#pass = this.#context.course.epochs.isTrainedOn(loader.dataset) ? undefined : new Pass(loader);
  }

  /** What goes backward is training. */
  beforeBackward(): void {
    this.#hasGoneBackward = true;
    this.#pass = undefined;
  }

  /** All of a loader's data went through a model. What was added up meanwhile may still go backward. */
  passEnds(loader: DataLoader<unknown>): void {
    if (this.#pass?.loader === loader) this.#ended = this.#pass;
    this.#pass = undefined;
  }

  afterBackward(): void {
    this.#judge();
  }

  finish(): void {
    this.#judge();
  }

  afterStep(): void {
    for (const [model, { step }] of this.#looks) this.#previous.set(model, step);
    this.#looks.clear();
  }

  #judge(): void {
    for (const [model, place] of this.#ended?.forNothing ?? []) this.#tell(model, place);
    this.#ended = undefined;
  }

  #newLook(model: ModelWatch, odd: Module): Look | undefined {
    const position = this.#context.here();
    if (!position) return undefined;
    const look = { step: this.#context.course.steps, inputs: new Map(), count: 0, isJudged: false, position, odd };
    this.#looks.set(model, look);
    return look;
  }

  /** What happens in every single step is part of the training: targets that the model makes for itself. */
  #isRare(model: ModelWatch, { step }: Look): boolean {
    return step - (this.#previous.get(model) ?? 0) >= 2;
  }

  #tell(model: ModelWatch, { odd, position }: Place): void {
    if (!this.#hasGoneBackward || !this.#context.isTrained(model)) return;
    const { modules, info } = model.model;
    const name = info.isVariable ? info.name : "model";
    const path = info.modules[modules.indexOf(odd)]?.path || odd.constructor.name;
    const message =
      `\`${name}\` is evaluated in training mode, where ${effectOfTraining(odd, path)}. ` +
      `Call \`${name}.eval()\` before, and \`${name}.train()\` before the training goes on.`;
    const made = this.#context.registry.constructedAt(odd);
    this.#context.tell("eval-missing", { message, position, ...(made ? { related: [{ message: `\`${path}\` is made here`, position: made }] } : {}) });
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

/** Statistics of a whole pass are being collected, as `updateBn` does: that takes training mode. */
const isCollecting = (module: Module): boolean => hasRunning(module) && module.momentum === null;
