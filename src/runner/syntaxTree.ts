/** Walking through a program's syntax tree, and the names in it. */
import type { AnyNode } from "acorn";

export function walk(node: AnyNode, parent: AnyNode | null, visit: (node: AnyNode, parent: AnyNode | null) => void): void {
  visit(node, parent);
  for (const child of childrenOf(node)) walk(child, node, visit);
}

export function childrenOf(node: AnyNode): AnyNode[] {
  const children: AnyNode[] = [];
  // Lists without making new ones: a program has very many nodes, and several look at each.
  for (const part of Object.values(node) as unknown[]) {
    if (Array.isArray(part)) {
      for (const one of part) if (isNode(one)) children.push(one);
    } else if (isNode(part)) {
      children.push(part);
    }
  }
  return children;
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === "object" && value !== null && typeof (value as { type?: unknown }).type === "string" && "start" in value;
}

export const functionTypes: ReadonlySet<string> = new Set(["FunctionDeclaration", "FunctionExpression", "ArrowFunctionExpression"]);

export function identifierName(pattern: AnyNode): string | undefined {
  return pattern.type === "Identifier" ? pattern.name : undefined;
}

/** The name that `const Net = class …` gives to an anonymous class. */
export function nameGivenBy(parent: AnyNode | null): string | undefined {
  if (parent?.type === "VariableDeclarator") return identifierName(parent.id);
  if (parent?.type === "AssignmentExpression") return identifierName(parent.left);
  return undefined;
}

export function functionName(node: AnyNode, parent: AnyNode | null): string | undefined {
  const own = (node as { id?: AnyNode | null }).id;
  if (own) return identifierName(own);
  if (parent?.type === "MethodDefinition" || parent?.type === "PropertyDefinition" || parent?.type === "Property") return identifierName(parent.key);
  return nameGivenBy(parent);
}
