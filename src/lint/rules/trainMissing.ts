/** A loop that trains a model with dropout or batch norm, evaluates it with `eval()`, and never calls `train()`. */
import type { Problem } from "../../protocol/index.ts";
import { modelsBehind } from "../evaluations.ts";
import { differs } from "../layers.ts";
import type { Call, Program } from "../program.ts";
import { finding, insertingBefore } from "../rule.ts";
import { holderOf, isBackward, isMethodCall, isOptimizerStep, isWithoutGraph, reached } from "../training.ts";
import { bare, isIn, objectOf, type LoopNode } from "../tree.ts";

type Holder = NonNullable<ReturnType<typeof holderOf>>;

export function* trainMissing(program: Program): Generator<Problem> {
  const told = new Set<Call>();
  for (const loop of program.loops) {
    const { calls, isComplete } = reached(program, loop);
    if (!isComplete || !calls.some(isBackward) || !calls.some((call) => isOptimizerStep(program, call))) continue;
    if (calls.some((call) => isMethodCall(call, "train")) || /\.training\s*=[^=]/.test(program.text)) continue;
    for (const call of calls) {
      if (told.has(call) || !isMethodCall(call, "eval") || isLeftAfter(program, call, loop)) continue;
      const holder = evaluatedModel(program, call);
      if (holder === undefined || isMadeIn(holder, loop) || !isTrained(program, holder) || !isBothTrainedAndJudged(program, calls, holder)) continue;
      told.add(call);
      yield problem(program, call, loop);
    }
  }
}

function problem(program: Program, call: Call, loop: LoopNode): Problem {
  const object = objectOf(call.callee)!;
  const model = program.textOf(object);
  const [first] = loop.body.type === "BlockStatement" ? loop.body.body : [];
  const isOfLoop = isIn(call, loop) && bare(object).type === "Identifier";
  return finding(program, "train-missing", call, {
    message: `Nothing calls \`${model}.train()\` after this, so from the next turn of the loop on \`${model}\` trains in evaluation mode: without dropout, and with batch norm going by its running averages. Call it before the training goes on.`,
    fix:
      isOfLoop && first ? { title: `Call \`${model}.train()\` where a turn begins`, edits: [insertingBefore(program, first, `${model}.train();`)] } : undefined,
  });
}

/** What `eval()` is called of, where that is known and it makes a difference. */
function evaluatedModel(program: Program, call: Call): Holder | undefined {
  const object = objectOf(call.callee);
  const [model, ...others] = object ? modelsBehind(program, object) : [];
  const made = model && others.length === 0 ? program.moduleOf(model) : undefined;
  return made && differs(program, made) ? holderOf(program, model!) : undefined;
}

/** Each turn has a model of its own: of the folds of a cross-validation, say. */
function isMadeIn(holder: Holder, loop: LoopNode): boolean {
  return typeof holder !== "string" && isIn(holder.node, loop);
}

/** Whether an optimizer of the file is given its parameters. */
function isTrained(program: Program, holder: Holder): boolean {
  return program.calls.some((call) => {
    const object = isMethodCall(call, "parameters") ? objectOf(call.callee) : undefined;
    const isOwn = object !== undefined && modelsBehind(program, object).some((model) => holderOf(program, model) === holder);
    return isOwn && program.around(call, (node) => node.type === "NewExpression" && program.apiOf(node.callee)?.startsWith("optim.") === true) !== undefined;
  });
}

/** Whether the model is called for its gradients in the loop, and without them: else it is held in evaluation mode on purpose. */
function isBothTrainedAndJudged(program: Program, calls: readonly Call[], holder: Holder): boolean {
  const own = calls.filter(({ callee }) => modelsBehind(program, callee).some((model) => holderOf(program, model) === holder));
  return own.some((call) => isWithoutGraph(program, call)) && own.some((call) => !isWithoutGraph(program, call));
}

/** Whether the loop ends where it is called. */
function isLeftAfter(program: Program, call: Call, loop: LoopNode): boolean {
  const around = program.around(call, (node) => node === loop || node.type === "IfStatement", loop);
  return around !== undefined && /\b(?:break|return|throw)\b/.test(program.textOf(around));
}
