/** A pass while it is recorded. Invariant: drafts know shapes and modules, never a tensor. */
import type { AnyModule } from "../../engine/nn/module.ts";
import type { PassNodeKind, SourcePosition } from "../../protocol/index.ts";

/** A tensor that came out of a draft. */
export interface Made {
  readonly draft: Draft;
  readonly shape: readonly number[];
  readonly dtype: string;
  /** How often it went into something. */
  uses: number;
}

/** A tensor that goes into a draft. */
export interface Used {
  readonly made: Made;
  readonly isDetached: boolean;
}

export class Draft {
  name: string;
  kind: PassNodeKind;
  parent: Draft | null;
  readonly inputs: Used[] = [];
  readonly outputs: Made[] = [];
  readonly state: (readonly number[])[] = [];
  /** Drafts inside of a call, in order. */
  readonly children: Draft[] = [];
  /** Of a call. */
  readonly module: AnyModule | undefined;
  position: SourcePosition | undefined;
  /** Of a call: without gradients, or of a module in `eval()`. */
  isEvaluation = false;
  /** What was handed to a call. */
  arguments: readonly Used[] = [];
  /** Came out of the call that it is in. */
  isResult = false;
  /** `backward()` began here. */
  isRoot = false;
  /** Writes over one of its inputs. */
  isInPlace = false;

  constructor(kind: PassNodeKind, name: string, parent: Draft | null, module?: AnyModule) {
    this.kind = kind;
    this.name = name;
    this.parent = parent;
    this.module = module;
  }

  get isUsed(): boolean {
    return this.outputs.some(({ uses }) => uses > 0);
  }

  makes(shape: readonly number[], dtype: string): Made {
    const made: Made = { draft: this, shape: [...shape], dtype, uses: 0 };
    this.outputs.push(made);
    return made;
  }

  takes(used: Used): void {
    used.made.uses++;
    this.inputs.push(used);
  }
}
