/** A loop that goes backward and steps, and never sets the gradients back to zero. */
import type { Fix, Problem } from "../../protocol/index.ts";
import type { Call, Program } from "../program.ts";
import { finding, insertingBefore } from "../rule.ts";
import { holderOf, isBackward, isMethodCall, isOptimizerStep, outermostLoop, reached } from "../training.ts";
import { isFunction, memberName, objectOf, type Node } from "../tree.ts";

export function* zeroGradMissing(program: Program): Generator<Problem> {
  for (const step of program.calls) {
    if (!isOptimizerStep(program, step)) continue;
    const region = outermostLoop(program, step) ?? (isCalledAgain(program, step) ? program.body : undefined);
    if (!region) continue;
    const { calls, isComplete } = reached(program, region);
    const backward = calls.find(isBackward);
    if (!isComplete || !backward || clears(program, region, calls, step)) continue;
    const optimizer = program.textOf(objectOf(step.callee)!);
    yield finding(program, "zero-grad-missing", step, {
      message: `Nothing sets the gradients that \`${optimizer}\` holds back to zero between two steps, so each backward() adds to all those before. Call \`${optimizer}.zeroGrad()\` before backward().`,
      fix: fixOf(program, step, optimizer),
    });
  }
}

/** A step in a function of its own counts where a loop calls that. */
function isCalledAgain(program: Program, step: Call): boolean {
  const own = program.functionAround(step);
  return own !== undefined && program.loops.some((loop) => reached(program, loop).calls.includes(step));
}

/** Whether gradients are cleared in any of the ways that there are; those of another optimizer alone don't count. */
function clears(program: Program, region: Node, calls: readonly Call[], step: Call): boolean {
  if (/\.grad\s*=[^=]|\.grad!?\??\.(?:zero_|fill_)|\bdelete\b[^;\n]*\.grad\b/.test(program.textOf(region))) return true;
  const own = holderOf(program, objectOf(step.callee)!);
  return calls.some((call) => isMethodCall(call, "zeroGrad") && !isOfAnother(program, call, own));
}

/** Of an optimizer that is certainly another than that one. */
function isOfAnother(program: Program, { callee }: Call, own: ReturnType<typeof holderOf>): boolean {
  const object = objectOf(callee);
  if (!object || own === undefined || typeof own === "string") return false;
  const holder = holderOf(program, object);
  const isOptimizer = program.instanceOf(object)?.api?.startsWith("optim.") ?? false;
  return isOptimizer && holder !== undefined && typeof holder !== "string" && holder !== own;
}

function fixOf(program: Program, step: Call, optimizer: string): Fix | undefined {
  const place = program.statementOf(step);
  if (!place || objectOf(step.callee)?.type === "CallExpression") return undefined;
  const backward = place.block.slice(0, place.index).findLast((statement) => {
    const call = statement.type === "ExpressionStatement" ? statement.expression : undefined;
    return call?.type === "CallExpression" && memberName(call.callee) === "backward";
  });
  return backward && !isFunction(backward)
    ? { title: `Call \`${optimizer}.zeroGrad()\` before backward()`, edits: [insertingBefore(program, backward, `${optimizer}.zeroGrad();`)] }
    : undefined;
}
