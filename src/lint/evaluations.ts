/** Where a program evaluates a model: it goes through data that is held out, or counts what is right, and doesn't train. */
import type { Call, Program } from "./program.ts";
import { isBackward, isHeldOut, isOptimizerStep, isWithoutGraph, iteratedBy, lastName, reached, words } from "./training.ts";
import { bare, isFunction, memberName, type FunctionNode, type LoopNode, type Node } from "./tree.ts";

export interface Evaluation {
  readonly loop: LoopNode;
  /** `model(x)` in it, each model once. */
  readonly calls: readonly Call[];
  readonly isWithoutGraph: boolean;
  /** Its data, or the function around, is named for it; otherwise only what it computes tells. */
  readonly isNamed: boolean;
}

const evaluating = /^(?:eval|evaluate|estimate|evaluation|validate|validation|test|accuracy|score)$/;
const judging: ReadonlySet<string> = new Set(["argmax", "eq", "gt", "ge", "topk"]);

export function* evaluations(program: Program): Generator<Evaluation> {
  for (const loop of program.loops) {
    const data = iteratedBy(loop);
    if (!data) continue;
    const models = modelCalls(program, loop);
    if (models.length === 0 || trainsIn(program, loop)) continue;
    const isNamed = isHeldOut(lastName(data)) || isInEvaluation(program, loop);
    const calls = program.callsIn(loop.body);
    const judges = calls.some(({ callee }) => judging.has(memberName(callee) ?? ""));
    const without = isWithoutGraph(program, loop) || isWithoutGraph(program, models[0]!);
    if (isNamed || (without && judges)) yield { loop, calls: models, isWithoutGraph: without, isNamed };
  }
}

/** The models that are called in a loop itself, not those in its callbacks' own loops. */
function modelCalls(program: Program, loop: LoopNode): readonly Call[] {
  const seen = new Set<unknown>();
  return program.callsIn(loop.body).filter((call) => {
    if (!isModelCall(program, call)) return false;
    const holder = program.bindingOf(bare(call.callee)) ?? program.textOf(call.callee);
    if (seen.has(holder)) return false;
    seen.add(holder);
    return true;
  });
}

function isModelCall(program: Program, { callee }: Call): boolean {
  const made = program.moduleOf(callee);
  if (made) return made.owner !== undefined || !made.api?.endsWith("Loss");
  const binding = program.bindingOf(bare(callee));
  return (
    binding?.kind === "parameter" && isFunction(binding.declaration) && words(binding.name).some((word) => /^(?:model|net|network|classifier)\d*$/.test(word))
  );
}

/** Training in any form, or gradients that are asked for in another way. */
function trainsIn(program: Program, loop: LoopNode): boolean {
  const { calls } = reached(program, loop);
  return (
    calls.some((call) => isBackward(call) || isOptimizerStep(program, call) || isAskingForGradients(program, call)) ||
    /\.requiresGrad(?:_\(|\s*=)/.test(program.textOf(loop))
  );
}

function isAskingForGradients(program: Program, { callee }: Call): boolean {
  return program.apiOf(callee)?.startsWith("autograd.") ?? false;
}

/** Whether the function around is named for evaluating. */
export function isInEvaluation(program: Program, node: Node): boolean {
  return words(functionName(program, node)).some((word) => evaluating.test(word));
}

function functionName(program: Program, node: Node): string {
  const around = program.around(node, (outer) => isFunction(outer) && nameOf(program, outer) !== undefined) as FunctionNode | undefined;
  return around ? nameOf(program, around)! : "";
}

function nameOf(program: Program, node: FunctionNode): string | undefined {
  if ("id" in node && node.id) return node.id.name;
  if ("key" in node) return node.key.type === "Identifier" ? node.key.name : undefined;
  const parent = program.parentOf(node);
  return parent?.type === "VariableDeclarator" && parent.id.type === "Identifier" ? parent.id.name : undefined;
}

/** The expressions that a callee stands for: itself, or for a parameter what the function is called with. */
export function modelsBehind(program: Program, callee: Node): readonly Node[] {
  const binding = program.bindingOf(bare(callee));
  if (binding?.kind !== "parameter" || !isFunction(binding.declaration)) return [callee];
  const own = binding.declaration;
  const at = own.params.findIndex((parameter) => parameter === binding.node || (parameter.type === "AssignmentPattern" && parameter.left === binding.node));
  return program.callsOf(own).flatMap((call) => call.arguments[at] ?? []);
}
