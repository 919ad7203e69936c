/** `lossFn(target, output)`: targets where the outputs belong. */
import type { Problem } from "../../protocol/index.ts";
import { lossCalls } from "../losses.ts";
import { outcomeOf } from "../outcome.ts";
import type { Program } from "../program.ts";
import { finding, replacing } from "../rule.ts";
import { isData } from "../tensors.ts";

/** Losses for which it makes a difference. */
const ordered: ReadonlySet<string> = new Set(["BCELoss", "BCEWithLogitsLoss", "CrossEntropyLoss", "NLLLoss"]);

export function* lossArgumentsSwapped(program: Program): Generator<Problem> {
  for (const { call, loss } of lossCalls(program)) {
    const [first, second] = call.arguments;
    if (!ordered.has(loss) || !first || !second || !isData(program, first) || !outcomeOf(program, second)) continue;
    yield finding(program, "loss-arguments-swapped", call, {
      message: `${loss} takes the outputs first and the targets second, and here they stand the other way round.`,
      fix: {
        title: "Swap them",
        edits: [replacing(program, first, program.textOf(second)), replacing(program, second, program.textOf(first))],
      },
    });
  }
}
