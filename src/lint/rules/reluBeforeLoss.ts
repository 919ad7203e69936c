/** A ReLU behind the last layer, before a loss that takes any number. */
import type { Problem } from "../../protocol/index.ts";
import { lossCalls } from "../losses.ts";
import { outcomeOf } from "../outcome.ts";
import type { Program } from "../program.ts";
import { finding, related } from "../rule.ts";
import type { Node } from "../tree.ts";
import { leavingOut } from "./softmaxBeforeCrossEntropy.ts";

const why: Readonly<Record<string, string>> = {
  CrossEntropyLoss: "No output is below 0 any more, so no class can become unlikely, and one that is 0 for every sample has no gradient.",
  BCEWithLogitsLoss: "No output is below 0 any more, so no probability is below one half, and what is 0 has no gradient.",
};

export function* reluBeforeLoss(program: Program): Generator<Problem> {
  const told = new Set<Node>();
  for (const { call, loss, outputs } of lossCalls(program)) {
    const outcome = why[loss] && outputs ? outcomeOf(program, outputs) : undefined;
    if (outcome?.by !== "relu" || told.has(outcome.node)) continue;
    told.add(outcome.node);
    yield finding(program, "relu-before-loss", outcome.node, {
      message: `${why[loss]} Give ${loss} the outputs of the last layer as they are.`,
      related: [related(program, call, `${loss} gets these outputs here`)],
      fix: leavingOut(program, outcome.node),
    });
  }
}
