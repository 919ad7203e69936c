/** Gradients that are clipped when the step has been taken, or before there are any. */
import type * as t from "@babel/types";
import type { Problem } from "../../protocol/index.ts";
import type { Call, Program } from "../program.ts";
import { finding, insertingBefore, removingStatement } from "../rule.ts";
import { isBackward, isMethodCall, isOptimizerStep, reached } from "../training.ts";
import type { Node } from "../tree.ts";

export function* clippingMisplaced(program: Program): Generator<Problem> {
  for (const call of program.calls) {
    if (!/^nn\.utils\.clipGrad(?:Norm|Value)_$/.test(program.apiOf(call.callee) ?? "")) continue;
    const place = program.statementOf(call);
    if (place?.statement.type !== "ExpressionStatement" || place.statement.expression !== call) continue;
    const steps = (statement: t.Statement): boolean => isAlone(statement, (other) => isOptimizerStep(program, other) && other.arguments.length === 0);
    const goesBackward = (statement: t.Statement): boolean => isAlone(statement, isBackward);
    const [before, after] = [place.block.slice(0, place.index), place.block.slice(place.index + 1)];
    const [backward, step] = [before.findLastIndex(goesBackward), before.findLastIndex(steps)];
    const isLate = backward >= 0 && step > backward && ![...before.slice(step + 1), ...after].some((one) => mayUse(program, one));
    const clearing = before.findLastIndex((statement) => isAlone(statement, (other) => isMethodCall(other, "zeroGrad")));
    const isEarly = clearing >= 0 && after.findIndex(goesBackward) >= 0 && !before.slice(clearing).some((one) => mayUse(program, one));
    const next = isLate ? before[step] : isEarly ? after.find(steps) : undefined;
    if (!next) continue;
    yield finding(program, "clipping-misplaced", call, {
      message: isLate
        ? "The step has gone by the gradients already, so this clips what nobody uses any more. Clip between backward() and the step."
        : "There are no gradients yet: backward() computes them after this, and the step goes by them as they are. Clip between backward() and the step.",
      fix: {
        title: "Move it before the step",
        edits: [insertingBefore(program, next, program.textOf(place.statement)), removingStatement(program, place.statement)],
      },
    });
  }
}

function isAlone(statement: t.Statement, accept: (call: Call) => boolean): boolean {
  return statement.type === "ExpressionStatement" && statement.expression.type === "CallExpression" && accept(statement.expression);
}

/** Whether gradients may be computed there, or gone by. */
function mayUse(program: Program, statement: Node): boolean {
  const { calls, isComplete } = reached(program, statement);
  return !isComplete || /\.grad\b/.test(program.textOf(statement)) || calls.some((call) => isBackward(call) || isMethodCall(call, "step"));
}
