/** An optimizer whose `step()` nobody calls, though the program goes backward; a schedule that nobody moves on. */
import type * as t from "@babel/types";
import type { Fix, Problem } from "../../protocol/index.ts";
import type { Field, Program } from "../program.ts";
import { finding, insertingAfter } from "../rule.ts";
import { innermostLoop, isBackward, isOptimizerStep } from "../training.ts";
import { memberName, objectOf, type Node } from "../tree.ts";

/** What doesn't take a step. */
const harmless: ReadonlySet<string> = new Set(["addParamGroup", "getLastLr", "lastEpoch", "loadStateDict", "paramGroups", "stateDict", "zeroGrad"]);

export function* neverStepped(program: Program): Generator<Problem> {
  for (const creation of program.creations) {
    const api = program.apiOf(creation.callee) ?? "";
    if (/^optim\.[A-Z]/.test(api)) yield* optimizer(program, creation);
    else if (/^optim\.lrScheduler\.[A-Z]/.test(api)) yield* schedule(program, creation);
  }
}

function* optimizer(program: Program, creation: t.NewExpression): Generator<Problem> {
  const backward = program.calls.find((call) => isBackward(call) && innermostLoop(program, call));
  const own = backward && usesOf(program, creation);
  if (!own?.uses.every((use) => isHarmless(program, use))) return;
  // Where others step, one that nobody asks for anything is only left over.
  const isUsed = own.uses.some((use) => memberName(program.parentOf(use)!) === "zeroGrad");
  if (!isUsed && program.calls.some((call) => isOptimizerStep(program, call))) return;
  yield finding(program, "never-stepped", creation, {
    message: `Nothing calls \`${own.name}.step()\`, so nothing learns: backward() only computes gradients. Call it after backward().`,
    fix: fixOf(program, own.name),
  });
}

function* schedule(program: Program, creation: t.NewExpression): Generator<Problem> {
  const own = usesOf(program, creation);
  const trains = program.calls.some((call) => isOptimizerStep(program, call) && innermostLoop(program, call));
  if (!trains || !own?.uses.every((use) => isHarmless(program, use))) return;
  yield finding(program, "never-stepped", creation, {
    message: `Nothing calls \`${own.name}.step()\`, so the learning rate stays as it is. Call it after each epoch, or after each step where its numbers count steps.`,
  });
}

/** Where the variable or the field that holds it is used, if nobody else can see that. */
function usesOf(program: Program, creation: t.NewExpression): { readonly name: string; readonly uses: readonly Node[] } | undefined {
  const parent = program.parentOf(creation);
  if (parent?.type === "VariableDeclarator" && parent.init === creation) {
    const binding = program.bindingOf(parent.id);
    const isExported = program.parentOf(program.parentOf(parent) ?? parent)?.type === "ExportNamedDeclaration";
    return binding && binding.writes.length === 0 && !isExported ? { name: binding.name, uses: binding.references } : undefined;
  }
  const owner = parent && program.classes.find(({ body }) => body === program.parentOf(parent));
  const field = owner && program.fieldsOf(owner).find(({ declaration, values }) => declaration === parent && values.length === 1);
  return field && isSeenHere(program, field) ? { name: `this.${field.name}`, uses: field.uses } : undefined;
}

/** Whether nobody but its own class speaks of the field. */
function isSeenHere(program: Program, { name, uses, owner }: Field): boolean {
  const spoken = program.text.match(new RegExp(`\\.${name.replace("$", "\\$")}(?![\\w$])`, "g")) ?? [];
  return spoken.length === uses.length && program.isWhole && program.parentOf(owner)?.type === "Program";
}

/** Something is asked of it, or a schedule is made for it. */
function isHarmless(program: Program, use: Node): boolean {
  const outer = program.parentOf(use);
  if (outer && objectOf(outer) === use) return harmless.has(memberName(outer) ?? "");
  return outer?.type === "NewExpression" && program.apiOf(outer.callee)?.startsWith("optim.lrScheduler.") === true;
}

/** Behind the only backward(), where that is a statement of its own. */
function fixOf(program: Program, name: string): Fix | undefined {
  const [only, ...others] = program.calls.filter(isBackward);
  const place = only && others.length === 0 ? program.statementOf(only) : undefined;
  if (place?.statement.type !== "ExpressionStatement" || place.statement.expression !== only) return undefined;
  return { title: `Call \`${name}.step()\` after backward()`, edits: [insertingAfter(program, place.statement, `${name}.step();`)] };
}
