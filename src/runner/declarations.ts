/** What the user's source declares, as it is found before anything of it runs; plain data, so that it can be sent to the worker thread. */
import type { SourceEnd, SourcePosition } from "../protocol/index.ts";
import type { ValuePlace } from "../observe/values/valuePlace.ts";

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

/** A property that a class gives its own objects, where it does so first. */
export interface FieldDeclaration {
  /** Index of the class. */
  readonly owner: number;
  readonly name: string;
  readonly position: SourcePosition;
}

/** A name that the user imports from `kindling`. */
export interface ImportedName {
  readonly name: string;
  readonly position: SourcePosition;
}

/** A call or a `new` in the user's text. */
export interface CallSite {
  /** Where a stack trace says the call is. */
  readonly position: SourcePosition;
  /** Right behind its last bracket. */
  readonly end: SourceEnd;
  /** What is called, as it is written: `this.fc1`, `x.add`. */
  readonly callee: string;
  /** What the method that is called belongs to, where that is a name. */
  readonly receiver?: Operand;
  readonly operands: readonly Operand[];
}

/** What a call is given. */
export interface Operand {
  readonly position: SourcePosition;
  readonly end: SourceEnd;
  readonly text: string;
  /** Its place among the arguments, or its name among those that are given by name. */
  readonly parameter: number | string;
  /** Where it is a number, or a list of numbers, that is written there. */
  readonly constant?: number | readonly number[];
  /** Where it is a name: the places that may have given it its value, in the order of the text. */
  readonly from?: readonly { readonly position: SourcePosition; readonly end: SourceEnd }[];
}

/** Of one file of the user's, or of all; a class is referred to by its index. */
export interface Declarations {
  readonly classes: readonly ClassDeclaration[];
  readonly fields: readonly FieldDeclaration[];
  readonly variables: readonly VariableDeclaration[];
  readonly imports: readonly ImportedName[];
  /** Loops that tell their turns, and calls of `backward()` and `log()`; each is referred to by its index. */
  readonly loops: readonly SourcePosition[];
  readonly tellingCalls: readonly SourcePosition[];
  readonly calls: readonly CallSite[];
  /** Where the program tells values; none unless that was asked for. A place is referred to by its index. */
  readonly values: readonly ValuePlace[];
}
