/** What of a program trains: optimizers, schedulers, loaders, their calls, and what a call leads to. */
import type * as t from "@babel/types";
import type { Binding } from "./scopes.ts";
import type { Call, Program } from "./program.ts";
import { bare, isFunction, isIn, isLoop, memberName, objectOf, type FunctionNode, type LoopNode, type Node } from "./tree.ts";

/** `x.name(…)` with that name. */
export function isMethodCall(call: Call, name: string): boolean {
  return memberName(call.callee) === name;
}

/** `loss.backward()`, and what stands for it. */
export function isBackward(call: Call): boolean {
  return isMethodCall(call, "backward");
}

export function isOptimizerStep(program: Program, call: Call): boolean {
  const object = objectOf(call.callee);
  return isMethodCall(call, "step") && object !== undefined && isOptimizer(program, object);
}

export function isSchedulerStep(program: Program, call: Call): boolean {
  const object = objectOf(call.callee);
  return isMethodCall(call, "step") && object !== undefined && isScheduler(program, object);
}

function isOptimizer(program: Program, node: Node): boolean {
  const api = program.instanceOf(node)?.api;
  if (api !== undefined) return /^optim\.[A-Z]\w*$/.test(api);
  return words(lastName(node) ?? "").some((word) => /^opt(?:im(?:i[sz]er)?)?\d*$/.test(word)) && isUnknown(program, node);
}

function isScheduler(program: Program, node: Node): boolean {
  const api = program.instanceOf(node)?.api;
  if (api !== undefined) return api.startsWith("optim.lrScheduler.");
  return words(lastName(node) ?? "").some((word) => /^(?:lr)?sched(?:uler)?\d*$/.test(word)) && isUnknown(program, node);
}

/** A parameter, or a field whose value isn't to be seen: its name has to tell. */
function isUnknown(program: Program, node: Node): boolean {
  return program.valueOf(node).type !== "NewExpression";
}

export function lastName(node: Node): string | undefined {
  const expression = bare(node);
  return expression.type === "Identifier" ? expression.name : memberName(expression);
}

/** What an expression holds on to: a variable, or a field by its name. */
export function holderOf(program: Program, node: Node): Binding | string | undefined {
  const expression = bare(node);
  const binding = program.bindingOf(expression);
  const argument = binding && program.argumentFor(binding);
  if (argument) return holderOf(program, argument) ?? binding;
  return binding ?? (objectOf(expression)?.type === "ThisExpression" ? `this.${memberName(expression)}` : undefined);
}

/** The loop that is around all that goes on again and again there, inside the function around `node`. */
export function outermostLoop(program: Program, node: Node): LoopNode | undefined {
  let found: LoopNode | undefined;
  for (let outer = program.parentOf(node); outer && !isNamedFunction(outer); outer = program.parentOf(outer)) if (isLoop(outer)) found = outer;
  return found;
}

/** A callback that is handed over where it stands, to `noGrad` or `forEach`, belongs to the code around it; these don't. */
function isNamedFunction(node: Node): boolean {
  return node.type === "FunctionDeclaration" || node.type === "ClassMethod" || node.type === "ClassPrivateMethod" || node.type === "ObjectMethod";
}

export function innermostLoop(program: Program, node: Node): LoopNode | undefined {
  return program.around(node, isLoop, program.around(node, isNamedFunction));
}

/** The calls in a piece of the text and in the functions of this file that it leads to. */
export interface Reached {
  readonly calls: readonly Call[];
  /** Everything that it leads to stands in this file. */
  readonly isComplete: boolean;
}

export function reached(program: Program, region: Node): Reached {
  const known = remembered.get(region) ?? follow(program, region);
  remembered.set(region, known);
  return known;
}

/** Rules ask for the same loops again and again. */
const remembered = new WeakMap<Node, Reached>();

function follow(program: Program, region: Node): Reached {
  const seen = new Set<FunctionNode>();
  const calls: Call[] = [];
  let isComplete = true;
  const look = (part: Node): void => {
    for (const call of program.callsIn(part)) {
      calls.push(call);
      const called = program.functionOf(call.callee);
      if (called && !seen.has(called)) {
        seen.add(called);
        if (!isIn(called, part)) look(called);
      } else if (!called && isForeign(program, call)) isComplete = false;
    }
  };
  look(region);
  return { calls, isComplete };
}

/** A function that is handed over, or one from another file that gets a model or an optimizer: what it does isn't to be seen. */
function isForeign(program: Program, { callee, arguments: given }: Call): boolean {
  const binding = program.bindingOf(bare(callee));
  if (!binding || program.apiOf(callee) !== undefined || program.moduleOf(callee)) return false;
  if (binding.kind === "import") return given.some((argument) => isTrained(program, argument));
  return binding.kind === "parameter" && !/model|net|loss|criterion|generator|discriminator|encoder|decoder|actor|critic/i.test(binding.name);
}

/** A model, an optimizer, or what may hold one. */
function isTrained(program: Program, node: Node): boolean {
  const value = program.valueOf(node);
  return (
    program.moduleOf(node) !== undefined || isOptimizer(program, node) || value.type === "ObjectExpression" || program.bindingOf(value)?.kind === "parameter"
  );
}

/** Whether gradients are off there: inside `noGrad(() => …)`, or after `using _ = noGrad()`. */
export function isWithoutGraph(program: Program, node: Node): boolean {
  return noGradAround(program, node) !== undefined;
}

/** What switches gradients off there. */
export function noGradAround(program: Program, node: Node): Node | undefined {
  return program.around(node, (outer) => {
    const call = isFunction(outer) ? program.parentOf(outer) : undefined;
    if (call?.type === "CallExpression" && isNoGrad(program, call)) return true;
    return outer.type === "BlockStatement" || outer.type === "Program"
      ? outer.body.some((statement) => declaresNoGrad(program, statement) && precedes(statement, node))
      : false;
  });
}

function precedes(first: Node, second: Node): boolean {
  return first.end! <= second.start!;
}

function declaresNoGrad(program: Program, statement: t.Statement): boolean {
  if (statement.type !== "VariableDeclaration" || statement.kind !== "using") return false;
  return statement.declarations.some(({ init }) => init?.type === "CallExpression" && isNoGrad(program, init));
}

export function isNoGrad(program: Program, call: t.CallExpression): boolean {
  const api = program.apiOf(call.callee);
  return api === "noGrad" || api === "inferenceMode";
}

/** The words of a name: `valLoader` → `val`, `loader`. */
export function words(name: string): readonly string[] {
  return name
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .split(/[\s_$]+/)
    .map((word) => word.toLowerCase())
    .filter((word) => word !== "");
}

const heldOut: ReadonlySet<string> = new Set(["test", "tests", "testing", "val", "vals", "valid", "validation", "holdout", "eval", "evaluation"]);

/** Whether a name says that what it holds is not for training. */
export function isHeldOut(name: string | undefined): boolean {
  const all = words(name ?? "");
  return all.some((word) => heldOut.has(word)) && !all.some((word) => /^(?:train|training|fit|adapt|support)$/.test(word));
}

/** What a loop goes through, loaders mostly: `for (const [x, y] of loader)`, also `[...loader].entries()` and the like. */
export function iteratedBy(loop: LoopNode): Node | undefined {
  return loop.type === "ForOfStatement" ? unwrapped(loop.right) : undefined;
}

/** The same elements, perhaps numbered or in a list. */
function unwrapped(node: Node): Node {
  const data = bare(node);
  if (data.type === "ArrayExpression") {
    const [only, ...others] = data.elements;
    return only?.type === "SpreadElement" && others.length === 0 ? unwrapped(only.argument) : data;
  }
  const object = data.type === "CallExpression" ? objectOf(data.callee) : undefined;
  if (data.type !== "CallExpression" || !object) return data;
  const [first] = data.arguments;
  if (isMethodCall(data, "from") && object.type === "Identifier" && object.name === "Array" && first && data.arguments.length === 1) return unwrapped(first);
  return isMethodCall(data, "entries") && data.arguments.length === 0 ? unwrapped(object) : data;
}
