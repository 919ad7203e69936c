/** Two linear layers with nothing between: together they compute what one could. */
import type { Problem } from "../../protocol/index.ts";
import { lastValue, partsOf } from "../outcome.ts";
import type { Instance, Program } from "../program.ts";
import { finding, related } from "../rule.ts";
import { bare, type Node } from "../tree.ts";

interface Sizes {
  readonly from: number;
  readonly to: number;
}

export function* linearAfterLinear(program: Program): Generator<Problem> {
  for (const creation of program.creations) {
    if (program.apiOf(creation.callee) !== "nn.Sequential") continue;
    const parts = partsOf(creation.arguments);
    for (const [i, part] of parts.entries()) yield* told(program, part, part, parts[i - 1]);
  }
  for (const call of program.calls) {
    const [given] = call.arguments;
    const input = given && sizesOf(program, call.callee) ? inputOf(program, bare(given)) : undefined;
    if (input?.type === "CallExpression") yield* told(program, call, call.callee, input.callee);
  }
}

/** What stands there, or was given to the variable that does, if nobody has touched it in between. */
function inputOf(program: Program, given: Node): Node | undefined {
  const binding = program.bindingOf(given);
  if (!binding || given.type !== "Identifier") return given;
  const value = lastValue(program, given);
  const isTouched = binding.references.some((use) => !binding.writes.includes(use) && use.start! > (value?.end ?? 0) && use.start! < given.start!);
  return isTouched ? undefined : value;
}

function* told(program: Program, node: Node, layer: Node, before: Node | undefined): Generator<Problem> {
  const [first, second] = [before && sizesOf(program, before), sizesOf(program, layer)];
  // Fewer numbers between than on either side are a bottleneck, which one layer doesn't have.
  if (!before || !first || !second || first.to < Math.min(first.from, second.to)) return;
  yield finding(program, "linear-after-linear", node, {
    message: "Two linear layers right after one another compute what a single one could. Put an activation between them, such as `nn.ReLU`.",
    related: [related(program, before, "the other one")],
  });
}

function sizesOf(program: Program, node: Node): Sizes | undefined {
  const made: Instance | undefined = node.type === "SpreadElement" ? undefined : program.moduleOf(node);
  if (made?.api !== "nn.Linear") return undefined;
  const [from, to] = made.creation.arguments.map((size) => program.valueOf(size));
  return from?.type === "NumericLiteral" && to?.type === "NumericLiteral" ? { from: from.value, to: to.value } : undefined;
}
