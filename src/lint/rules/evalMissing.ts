/** A validation loop that calls a model with dropout or batch norm, which was never told `eval()`. */
import type { Fix, Problem } from "../../protocol/index.ts";
import { evaluations, isInEvaluation, modelsBehind } from "../evaluations.ts";
import { differs } from "../layers.ts";
import type { Call, Program } from "../program.ts";
import { finding, insertingAfter, insertingBefore } from "../rule.ts";
import { holderOf, isHeldOut, isMethodCall, isWithoutGraph, lastName, noGradAround } from "../training.ts";
import { bare, isFunction, isLoop, objectOf, type Node } from "../tree.ts";

export function* evalMissing(program: Program): Generator<Problem> {
  const told = new Set<Call>();
  for (const { loop, calls } of evaluations(program)) {
    for (const call of calls) {
      told.add(call);
      if (isInTraining(program, call)) yield problem(program, call, loop);
    }
  }
  // All of the held-out data at once, or batches that are drawn.
  for (const call of program.calls) {
    if (told.has(call) || !differsInTraining(program, call)) continue;
    const isNamed = call.arguments.some((argument) => isHeldOut(lastName(argument))) || isInEvaluation(program, call);
    const isHeld = isNamed && isWithoutGraph(program, call);
    if (isHeld && program.around(call, isLoopOver) === undefined && isInTraining(program, call)) yield problem(program, call, call);
  }
}

function isLoopOver(node: Node): boolean {
  return node.type === "ForOfStatement";
}

function problem(program: Program, call: Call, region: Node): Problem {
  const model = program.textOf(call.callee);
  return finding(program, "eval-missing", call.callee, {
    message: `\`${model}\` has dropout or batch norm and is still in training mode here, as nothing calls \`${model}.eval()\`: the results differ from call to call, or the data changes batch norm's averages. Call it before, and \`${model}.train()\` before training goes on.`,
    fix: fixOf(program, call, region),
  });
}

/** Whether it makes a difference for the model, and nothing in the file may have told it. */
function isInTraining(program: Program, call: Call): boolean {
  const concerned = [call.callee, ...modelsBehind(program, call.callee)];
  return differsInTraining(program, call) && !program.calls.some((other) => isEval(other) && mayConcern(program, other, concerned));
}

function differsInTraining(program: Program, { callee }: Call): boolean {
  return modelsBehind(program, callee).some((model) => {
    const made = program.moduleOf(model);
    return made !== undefined && differs(program, made);
  });
}

function isEval(call: Call): boolean {
  const [mode] = call.arguments;
  return isMethodCall(call, "eval") || (isMethodCall(call, "train") && mode !== undefined && !(mode.type === "BooleanLiteral" && mode.value));
}

/** Of another model's variable it certainly doesn't, nor does a method of this file, such as `train` of a class Trainer. */
function mayConcern(program: Program, { callee }: Call, models: readonly Node[]): boolean {
  const object = objectOf(callee);
  if (program.functionOf(callee)) return false;
  if (!object || program.moduleOf(object) === undefined) return true;
  return models.some((model) => holderOf(program, model) === holderOf(program, object));
}

function fixOf(program: Program, call: Call, region: Node): Fix | undefined {
  const model = bare(call.callee);
  if (model.type !== "Identifier") return undefined;
  const outer = noGradAround(program, region);
  const place = program.statementOf(outer && isFunction(outer) ? outer : region);
  const binding = program.bindingOf(model);
  if (!place || !binding || binding.node.start! > place.statement.start!) return undefined;
  const goesOn = program.around(place.statement, (node) => isLoop(node) || isFunction(node)) !== undefined;
  const isTold = program.calls.some((other) => isMethodCall(other, "train") && holderOf(program, objectOf(other.callee) ?? other) === binding);
  return {
    title: `Call \`${model.name}.eval()\` before`,
    edits: [
      insertingBefore(program, place.statement, `${model.name}.eval();`),
      ...(goesOn && !isTold ? [insertingAfter(program, place.statement, `${model.name}.train();`)] : []),
    ],
  };
}
