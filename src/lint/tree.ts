/** A file's syntax tree, and ways through it. */
import { parse } from "@babel/parser";
import type * as t from "@babel/types";

export type Node = t.Node;
export type ClassNode = t.ClassDeclaration | t.ClassExpression;
export type FunctionNode = t.FunctionDeclaration | t.FunctionExpression | t.ArrowFunctionExpression | t.ObjectMethod | t.ClassMethod | t.ClassPrivateMethod;
export type LoopNode = t.ForStatement | t.ForOfStatement | t.ForInStatement | t.WhileStatement | t.DoWhileStatement;

/** Nodes hold the one around them themselves: a map of all nodes takes as long as all else that a walk does. */
const outer = Symbol("outer");

interface Held {
  [outer]?: Node;
}

/** The node around one of a program that was walked through. */
export function parentOf(node: Node): Node | undefined {
  return (node as Held)[outer];
}

export function setParent(node: Node, parent: Node): void {
  (node as Held)[outer] = parent;
}

/** @returns undefined where the text can't be made sense of, as while somebody types */
export function parseProgram(text: string): t.Program | undefined {
  try {
    const { program } = parse(text, {
      sourceType: "module",
      plugins: ["typescript", "decorators", "explicitResourceManagement"],
      errorRecovery: true,
      attachComment: false,
      allowReturnOutsideFunction: true,
      createParenthesizedExpressions: false,
    });
    return program;
  } catch {
    return undefined;
  }
}

export function isFunction(node: Node): node is FunctionNode {
  switch (node.type) {
    case "FunctionDeclaration":
    case "FunctionExpression":
    case "ArrowFunctionExpression":
    case "ObjectMethod":
    case "ClassMethod":
    case "ClassPrivateMethod":
      return true;
    default:
      return false;
  }
}

export function isLoop(node: Node): node is LoopNode {
  switch (node.type) {
    case "ForStatement":
    case "ForOfStatement":
    case "ForInStatement":
    case "WhileStatement":
    case "DoWhileStatement":
      return true;
    default:
      return false;
  }
}

export function isClass(node: Node): node is ClassNode {
  return node.type === "ClassDeclaration" || node.type === "ClassExpression";
}

/** The expression without what only TypeScript reads: `x!`, `x as T`, `x satisfies T`, `(x)`. */
export function bare(node: Node): Node {
  switch (node.type) {
    case "TSNonNullExpression":
    case "TSAsExpression":
    case "TSSatisfiesExpression":
    case "TSTypeAssertion":
    case "ParenthesizedExpression":
      return bare(node.expression);
    case "AwaitExpression":
      return bare(node.argument);
    default:
      return node;
  }
}

/** Whether `inner` is `outer` or in it. */
export function isIn(inner: Node, outer: Node): boolean {
  return inner.start! >= outer.start! && inner.end! <= outer.end!;
}

/** The name behind the dot, or of the key in brackets where that is written out. */
export function memberName(node: Node): string | undefined {
  if (node.type !== "MemberExpression" && node.type !== "OptionalMemberExpression") return undefined;
  const { property, computed } = node;
  if (property.type === "PrivateName") return `#${property.id.name}`;
  if (!computed && property.type === "Identifier") return property.name;
  return property.type === "StringLiteral" ? property.value : undefined;
}

/** `x` of `x.name`. */
export function objectOf(node: Node): Node | undefined {
  return node.type === "MemberExpression" || node.type === "OptionalMemberExpression" ? bare(node.object) : undefined;
}

export function keyName(key: Node): string | undefined {
  if (key.type === "Identifier") return key.name;
  if (key.type === "StringLiteral") return key.value;
  return key.type === "PrivateName" ? `#${key.id.name}` : undefined;
}

/** The value that an object gives to a name. */
export function propertyOf(object: Node | undefined, name: string): Node | undefined {
  if (object?.type !== "ObjectExpression") return undefined;
  const found = object.properties.find((property) => property.type === "ObjectProperty" && !property.computed && keyName(property.key) === name);
  return found?.type === "ObjectProperty" ? bare(found.value) : undefined;
}
