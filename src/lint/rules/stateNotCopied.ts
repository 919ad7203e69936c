/** `best = model.stateDict()` while the model trains: the tensors are the model's own, and go on changing. */
import type { Fix, Problem } from "../../protocol/index.ts";
import type { Call, Program } from "../program.ts";
import { finding, naming, related, replacing } from "../rule.ts";
import { isMethodCall, reached } from "../training.ts";
import { bare, keyName, memberName, objectOf, type Node } from "../tree.ts";

/** Where it is kept: `best`, `best.state`, `this.best`. */
interface Place {
  /** What the name or the first of the names means. */
  readonly root: unknown;
  readonly text: string;
}

export function* stateNotCopied(program: Program): Generator<Problem> {
  for (const call of program.calls) {
    const place = isMethodCall(call, "stateDict") ? keptIn(program, call) : undefined;
    const loading = place && loadingOf(program, place, program.textOf(objectOf(call.callee)!));
    if (!place || !loading || !isInTraining(program, call)) continue;
    yield finding(program, "state-not-copied", call, {
      message: `\`${place.text}\` goes on changing with every step: its tensors are the model's own. Keep a copy: \`deepcopy(${program.textOf(call)})\`.`,
      related: [related(program, loading, "loaded here, it changes nothing")],
      fix: fixOf(program, call),
    });
  }
}

/** Whether a loop that leads to it takes steps. */
function isInTraining(program: Program, call: Call): boolean {
  return program.loops.some((loop) => {
    const { calls } = reached(program, loop);
    return calls.includes(call) && calls.some((other) => isMethodCall(other, "backward") || isMethodCall(other, "step"));
  });
}

/** What is given it as it is: `best = …`, `best.state = …`, `best = { state: … }`. */
function keptIn(program: Program, call: Call): Place | undefined {
  const parent = program.parentOf(call);
  if (parent?.type === "ObjectProperty" && !parent.computed && bare(parent.value) === call) {
    const object = program.parentOf(parent);
    const outer = object && program.parentOf(object);
    const key = keyName(parent.key);
    const place = outer?.type === "AssignmentExpression" && outer.operator === "=" ? placeOf(program, outer.left) : undefined;
    return place && key !== undefined ? { root: place.root, text: `${place.text}.${key}` } : undefined;
  }
  return parent?.type === "AssignmentExpression" && parent.operator === "=" && bare(parent.right) === call ? placeOf(program, parent.left) : undefined;
}

function placeOf(program: Program, node: Node): Place | undefined {
  const expression = bare(node);
  const binding = program.bindingOf(expression);
  if (binding) return { root: binding, text: binding.name };
  const object = objectOf(expression);
  const name = memberName(expression);
  if (!object || name === undefined) return undefined;
  const place = object.type === "ThisExpression" ? { root: program.fieldOf(expression)?.owner, text: "this" } : placeOf(program, object);
  return place && { root: place.root, text: `${place.text}.${name}` };
}

/** Where the same model loads it again. */
function loadingOf(program: Program, { root, text }: Place, model: string): Node | undefined {
  return program.calls.find((call) => {
    if (!isMethodCall(call, "loadStateDict") || program.textOf(objectOf(call.callee)!) !== model) return false;
    const [given] = call.arguments;
    const place = given && placeOf(program, given);
    return place !== undefined && place.root === root && place.text === text;
  });
}

function fixOf(program: Program, call: Call): Fix | undefined {
  const named = naming(program, "deepcopy");
  return named && { title: "Keep a copy", edits: [...named.edits, replacing(program, call, `${named.name}(${program.textOf(call)})`)] };
}
