/** Values that stand in a text as they are: numbers, texts, true and false. Pure. */
import type { Node } from "./tree.ts";

export interface Literal {
  readonly kind: "number" | "text" | "flag";
  /** As it stands in the file, and where. */
  readonly text: string;
  readonly start: number;
}

/** @returns nothing of what is no literal */
export function kindOf(node: Node): Literal["kind"] | undefined {
  if (node.type === "UnaryExpression" && (node.operator === "-" || node.operator === "+")) return kindOf(node.argument) === "number" ? "number" : undefined;
  if (node.type === "NumericLiteral") return "number";
  if (node.type === "BooleanLiteral") return "flag";
  return node.type === "StringLiteral" || (node.type === "TemplateLiteral" && node.expressions.length === 0) ? "text" : undefined;
}
