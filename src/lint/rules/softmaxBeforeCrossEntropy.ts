/** Outputs that went through softmax or sigmoid, in a loss that applies it itself. */
import type * as t from "@babel/types";
import type { Fix, Problem } from "../../protocol/index.ts";
import { lossCalls, type LossCall } from "../losses.ts";
import { outcomeOf, partsOf, type Outcome } from "../outcome.ts";
import type { Program } from "../program.ts";
import { finding, related, removing, replacing } from "../rule.ts";
import { memberName, objectOf, type Node } from "../tree.ts";

/** What each of these losses applies itself, and what must not come before it. */
const appliedBy: Readonly<Record<string, { readonly itself: string; readonly twice: readonly Outcome["by"][] }>> = {
  CrossEntropyLoss: { itself: "log-softmax", twice: ["softmax", "logSoftmax", "sigmoid"] },
  BCEWithLogitsLoss: { itself: "the sigmoid", twice: ["sigmoid", "softmax"] },
};

export function* softmaxBeforeCrossEntropy(program: Program): Generator<Problem> {
  const told = new Set<Node>();
  for (const call of lossCalls(program)) {
    const applied = appliedBy[call.loss];
    const outcome = applied && call.outputs && outcomeOf(program, call.outputs);
    if (!outcome || !applied.twice.includes(outcome.by) || told.has(outcome.node)) continue;
    told.add(outcome.node);
    yield problem(program, call, outcome, applied.itself);
  }
}

function problem(program: Program, { call, loss }: LossCall, { by, node }: Outcome, itself: string): Problem {
  const consequence =
    by === "logSoftmax" ? "a second one only takes time" : "applied on top of another it makes gradients small, and the loss can't get near 0";
  const found = finding(program, "softmax-before-cross-entropy", node, {
    message: `${loss} applies ${itself} itself: ${consequence}. Give it the outputs without \`${by}\`.`,
    related: [related(program, call, `${loss} gets these outputs here`)],
    fix: leavingOut(program, node),
  });
  return by === "logSoftmax" ? { ...found, severity: "information" } : found;
}

/** `new nn.Sequential(…)`, or `super(…)` in a class that is one. */
function isSequence(program: Program, node: Node | undefined): node is t.NewExpression | t.CallExpression {
  if (node?.type === "CallExpression") return node.callee.type === "Super";
  return node?.type === "NewExpression" && program.apiOf(node.callee) === "nn.Sequential";
}

/** Takes an activation out: a call, or the last layer of a Sequential. */
export function leavingOut(program: Program, node: Node): Fix | undefined {
  if (node.type === "CallExpression") {
    const input = program.apiOf(node.callee) === undefined ? objectOf(node.callee) : node.arguments[0];
    return (
      input && { title: `Leave out \`${memberName(node.callee) ?? program.textOf(node.callee)}\``, edits: [replacing(program, node, program.textOf(input))] }
    );
  }
  const parent = program.parentOf(node);
  if (!isSequence(program, parent) || node.type !== "NewExpression") return undefined;
  const before = partsOf(parent.arguments).at(-2);
  if (!before || parent.arguments.at(-1) !== node) return undefined;
  return { title: `Leave out \`${program.textOf(node.callee)}\``, edits: [removing(program, before.end!, node.end!)] };
}
