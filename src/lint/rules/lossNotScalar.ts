/** `backward()` on a loss with a value for each sample. */
import type { Problem } from "../../protocol/index.ts";
import { lossOf } from "../losses.ts";
import { outcomeOf } from "../outcome.ts";
import type { Program } from "../program.ts";
import { finding, inserting } from "../rule.ts";
import { isBackward } from "../training.ts";
import { bare, memberName, objectOf, propertyOf, type Node } from "../tree.ts";

/** One value for each of those before. */
const elementwise: ReadonlySet<string> = new Set("mul multiply div divide add sub neg pow square sqrt exp log abs clamp view reshape flatten".split(" "));

/** What makes a distance of a difference. */
const measuring: ReadonlySet<string> = new Set(["pow", "square", "abs"]);

export function* lossNotScalar(program: Program): Generator<Problem> {
  for (const call of program.calls) {
    const loss = isBackward(call) && call.arguments.length === 0 ? objectOf(call.callee) : undefined;
    if (!loss || !isUnreduced(program, loss)) continue;
    yield finding(program, "loss-not-scalar", loss, {
      message: "backward() needs one number, and this loss has one for each sample. Take its mean() or sum() first.",
      fix: { title: "Take the mean", edits: [inserting(program, loss.end!, ".mean()")] },
    });
  }
}

function isUnreduced(program: Program, node: Node, depth = 0): boolean {
  const value = program.valueOf(node);
  if (value.type !== "CallExpression" || depth > 10) return false;
  const found = lossOf(program, value);
  if (found) {
    const options = found.creation ? found.creation.arguments : value.arguments;
    return options.some((option) => saysNone(propertyOf(bare(option), "reduction")));
  }
  const own = program.functionOf(value.callee);
  if (own) return program.resultsOf(own).length > 0 && program.resultsOf(own).every((result) => isUnreduced(program, result, depth + 1));
  const object = objectOf(value.callee);
  const name = memberName(value.callee) ?? "";
  if (!object || !elementwise.has(name)) return false;
  return isUnreduced(program, object, depth + 1) || (measuring.has(name) && isOfOutputs(program, object));
}

/** `model(x).sub(y)`, of a model that ends in a layer: as many values as it has outputs. */
function isOfOutputs(program: Program, node: Node): boolean {
  const value = program.valueOf(node);
  const object = value.type === "CallExpression" && memberName(value.callee) === "sub" ? objectOf(value.callee) : undefined;
  return object !== undefined && outcomeOf(program, object) !== undefined;
}

function saysNone(value: Node | undefined): boolean {
  return value?.type === "StringLiteral" && value.value === "none";
}
