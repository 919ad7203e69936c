/** The properties that a class gives its own objects: declared, or assigned to `this`. */
import type { AnyNode, ClassExpression } from "acorn";
import type { SourcePosition } from "../protocol/index.ts";
import type { FieldDeclaration } from "./declarations.ts";
import { identifierName, walk } from "./syntaxTree.ts";

/**
 * @param owner index of the class
 * @param positionOf place of the JavaScript in the user's file
 */
export function fieldsOf(node: Pick<ClassExpression, "body">, owner: number, positionOf: (offset: number) => SourcePosition | undefined): FieldDeclaration[] {
  const fields = new Map<string, FieldDeclaration>();
  walk(node.body, null, (inner) => {
    const name = fieldName(inner);
    const position = name === undefined || fields.has(name) ? undefined : positionOf(inner.start);
    if (name !== undefined && position) fields.set(name, { owner, name, position });
  });
  return [...fields.values()];
}

function fieldName(node: AnyNode): string | undefined {
  if (node.type === "PropertyDefinition") return node.computed ? undefined : identifierName(node.key as AnyNode);
  if (node.type !== "AssignmentExpression" || node.left.type !== "MemberExpression") return undefined;
  const { object, property, computed } = node.left;
  return object.type === "ThisExpression" && !computed ? identifierName(property as AnyNode) : undefined;
}
