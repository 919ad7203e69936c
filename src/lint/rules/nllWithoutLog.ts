/** NLLLoss of what are no logarithms of probabilities. */
import type { Fix, Problem } from "../../protocol/index.ts";
import { lossCalls, usingLoss, type LossCall } from "../losses.ts";
import { outcomeOf, type Outcome } from "../outcome.ts";
import type { Program } from "../program.ts";
import { finding, related, replacing } from "../rule.ts";
import { memberName } from "../tree.ts";

export function* nllWithoutLog(program: Program): Generator<Problem> {
  const calls = lossCalls(program).filter(({ loss }) => loss === "NLLLoss");
  for (const call of calls) {
    const outcome = call.outputs && outcomeOf(program, call.outputs);
    if (!outcome || outcome.by === "logSoftmax") continue;
    const what = outcome.by === "linear" ? "the outputs of a linear layer" : `those of a ${outcome.by}`;
    yield finding(program, "nll-without-log", call.outputs!, {
      message: `NLLLoss needs the logarithms of probabilities, and these are ${what}. ${outcome.by === "linear" ? "CrossEntropyLoss takes them as they are." : "Use `logSoftmax`."}`,
      related: [related(program, outcome.node, "they come from here")],
      fix: fixOf(program, call, outcome, calls),
    });
  }
}

function fixOf(program: Program, call: LossCall, { by, node }: Outcome, calls: readonly LossCall[]): Fix | undefined {
  if (by === "linear") return usingLoss(program, call, calls, { object: "CrossEntropyLoss", function: "crossEntropy" });
  const callee = by === "softmax" && (node.type === "CallExpression" || node.type === "NewExpression") ? node.callee : undefined;
  if (callee?.type !== "MemberExpression") return undefined;
  const name = memberName(callee) === "Softmax" ? "LogSoftmax" : "logSoftmax";
  return { title: `Use \`${name}\``, edits: [replacing(program, callee.property, name)] };
}
