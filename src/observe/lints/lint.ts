/** What a lint is told of a run that it looks at for likely mistakes, and what it can know. */
import type { DataLoader } from "../../engine/data/dataLoader.ts";
import type { ComputedLoss, OperationWatch } from "../../engine/instrument.ts";
import type { LRScheduler } from "../../engine/optim/lrScheduler/base.ts";
import type { Optimizer } from "../../engine/optim/optimizer.ts";
import type { Tensor } from "../../engine/tensor.ts";
import type { Problem, SourcePosition } from "../../protocol/index.ts";
import type { LintId } from "../../run/lints.ts";
import type { ModelWatch } from "../measuring/modelWatch.ts";
import type { ModelWatches } from "../measuring/modelWatches.ts";
import type { ModelRegistry } from "../models/modelRegistry.ts";
import type { Optimizers } from "../models/optimizers.ts";
import type { ProgramSource } from "../program/programSource.ts";
import type { Course } from "../steps/course.ts";

/** Looks for one kind of mistake. Says nothing when in doubt, and costs a step next to nothing. */
export interface Lint {
  optimizerConstructed?(optimizer: Optimizer): void;
  /** A whole model was called. */
  modelCalled?(model: ModelWatch, inputs: readonly unknown[], output: unknown): void;
  loss?(computed: ComputedLoss): void;
  beforeBackward?(loss: Tensor): void;
  afterBackward?(loss: Tensor): void;
  /** The gradients are there, and nothing has changed yet. */
  beforeStep?(optimizer: Optimizer): void;
  afterStep?(optimizer: Optimizer): void;
  schedulerStepped?(scheduler: LRScheduler): void;
  passStarts?(loader: DataLoader<unknown>): void;
  batch?(loader: DataLoader<unknown>): void;
  passEnds?(loader: DataLoader<unknown>): void;
  /** Of each operation until the run has taken its first step. */
  ran?: OperationWatch["ran"];
  /** The run is over. */
  finish?(): void;
}

/** What is said of a mistake, besides what it is. */
export type Found = Omit<Problem, "code" | "severity" | "step"> & { readonly position: SourcePosition };

export interface LoaderPlace {
  readonly position: SourcePosition;
  readonly name: string | undefined;
}

export interface LintContext {
  readonly course: Course;
  readonly registry: ModelRegistry;
  readonly watches: ModelWatches;
  readonly optimizers: Optimizers;
  readonly source: ProgramSource;
  /** Whether the run ends at its first step: what that shows has to do. */
  readonly isInspection: boolean;
  /** Whether an optimizer has parameters of the model. */
  isTrained(model: ModelWatch): boolean;
  /** Whether a person froze parameters while the program ran. */
  isFrozenByHand(): boolean;
  /** Where the loader was made, and the variable that holds it. */
  loaderPlace(loader: object): LoaderPlace | undefined;
  /** The user's own line that says to compute what is computed now: that of the layer that does so, else the one that runs. */
  origin(): SourcePosition | undefined;
  /** The user's own line that runs now. */
  here(): SourcePosition | undefined;
  /** Once for each place; as severe as the lint is, unless told otherwise. */
  tell(lint: LintId, found: Found, severity?: Problem["severity"]): void;
  isTold(lint: LintId, position: SourcePosition): boolean;
}
