/** `h.relu();`: a new tensor that nobody keeps, while the old one goes on as if nothing had happened. */
import type * as t from "@babel/types";
import type { Fix, Problem } from "../../protocol/index.ts";
import type { Program } from "../program.ts";
import { finding, inserting, replacing } from "../rule.ts";
import type { Binding } from "../scopes.ts";
import { computes, computing, isTensor } from "../tensors.ts";
import { bare, memberName, objectOf, propertyOf, type Node } from "../tree.ts";

export function* unusedResult(program: Program): Generator<Problem> {
  for (const { expression } of program.statements) {
    const call = bare(expression);
    const input = call.type === "CallExpression" ? inputOf(program, call) : undefined;
    const binding = input && program.bindingOf(input);
    // Where nobody looks at it afterwards, the call may be there for its own sake: to be timed, to warm up.
    if (!binding || !isTensor(program, input) || !isUsedAfter(program, binding, expression)) continue;
    const { name } = binding;
    yield finding(program, "unused-result", expression, {
      message: `The new tensor that this computes is thrown away, and \`${name}\` stays as it was. Keep it: \`${name} = ${shortened(program.textOf(expression))}\`.`,
      fix: keeping(program, binding, expression),
    });
  }
}

/** The name of the tensor that a call goes from: `h` of `h.relu().mul(2)`, `relu(h)`, `this.act(h)`. */
function inputOf(program: Program, call: t.CallExpression): Node | undefined {
  const api = program.apiOf(call.callee);
  const [first] = call.arguments;
  if (api !== undefined) return computes(api) && !writesElsewhere(call) ? first && bare(first) : undefined;
  const layer = program.moduleOf(call.callee);
  // A model of the user's own may be called for what its hooks see.
  if (layer) return layer.api !== undefined && program.fieldOf(call.callee) && !writesElsewhere(layer.creation) ? first && bare(first) : undefined;
  const object = objectOf(call.callee);
  if (!object || !computing.has(memberName(call.callee) ?? "") || writesElsewhere(call)) return undefined;
  return object.type === "CallExpression" ? inputOf(program, object) : object;
}

/** `{ inplace: true }`, `{ out: y }`. */
function writesElsewhere({ arguments: given }: t.CallExpression | t.NewExpression): boolean {
  return given.some((argument) => {
    const inplace = propertyOf(argument, "inplace");
    return propertyOf(argument, "out") !== undefined || (inplace !== undefined && !(inplace.type === "BooleanLiteral" && !inplace.value));
  });
}

function isUsedAfter(program: Program, { references, writes }: Binding, expression: Node): boolean {
  const around = program.functionAround(expression);
  return references.some((one) => one.start! >= expression.end! && !writes.includes(one) && program.functionAround(one) === around);
}

function keeping(program: Program, { name, kind, declaration }: Binding, expression: Node): Fix | undefined {
  const edit = inserting(program, expression.start!, `${name} = `);
  const title = `Keep it in \`${name}\``;
  if (kind === "let" || kind === "parameter") return { title, edits: [edit] };
  const declared = program.parentOf(declaration);
  if (kind !== "const" || declared?.type !== "VariableDeclaration") return undefined;
  const word = { ...declared, end: declared.start! + "const".length };
  return { title, edits: [replacing(program, word, "let"), edit] };
}

function shortened(text: string): string {
  return text.length > 60 || text.includes("\n") ? "…" : text;
}
