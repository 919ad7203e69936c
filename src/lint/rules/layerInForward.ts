/** A layer with weights that `forward`, or a method that it calls, makes anew in each pass. */
import type * as t from "@babel/types";
import type { Fix, Problem, TextEdit } from "../../protocol/index.ts";
import { childrenOf } from "../children.ts";
import { matters } from "../layers.ts";
import type { Call, Program } from "../program.ts";
import { finding, indentAt, inserting, replacing } from "../rule.ts";
import { isFunction, isIn, keyName, memberName, objectOf, type ClassNode, type FunctionNode, type Node } from "../tree.ts";

export function* layerInForward(program: Program): Generator<Problem> {
  for (const owner of program.classes) {
    if (!program.isModule(owner)) continue;
    for (const method of passMethods(program, owner)) {
      for (const creation of program.creationsIn(method.body)) {
        if (isMadeAnew(program, creation, method))
          yield problem(program, creation, program.textOf(creation.callee), hoisting(program, creation, owner, method));
      }
      for (const call of program.callsIn(method.body)) {
        const made = isMadeOnce(program, call, method) ? undefined : madeBy(program, call, owner);
        if (made) yield problem(program, call, program.textOf(made.callee), undefined);
      }
    }
  }
}

/** The layer that a function outside of the class makes and returns. */
function madeBy(program: Program, call: Call, owner: ClassNode): t.NewExpression | undefined {
  const own = program.functionOf(call.callee);
  if (!own || isIn(own, owner)) return undefined;
  const [result, ...others] = program.resultsOf(own);
  const made = result && others.length === 0 ? program.moduleOf(result) : undefined;
  return made && isIn(made.creation, own) && !isMadeOnce(program, made.creation, own) && matters(program, made) ? made.creation : undefined;
}

/** `forward`, and the class's own methods that it leads to. */
function passMethods(program: Program, owner: ClassNode): ReadonlySet<FunctionNode> {
  const forward = program.methodOf(owner, "forward");
  const found = new Set<FunctionNode>(forward ? [forward] : []);
  for (const method of found) {
    for (const { callee } of program.callsIn(method)) {
      const called = objectOf(callee)?.type === "ThisExpression" ? program.methodOf(owner, memberName(callee) ?? "") : undefined;
      if (called) found.add(called);
    }
  }
  return found;
}

function isMadeAnew(program: Program, creation: t.NewExpression, method: FunctionNode): boolean {
  const made = program.moduleOf(creation);
  const isOne = program.isParameter(creation) || (made !== undefined && matters(program, made));
  // What is inside another layer that is made there is told of with that one.
  const isPart = program.around(creation, (outer) => outer.type === "NewExpression" && program.moduleOf(outer) !== undefined, method) !== undefined;
  return isOne && !isPart && !isMadeOnce(program, creation, method);
}

/** `this.fc ??= new nn.Linear(…)`, `if (!this.fc) …`: made when it is first needed, and kept. */
function isMadeOnce(program: Program, creation: Node, method: Node): boolean {
  return program.around(creation, (outer) => isGuard(program, outer), method) !== undefined;
}

function isGuard(program: Program, node: Node): boolean {
  switch (node.type) {
    case "AssignmentExpression":
      return node.operator === "??=" || node.operator === "||=";
    case "LogicalExpression":
      return true;
    case "IfStatement":
    case "ConditionalExpression":
      return /\bthis\b/.test(program.textOf(node.test));
    default:
      return false;
  }
}

function problem(program: Program, node: Node, type: string, fix: Fix | undefined): Problem {
  const isDropout = /Dropout\w*$/.test(type);
  const why = isDropout ? "eval() doesn't reach it, so it goes on dropping in evaluation" : "it begins with new random weights each time and is never trained";
  return finding(program, "layer-in-forward", node, {
    message: `This \`${type}\` is made anew in each forward pass: ${why}. Make it once, in the constructor.`,
    fix,
  });
}

function hoisting(program: Program, creation: t.NewExpression, owner: ClassNode, method: FunctionNode): Fix | undefined {
  if (!isMovable(program, creation, method)) return undefined;
  const name = freeName(program, creation, owner);
  const text = program.textOf(creation);
  const isAssignedToThis = program.fieldOf(parentTarget(program, creation) ?? creation) !== undefined;
  if (isAssignedToThis || !creation.callee) return undefined;
  return {
    title: `Make it once, in the constructor, as \`${name}\``,
    edits: [...declaring(program, creation, owner, name, text), replacing(program, creation, `this.${name}`)],
  };
}

function parentTarget(program: Program, creation: Node): Node | undefined {
  const parent = program.parentOf(creation);
  return parent?.type === "AssignmentExpression" ? parent.left : undefined;
}

/** Nothing in it is known in the pass alone. */
function isMovable(program: Program, creation: Node, method: FunctionNode): boolean {
  const isFree = (node: Node): boolean => {
    if (node.type === "ThisExpression" || node.type === "AwaitExpression" || node.type === "YieldExpression") return false;
    if (isFunction(node)) return false;
    const binding = program.bindingOf(node);
    if (binding && isIn(binding.node, method)) return false;
    return childrenOf(node).every(isFree);
  };
  return isFree(creation);
}

/** The variable's that holds it, else the layer's own in lower case. */
function freeName(program: Program, creation: t.NewExpression, owner: ClassNode): string {
  const parent = program.parentOf(creation);
  const own = parent?.type === "VariableDeclarator" && parent.id.type === "Identifier" ? parent.id.name : undefined;
  const type = memberName(creation.callee) ?? program.textOf(creation.callee);
  const base = own ?? type.charAt(0).toLowerCase() + type.slice(1);
  const taken = new Set([
    ...program.fieldsOf(owner).map(({ name }) => name),
    ...owner.body.body.map((member) => ("key" in member ? keyName(member.key) : undefined)),
  ]);
  for (let number = 1; ; number++) {
    const name = number === 1 ? base : `${base}${number}`;
    if (!taken.has(name)) return name;
  }
}

function declaring(program: Program, creation: t.NewExpression, owner: ClassNode, name: string, text: string): TextEdit[] {
  const [first] = owner.body.body;
  const constructor = owner.body.body.find((member) => member.type === "ClassMethod" && member.kind === "constructor");
  const before = (member: Node, line: string): TextEdit => inserting(program, member.start!, `${line}\n${indentAt(program, member.start!)}`);
  const last = constructor?.type === "ClassMethod" ? constructor.body.body.at(-1) : undefined;
  if (!first || !last) return [before(first!, `${name} = ${text};`)];
  const at = inserting(program, last.end!, `\n${indentAt(program, last.start!)}this.${name} = ${text};`);
  return [before(first, `${name}: ${program.textOf(creation.callee)};`), at];
}
