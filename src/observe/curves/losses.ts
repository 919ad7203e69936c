/** The run's losses: which line each belongs to, at which step, and which is the newest. */
import { isGradEnabled } from "../../engine/autograd/gradMode.ts";
import type { ComputedLoss } from "../../engine/instrument.ts";
import type { AnyModule } from "../../engine/nn/module.ts";
import type { Optimizer } from "../../engine/optim/optimizer.ts";
import type { Tensor } from "../../engine/tensor.ts";
import type { ModelWatches } from "../measuring/modelWatches.ts";
import { leavesBelow } from "../program/backwardGraph.ts";
import type { Course } from "../steps/course.ts";
import { LineNames } from "./lineNames.ts";
import type { SeriesWriter } from "./series.ts";
import { Trainees, type Trainee } from "./trainees.ts";
import { TrainingLosses, type StepLoss } from "./trainingLosses.ts";
import { ValidationLosses } from "./validationLosses.ts";

export interface LossesContext {
  readonly course: Course;
  readonly watches: ModelWatches;
  readonly series: SeriesWriter;
  /** A line goes by another name from now on. */
  readonly renamed: (from: string, to: string) => void;
}

/** The newest loss of the training; of several trainees that step together, the first's. */
export interface NewestLoss {
  readonly trainee: Trainee;
  readonly step: number;
  readonly value: number;
}

export class Losses {
  readonly #context: LossesContext;
  readonly trainees: Trainees;
  readonly #training = new TrainingLosses();
  readonly #validation = new ValidationLosses();
  readonly #trainingNames: LineNames;
  readonly #validationNames: LineNames;
  /** What stands for a model's looks at the data of one loader. */
  readonly #lookKeys = new WeakMap<object, WeakMap<object, object>>();
  readonly #isTold = new WeakSet<StepLoss>();
  /** The only one there is, or the last that was made. */
  #optimizer: Optimizer | undefined;
  /** What was called last, apart from losses. */
  #model: AnyModule | undefined;
  readonly #values = new WeakSet<Tensor>();
  /** Whether a loss to train by was computed that has not gone backward yet. */
  #isComputed = false;
  /** Whether a turn of a loop that trains began since the last step; whether the training called its model, or a loss went backward. */
  #hasTurned = false;
  #hasBegun = false;
  #newest: NewestLoss | undefined;
  /** What went backward last. */
  #last: number | undefined;
  /** The program logs such losses itself. */
  isValidationLogged = false;

  constructor(context: LossesContext) {
    this.#context = context;
    this.trainees = new Trainees((parameters) => context.watches.nameOf(parameters));
    this.#trainingNames = new LineNames("loss", context.renamed);
    this.#validationNames = new LineNames("val/loss", context.renamed);
  }

  get newest(): NewestLoss | undefined {
    return this.#newest;
  }

  /** The step, from 0, that what is computed or said now belongs to: the one under way, else the one before. */
  get step(): number {
    const { index, hasStepped, completed } = this.#context.course.iterations;
    return hasStepped || this.#hasTurned || this.#hasBegun ? index : Math.max(0, completed - 1);
  }

  /** Whether a value is the loss that went backward last, or is told of the step. */
  isKnown(value: number): boolean {
    return Object.is(value, this.#last) || Object.is(value, this.#newest?.value);
  }

  /** A turn of a loop that trains begins. */
  turn(): void {
    this.#hasTurned = true;
  }

  optimizerConstructed(optimizer: Optimizer): void {
    this.#optimizer = optimizer;
  }

  called(module: AnyModule, output: unknown): void {
    // A loss is a module, too.
    if (this.#values.has(output as Tensor)) return;
    this.#model = module;
    if (module.training && isGradEnabled()) this.#hasBegun = true;
  }

  computed(loss: ComputedLoss): void {
    this.#values.add(loss.value);
    const isEvaluating = this.#model?.training === false;
    if (loss.value.requiresGrad && !isEvaluating) {
      this.#validation.trainedWith(loss);
      this.#isComputed = true;
      this.#tellValidation();
    } else if (isEvaluating || this.#isBetweenSteps()) {
      const { step, epoch } = this;
      this.#validation.add(loss, { step, epoch, model: this.#model, data: this.#context.course.epochs.pass?.data });
    }
  }

  /** @param value of the loss */
  goesBackward(root: Tensor, value: number): void {
    const { iterations } = this.#context.course;
    this.#validation.goesBackward(root);
    this.#tellValidation();
    this.#isComputed = false;
    this.#hasBegun = true;
    this.#last = value;
    // Which parameters a loss reaches takes a walk through its graph; with one optimizer nobody asks.
    const leaves = iterations.optimizers === 1 ? null : leavesBelow(root);
    const loss = this.#training.add({ value, epoch: this.epoch, leaves }, (own) => this.#hasGradients(own));
    const name = loss && leaves === null ? this.#trainingNames.sofar(this.trainees.known(this.#optimizer!)) : undefined;
    if (name !== undefined) this.#context.series.wait(name, iterations.index, loss!.epoch, loss!.value);
  }

  stepBegins(optimizer: Optimizer): void {
    this.#tellValidation();
    const loss = this.#training.stepBegins(optimizer, (leaf) => this.#context.course.iterations.ownerOf(leaf));
    if (loss) this.#tell(this.trainees.ofOptimizer(optimizer), loss);
  }

  stepEnds(): void {
    this.#training.stepEnds();
    this.#hasTurned = this.#hasBegun = false;
  }

  /** The program updated its parameters itself. */
  steppedByHand(): void {
    for (const loss of this.#training.takeAll()) this.#tell(this.#traineeOf(loss), loss);
    this.#hasTurned = this.#hasBegun = false;
  }

  /** The run pauses or ends: what went backward by now, and what was looked at. */
  tellWaiting(isEnd: boolean): void {
    for (const loss of this.#training.waiting) if (!this.#isTold.has(loss)) this.#tell(this.#traineeOf(loss), loss);
    if (isEnd) this.#tellValidation();
  }

  get epoch(): number {
    return this.#context.course.epochs.epoch;
  }

  /** Without evaluation mode only the place in the program tells that a loss is no part of a step. */
  #isBetweenSteps(): boolean {
    const { pass } = this.#context.course.epochs;
    return !this.#isComputed && (pass ? !pass.isTraining : !this.#hasBegun);
  }

  #tell(trainee: Trainee, loss: StepLoss): void {
    const step = this.#context.course.iterations.index;
    this.#isTold.add(loss);
    // Its name first: it may give another line a new one.
    const name = this.#trainingNames.of(trainee, trainee.name);
    this.#context.series.add(name, step, loss.epoch, loss.value);
    if (!this.#newest || step > this.#newest.step || trainee === this.#newest.trainee) this.#newest = { trainee, step, value: loss.value };
  }

  #tellValidation(): void {
    const { course, series, watches } = this.#context;
    for (const { loss, step, epoch, model, data } of this.#validation.take((known) => course.epochs.isTrainedOn(known))) {
      if (this.isValidationLogged) continue;
      const key = this.#lookKey(model ?? this, data ?? this);
      const own = model && (watches.of(model)?.[0]?.model.info.name ?? model.constructor.name);
      series.add(this.#validationNames.of(key, own ?? "model"), step, epoch, loss);
    }
  }

  #lookKey(model: object, data: object): object {
    const ofModel = this.#lookKeys.get(model) ?? new WeakMap<object, object>();
    const key = ofModel.get(data) ?? {};
    this.#lookKeys.set(model, ofModel.set(data, key));
    return key;
  }

  #traineeOf({ leaves }: StepLoss): Trainee {
    const { watches } = this.#context;
    const { iterations } = this.#context.course;
    if (leaves === null) return this.trainees.ofOptimizer(this.#optimizer!);
    // What lies furthest from the loss is what it is for.
    const inOrder = leaves.toReversed();
    const owner = inOrder.map((leaf) => iterations.ownerOf(leaf)).find((candidate) => candidate !== undefined);
    return owner ? this.trainees.ofOptimizer(owner) : this.trainees.ofLeaves(inOrder, (leaf) => watches.modelWith(leaf));
  }

  #hasGradients(leaves: StepLoss["leaves"]): boolean {
    if (leaves) return leaves.some(({ gradSlot }) => gradSlot !== null);
    return this.#optimizer!.paramGroups.some(({ params }) => params.some(({ gradSlot }) => gradSlot !== null));
  }
}
