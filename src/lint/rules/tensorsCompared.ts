/** `guess.argmax(1) === y` of two tensors: asks whether they are the same object, which a new one never is. */
import type { Problem } from "../../protocol/index.ts";
import type { Program } from "../program.ts";
import { finding } from "../rule.ts";
import { givesTensor, isTensor } from "../tensors.ts";
import { bare, type Node } from "../tree.ts";

export function* tensorsCompared(program: Program): Generator<Problem> {
  for (const comparison of program.comparisons) {
    const { left, right, operator } = comparison;
    if (!isTensor(program, left) || !isTensor(program, right) || !(isNew(program, left) || isNew(program, right))) continue;
    const isEqual = operator.startsWith("=");
    yield finding(program, "tensors-compared", comparison, {
      message: `\`${operator}\` asks whether both are the same object, so this is always ${isEqual ? "false" : "true"}, whatever they hold. \`a.eq(b)\` compares the values one by one, and \`a.eq(b).all().item()\` says whether all are the same.`,
    });
  }
}

/** Computed right there: nobody else can have it. */
function isNew(program: Program, node: Node): boolean {
  const call = bare(node);
  return call.type === "CallExpression" && givesTensor(program, call);
}
