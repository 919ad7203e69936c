/** `manualSeed(0)` in each epoch: each draws the same random numbers as the one before. */
import type { Fix, Problem } from "../../protocol/index.ts";
import { epochOf } from "../epochs.ts";
import type { Program } from "../program.ts";
import { finding, movingBefore } from "../rule.ts";
import type { LoopNode, Node } from "../tree.ts";

export function* seedEachEpoch(program: Program): Generator<Problem> {
  for (const call of program.calls) {
    const [seed] = call.arguments;
    if (program.apiOf(call.callee) !== "manualSeed" || !seed || program.valueOf(seed).type !== "NumericLiteral") continue;
    const loop = epochOf(program, call);
    // Where a model is made in the loop, it begins anew each time, and so may its random numbers.
    if (!loop || program.creationsIn(loop.body).some((creation) => program.moduleOf(creation)?.api?.endsWith("Loss") === false)) continue;
    yield finding(program, "seed-each-epoch", call, {
      message:
        "Each turn of the loop draws the same random numbers from here on: batches come in the same order, and dropout drops the same. Call it once, before the loop.",
      fix: fixOf(program, call, loop),
    });
  }
}

function fixOf(program: Program, call: Node, loop: LoopNode): Fix | undefined {
  const [own, place] = [program.statementOf(call), program.statementOf(loop)];
  if (own?.statement.type !== "ExpressionStatement" || own.statement.expression !== call || place?.statement !== loop) return undefined;
  return movingBefore(program, loop, [own.statement], "Call it once, before the loop");
}
