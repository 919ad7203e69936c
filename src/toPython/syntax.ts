/** The syntax tree of a TypeScript program, and small questions about it. */
import { parse, type ParserOptions } from "@babel/parser";
import type { Comment, File, Node } from "@babel/types";

export type { Comment, Node } from "@babel/types";

const options: ParserOptions = { sourceType: "module", plugins: ["typescript", "explicitResourceManagement"], attachComment: false };

/** @throws SyntaxError with `loc` where the text isn't TypeScript */
export const parseProgram = (source: string): File => parse(source, options);

export function childrenOf(node: Node): Node[] {
  const children: Node[] = [];
  for (const [key, value] of Object.entries(node)) {
    if (key === "loc") continue;
    for (const each of Array.isArray(value) ? (value as unknown[]) : [value]) if (isNode(each)) children.push(each);
  }
  return children;
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as { type?: unknown }).type === "string" && "start" in value;
}

/** Calls `visit` for the node and all below; where it says `false`, not for what is below. */
export function walk(node: Node, visit: (node: Node) => boolean | void): void {
  if (visit(node) === false) return;
  for (const child of childrenOf(node)) walk(child, visit);
}

/** Whether anything in the node answers to `test`; functions inside are looked into unless `test` is of this body only. */
export function contains(node: Node, test: (node: Node) => boolean, intoFunctions = true): boolean {
  let found = false;
  walk(node, (each) => {
    if (found) return false;
    if (test(each)) found = true;
    return !found && (intoFunctions || each === node || !isFunction(each));
  });
  return found;
}

export type FunctionNode = Extract<
  Node,
  { type: "FunctionDeclaration" | "FunctionExpression" | "ArrowFunctionExpression" | "ObjectMethod" | "ClassMethod" | "ClassPrivateMethod" }
>;

export function isFunction(node: Node): node is FunctionNode {
  return /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression|ObjectMethod|ClassMethod|ClassPrivateMethod)$/.test(node.type);
}

/** Without `as T`, `satisfies T`, `!` and parentheses. */
export function bare(node: Node): Node {
  switch (node.type) {
    case "TSAsExpression":
    case "TSSatisfiesExpression":
    case "TSNonNullExpression":
    case "TSTypeAssertion":
    case "TSInstantiationExpression":
    case "ParenthesizedExpression":
    case "AwaitExpression":
      return bare(node.type === "AwaitExpression" ? node.argument : node.expression);
    default:
      return node;
  }
}

/** Names that a pattern binds. */
export function boundNames(pattern: Node): string[] {
  switch (pattern.type) {
    case "Identifier":
      return [pattern.name];
    case "AssignmentPattern":
      return boundNames(pattern.left);
    case "RestElement":
      return boundNames(pattern.argument);
    case "ArrayPattern":
      return pattern.elements.flatMap((element) => (element ? boundNames(element) : []));
    case "ObjectPattern":
      return pattern.properties.flatMap((property) => boundNames(property.type === "RestElement" ? property.argument : property.value));
    case "TSParameterProperty":
      return boundNames(pattern.parameter);
    default:
      return [];
  }
}

/** Whether the variable gets a new value in the node. */
export function isAssignedIn(node: Node, name: string): boolean {
  return contains(
    node,
    (each) =>
      (each.type === "AssignmentExpression" && boundNames(each.left).includes(name)) ||
      (each.type === "UpdateExpression" && each.argument.type === "Identifier" && each.argument.name === name) ||
      ((each.type === "ForOfStatement" || each.type === "ForInStatement") && each.left.type !== "VariableDeclaration" && boundNames(each.left).includes(name)),
  );
}

/** Whether the node speaks of the variable. */
export const mentions = (node: Node, name: string): boolean => contains(node, (each) => each.type === "Identifier" && each.name === name);

/** Names of values that the node speaks of and doesn't bind itself. */
export function freeNames(node: Node): Set<string> {
  const found = new Set<string>();
  const look = (each: Node, bound: ReadonlySet<string>): void => {
    if (/^TS(Type|Interface)|^TypeAnnotation/.test(each.type)) return;
    if (each.type === "Identifier") {
      if (!bound.has(each.name)) found.add(each.name);
      return;
    }
    const inside = isFunction(each) ? new Set([...bound, ...each.params.flatMap(boundNames), ...declaredIn(each.body)]) : bound;
    for (const child of childrenOf(each)) if (!isKey(each, child)) look(child, inside);
  };
  look(node, new Set(declaredIn(node)));
  return found;
}

/** What is declared in the node, functions inside left out. */
export function declaredIn(node: Node): string[] {
  const names: string[] = [];
  walk(node, (each) => {
    if (each.type === "VariableDeclarator" || ((each.type === "FunctionDeclaration" || each.type === "ClassDeclaration") && each.id))
      names.push(...boundNames(each.id!));
    if (each.type === "CatchClause" && each.param) names.push(...boundNames(each.param));
    return each === node || !isFunction(each);
  });
  return names;
}

/** Whether the child only names a member of its parent. */
const isKey = (parent: Node, child: Node): boolean =>
  ("property" in parent && parent.property === child && "computed" in parent && !parent.computed) ||
  ("key" in parent && parent.key === child && !("computed" in parent && parent.computed));

/** The name of a property, `undefined` where it is computed. */
export function keyName(node: Node, computed = false): string | undefined {
  if (node.type === "PrivateName") return `_${node.id.name}`;
  if (node.type === "StringLiteral") return node.value;
  if (node.type === "NumericLiteral") return String(node.value);
  return node.type === "Identifier" && !computed ? node.name : undefined;
}

export const startLine = (node: Node | Comment): number => node.loc?.start.line ?? 0;
export const endLine = (node: Node | Comment): number => node.loc?.end.line ?? 0;
