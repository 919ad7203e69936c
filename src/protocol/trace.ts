/** What wrote each tensor of one step: operations, derivatives, optimizers; from which others, and which numbers they held. */
import type { CalledModule } from "./graph.ts";
import type { SourcePosition } from "./position.ts";
import type { TensorKind } from "./statistics.ts";

export interface StepTrace {
  /** Step of the run, from 0. */
  readonly step: number;
  /** Oldest first. */
  readonly writings: readonly Writing[];
  readonly tensors: readonly TracedTensor[];
  /** There was more than can be told: what came last in the step is missing. */
  readonly isCut?: true;
}

/** A tensor of a module, and what wrote it last. */
export interface TracedTensor {
  /** `ModelInfo.id` */
  readonly model: number;
  /** `ModuleInfo.id` */
  readonly module: number;
  readonly kind: TensorKind;
  /** Index of its writing. */
  readonly writing: number;
}

/**
 * `computed`: by an operation. `differentiated`: by the derivative of one. `summed`: gradients that came together. `hooked`: a
 * gradient as a hook left it. `updated`: by an optimizer. All else was there before: a `parameter` or `buffer` as the step
 * found it, `state` of an optimizer, an `input` of the program's, a `constant` within a model, what a layer of the engine's made for itself
 * (`inner`), the `root` of a backward pass, or what is left from an `earlier` step.
 */
export type WritingKind =
  | "computed"
  | "differentiated"
  | "summed"
  | "hooked"
  | "updated"
  | "parameter"
  | "buffer"
  | "state"
  | "input"
  | "constant"
  | "inner"
  | "root"
  | "earlier";

export interface Writing {
  readonly kind: WritingKind;
  /** The operation as users write it; of a parameter or buffer its path, of an optimizer's state what that calls it. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly range: ValueRange;
  /** Indices of those that it was made from; all come before it. */
  readonly inputs: readonly number[];
  /** The user's line: of a derivative that of its operation, of what was there before the first that reads it. */
  readonly position?: SourcePosition;
  /** Whose call it was made in. */
  readonly module?: CalledModule;
  /** What an update added. */
  readonly change?: ValueRange;
  /** Where what of it isn't finite began: the index of that writing. */
  readonly began?: number;
  /** Of such a beginning: how it came about, and what to try. */
  readonly reason?: string;
}

/** What values there are in a tensor, and between which limits the finite ones lie. */
export interface ValueRange {
  /** Number of values. */
  readonly count: number;
  readonly nan: number;
  /** Number of ∞ and of −∞. */
  readonly positive: number;
  readonly negative: number;
  /** Of the finite values; NaN where there is none. */
  readonly min: number;
  readonly max: number;
  readonly zeros: number;
}
