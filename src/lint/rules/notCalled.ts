/** `optimizer.zeroGrad;`: a statement that names a method, and does nothing. */
import type { Problem } from "../../protocol/index.ts";
import type { Program } from "../program.ts";
import { finding, inserting } from "../rule.ts";
import { bare, memberName } from "../tree.ts";

/** Methods that are called without arguments and for what they do. */
const methods: ReadonlySet<string> = new Set(["backward", "eval", "requiresGrad_", "step", "train", "zeroGrad"]);

export function* notCalled(program: Program): Generator<Problem> {
  for (const statement of program.statements) {
    const expression = bare(statement.expression);
    if (!methods.has(memberName(expression) ?? "")) continue;
    const text = program.textOf(expression);
    yield finding(program, "not-called", expression, {
      message: `\`${text}\` is only named here, not called, so nothing happens. Write \`${text}()\`.`,
      fix: { title: `Call it: \`${text}()\``, edits: [inserting(program, expression.end!, "()")] },
    });
  }
}
