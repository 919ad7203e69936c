/** What there is to say of the user's program: nothing that a comment in it silences. */
import type { Problem, RunEvent } from "../protocol/index.ts";
import { heard } from "../run/silencing.ts";
import { sourceText } from "./sourceText.ts";

/** @param file the model file */
export function complaints(event: RunEvent, file: string): readonly Problem[] {
  if (event.type !== "problem") return [];
  const { problem } = event;
  const own = heard(problem, sourceText(problem.position?.file ?? file));
  return own ? [own] : [];
}
