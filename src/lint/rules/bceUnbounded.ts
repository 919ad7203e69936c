/** Binary cross entropy of what comes out of a linear layer as it is. */
import type { Problem } from "../../protocol/index.ts";
import { lossCalls, usingLoss } from "../losses.ts";
import { outcomeOf } from "../outcome.ts";
import type { Program } from "../program.ts";
import { finding, related } from "../rule.ts";

export function* bceUnbounded(program: Program): Generator<Problem> {
  const calls = lossCalls(program).filter(({ loss }) => loss === "BCELoss");
  for (const call of calls) {
    const outcome = call.outputs && outcomeOf(program, call.outputs);
    if (outcome?.by !== "linear") continue;
    yield finding(program, "bce-unbounded", call.outputs!, {
      message:
        "BCELoss needs probabilities between 0 and 1, and these are the outputs of a linear layer, which have no bounds. BCEWithLogitsLoss takes them as they are.",
      related: [related(program, outcome.node, "they come out of this layer")],
      fix: usingLoss(program, call, calls, { object: "BCEWithLogitsLoss", function: "binaryCrossEntropyWithLogits" }),
    });
  }
}
