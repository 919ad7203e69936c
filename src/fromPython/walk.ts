/** What the calls of Python's and PyTorch's functions need of the walk through the program. */
import type { Argument, Call, Expression } from "./syntax.ts";
import type { FunctionInfo, ListType, SetType, Type } from "./types.ts";

export interface Walk {
  /** What `functools.partial` made, by the call. */
  readonly partials: Map<Expression, Type>;
  /** What comes of going through it. */
  items(type: Type): Type;
  /** Tells a function what it is given, and gives back what it returns. */
  invoke(info: FunctionInfo, types: readonly Type[], given?: readonly Argument[], self?: Type): Type;
  /** What a function of a library gives, by its Python name. */
  call(path: string, types: readonly Type[], expression: Call): Type;
  /** The one that an expression makes, in all rounds. */
  container(expression: Expression, make: () => Type, add: (container: Type) => void): Type;
  append(list: ListType | SetType, type: Type): void;
  dictionary(entries: readonly { key?: Expression; value: Expression }[], expression: Expression): Type;
}
