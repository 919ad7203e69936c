/** Python's syntax as the translation reads it: a small tree, with the writer's comments on its statements. */
import type { Type } from "./types.ts";

/** Where something stands in the source. */
interface Place {
  readonly from: number;
  readonly to: number;
}

interface ExpressionBase extends Place {
  /** What inference found out about its value. */
  type?: Type;
  /** Comments of entries in a list of several lines. */
  comments?: Comments;
}

export interface Comments {
  readonly before: string[];
  after?: string;
}

export interface Name extends ExpressionBase {
  readonly kind: "name";
  readonly name: string;
}
export interface Num extends ExpressionBase {
  readonly kind: "number";
  readonly text: string;
}
export interface Str extends ExpressionBase {
  readonly kind: "string";
  readonly value: string;
}
export interface FormatPart {
  readonly value: Expression;
  readonly conversion: string;
  readonly spec: readonly (string | FormatPart)[];
}
export interface FormatText extends ExpressionBase {
  readonly kind: "format";
  readonly parts: readonly (string | FormatPart)[];
}
export interface Constant extends ExpressionBase {
  readonly kind: "constant";
  readonly value: "True" | "False" | "None" | "...";
}
export interface Binary extends ExpressionBase {
  readonly kind: "binary";
  readonly operator: string;
  readonly left: Expression;
  readonly right: Expression;
}
export interface Unary extends ExpressionBase {
  readonly kind: "unary";
  readonly operator: string;
  readonly operand: Expression;
}
/** `and`, `or`. */
export interface Logical extends ExpressionBase {
  readonly kind: "logical";
  readonly operator: "and" | "or";
  readonly left: Expression;
  readonly right: Expression;
}
/** `a < b <= c`: one operand more than operators. */
export interface Compare extends ExpressionBase {
  readonly kind: "compare";
  readonly operators: readonly string[];
  readonly operands: readonly Expression[];
}
export interface Conditional extends ExpressionBase {
  readonly kind: "conditional";
  readonly test: Expression;
  readonly whenTrue: Expression;
  readonly otherwise: Expression;
}
export interface Lambda extends ExpressionBase {
  readonly kind: "lambda";
  readonly parameters: readonly Parameter[];
  readonly body: Expression;
}
export interface Attribute extends ExpressionBase {
  readonly kind: "attribute";
  readonly object: Expression;
  readonly name: string;
}
export interface Index extends ExpressionBase {
  readonly kind: "index";
  readonly object: Expression;
  /** `x[a, b]` has two. */
  readonly subscripts: readonly Expression[];
}
export interface Slice extends ExpressionBase {
  readonly kind: "slice";
  readonly start?: Expression;
  readonly stop?: Expression;
  readonly step?: Expression;
}
export interface Argument {
  readonly value: Expression;
  readonly name?: string;
  readonly star?: "*" | "**";
}
export interface Call extends ExpressionBase {
  readonly kind: "call";
  readonly callee: Expression;
  readonly arguments: readonly Argument[];
}
export interface Sequence extends ExpressionBase {
  readonly kind: "list" | "tuple" | "set";
  readonly entries: readonly Expression[];
}
export interface Dictionary extends ExpressionBase {
  readonly kind: "dict";
  /** Without a key: `**value`. */
  readonly entries: readonly { readonly key?: Expression; readonly value: Expression }[];
  /** It stands for a `Namespace` of `argparse`. */
  readonly namespace?: boolean;
}
export interface Clause {
  readonly target: Expression;
  readonly iterable: Expression;
  readonly conditions: readonly Expression[];
}
export interface Comprehension extends ExpressionBase {
  readonly kind: "comprehension";
  readonly of: "list" | "set" | "dict" | "generator";
  /** The key of a dict's entry. */
  readonly key?: Expression;
  readonly value: Expression;
  readonly clauses: readonly Clause[];
}
export interface Starred extends ExpressionBase {
  readonly kind: "starred";
  readonly value: Expression;
}
export interface Walrus extends ExpressionBase {
  readonly kind: "walrus";
  readonly target: Expression;
  readonly value: Expression;
}
export interface Yield extends ExpressionBase {
  readonly kind: "yield";
  readonly all: boolean;
  readonly value?: Expression;
}

export type Expression =
  | Name
  | Num
  | Str
  | FormatText
  | Constant
  | Binary
  | Unary
  | Logical
  | Compare
  | Conditional
  | Lambda
  | Attribute
  | Index
  | Slice
  | Call
  | Sequence
  | Dictionary
  | Comprehension
  | Starred
  | Walrus
  | Yield;

export interface Parameter {
  readonly name: string;
  readonly annotation?: Expression;
  readonly default?: Expression;
  /** Behind a `*`: by name only. */
  readonly byName: boolean;
  readonly star?: "*" | "**";
}

/** Whether a function takes whatever it is given: `*args, **kwargs`. What is given to it by name comes by position here. */
export function takesAnything(parameters: readonly Parameter[]): boolean {
  return parameters.length === 2 && parameters[0]!.star === "*" && parameters[1]!.star === "**";
}

/** Whether what `*values` takes is one list here, for TypeScript has such a parameter only at the end. */
export function takesList(parameters: readonly Parameter[]): boolean {
  return parameters.some(({ star }, at) => star === "*" && at < parameters.length - 1) && !takesAnything(parameters);
}

interface StatementBase extends Place {
  comments: Comments;
  /** An empty line stands before it. */
  blankBefore: boolean;
}

export interface Block {
  readonly statements: readonly Statement[];
  /** Comments behind the last statement. */
  readonly tail: string[];
}

export interface ExpressionStatement extends StatementBase {
  readonly kind: "expression";
  readonly value: Expression;
}
export interface Assign extends StatementBase {
  readonly kind: "assign";
  readonly targets: readonly Expression[];
  readonly annotation?: Expression;
  /** None for a bare `x: int`. */
  readonly value?: Expression;
}
export interface Update extends StatementBase {
  readonly kind: "update";
  readonly target: Expression;
  /** Without the `=`. */
  readonly operator: string;
  readonly value: Expression;
}
export interface Simple extends StatementBase {
  readonly kind: "pass" | "break" | "continue";
}
export interface Return extends StatementBase {
  readonly kind: "return";
  readonly value?: Expression;
}
export interface Delete extends StatementBase {
  readonly kind: "delete";
  readonly targets: readonly Expression[];
}
export interface Raise extends StatementBase {
  readonly kind: "raise";
  readonly value?: Expression;
  /** What stands behind `from`. */
  readonly cause?: Expression;
}
export interface Assert extends StatementBase {
  readonly kind: "assert";
  readonly test: Expression;
  readonly message?: Expression;
}
export interface ImportedName {
  readonly name: string;
  readonly alias?: string;
}
/** `import names` or `from module import names`. */
export interface Import extends StatementBase {
  readonly kind: "import";
  readonly module?: string;
  readonly names: readonly ImportedName[];
}
export interface ScopeNames extends StatementBase {
  readonly kind: "global" | "nonlocal";
  readonly names: readonly string[];
}
export interface If extends StatementBase {
  readonly kind: "if";
  readonly branches: readonly { readonly test: Expression; readonly body: Block; readonly comments: string[] }[];
  readonly otherwise?: Block;
}
export interface While extends StatementBase {
  readonly kind: "while";
  readonly test: Expression;
  readonly body: Block;
  readonly otherwise?: Block;
}
export interface For extends StatementBase {
  readonly kind: "for";
  readonly target: Expression;
  readonly iterable: Expression;
  readonly body: Block;
  readonly otherwise?: Block;
}
export interface Handler {
  readonly test?: Expression;
  readonly name?: string;
  readonly body: Block;
}
export interface Try extends StatementBase {
  readonly kind: "try";
  readonly body: Block;
  readonly handlers: readonly Handler[];
  readonly otherwise?: Block;
  readonly finally?: Block;
}
export interface With extends StatementBase {
  readonly kind: "with";
  readonly items: readonly { readonly value: Expression; readonly name?: string }[];
  readonly body: Block;
}
export interface FunctionStatement extends StatementBase {
  readonly kind: "function";
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly returns?: Expression;
  readonly decorators: readonly Expression[];
  readonly doc?: string;
  readonly body: Block;
}
export interface ClassStatement extends StatementBase {
  readonly kind: "class";
  readonly name: string;
  readonly bases: readonly Argument[];
  readonly decorators: readonly Expression[];
  readonly doc?: string;
  readonly body: Block;
}
/** What the grammar knows and the translation doesn't, or what is no Python. */
export interface Unreadable extends StatementBase {
  readonly kind: "unreadable";
  readonly reason: string;
}

export type Statement =
  | ExpressionStatement
  | Assign
  | Update
  | Simple
  | Return
  | Delete
  | Raise
  | Assert
  | Import
  | ScopeNames
  | If
  | While
  | For
  | Try
  | With
  | FunctionStatement
  | ClassStatement
  | Unreadable;

/** The blocks that stand inside a statement. */
export function blocksOf(statement: Statement): Block[] {
  switch (statement.kind) {
    case "if":
      return [...statement.branches.map((branch) => branch.body), ...present(statement.otherwise)];
    case "while":
    case "for":
      return [statement.body, ...present(statement.otherwise)];
    case "try":
      return [statement.body, ...statement.handlers.map((handler) => handler.body), ...present(statement.otherwise), ...present(statement.finally)];
    case "with":
    case "function":
    case "class":
      return [statement.body];
    default:
      return [];
  }
}

/** The expressions that are a statement's own, in the order in which they are evaluated; those of its blocks are not among them. */
export function expressionsOf(statement: Statement): Expression[] {
  switch (statement.kind) {
    case "expression":
      return [statement.value];
    case "assign":
      return [...present(statement.value), ...statement.targets];
    case "update":
      return [statement.value, statement.target];
    case "return":
      return present(statement.value);
    case "raise":
      return [...present(statement.value), ...present(statement.cause)];
    case "delete":
      return [...statement.targets];
    case "assert":
      return [statement.test, ...present(statement.message)];
    case "if":
      return statement.branches.map((branch) => branch.test);
    case "while":
      return [statement.test];
    case "for":
      return [statement.iterable, statement.target];
    case "with":
      return statement.items.map((item) => item.value);
    case "function":
      return [...statement.decorators, ...statement.parameters.flatMap((parameter) => present(parameter.default))];
    case "class":
      return [...statement.decorators, ...statement.bases.map((base) => base.value)];
    default:
      return [];
  }
}

/** The expressions directly inside another. */
export function partsOf(expression: Expression): Expression[] {
  switch (expression.kind) {
    case "format":
      return formatted(expression.parts);
    case "binary":
    case "logical":
      return [expression.left, expression.right];
    case "unary":
      return [expression.operand];
    case "compare":
      return [...expression.operands];
    case "conditional":
      return [expression.test, expression.whenTrue, expression.otherwise];
    case "lambda":
      return [...expression.parameters.flatMap((parameter) => present(parameter.default)), expression.body];
    case "attribute":
      return [expression.object];
    case "index":
      return [expression.object, ...expression.subscripts];
    case "slice":
      return [...present(expression.start), ...present(expression.stop), ...present(expression.step)];
    case "call":
      return [expression.callee, ...expression.arguments.map((argument) => argument.value)];
    case "list":
    case "tuple":
    case "set":
      return [...expression.entries];
    case "dict":
      return expression.entries.flatMap((entry) => [...present(entry.key), entry.value]);
    case "comprehension":
      return [...expression.clauses.flatMap((clause) => [clause.iterable, clause.target, ...clause.conditions]), ...present(expression.key), expression.value];
    case "starred":
      return [expression.value];
    case "walrus":
      return [expression.value, expression.target];
    case "yield":
      return present(expression.value);
    default:
      return [];
  }
}

function formatted(parts: readonly (string | FormatPart)[]): Expression[] {
  return parts.flatMap((part) => (typeof part === "string" ? [] : [part.value, ...formatted(part.spec)]));
}

function present<T>(value: T | undefined): T[] {
  return value === undefined ? [] : [value];
}

/** Whether a name stands anywhere in a block. */
export function mentionsName(block: Block, name: string): boolean {
  const inExpression = (expression: Expression): boolean => (expression.kind === "name" && expression.name === name) || partsOf(expression).some(inExpression);
  return block.statements.some((statement) => expressionsOf(statement).some(inExpression) || blocksOf(statement).some((inner) => mentionsName(inner, name)));
}
