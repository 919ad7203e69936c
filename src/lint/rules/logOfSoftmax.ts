/** `log` of `softmax` or `sigmoid`: 0 for what is unlikely enough, and the logarithm of 0. */
import type { Fix, Problem } from "../../protocol/index.ts";
import type { Call, Program } from "../program.ts";
import { finding, replacing } from "../rule.ts";
import { bare, memberName, objectOf, type Node } from "../tree.ts";

export function* logOfSoftmax(program: Program): Generator<Problem> {
  for (const call of program.calls) {
    const inner = logarithmOf(program, call);
    const squashed = inner && squashing(program, inner);
    if (!squashed) continue;
    const { name, better } = squashed;
    yield finding(program, "log-of-softmax", call, {
      message: `The logarithm of a ${name} is −∞ where that has become 0 in 32 bits, and the gradients NaN. \`${better}\` computes both at once and stays finite.`,
      fix: fixOf(program, call, inner, squashed),
    });
  }
}

/** `x` of `x.log()` and `log(x)`. */
function logarithmOf(program: Program, call: Call): Node | undefined {
  const [argument] = call.arguments;
  const inner =
    program.apiOf(call.callee) === "log" ? argument : memberName(call.callee) === "log" && call.arguments.length === 0 ? objectOf(call.callee) : undefined;
  return inner && usedForThisAlone(program, bare(inner));
}

/** A variable's value where it is asked for nowhere else: whoever needs the probabilities, too, may take their logarithm. */
function usedForThisAlone(program: Program, node: Node): Node {
  const binding = program.bindingOf(node);
  return binding?.references.length === 1 ? program.valueOf(node) : node;
}

interface Squashing {
  readonly name: "softmax" | "sigmoid";
  readonly better: string;
  /** What goes in, and the other arguments; absent where a layer does it. */
  readonly input?: Node;
  readonly others?: readonly Node[];
}

function squashing(program: Program, node: Node): Squashing | undefined {
  if (node.type !== "CallExpression") return undefined;
  const made = program.moduleOf(node.callee);
  if (made?.api === "nn.Softmax" || made?.api === "nn.Softmax2d") return { name: "softmax", better: "nn.LogSoftmax" };
  if (made?.api === "nn.Sigmoid") return { name: "sigmoid", better: "nn.LogSigmoid" };
  const name = program.apiOf(node.callee)?.replace(/^(?:nn\.functional|special)\./, "") ?? memberName(node.callee);
  if (name !== "softmax" && name !== "sigmoid") return undefined;
  const object = program.apiOf(node.callee) === undefined ? objectOf(node.callee) : undefined;
  const [input, ...others] = object ? [object, ...node.arguments] : node.arguments;
  if (!input || others.some((other) => other.type === "SpreadElement")) return undefined;
  return { name, better: name === "softmax" ? "logSoftmax" : "nn.functional.logsigmoid", input, others };
}

function fixOf(program: Program, call: Call, inner: Node, { name, input, others = [] }: Squashing): Fix | undefined {
  // Where the value stands in a variable, that would have to change as well.
  if (!input || inner.start! < call.start! || inner.end! > call.end!) return undefined;
  const text = program.textOf(input);
  if (name === "sigmoid") {
    const written = program.written("nn.functional.logsigmoid");
    return written === undefined ? undefined : { title: `Use \`${written}\``, edits: [replacing(program, call, `${written}(${text})`)] };
  }
  const receiver = /^[\w$.]+$|\)$/.test(text) ? text : `(${text})`;
  const rest = others.map((other) => program.textOf(other)).join(", ");
  return { title: "Use `logSoftmax`", edits: [replacing(program, call, `${receiver}.logSoftmax(${rest})`)] };
}
