/** `if (loss.lt(best))`: an object, and so always true. */
import type { Problem } from "../../protocol/index.ts";
import type { Program } from "../program.ts";
import { finding, inserting } from "../rule.ts";
import { givesTensor } from "../tensors.ts";
import { bare, type Node } from "../tree.ts";

export function* tensorAsCondition(program: Program): Generator<Problem> {
  for (const call of program.calls) {
    if (call.type !== "CallExpression" || !isCondition(program, call) || !givesTensor(program, call)) continue;
    const text = program.textOf(call);
    yield finding(program, "tensor-as-condition", call, {
      message: "A tensor is an object, and so this is always true, whatever it holds. Ask for its value: `.item()`.",
      fix: { title: `Ask for its value${text.length > 40 ? "" : `: \`${text}.item()\``}`, edits: [inserting(program, call.end!, ".item()")] },
    });
  }
}

function isCondition(program: Program, node: Node): boolean {
  const parent = program.parentOf(node);
  switch (parent?.type) {
    case "IfStatement":
    case "WhileStatement":
    case "DoWhileStatement":
    case "ForStatement":
    case "ConditionalExpression":
      return parent.test === node;
    case "LogicalExpression":
      return parent.operator === "??" ? isCondition(program, parent) : parent.left === node || isCondition(program, parent);
    case "UnaryExpression":
      return parent.operator === "!";
    default:
      return parent !== undefined && bare(parent) !== parent && isCondition(program, parent);
  }
}
