/** What a program computed in one pass through its models: operations inside calls of modules, and the tensors between them. */
import type { SourcePosition } from "./position.ts";

/**
 * `input`: a tensor that came from outside, or that the program made itself within a call (`constant`). `call`: of a module;
 * `loss`: an operation, or several, that are a loss. Both may hold others. `output`: what nothing of the pass used further.
 */
export type PassNodeKind = "input" | "constant" | "operation" | "call" | "loss" | "output";

export interface PassNode {
  readonly kind: PassNodeKind;
  /**
   * Of an operation as users write it (`add`, `relu_`), of a call the module's class, of an input `input`, `target`, or, where
   * only the end of a pass is known, `earlier`.
   */
  readonly name: string;
  /** Index of the call or loss that it is part of; it comes before the node. `null` at the top. */
  readonly parent: number | null;
  /** Shapes of the tensors that came out. */
  readonly shapes: readonly (readonly number[])[];
  /** The module that was called; absent for one that is part of no model. */
  readonly module?: CalledModule;
  /** Shapes of the parameters and buffers that the operation reads. */
  readonly state?: readonly (readonly number[])[];
  /** The user's line that ran the operation. */
  readonly position?: SourcePosition;
}

/** A tensor on its way; both ends are nodes that hold no others. */
/** Model and module by their numbers then; models that were found since may have changed them. */
export interface CalledModule {
  /** `ModelInfo.id` */
  readonly model: number;
  /** `ModuleInfo.id` */
  readonly id: number;
  /** What it was called in the module that holds it, the root as its model. */
  readonly name: string;
}

export interface PassEdge {
  readonly from: number;
  readonly to: number;
  readonly shape: readonly number[];
  readonly dtype: string;
  /** It was detached on the way: no gradient comes back. */
  readonly detached?: true;
}

/** Where the pass ended because the program failed. */
export interface PassFailure {
  /** Index of the operation, or of the call, that failed. */
  readonly node: number;
  readonly message: string;
  /** The shapes that don't go together, where that was the reason. */
  readonly shapes: readonly (readonly number[])[];
}

export interface Pass {
  /** The same for passes that computed the same operations in the same calls, whatever the shapes. */
  readonly id: string;
  /** `training`: its gradients were computed. `evaluation`: without gradients, or with the model in `eval()`. */
  readonly kind: "training" | "evaluation" | "forward";
  /** Step of the run in which it was looked at. */
  readonly step: number;
  readonly nodes: readonly PassNode[];
  readonly edges: readonly PassEdge[];
  readonly failure?: PassFailure;
  /** There were more operations than can be shown. */
  readonly isCut?: true;
}

/** How often passes ran so far. */
export interface PassCount {
  /** `Pass.id` */
  readonly id: string;
  readonly times: number;
  /** Estimated from the steps that were looked at. */
  readonly isEstimate?: true;
}
