/** A loop over held-out data that records a graph, and goes backward through nothing. */
import type { Fix, Problem } from "../../protocol/index.ts";
import { childrenOf } from "../children.ts";
import { evaluations } from "../evaluations.ts";
import type { Program } from "../program.ts";
import { finding, indentAt, inserting, naming } from "../rule.ts";
import { isBackward, isHeldOut, iteratedBy, isWithoutGraph, lastName, reached } from "../training.ts";
import { isFunction, type FunctionNode, type LoopNode, type Node } from "../tree.ts";

export function* noGradMissing(program: Program): Generator<Problem> {
  if (/\bsetGradEnabled\b/.test(program.text)) return;
  for (const { loop, calls, isWithoutGraph: isWithout, isNamed } of evaluations(program)) {
    const [call] = calls;
    if (isWithout || !isNamed || !call || isFollowedBack(program, loop) || mayBeWithout(program, loop)) continue;
    yield finding(program, "no-grad-missing", call, {
      message: "Each of these passes records a graph for a backward() that never comes, which takes time and memory. Put the loop into `noGrad(() => …)`.",
      fix: fixOf(program, loop),
    });
  }
}

/** What the loop adds up may be gone back through behind it. */
function isFollowedBack(program: Program, loop: LoopNode): boolean {
  for (let node: Node = loop; ;) {
    const place = program.statementOf(node);
    if (!place) return false;
    if (place.block.slice(place.index + 1).some((statement) => reached(program, statement).calls.some(isBackward))) return true;
    const block = program.parentOf(place.statement);
    const outer = block && program.parentOf(block);
    if (!block || !outer || isFunction(outer)) return returnsTensor(program, loop);
    node = block;
  }
}

/** A function that gives back what isn't plainly a number may give back a loss to go back through. */
function returnsTensor(program: Program, loop: LoopNode): boolean {
  const own = program.functionAround(loop);
  return own !== undefined && !isHeldOut(lastName(iteratedBy(loop)!)) && !/\.(?:item|tolist|toTypedArray)\(/.test(program.textOf(own));
}

/** A function that somebody calls inside `noGrad`, or that others may call. */
function mayBeWithout(program: Program, loop: LoopNode): boolean {
  const own = program.functionAround(loop);
  if (!own) return false;
  const outer = program.parentOf(own);
  if (outer?.type === "ExportNamedDeclaration" || outer?.type === "ExportDefaultDeclaration") return true;
  const callers = program.callsOf(own);
  return callers.some((call) => isWithoutGraph(program, call)) || (callers.length === 0 && isHandedOver(program, own));
}

/** A callback or a method: who calls it isn't to be seen. */
function isHandedOver(program: Program, own: FunctionNode): boolean {
  return own.type !== "FunctionDeclaration" && program.parentOf(own)?.type !== "VariableDeclarator";
}

function fixOf(program: Program, loop: LoopNode): Fix | undefined {
  if (leavesFunction(loop) || /`/.test(program.textOf(loop))) return undefined;
  const named = naming(program, "noGrad");
  if (!named) return undefined;
  const indent = indentAt(program, loop.start!);
  const lines = [...program.textOf(loop).matchAll(/\n(?=[^\n\r])/g)].map(({ index }) => inserting(program, loop.start! + index + 1, "  "));
  const edits = [inserting(program, loop.start!, `${named.name}(() => {\n${indent}  `), ...lines, inserting(program, loop.end!, `\n${indent}});`)];
  return { title: "Put it into `noGrad(() => …)`", edits: [...named.edits, ...edits] };
}

/** What a callback around the loop would change the meaning of. */
function leavesFunction(node: Node): boolean {
  if (node.type === "ReturnStatement" || node.type === "AwaitExpression" || node.type === "YieldExpression") return true;
  if (node.type === "ForOfStatement" && node.await) return true;
  if ((node.type === "BreakStatement" || node.type === "ContinueStatement") && node.label) return true;
  return childrenOf(node).some((child) => !isFunction(child) && leavesFunction(child));
}
