/** The calls in a program's text that tell a number: those of `backward()`, and those of Kindling's `log()`. */
import type { AnyNode, CallExpression } from "acorn";
import { identifierName, walk } from "./syntaxTree.ts";

export interface TellingCall {
  /** The call, with the `?.` before it. */
  readonly node: AnyNode;
  /** Where it says `backward` or `log`. */
  readonly at: number;
}

export function tellingCalls(tree: AnyNode): TellingCall[] {
  const names = namesOfLog(tree);
  const found: TellingCall[] = [];
  /** The parent of the call that a `?.` is in. */
  const around = new Map<AnyNode, AnyNode | null>();
  walk(tree, null, (node, parent) => {
    if (node.type === "ChainExpression") around.set(node, parent);
    if (node.type !== "CallExpression" || !tells(node, names)) return;
    const isChain = parent?.type === "ChainExpression";
    const whole = isChain ? parent : node;
    if (!isPartOfChain(whole, isChain ? around.get(parent)! : parent)) found.push({ node: whole, at: nameOf(node).start });
  });
  return found;
}

function tells(call: CallExpression, names: LogNames): boolean {
  const { callee } = call;
  const name = callee.type === "MemberExpression" && callee.computed ? undefined : identifierName(nameOf(call));
  if (callee.type !== "MemberExpression") return name !== undefined && names.functions.has(name) && isOfNames(call);
  if (name === "backward") return true;
  return name === "log" && names.namespaces.has(identifierName(callee.object as AnyNode) ?? "") && isOfNames(call);
}

function nameOf({ callee }: CallExpression): AnyNode {
  return callee.type === "MemberExpression" ? callee.property : callee;
}

/** `log(x)` of a tensor is its logarithm. */
function isOfNames({ arguments: [first] }: CallExpression): boolean {
  return first?.type === "ObjectExpression";
}

/** Whether what surrounds the call goes on from it: `x.backward().y`. */
function isPartOfChain(node: AnyNode, parent: AnyNode | null): boolean {
  if (parent?.type === "MemberExpression") return parent.object === node;
  if (parent?.type === "CallExpression") return parent.callee === node;
  return parent?.type === "TaggedTemplateExpression";
}

interface LogNames {
  readonly functions: ReadonlySet<string>;
  readonly namespaces: ReadonlySet<string>;
}

/** What the file calls Kindling's `log`, and Kindling itself. */
function namesOfLog(tree: AnyNode): LogNames {
  const functions = new Set<string>();
  const namespaces = new Set<string>();
  walk(tree, null, (node) => {
    if (node.type !== "ImportDeclaration" || node.source.value !== "kindling") return;
    for (const specifier of node.specifiers) {
      if (specifier.type !== "ImportSpecifier") namespaces.add(specifier.local.name);
      else if (identifierName(specifier.imported) === "log") functions.add(specifier.local.name);
    }
  });
  return { functions, namespaces };
}
