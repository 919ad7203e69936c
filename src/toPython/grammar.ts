/**
 * The rules that stand above what they are made of: a call's translation asks for that of its arguments, a function's for
 * that of its body. `toPython.ts` puts them in, so that each file imports from those below it only.
 */
import type { Context } from "./context.ts";
import type { Code } from "./python.ts";
import type { Node } from "./syntax.ts";

export interface Rules {
  expression(context: Context, node: Node): Code;
  /** What decides an `if`. */
  condition(context: Context, node: Node): Code;
  /** An expression where only a whole number can stand. */
  wholeExpression(context: Context, node: Node): Code;
  /** The value that a variable or property of this name gets. */
  valueFor(context: Context, name: string | undefined, node: Node): Code;
  /** `made.name` */
  propertyOf(context: Context, node: Node, made: Code, name: string): Code;
  /** A dictionary whose names are Kindling's. */
  apiDictionary(context: Context, node: Extract<Node, { type: "ObjectExpression" }>): Code;
  block(context: Context, node: Extract<Node, { type: "BlockStatement" }>, opensScope?: boolean): void;
  /** `return value` */
  returned(context: Context, value: Node, node: Node): void;
  /** Makes known what a statement declares. */
  predeclare(context: Context, node: Node): void;
}

let rules: Rules;

export function putIn(all: Rules): void {
  rules = all;
}

export const expression: Rules["expression"] = (context, node) => rules.expression(context, node);
export const condition: Rules["condition"] = (context, node) => rules.condition(context, node);
export const wholeExpression: Rules["wholeExpression"] = (context, node) => rules.wholeExpression(context, node);
export const valueFor: Rules["valueFor"] = (context, name, node) => rules.valueFor(context, name, node);
export const propertyOf: Rules["propertyOf"] = (context, node, made, name) => rules.propertyOf(context, node, made, name);
export const apiDictionary: Rules["apiDictionary"] = (context, node) => rules.apiDictionary(context, node);
export const block: Rules["block"] = (context, node, opensScope) => rules.block(context, node, opensScope);
export const returned: Rules["returned"] = (context, value, node) => rules.returned(context, value, node);
export const predeclare: Rules["predeclare"] = (context, node) => rules.predeclare(context, node);
