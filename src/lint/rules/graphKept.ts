/** `total = total.add(loss)`, `losses.push(loss)` in a training loop: the graph of each step is kept. */
import type { Problem } from "../../protocol/index.ts";
import type { Call, Program } from "../program.ts";
import { finding, inserting } from "../rule.ts";
import type { Binding } from "../scopes.ts";
import { computing } from "../tensors.ts";
import { innermostLoop, isBackward, isMethodCall, isWithoutGraph } from "../training.ts";
import { bare, isIn, memberName, objectOf, type LoopNode, type Node } from "../tree.ts";

export function* graphKept(program: Program): Generator<Problem> {
  const told = new Set<Node>();
  for (const backward of program.calls) {
    const loss = isBackward(backward) && backward.arguments.length === 0 ? program.bindingOf(objectOf(backward.callee)) : undefined;
    if (!loss) continue;
    for (const { call, loop } of callsAround(program, backward)) {
      const [value] = call.arguments;
      const keeper = value && carries(program, value, loss) ? keeperOf(program, call, loop) : undefined;
      if (keeper === undefined || told.has(call) || isWithoutGraph(program, call)) continue;
      told.add(call);
      const text = program.textOf(value!);
      yield finding(program, "graph-kept", value!, {
        message: `\`${keeper}\` holds on to the graph of every step this way, and memory grows with each. Keep the value alone: \`${text}.detach()\`, or the number \`${text}.item()\`.`,
        fix: { title: `Keep the value alone: \`${text}.detach()\``, edits: [inserting(program, value!.end!, ".detach()")] },
      });
    }
  }
}

/** Those in the loop around, and in the loops that call the function around. */
function callsAround(program: Program, backward: Call): readonly { readonly call: Call; readonly loop: LoopNode }[] {
  const own = program.functionAround(backward);
  const places = [backward, ...(own ? program.callsOf(own) : [])];
  return places.flatMap((place) => {
    const loop = innermostLoop(program, place);
    return loop ? program.callsIn(loop).map((call) => ({ call, loop })) : [];
  });
}

/** The loss, what is computed from it, or a call that returns it; not what `detach()` or `item()` cuts off. */
function carries(program: Program, node: Node, loss: Binding): boolean {
  const expression = bare(node);
  if (program.bindingOf(expression) === loss) return true;
  const own = expression.type === "CallExpression" ? program.functionOf(expression.callee) : undefined;
  if (own) return isIn(loss.node, own) && program.resultsOf(own).some((result) => program.bindingOf(result) === loss);
  const name = expression.type === "CallExpression" ? (memberName(expression.callee) ?? "") : "";
  return expression.type === "CallExpression" && name !== "detach" && computing.has(name) && carries(program, objectOf(expression.callee)!, loss);
}

/** What lasts longer than a step and is given the value: the list of `push`, the sum of `add`. */
function keeperOf(program: Program, call: Call, loop: LoopNode): string | undefined {
  const object = objectOf(call.callee);
  if (!object || !lasts(program, object, loop)) return undefined;
  const assignment = program.parentOf(call);
  const isSum = isMethodCall(call, "add") && assignment?.type === "AssignmentExpression" && program.textOf(assignment.left) === program.textOf(object);
  return isSum || isMethodCall(call, "add_") || isMethodCall(call, "push") ? program.textOf(object) : undefined;
}

/** Made outside of the loop, or a field. */
function lasts(program: Program, node: Node, loop: LoopNode): boolean {
  const binding = program.bindingOf(node);
  return binding ? !isIn(binding.node, loop) : objectOf(node)?.type === "ThisExpression";
}
