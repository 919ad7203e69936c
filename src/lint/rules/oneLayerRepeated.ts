/** `Array(3).fill(new nn.Linear(8, 8))`: three places, one layer. */
import type { Fix, Problem } from "../../protocol/index.ts";
import { learns } from "../layers.ts";
import type { Call, Program } from "../program.ts";
import { finding, replacing } from "../rule.ts";
import { isMethodCall } from "../training.ts";
import { bare, objectOf, type Node } from "../tree.ts";

export function* oneLayerRepeated(program: Program): Generator<Problem> {
  for (const call of program.calls) {
    const [value, ...others] = call.arguments;
    const length = isMethodCall(call, "fill") && others.length === 0 ? lengthOf(objectOf(call.callee)) : undefined;
    const made = value && length && program.moduleOf(value);
    if (!made || !learns(program, made)) continue;
    yield finding(program, "one-layer-repeated", call, {
      message: "Each place gets the same layer, with the same weights. Make one for each: `Array.from({ length }, () => new …)`.",
      fix: fixOf(program, call, value, length),
    });
  }
}

/** The `3` of `Array(3)` and `new Array(3)`. */
function lengthOf(array: Node | undefined): Node | undefined {
  if (array?.type !== "CallExpression" && array?.type !== "NewExpression") return undefined;
  const isArray = array.callee.type === "Identifier" && array.callee.name === "Array";
  return isArray && array.arguments.length === 1 ? array.arguments[0] : undefined;
}

function fixOf(program: Program, call: Call, value: Node, length: Node): Fix | undefined {
  if (bare(value).type !== "NewExpression") return undefined;
  const text = `Array.from({ length: ${program.textOf(length)} }, () => ${program.textOf(value)})`;
  return { title: "Make one for each", edits: [replacing(program, call, text)] };
}
