/** A loader of training data that gives the same batches in every epoch. */
import type * as t from "@babel/types";
import type { Fix, Problem } from "../../protocol/index.ts";
import type { Program } from "../program.ts";
import { finding, inserting, related } from "../rule.ts";
import { isBackward, isHeldOut, isOptimizerStep, iteratedBy, lastName } from "../training.ts";
import { bare, isLoop, keyName, type LoopNode, type Node } from "../tree.ts";

/** Data in which the order means something. */
const inOrder = /seq|series|time|window|stream|episode|trajector|rollout|replay|stock|price|history/i;

export function* unshuffled(program: Program): Generator<Problem> {
  const told = new Set<Node>();
  for (const loop of program.loops) {
    const data = iteratedBy(loop);
    const loader = data && program.instanceOf(data);
    if (!data || loader?.api !== "data.DataLoader" || told.has(loader.creation) || isHeldOut(lastName(data)) || isHeldOut(nameOf(program, loader.creation)))
      continue;
    const { creation } = loader;
    if (!isOneOf(program, creation) || !trainsAgain(program, loop) || inOrder.test(program.textOf(creation) + (lastName(data) ?? ""))) continue;
    told.add(creation);
    yield finding(program, "unshuffled", creation, {
      message:
        "This loader gives the training data in the same order in every epoch. With `shuffle: true` the batches differ, which trains better almost always; `shuffle: false` says that the order is meant.",
      related: [related(program, loop.type === "ForOfStatement" ? loop.right : loop, "the training loop goes through it here")],
      fix: fixOf(program, creation),
    });
  }
}

/** The variable or field that it is made for. */
function nameOf(program: Program, creation: Node): string | undefined {
  const parent = program.parentOf(creation);
  if (parent?.type === "VariableDeclarator") return lastName(parent.id);
  return parent?.type === "AssignmentExpression" ? lastName(parent.left) : undefined;
}

/** Batches of a few out of data that is there as a whole, and nothing said of their order. */
function isOneOf(program: Program, { arguments: given }: t.NewExpression): boolean {
  const [dataset, batchSize, ...others] = given;
  if (!dataset || dataset.type === "SpreadElement" || others.length > 1 || !isMapStyle(program, dataset) || isHeldOut(lastName(dataset))) return false;
  const options = bare(others[0] ?? batchSize ?? dataset);
  if (options.type !== "ObjectExpression") return given.length === 2 && isSmall(program, batchSize!);
  const names = options.properties.map((property) => (property.type === "ObjectProperty" ? keyName(property.key) : undefined));
  if (names.some((name) => name === undefined || name === "shuffle" || /sampler/i.test(name))) return false;
  const size = options.properties.find((property) => property.type === "ObjectProperty" && keyName(property.key) === "batchSize");
  return size?.type !== "ObjectProperty" || isSmall(program, size.value);
}

/** A number that is written out: the whole data in one batch needs no order. */
function isSmall(program: Program, size: Node): boolean {
  return program.valueOf(size).type === "NumericLiteral";
}

function isMapStyle(program: Program, dataset: Node): boolean {
  const made = program.instanceOf(dataset);
  if (made?.owner?.superClass) return program.apiOf(made.owner.superClass) === "data.Dataset";
  return made?.api === "data.TensorDataset" || made?.api === "data.Subset" || isSplitOff(program, dataset);
}

/** `[trainSet, testSet] = data.randomSplit(…)`: drawn once, and then in the same order in every epoch. */
function isSplitOff(program: Program, dataset: Node): boolean {
  const declaration = program.bindingOf(bare(dataset))?.declaration;
  const value = declaration?.type === "VariableDeclarator" && declaration.id.type === "ArrayPattern" ? declaration.init : undefined;
  return value?.type === "CallExpression" && program.apiOf(value.callee) === "data.randomSplit";
}

/** It trains, as a part of something that goes on again and again, and keeps no state from one batch to the next. */
function trainsAgain(program: Program, loop: LoopNode): boolean {
  const calls = program.callsIn(loop.body);
  // A variable that each batch changes and the next is given.
  const isStateful = calls.some(
    (call) => program.moduleOf(call.callee) !== undefined && call.arguments.slice(1).some((argument) => (program.bindingOf(argument)?.writes.length ?? 0) > 0),
  );
  const isAgain = program.around(loop, isLoop) !== undefined || program.functionAround(loop) !== undefined;
  return isAgain && !isStateful && calls.some(isBackward) && calls.some((call) => isOptimizerStep(program, call));
}

function fixOf(program: Program, { arguments: given, end }: t.NewExpression): Fix | undefined {
  const options = given.at(-1);
  const title = "Shuffle it";
  if (options?.type !== "ObjectExpression") return { title, edits: [inserting(program, (given.at(-1)?.end ?? end)!, ", { shuffle: true }")] };
  const last = options.properties.at(-1);
  if (!last) return { title, edits: [inserting(program, options.start! + 1, " shuffle: true ")] };
  return { title, edits: [inserting(program, last.end!, ", shuffle: true")] };
}
