/** `optimizer.step()` in a program that never goes backward. */
import type * as t from "@babel/types";
import type { Fix, Problem } from "../../protocol/index.ts";
import { lossOf } from "../losses.ts";
import type { Call, Program } from "../program.ts";
import { finding, insertingBefore } from "../rule.ts";
import { isBackward, isOptimizerStep } from "../training.ts";
import { memberName } from "../tree.ts";

export function* stepWithoutGradient(program: Program): Generator<Problem> {
  if (!program.isWhole || givesGradients(program)) return;
  for (const step of program.calls) {
    if (!isOptimizerStep(program, step) || step.arguments.length > 0) continue;
    yield finding(program, "step-without-gradient", step, {
      message: `\`${program.textOf(step)}\` changes nothing: no gradient is computed anywhere in this file. Call backward() on the loss before it.`,
      fix: fixOf(program, step),
    });
  }
}

/** In any of the ways that there are. */
function givesGradients(program: Program): boolean {
  if (/\.grad\b|\bautograd\b/.test(program.text)) return true;
  return program.calls.some(isBackward) || program.statements.some(({ expression }) => memberName(expression) === "backward");
}

/** Where one loss stands in a variable right before. */
function fixOf(program: Program, step: Call): Fix | undefined {
  const place = program.statementOf(step);
  const [name, ...others] = (place?.block.slice(0, place.index) ?? []).flatMap((statement) => lossName(program, statement));
  if (!place || name === undefined || others.length > 0) return undefined;
  return { title: `Call \`${name}.backward()\` before`, edits: [insertingBefore(program, place.statement, `${name}.backward();`)] };
}

function lossName(program: Program, statement: t.Statement): string[] {
  if (statement.type !== "VariableDeclaration") return [];
  return statement.declarations.flatMap(({ id, init }) =>
    id.type === "Identifier" && init?.type === "CallExpression" && lossOf(program, init) ? [id.name] : [],
  );
}
