/** A module's constructor that calls `super()` not at all, or after it used `this`. */
import type * as t from "@babel/types";
import type { Fix, Problem } from "../../protocol/index.ts";
import { childrenOf } from "../children.ts";
import type { Program } from "../program.ts";
import { finding, indentAt, inserting } from "../rule.ts";
import { isClass, isFunction, type Node } from "../tree.ts";

export function* superMissing(program: Program): Generator<Problem> {
  for (const owner of program.classes) {
    if (!program.isModule(owner)) continue;
    const constructor = owner.body.body.find((member) => member.type === "ClassMethod" && member.kind === "constructor");
    if (constructor?.type !== "ClassMethod") continue;
    const { body } = constructor;
    const call = firstIn(body, isSuperCall);
    const use = firstIn(body, (node) => node.type === "ThisExpression");
    if (!call) {
      yield finding(program, "super-missing", constructor.key, {
        message: "This constructor never calls super(), which makes the module: JavaScript throws as soon as it is constructed. Call it first.",
        fix: addingFix(program, body),
      });
    } else if (use && use.start! < call.start!) {
      yield finding(program, "super-missing", use, {
        message: "`this` is used before super() has made the module: JavaScript throws here. Call super() first.",
      });
    }
  }
}

function addingFix(program: Program, body: t.BlockStatement): Fix {
  const [first] = body.body;
  const text = first ? `super();\n${indentAt(program, first.start!)}` : " super(); ";
  return { title: "Call super() first", edits: [inserting(program, first ? first.start! : body.start! + 1, text)] };
}

function isSuperCall(node: Node): boolean {
  return node.type === "CallExpression" && node.callee.type === "Super";
}

/** In the order in which it runs; what is in functions runs later, and arrow functions may hold the call. */
function firstIn(node: Node, accept: (node: Node) => boolean): Node | undefined {
  if (accept(node)) return node;
  for (const child of childrenOf(node)) {
    if (isClass(child) || (isFunction(child) && child.type !== "ArrowFunctionExpression")) continue;
    const found = firstIn(child, accept);
    if (found) return found;
  }
  return undefined;
}
