/**
 * What a model is made of, as plain data: the same snapshot feeds lenses, tree, panel and command line.
 * Invariant: no tensor travels here; shapes, counts and statistics do. See sample.ts for the pieces that a person looks at.
 */
import type { SourcePosition } from "./position.ts";

/** Numbers of scalar values; a parameter that is shared by several modules counts once. */
export interface ParameterCounts {
  readonly total: number;
  readonly trainable: number;
  readonly frozen: number;
}

export interface ParameterInfo {
  /** The property's name within its module, e.g. `weight`. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  /** Number of scalar values. */
  readonly count: number;
  readonly trainable: boolean;
  /** Full path of the first place where the same tensor is registered, when this is not the first. */
  readonly sharedWith?: string;
}

export interface BufferInfo {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly count: number;
  /** Whether it is part of the state dict. */
  readonly persistent: boolean;
}

export interface ModuleInfo {
  /** Index in `ModelInfo.modules`; children always come after their parent, in registration order (depth first). */
  readonly id: number;
  /** `null` for the root. */
  readonly parent: number | null;
  /** The name under which the parent holds it; for the root the model's variable name, or its class name. */
  readonly name: string;
  /** Path from the root as PyTorch names it (`blocks.0.block.1`); empty for the root. */
  readonly path: string;
  /** Class name. */
  readonly type: string;
  /** What the class shows between its parentheses (PyTorch's `extra_repr`), e.g. `in_features=20, out_features=64, bias=True`. */
  readonly extra: string;
  /** Own parameters only. */
  readonly parameters: readonly ParameterInfo[];
  readonly buffers: readonly BufferInfo[];
  /** This module and everything below it. */
  readonly counts: ParameterCounts;
  readonly training: boolean;
  /** Shapes of the tensors that the last call was given; absent if it was never called. */
  readonly inputShapes?: readonly (readonly number[])[];
  /** Of a dropout, or a module with one of its own: the probability of a zero. */
  readonly dropout?: number;
  /** Shapes of the tensors that the last call returned; absent if it was never called. */
  readonly outputShapes?: readonly (readonly number[])[];
  /** Where it was constructed (`new nn.Linear(…)`). */
  readonly constructedAt?: SourcePosition;
  /** The line of the user's that called it first; absent if it was never called. */
  readonly calledAt?: SourcePosition;
  /** Where its class is declared, if that is in the user's files. */
  readonly declaredAt?: SourcePosition;
}

export interface ModelInfo {
  /** Number of this root module within the run, from 0, in order of construction. */
  readonly id: number;
  /** The variable that holds it, or its class name. */
  readonly name: string;
  /** False where `name` is only the class name. */
  readonly isVariable: boolean;
  /** `modules[0]` is the root. */
  readonly modules: readonly ModuleInfo[];
}

/** A class of the user's that derives from `nn.Module`. */
export interface ModelClassInfo {
  readonly name: string;
  readonly declaredAt: SourcePosition;
  readonly status:
    | { readonly kind: "built"; readonly counts: ParameterCounts; readonly instances: number }
    /** The run never built it; it was tried without arguments after the run. */
    | { readonly kind: "tried"; readonly counts: ParameterCounts }
    /** Its constructor needs arguments, so it could not be tried. */
    | { readonly kind: "needsArguments"; readonly parameters: readonly string[] }
    | { readonly kind: "failed"; readonly message: string };
}
