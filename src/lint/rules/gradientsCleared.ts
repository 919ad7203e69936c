/** `zeroGrad()` between `backward()` and the step that was to go by its gradients. */
import type * as t from "@babel/types";
import type { Problem } from "../../protocol/index.ts";
import type { Call, Program } from "../program.ts";
import { finding, insertingBefore, removingStatement } from "../rule.ts";
import { holderOf, isBackward, isMethodCall, isOptimizerStep, reached } from "../training.ts";
import { objectOf } from "../tree.ts";

type Holder = NonNullable<ReturnType<typeof holderOf>>;

export function* gradientsCleared(program: Program): Generator<Problem> {
  for (const step of program.calls) {
    if (!isOptimizerStep(program, step)) continue;
    const place = program.statementOf(step);
    const own = holderOf(program, objectOf(step.callee)!);
    if (!place || own === undefined) continue;
    const before = place.block.slice(0, place.index);
    const at = before.findLastIndex((statement) => clears(program, statement, own, modelsOf(program, step)));
    const backward = before.slice(0, at + 1).findLast(goesBackward);
    // In the step itself, where it takes a closure, or between: then there are gradients again.
    if (at < 0 || !backward || [...before.slice(at), place.statement].some((statement) => mayGoBackward(program, statement))) continue;
    const clearing = before[at]!;
    const optimizer = program.textOf(objectOf(step.callee)!);
    yield finding(program, "gradients-cleared", (clearing as t.ExpressionStatement).expression, {
      message: `\`${optimizer}.step()\` changes nothing: this sets the gradients back that \`backward()\` gave before the step goes by them. Call it before \`backward()\`.`,
      fix: {
        title: "Move it before `backward()`",
        edits: [insertingBefore(program, backward, program.textOf(clearing)), removingStatement(program, clearing)],
      },
    });
  }
}

/** `optimizer.zeroGrad()` as a statement of its own, or that of the model whose parameters it holds. */
function clears(program: Program, statement: t.Statement, own: Holder, models: readonly Holder[]): boolean {
  const call = callOf(statement);
  const object = call && objectOf(call.callee);
  const holder = object && isMethodCall(call, "zeroGrad") ? holderOf(program, object) : undefined;
  return holder !== undefined && (holder === own || models.includes(holder));
}

/** The model whose parameters the optimizer was given, where that is all it was given. */
function modelsOf(program: Program, step: Call): readonly Holder[] {
  const [given] = program.instanceOf(objectOf(step.callee)!)?.creation.arguments ?? [];
  const model = given?.type === "CallExpression" && isMethodCall(given, "parameters") ? objectOf(given.callee) : undefined;
  const holder = model && holderOf(program, model);
  return holder === undefined ? [] : [holder];
}

/** Certainly, and not in a part that may be left out. */
function goesBackward(statement: t.Statement): boolean {
  const call = callOf(statement);
  return call !== undefined && isBackward(call);
}

function callOf(statement: t.Statement): Call | undefined {
  return statement.type === "ExpressionStatement" && statement.expression.type === "CallExpression" ? statement.expression : undefined;
}

function mayGoBackward(program: Program, statement: t.Statement): boolean {
  const { calls, isComplete } = reached(program, statement);
  return (
    !isComplete || calls.some((call) => isBackward(call) || program.apiOf(call.callee)?.startsWith("autograd.")) || /\.grad\b/.test(program.textOf(statement))
  );
}
