/** What a tensor comes out of last, as far as the text tells: a softmax, a sigmoid, a linear layer as it is. */
import type * as t from "@babel/types";
import type { Call, Instance, Program } from "./program.ts";
import { bare, isIn, memberName, objectOf, type ClassNode, type Node } from "./tree.ts";

export interface Outcome {
  readonly by: "softmax" | "logSoftmax" | "sigmoid" | "relu" | "linear";
  /** The call or the layer that does it. */
  readonly node: Node;
}

/** What leaves each value as it is. */
const shaping: ReadonlySet<string> = new Set(
  "squeeze unsqueeze view viewAs reshape reshapeAs flatten unflatten contiguous clone transpose permute t float to narrow select slice at index indexSelect".split(
    " ",
  ),
);
const passing = /^nn\.(?:Flatten|Unflatten|Identity|Dropout\w*)$/;
const linear = /^nn\.(?:Lazy)?(?:Linear|Bilinear|Conv(?:Transpose)?[123]d)$/;
const layers: Readonly<Record<string, Outcome["by"]>> = {
  "nn.Softmax": "softmax",
  "nn.Softmax2d": "softmax",
  "nn.LogSoftmax": "logSoftmax",
  "nn.Sigmoid": "sigmoid",
  "nn.ReLU": "relu",
};
const functions: Readonly<Record<string, Outcome["by"]>> = { softmax: "softmax", logSoftmax: "logSoftmax", sigmoid: "sigmoid", relu: "relu" };

const depthLimit = 10;

export function outcomeOf(program: Program, node: Node, depth = 0): Outcome | undefined {
  const expression = bare(node);
  if (depth > depthLimit) return undefined;
  const follow = (inner: Node): Outcome | undefined => outcomeOf(program, inner, depth + 1);
  if (expression.type === "Identifier") {
    const value = lastValue(program, expression);
    return value && follow(value);
  }
  if (expression.type === "ConditionalExpression") return agreed([follow(expression.consequent), follow(expression.alternate)]);
  return expression.type === "CallExpression" ? ofCall(program, expression, follow, depth) : undefined;
}

function ofCall(program: Program, call: Call, follow: (node: Node) => Outcome | undefined, depth: number): Outcome | undefined {
  const name = memberName(call.callee);
  const object = objectOf(call.callee);
  const made = program.moduleOf(call.callee) ?? (name === "forward" && object ? program.moduleOf(object) : undefined);
  if (made) {
    const outcome = ofModule(program, made, depth);
    const [input] = call.arguments;
    return outcome === "input" ? input && follow(input) : outcome;
  }
  const api = program.apiOf(call.callee);
  const by = functions[api?.replace(/^(?:nn\.functional|special)\./, "") ?? name ?? ""];
  if (by) return { by, node: call };
  if (api !== undefined) return api === "nn.functional.linear" ? { by: "linear", node: call } : undefined;
  if (object && name !== undefined && shaping.has(name)) return follow(object);
  const own = program.functionOf(call.callee);
  return own && agreed(program.resultsOf(own).map(follow));
}

/** @returns `input` where a layer leaves what it is given as it is */
function ofModule(program: Program, { api, owner, creation }: Instance, depth: number): Outcome | "input" | undefined {
  if (depth > depthLimit) return undefined;
  if (owner) {
    const forward = program.methodOf(owner, "forward");
    return forward ? agreed(program.resultsOf(forward).map((result) => outcomeOf(program, result, depth + 1))) : ofSubclass(program, owner, depth);
  }
  if (api === undefined) return undefined;
  if (api === "nn.Sequential") return ofSequential(program, creation.arguments, depth + 1);
  if (passing.test(api)) return "input";
  const by = layers[api] ?? (linear.test(api) ? "linear" : undefined);
  return by && { by, node: creation };
}

/** A Sequential by another name: its layers are what it gives to `super`. */
function ofSubclass(program: Program, owner: ClassNode, depth: number): Outcome | undefined {
  if (program.apiOf(owner.superClass ?? undefined) !== "nn.Sequential") return undefined;
  const [made, ...others] = program.callsIn(owner).filter(({ callee }) => callee.type === "Super");
  return made && others.length === 0 ? ofSequential(program, made.arguments, depth + 1) : undefined;
}

function ofSequential(program: Program, given: t.NewExpression["arguments"], depth: number): Outcome | undefined {
  for (const part of partsOf(given).toReversed()) {
    const made = part.type === "SpreadElement" ? undefined : program.moduleOf(part);
    const outcome = made && ofModule(program, made, depth);
    if (outcome !== "input") return outcome;
  }
  return undefined;
}

/** The layers of a Sequential, in order. */
export function partsOf(parts: t.NewExpression["arguments"]): readonly Node[] {
  const [first] = parts;
  if (parts.length !== 1 || first?.type !== "ObjectExpression") return parts;
  return first.properties.map((property) => (property.type === "ObjectProperty" ? property.value : property));
}

/** The same from all ways, or nothing. */
function agreed(all: readonly (Outcome | undefined)[]): Outcome | undefined {
  const [first] = all;
  return first && all.every((one) => one?.by === first.by) ? first : undefined;
}

/** The value of a name where it stands: the only one, or the one that was given to it last on the straight way there. */
export function lastValue(program: Program, name: t.Identifier): Node | undefined {
  const binding = program.bindingOf(name);
  if (!binding) return undefined;
  if (binding.writes.length === 0) {
    const value = program.valueOf(name);
    return value === name ? undefined : value;
  }
  const place = program.statementOf(name);
  if (!place) return undefined;
  for (const statement of place.block.slice(0, place.index).toReversed()) {
    if (!binding.writes.some((write) => isIn(write, statement)) && !isIn(binding.node, statement)) continue;
    return givenBy(program, statement, binding.node.name, binding);
  }
  return undefined;
}

function givenBy(program: Program, statement: Node, name: string, binding: object): Node | undefined {
  if (statement.type === "ExpressionStatement" && statement.expression.type === "AssignmentExpression") {
    const { left, right, operator } = statement.expression;
    return operator === "=" && program.bindingOf(left) === binding ? right : undefined;
  }
  if (statement.type !== "VariableDeclaration") return undefined;
  const declarator = statement.declarations.find(({ id }) => id.type === "Identifier" && id.name === name);
  return declarator?.init ?? undefined;
}
