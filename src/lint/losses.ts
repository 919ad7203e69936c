/** Where a program computes losses: `lossFn(outputs, targets)`, `nn.functional.crossEntropy(outputs, targets)`. */
import type * as t from "@babel/types";
import type { Call, Program } from "./program.ts";
import type { Fix } from "../protocol/index.ts";
import { replacing } from "./rule.ts";
import { outcomeOf } from "./outcome.ts";
import { bare, memberName, propertyOf, type Node } from "./tree.ts";

export interface LossCall {
  readonly call: Call;
  /** As Kindling's classes are called: `CrossEntropyLoss`. */
  readonly loss: string;
  /** Where the loss is made, if it is an object. */
  readonly creation?: t.NewExpression;
  readonly outputs?: Node;
}

const functions: Readonly<Record<string, string>> = {
  crossEntropy: "CrossEntropyLoss",
  binaryCrossEntropy: "BCELoss",
  binaryCrossEntropyWithLogits: "BCEWithLogitsLoss",
  nllLoss: "NLLLoss",
  mseLoss: "MSELoss",
  l1Loss: "L1Loss",
  smoothL1Loss: "SmoothL1Loss",
  huberLoss: "HuberLoss",
};

export function lossCalls(program: Program): readonly LossCall[] {
  return program.calls.flatMap((call) => {
    const found = lossOf(program, call);
    return found ? [{ call, ...found, ...outputsOf(call) }] : [];
  });
}

export function lossOf(program: Program, call: Call): { readonly loss: string; readonly creation?: t.NewExpression } | undefined {
  const api = program.apiOf(call.callee);
  const byFunction = api?.startsWith("nn.functional.") ? functions[api.slice("nn.functional.".length)] : undefined;
  if (byFunction !== undefined) return { loss: byFunction };
  const made = program.instanceOf(call.callee);
  const name = made?.api?.startsWith("nn.") && made.api.endsWith("Loss") ? made.api.slice("nn.".length) : undefined;
  return name === undefined ? undefined : { loss: name, creation: made!.creation };
}

function outputsOf({ arguments: [first] }: Call): { readonly outputs?: Node } {
  if (!first || first.type === "SpreadElement") return {};
  const outputs = bare(first).type === "ObjectExpression" ? propertyOf(bare(first), "input") : first;
  return outputs ? { outputs } : {};
}

/** The name of a loss as an object, and as a function. */
export interface LossNames {
  readonly object: string;
  readonly function: string;
}

/**
 * Another loss for one that gets outputs of a linear layer. Not where others use the same object, for whose outputs it may be
 * right; and only where its name stands behind a dot: one that was imported by itself is not there under another.
 * @param calls all of this loss
 */
export function usingLoss(program: Program, { call, creation, loss }: LossCall, calls: readonly LossCall[], other: LossNames): Fix | undefined {
  const isOther = ({ outputs }: LossCall): boolean => outputs !== undefined && outcomeOf(program, outputs)?.by !== "linear";
  if (creation && calls.some((one) => one.creation === creation && isOther(one))) return undefined;
  const callee = creation?.callee ?? call.callee;
  if (callee.type !== "MemberExpression") return undefined;
  const name = memberName(callee) === loss ? other.object : other.function;
  return { title: `Use \`${other.object}\``, edits: [replacing(program, callee.property, name)] };
}
