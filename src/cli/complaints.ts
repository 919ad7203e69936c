/** What there is to say of the user's program: nothing that a comment in it silences. */
import type { Problem, RunEvent } from "../protocol/index.ts";
import { healthProblems } from "../run/health/problems.ts";
import { heard } from "../run/silencing.ts";
import type { RunSnapshot } from "../run/snapshot.ts";
import { isFinal } from "../run/standing.ts";
import { sourceText } from "./sourceText.ts";

/** @param file the model file */
export function complaints(event: RunEvent, file: string): readonly Problem[] {
  if (event.type !== "problem") return [];
  return heardOf([event.problem], file);
}

/** What a run comes to, when it is over. */
export function complaintsAtEnd(event: RunEvent, run: RunSnapshot): readonly Problem[] {
  return event.type === "state" && isFinal(event.state) ? heardOf(healthProblems(run), run.file) : [];
}

function heardOf(problems: readonly Problem[], file: string): readonly Problem[] {
  return problems.flatMap((problem) => heard(problem, sourceText(problem.position?.file ?? file)) ?? []);
}
