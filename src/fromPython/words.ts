/** Words that several parts of the translation share: names of methods, bodies of functions. */
import { level, within, type Code } from "./context.ts";
import type { Doc } from "./layout.ts";

/** Operator → the tensor's method. */
export const tensorOperators: Readonly<Record<string, string>> = {
  "+": "add",
  "-": "sub",
  "*": "mul",
  "/": "div",
  "**": "pow",
  "//": "floorDivide",
  "%": "remainder",
  "@": "matmul",
  "&": "bitwiseAnd",
  "|": "bitwiseOr",
  "^": "bitwiseXor",
  "<<": "bitwiseLeftShift",
  ">>": "bitwiseRightShift",
  "==": "eq",
  "!=": "ne",
  "<": "lt",
  "<=": "le",
  ">": "gt",
  ">=": "ge",
};

/** The body of an arrow function: an object needs parentheses. */
export function arrowBody(code: Code): Doc {
  return startsWithBrace(code.doc) ? ["(", code.doc, ")"] : code.doc;
}

function startsWithBrace(doc: Doc): boolean {
  if (typeof doc === "string") return doc.startsWith("{");
  if (Array.isArray(doc)) {
    const first = doc.find((one) => one !== "");
    return first !== undefined && startsWithBrace(first as Doc);
  }
  return "group" in doc ? startsWithBrace(doc.group) : false;
}

/** The opposite of a truth value. */
export function negated(code: Code): Code {
  return { doc: ["!", within(code, level.unary)], level: level.unary };
}

const specialMethods: Readonly<Record<string, string>> = {
  __call__: "call",
  right_inverse: "rightInverse",
  __post_init__: "postInit",
  __enter__: "enter",
  __len__: "length",
  __getitem__: "get",
  __setitem__: "set",
  __repr__: "toString",
  __str__: "toString",
  __add__: "add",
  __sub__: "sub",
  __mul__: "mul",
  __truediv__: "div",
  __matmul__: "matmul",
  __pow__: "pow",
  __neg__: "neg",
  __radd__: "radd",
  __rsub__: "rsub",
  __rmul__: "rmul",
  __rtruediv__: "rdiv",
  __rmatmul__: "rmatmul",
  __rpow__: "rpow",
  __rfloordiv__: "rfloorDivide",
  __rmod__: "rremainder",
  __lt__: "lt",
  __le__: "le",
  __gt__: "gt",
  __ge__: "ge",
  __eq__: "equals",
  __contains__: "has",
  __iter__: "[Symbol.iterator]",
  extra_repr: "extraRepr",
  __mod__: "remainder",
  __floordiv__: "floorDivide",
  setup_context: "setupContext",
  get_lr: "getLr",
  // What optimizers and schedulers are asked for: a class of the program may stand in the place of the API's.
  zero_grad: "zeroGrad",
  param_groups: "paramGroups",
  state_dict: "stateDict",
  load_state_dict: "loadStateDict",
  get_last_lr: "getLastLr",
};

/** What a method of the program's own is called: as it was, unless Python gives the name a meaning. */
export function methodName(name: string): string {
  return specialMethods[name] ?? name;
}
