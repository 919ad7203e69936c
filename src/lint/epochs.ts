/** Loops of which each turn goes on with what the one before has trained: epochs, and the batches of a loader. */
import { isBackward, isOptimizerStep, iteratedBy, reached, words } from "./training.ts";
import type { Program } from "./program.ts";
import { isFunction, isLoop, type LoopNode, type Node } from "./tree.ts";

/** The loop that a statement stands in, in each turn, where that trains. */
export function epochOf(program: Program, node: Node): LoopNode | undefined {
  const loop = program.around(node, (outer) => isLoop(outer) || isFunction(outer));
  if (!loop || !isLoop(loop) || !isOwnOf(program, node, loop) || !isEpoch(program, loop)) return undefined;
  const { calls, isComplete } = reached(program, loop);
  return isComplete && calls.some(isBackward) && calls.some((call) => isOptimizerStep(program, call)) ? loop : undefined;
}

/** Whether it stands in the loop itself, and not in a branch or a loop in it. */
export function isOwnOf(program: Program, node: Node, loop: LoopNode): boolean {
  const place = program.statementOf(node);
  const isPlain = place?.statement.type === "VariableDeclaration" || place?.statement.type === "ExpressionStatement";
  return isPlain && program.parentOf(place.statement) === loop.body;
}

/** Its variable is called `epoch`, or it goes through a loader: those of other loops may count folds, seeds or rates. */
function isEpoch(program: Program, loop: LoopNode): boolean {
  const head = loop.type === "ForStatement" ? loop.init : loop.type === "ForOfStatement" ? loop.left : undefined;
  const declared = head?.type === "VariableDeclaration" ? head.declarations[0]?.id : undefined;
  if (declared?.type === "Identifier" && words(declared.name).includes("epoch")) return true;
  const data = iteratedBy(loop);
  return data !== undefined && program.instanceOf(data)?.api === "data.DataLoader";
}
