/** A loop over test or validation data that trains. */
import type { Fix, Problem } from "../../protocol/index.ts";
import type { Program } from "../program.ts";
import { finding, replacing } from "../rule.ts";
import { isBackward, isHeldOut, isOptimizerStep, iteratedBy, lastName, words } from "../training.ts";
import { bare, isFunction, isLoop, type LoopNode, type Node } from "../tree.ts";

/** Where training on held-out data is the point. */
const onPurpose = /adapt|finetune|fineTune|meta|inner|overfit|calibrat/;

export function* testSetTrained(program: Program): Generator<Problem> {
  for (const loop of program.loops) {
    const data = dataOf(program, loop);
    if (!data || !isHeldOut(lastName(data)) || !trains(program, loop) || isOnPurpose(program, loop)) continue;
    yield finding(program, "test-set-trained", data, {
      message: `This loop trains on \`${program.textOf(data)}\`, which is named for data that the model is to be tested with. What it was trained on says nothing of how it does on new data.`,
      fix: fixOf(program, data),
    });
  }
}

/** What it goes through; for a parameter what the function's only call gives it, if each turn of the loop is like the others. */
function dataOf(program: Program, loop: LoopNode): Node | undefined {
  const data = iteratedBy(loop);
  const binding = data && program.bindingOf(data);
  const given = binding && !isHeldOut(binding.name) ? program.argumentFor(binding) : undefined;
  return given && !/\b(?:continue|return)\b/.test(program.textOf(loop)) ? bare(given) : data;
}

/** Each turn goes backward and steps; in a branch it might be another turn than those. */
function trains(program: Program, loop: LoopNode): boolean {
  const calls = program.callsIn(loop.body).filter((call) => {
    const outer = program.around(call, (node) => node.type === "IfStatement" || node.type === "ConditionalExpression" || isLoop(node) || isFunction(node));
    return outer === loop;
  });
  return calls.some(isBackward) && calls.some((call) => isOptimizerStep(program, call));
}

function isOnPurpose(program: Program, loop: LoopNode): boolean {
  const around = program.functionAround(loop);
  const name = around && "id" in around ? around.id?.name : undefined;
  return name !== undefined && onPurpose.test(name);
}

/** The training data's own variable, where there is one that is called alike. */
function fixOf(program: Program, data: Node): Fix | undefined {
  const binding = program.bindingOf(data);
  const word = words(binding?.name ?? "").find((one) => isHeldOut(one));
  if (!binding || word === undefined) return undefined;
  const wanted = binding.name.replace(new RegExp(word, "i"), (found) => (found.charAt(0) === word.charAt(0) ? "train" : "Train"));
  const exists = program.scopes.bindings.some(({ name, kind }) => name === wanted && kind === binding.kind);
  return exists ? { title: `Train on \`${wanted}\``, edits: [replacing(program, data, wanted)] } : undefined;
}
