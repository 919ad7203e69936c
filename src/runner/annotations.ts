/** What a look at the user's source tells before it runs; plain data, so that it can be sent to the worker thread. */
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

/** All that is known of the user's own files; a class or loop is referred to by its index. */
export interface Annotations {
  readonly classes: readonly ClassDeclaration[];
  readonly variables: readonly VariableDeclaration[];
  readonly imports: readonly ImportedName[];
}

/**
 * The object under which annotated code finds its hooks: `globalThis[Symbol.for("kindling.program")]`.
 * `declared` is called once a class exists, `loop` at the start of each turn of a loop over epochs, `turn` at that of a loop
 * that trains, and `left` when that loop is over.
 */
export interface ProgramHooks {
  /** The program is read; nothing of it has run. */
  begun(): void;
  declared<T>(constructor: T, index: number): T;
  /** The counter now, what it began with, and the first value that it will not reach. */
  loop(counter: number, first: number, bound: number): void;
  /** Which loop, whether it may be left early, and where it counts, which turn (from 0) of how many. */
  turn(loop: number, mayBreak: boolean, index?: number, count?: number): void;
  left(loop: number): void;
  /** Tells at once all that is known of the models; called from outside when the program hangs. */
  report(): void;
}

export const programHooksKey = "kindling.program";

/** What annotated code calls the hooks: the bundle's first line gives them that name, before the program can change `Symbol`. */
export const programHooksName = "__kindlingProgram";
