/** What the user's source declares, as it is found before anything of it runs; plain data, so that it can be sent to the worker thread. */
import type { SourcePosition } from "../protocol/index.ts";

/** A class with an `extends` clause; whether it is a module is known when the program has run it. */
export interface ClassDeclaration {
  readonly name: string;
  readonly position: SourcePosition;
  /** `null` without a constructor of its own: the parent's counts. */
  readonly parameters: readonly { readonly name: string; readonly required: boolean }[] | null;
}

/** `name = new X(…)` or `name = make(…)`: a call whose result a variable holds. */
export interface VariableDeclaration {
  readonly name: string;
  /** Where a stack trace says the call is. */
  readonly position: SourcePosition;
  /** The variable existed before: what it held is given up. */
  readonly assigned: boolean;
}

/** A name that the user imports from `kindling`. */
export interface ImportedName {
  readonly name: string;
  readonly position: SourcePosition;
}

/** Of all files of the user's; a class is referred to by its index. */
export interface Declarations {
  readonly classes: readonly ClassDeclaration[];
  readonly variables: readonly VariableDeclaration[];
  readonly imports: readonly ImportedName[];
  /** Loops that tell their turns, and calls of `backward()` and `log()`; each is referred to by its index. */
  readonly loops: readonly SourcePosition[];
  readonly calls: readonly SourcePosition[];
}
