/** The loops of a program that train, and those over epochs: which they are, and how they count. */
import type { AnyNode, DoWhileStatement, ForInStatement, ForOfStatement, ForStatement, WhileStatement } from "acorn";
import { childrenOf, functionName, functionTypes, identifierName, walk } from "./syntaxTree.ts";

type Loop = ForStatement | ForOfStatement | ForInStatement | WhileStatement | DoWhileStatement;

interface MarkedLoop {
  readonly node: Loop;
  /** The loop with its labels. */
  readonly statement: AnyNode;
  /** Whether another statement may follow it; else the two need braces. */
  readonly isInList: boolean;
}

/** In the order in which they begin. */
export function loopsToMark(tree: AnyNode, isWanted: (node: Loop) => boolean): MarkedLoop[] {
  const found: MarkedLoop[] = [];
  const places = new Map<AnyNode, Pick<MarkedLoop, "statement" | "isInList">>();
  walk(tree, null, (node, parent) => {
    const isLoop = loopTypes.has(node.type);
    if (!isLoop && node.type !== "LabeledStatement") return;
    const place = (parent && places.get(parent)) ?? { statement: node, isInList: parent !== null && listTypes.has(parent.type) };
    if (!isLoop) places.set(node, place);
    else if (isWanted(node as Loop)) found.push({ node: node as Loop, ...place });
  });
  return found;
}

const loopTypes: ReadonlySet<string> = new Set(["ForStatement", "ForOfStatement", "ForInStatement", "WhileStatement", "DoWhileStatement"]);
const listTypes: ReadonlySet<string> = new Set(["Program", "BlockStatement", "SwitchCase", "StaticBlock"]);

/** Which turn it is, and how many there will be, as code. */
export function turnOf({ counter, first, bound, stride }: CountingLoop): string[] {
  const count = `${bound}-${first}`;
  return stride === "1" ? [`${counter}-${first}`, count] : [`(${counter}-${first})/${stride}`, `Math.ceil((${count})/${stride})`];
}

/** Whether the loop's own text ends it: by `break`, `return` or `process.exit()`. */
export function mayBreak(body: AnyNode): boolean {
  const visit = (node: AnyNode, isInner: boolean): boolean => {
    if (functionTypes.has(node.type)) return false;
    if (node.type === "ReturnStatement" || (node.type === "BreakStatement" && (!isInner || node.label))) return true;
    if (node.type === "CallExpression" && node.callee.type === "MemberExpression" && identifierName(node.callee.property) === "exit") return true;
    return childrenOf(node).some((child) => visit(child, isInner || loopTypes.has(node.type) || node.type === "SwitchStatement"));
  };
  return visit(body, false);
}

/**
 * The loops in whose turns a `backward()` is called: in their own text, or in that of functions and methods of this file that
 * they call, going by name.
 */
export function trainingLoops(tree: AnyNode): ReadonlySet<AnyNode> {
  const functions: { readonly name: string; readonly calls: ReadonlySet<string> }[] = [];
  const loops: { readonly node: AnyNode; readonly calls: ReadonlySet<string> }[] = [];
  walk(tree, null, (node, parent) => {
    if (loopTypes.has(node.type)) loops.push({ node, calls: calledNames((node as Loop).body) });
    const name = functionTypes.has(node.type) ? functionName(node, parent) : undefined;
    if (name !== undefined) functions.push({ name, calls: calledNames(node) });
  });
  const training = new Set(["backward"]);
  const trains = ({ calls }: { readonly calls: ReadonlySet<string> }): boolean => [...calls].some((name) => training.has(name));
  for (let before = 0; before < training.size;) {
    before = training.size;
    for (const candidate of functions) if (trains(candidate)) training.add(candidate.name);
  }
  return new Set(loops.filter(trains).map(({ node }) => node));
}

/** Names of all functions and methods that are called somewhere within. */
function calledNames(within: AnyNode): ReadonlySet<string> {
  const names = new Set<string>();
  walk(within, null, (node) => {
    if (node.type !== "CallExpression") return;
    const name = identifierName(node.callee.type === "MemberExpression" ? node.callee.property : node.callee);
    if (name !== undefined) names.add(name);
  });
  return names;
}

export interface CountingLoop {
  readonly node: ForStatement;
  readonly counter: string;
  readonly first: string;
  /** The first value that the counter does not take. */
  readonly bound: string;
  /** By how much the counter grows. */
  readonly stride: string;
}

/**
 * The loops over epochs: those whose counter says so, else those right around a loop over batches with a `step()` inside.
 */
export function epochLoops(loops: readonly CountingLoop[]): CountingLoop[] {
  const named = loops.filter(({ counter }) => /epoch/i.test(counter));
  const others = loops.filter((loop) => !named.includes(loop) && stepsThroughBatches(loop.node.body));
  const isAround = (outer: CountingLoop, inner: CountingLoop): boolean =>
    outer !== inner && outer.node.start <= inner.node.start && inner.node.end <= outer.node.end;
  const innermost = others.filter((loop) => ![...named, ...others].some((other) => isAround(loop, other)) && !named.some((other) => isAround(other, loop)));
  return [...named, ...innermost];
}

/** `for (let i = a; i < b; i += c) { … }`, where `a`, `b` and `c` are simple: they are evaluated once more in each turn. (What shadows a name has another one: esbuild sees to that.) */
export function countingLoop(node: ForStatement): CountingLoop | undefined {
  if (node.init?.type !== "VariableDeclaration" || node.test?.type !== "BinaryExpression") return undefined;
  const declaration = node.init.declarations[0];
  const counter = declaration && identifierName(declaration.id);
  const { left, right, operator } = node.test;
  const first = declaration?.init && plainValue(declaration.init);
  const bound = plainValue(right);
  const stride = node.update && strideOf(node.update);
  if (!counter || !first || !bound || !stride || left.type !== "Identifier" || left.name !== counter) return undefined;
  if (operator !== "<" && operator !== "<=") return undefined;
  return { node, counter, first, bound: operator === "<=" ? `${bound}+1` : bound, stride };
}

function strideOf(update: AnyNode): string | undefined {
  if (update.type === "UpdateExpression") return update.operator === "++" ? "1" : undefined;
  return update.type === "AssignmentExpression" && update.operator === "+=" ? plainValue(update.right) : undefined;
}

function plainValue(node: AnyNode): string | undefined {
  if (node.type === "Identifier") return node.name;
  if (node.type === "Literal" && typeof node.value === "number") return String(node.value);
  if (node.type === "MemberExpression" && !node.computed && node.property.type === "Identifier") {
    const object = plainValue(node.object as AnyNode);
    return object && `${object}.${node.property.name}`;
  }
  return undefined;
}

function stepsThroughBatches(body: AnyNode): boolean {
  let found = false;
  walk(body, null, (node) => {
    if (node.type === "ForOfStatement") {
      walk(node.body, null, (inner) => {
        found ||=
          inner.type === "CallExpression" &&
          inner.callee.type === "MemberExpression" &&
          inner.callee.property.type === "Identifier" &&
          inner.callee.property.name === "step";
      });
    }
  });
  return found;
}
