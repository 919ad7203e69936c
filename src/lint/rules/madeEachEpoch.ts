/** A model, or an optimizer that remembers, made anew in each epoch or for each batch: what it learned is thrown away. */
import type * as t from "@babel/types";
import type { Fix, Problem } from "../../protocol/index.ts";
import { childrenOf } from "../children.ts";
import { epochOf, isOwnOf } from "../epochs.ts";
import { learns } from "../layers.ts";
import type { Program } from "../program.ts";
import { finding, movingBefore } from "../rule.ts";
import { isOptimizerStep, reached } from "../training.ts";
import { bare, isIn, memberName, objectOf, propertyOf, type LoopNode, type Node } from "../tree.ts";

/** Those whose steps follow from the steps before. */
const remembering = /^optim\.(?:Adadelta|Adagrad|Adam|Adamax|AdamW|ASGD|NAdam|RAdam|RMSprop|Rprop)$/;

export function* madeEachEpoch(program: Program): Generator<Problem> {
  const told = new Set<LoopNode>();
  for (const creation of program.creations) {
    const loop = epochOf(program, creation);
    if (!loop || told.has(loop) || followsTurn(program, creation, loop) || !isLostIn(program, creation, loop)) continue;
    told.add(loop);
    const isModel = program.moduleOf(creation) !== undefined;
    yield finding(program, "made-each-epoch", creation, {
      message: isModel
        ? "This model is made anew in each turn of the loop, and what it learned in the one before is thrown away. Make it once, before the loop, and its optimizer with it."
        : "This optimizer is made anew in each turn of the loop, and forgets its momentum and averages each time. Make it once, before the loop.",
      fix: fixOf(program, loop),
    });
  }
}

/** Whether it is another one in each turn: `{ lr: 0.1 / epoch }`. */
function followsTurn(program: Program, node: Node, loop: LoopNode): boolean {
  const binding = program.bindingOf(node);
  const isOfHead = binding !== undefined && isIn(binding.node, loop) && !isIn(binding.node, loop.body);
  return isOfHead || childrenOf(node).some((child) => followsTurn(program, child, loop));
}

/** What the loop trains, where it trains nothing that lasts longer. */
function isLostIn(program: Program, creation: t.NewExpression, loop: LoopNode): boolean {
  const parent = program.parentOf(creation);
  if (parent?.type !== "VariableDeclarator") return false;
  const steps = reached(program, loop).calls.filter((call) => isOptimizerStep(program, call));
  const isTrainedHere = steps.length > 0 && steps.every((step) => isMadeIn(program, objectOf(step.callee)!, loop));
  if (!isTrainedHere) return false;
  const made = program.moduleOf(creation);
  if (made) return learns(program, made) && optimizersIn(program, loop).every((optimizer) => trainedBy(program, optimizer) === program.bindingOf(parent.id));
  const model = remembers(program, creation) ? trainedBy(program, creation) : undefined;
  return model !== undefined && !isIn(model.node, loop);
}

function isMadeIn(program: Program, optimizer: Node, loop: LoopNode): boolean {
  const made = program.instanceOf(optimizer)?.creation;
  return made !== undefined && isOwnOf(program, made, loop);
}

function optimizersIn(program: Program, loop: LoopNode): readonly t.NewExpression[] {
  return program.creationsIn(loop.body).filter(({ callee }) => /^optim\.[A-Z]/.test(program.apiOf(callee) ?? ""));
}

/** The model in `new optim.Adam(model.parameters(), …)`. */
function trainedBy(program: Program, { arguments: [parameters] }: t.NewExpression): ReturnType<Program["bindingOf"]> {
  return parameters?.type === "CallExpression" && memberName(parameters.callee) === "parameters" ? program.bindingOf(objectOf(parameters.callee)) : undefined;
}

function remembers(program: Program, { callee, arguments: [, options] }: t.NewExpression): boolean {
  const api = program.apiOf(callee) ?? "";
  return remembering.test(api) || (api === "optim.SGD" && options !== undefined && propertyOf(bare(options), "momentum") !== undefined);
}

/** Moves what is made before the loop, where nothing in it is known in the loop alone. */
function fixOf(program: Program, loop: LoopNode): Fix | undefined {
  const place = program.statementOf(loop);
  const made = program.creationsIn(loop.body).filter((creation) => isOwnOf(program, creation, loop) && isKept(program, creation));
  const statements = new Set(made.map((creation) => program.statementOf(creation)!.statement));
  const isKnown = (node: Node): boolean => {
    const binding = program.bindingOf(node);
    const isOfLoop = binding !== undefined && isIn(binding.node, loop) && ![...statements].some((statement) => isIn(binding.node, statement));
    return !isOfLoop && childrenOf(node).every(isKnown);
  };
  if (place?.statement !== loop || ![...statements].every((statement) => statement.type === "VariableDeclaration" && isKnown(statement))) return undefined;
  return movingBefore(program, loop, [...statements], "Make it once, before the loop");
}

/** A model, an optimizer or a schedule in a variable. */
function isKept(program: Program, creation: t.NewExpression): boolean {
  if (program.parentOf(creation)?.type !== "VariableDeclarator") return false;
  return program.moduleOf(creation) !== undefined || (program.apiOf(creation.callee) ?? "").startsWith("optim.");
}
