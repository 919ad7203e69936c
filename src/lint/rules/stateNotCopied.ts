/** `best = model.stateDict()` while the model trains: the tensors are the model's own, and go on changing. */
import type { Fix, Problem } from "../../protocol/index.ts";
import type { Call, Program } from "../program.ts";
import { finding, naming, related, replacing } from "../rule.ts";
import type { Binding } from "../scopes.ts";
import { isMethodCall, reached } from "../training.ts";
import { bare, isLoop, objectOf, type Node } from "../tree.ts";

export function* stateNotCopied(program: Program): Generator<Problem> {
  for (const call of program.calls) {
    const holder = isMethodCall(call, "stateDict") && isInTraining(program, call) ? keptIn(program, call) : undefined;
    const loading = holder && loadingOf(program, holder, program.textOf(objectOf(call.callee)!));
    if (!holder || !loading) continue;
    yield finding(program, "state-not-copied", call, {
      message: `\`${holder.name}\` goes on changing with every step: its tensors are the model's own. Keep a copy: \`deepcopy(${program.textOf(call)})\`.`,
      related: [related(program, loading, "loaded here, it changes nothing")],
      fix: fixOf(program, call),
    });
  }
}

/** Whether steps are taken around it. */
function isInTraining(program: Program, call: Call): boolean {
  for (let loop = program.around(call, isLoop); loop; loop = program.around(loop, isLoop)) {
    if (reached(program, loop).calls.some((other) => isMethodCall(other, "backward") || isMethodCall(other, "step"))) return true;
  }
  return false;
}

/** The variable that is given it as it is. */
function keptIn(program: Program, call: Call): Binding | undefined {
  const parent = program.parentOf(call);
  return parent?.type === "AssignmentExpression" && parent.operator === "=" && bare(parent.right) === call ? program.bindingOf(bare(parent.left)) : undefined;
}

/** Where the same model loads it again. */
function loadingOf(program: Program, holder: Binding, model: string): Node | undefined {
  return program.calls.find(
    (call) =>
      isMethodCall(call, "loadStateDict") &&
      program.textOf(objectOf(call.callee)!) === model &&
      call.arguments.some((given) => program.bindingOf(bare(given)) === holder),
  );
}

function fixOf(program: Program, call: Call): Fix | undefined {
  const named = naming(program, "deepcopy");
  return named && { title: "Keep a copy", edits: [...named.edits, replacing(program, call, `${named.name}(${program.textOf(call)})`)] };
}
