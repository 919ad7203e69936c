/** Right answers of all samples, divided by the number of batches. */
import type * as t from "@babel/types";
import type { Fix, Problem } from "../../protocol/index.ts";
import { modelsBehind as valuesBehind } from "../evaluations.ts";
import type { Program } from "../program.ts";
import { finding, inserting } from "../rule.ts";
import type { Binding } from "../scopes.ts";
import { iteratedBy } from "../training.ts";
import { bare, memberName, objectOf, propertyOf, type Node } from "../tree.ts";

export function* accuracyPerBatch(program: Program): Generator<Problem> {
  for (const loop of program.loops) {
    const data = iteratedBy(loop);
    const loader = data && program.bindingOf(data);
    if (!loader || !valuesBehind(program, data).every((value) => hasBatches(program, value))) continue;
    for (const call of program.callsIn(loop.body)) {
      const count = countsRight(program, call) ? addedTo(program, call) : undefined;
      for (const use of count?.references ?? []) {
        const divisor = divisorOf(program, use);
        if (!divisor || !isLengthOf(program, divisor, loader)) continue;
        yield finding(program, "accuracy-per-batch", program.parentOf(divisor)!, {
          message: `\`${count!.name}\` counts samples, and \`${loader.name}.length\` is the number of batches: what comes out is right answers per batch. Divide by the number of samples, \`${loader.name}.dataset.length\`.`,
          fix: fixOf(program, divisor),
        });
      }
    }
  }
}

/** A loader whose batches certainly have more than one sample, and that leaves none out. */
function hasBatches(program: Program, node: Node): boolean {
  const made = program.instanceOf(node);
  const options = made?.api === "data.DataLoader" ? made.creation.arguments.at(-1) : undefined;
  const size = options && propertyOf(bare(options), "batchSize");
  const value = size && program.valueOf(size);
  return value?.type === "NumericLiteral" && value.value > 1 && propertyOf(bare(options!), "dropLast") === undefined;
}

/** `guess.eq(y).sum().item()` */
function countsRight(program: Program, call: Node): boolean {
  const summed = inner(call, "item");
  let judged = summed && inner(summed, "sum");
  while (judged && /^(?:float|int|long|double)$/.test(nameOf(judged))) judged = objectOf((judged as t.CallExpression).callee);
  if (!judged) return false;
  const value = program.valueOf(judged);
  return value.type === "CallExpression" && (nameOf(value) === "eq" || program.apiOf(value.callee) === "eq");
}

/** `x` of `x.name()` */
function inner(node: Node, name: string): Node | undefined {
  return node.type === "CallExpression" && memberName(node.callee) === name && node.arguments.length === 0 ? objectOf(node.callee) : undefined;
}

function nameOf(node: Node): string {
  return node.type === "CallExpression" ? (memberName(node.callee) ?? "") : "";
}

/** The variable of `right += …`, if that is all that changes it. */
function addedTo(program: Program, call: Node): Binding | undefined {
  const parent = program.parentOf(call);
  if (parent?.type !== "AssignmentExpression" || parent.operator !== "+=" || bare(parent.right) !== call) return undefined;
  const binding = program.bindingOf(parent.left);
  return binding?.writes.length === 1 ? binding : undefined;
}

/** `b` of `right / b`, `(100 * right) / b` */
function divisorOf(program: Program, use: Node): Node | undefined {
  let node = use;
  for (let outer = program.parentOf(node); outer?.type === "BinaryExpression"; outer = program.parentOf(node)) {
    if (outer.operator === "/") return outer.left === node ? outer.right : undefined;
    if (outer.operator !== "*") return undefined;
    node = outer;
  }
  return undefined;
}

function isLengthOf(program: Program, node: Node, loader: Binding): boolean {
  const value = program.valueOf(node);
  return memberName(value) === "length" && program.bindingOf(objectOf(value)) === loader;
}

/** Where the length stands right there. */
function fixOf(program: Program, divisor: Node): Fix | undefined {
  const object = memberName(divisor) === "length" ? objectOf(divisor) : undefined;
  return object && { title: "Divide by the number of samples", edits: [inserting(program, object.end!, ".dataset")] };
}
