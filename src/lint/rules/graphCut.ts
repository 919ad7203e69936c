/** `backward()` of what has no graph: it was detached, picked by `argmax`, made of a plain number, or computed without gradients. */
import type { Fix, Problem } from "../../protocol/index.ts";
import { lossOf } from "../losses.ts";
import type { Call, Program } from "../program.ts";
import { finding, related, removing } from "../rule.ts";
import { computing, isData } from "../tensors.ts";
import { isBackward, isNoGrad, isWithoutGraph } from "../training.ts";
import { bare, memberName, objectOf, type Node } from "../tree.ts";

/** What no gradient flows through. */
const cutting: ReadonlySet<string> = new Set(["argmax", "argmin", "detach", "eq", "ge", "gt", "int", "le", "long", "lt", "ne"]);

const depthLimit = 10;

export function* graphCut(program: Program): Generator<Problem> {
  if (/\b(?:enableGrad|setGradEnabled|inferenceMode)\b|\brequiresGrad/.test(program.text)) return;
  for (const call of program.calls) {
    const loss = isBackward(call) ? objectOf(call.callee) : undefined;
    const cut = loss && cutOf(program, loss);
    if (!cut) continue;
    yield finding(program, "graph-cut", call, {
      message:
        "There is nothing to go back through: what this was computed from has no graph any more, so backward() throws. Compute the loss of the model's own outputs, with gradients on.",
      related: [related(program, cut, "the graph ends here")],
      fix: fixOf(program, cut),
    });
  }
}

/** What cuts the graph on all ways to a value. */
function cutOf(program: Program, node: Node, depth = 0): Node | undefined {
  const value = program.valueOf(node);
  if (value.type !== "CallExpression" || depth > depthLimit) return undefined;
  const inner = (one: Node): Node | undefined => cutOf(program, one, depth + 1);
  if (isNoGrad(program, value)) return value;
  const loss = lossOf(program, value);
  const api = program.apiOf(value.callee);
  const [first, second] = value.arguments;
  if (loss && isWithoutGraph(program, value)) return value;
  if (loss) return first && second && (isData(program, second) || inner(second)) ? inner(first) : undefined;
  if (api !== undefined) return api === "tensor" && first && value.arguments.length === 1 && asksForNumber(first) ? value : undefined;
  const object = objectOf(value.callee);
  const name = memberName(value.callee) ?? "";
  if (!object || program.functionOf(value.callee)) return undefined;
  if (cutting.has(name)) return value;
  const isPlain = value.arguments.every((given) => isNumber(given) || isData(program, given) || inner(given));
  return computing.has(name) && isPlain ? inner(object) : undefined;
}

/** `loss.item()` */
function asksForNumber(node: Node): boolean {
  const value = bare(node);
  return value.type === "CallExpression" && memberName(value.callee) === "item";
}

function isNumber(node: Node): boolean {
  return node.type === "NumericLiteral" || node.type === "BooleanLiteral" || node.type === "ObjectExpression" || node.type === "StringLiteral";
}

function fixOf(program: Program, cut: Node): Fix | undefined {
  const call = cut as Call;
  const object = memberName(call.callee) === "detach" ? objectOf(call.callee) : undefined;
  return object && { title: "Leave out `detach()`", edits: [removing(program, object.end!, call.end!)] };
}
