/** What there is to say of the user's program: by its text alone, then by what a run shows; each once, and nothing that a comment silences. */
import { lint } from "./lint.ts";
import type { Problem, RunEvent } from "../protocol/index.ts";
import { healthProblems } from "../run/health/problems.ts";
import { ToldLints } from "../run/lints.ts";
import { heard } from "../run/silencing.ts";
import type { RunSnapshot } from "../run/snapshot.ts";
import { isFinal } from "../run/standing.ts";

export class Complaints {
  /** The model file. */
  readonly #file: string;
  readonly #textOf: (file: string) => string | undefined;
  readonly #read = new Set<string>();
  readonly #told = new ToldLints();

  /** @param textOf a file of the user's as it is on disk */
  constructor(file: string, textOf: (file: string) => string | undefined) {
    this.#file = file;
    this.#textOf = textOf;
  }

  /** Of the model file's own text; of the files that it imports as soon as they are known. */
  ofText(): readonly Problem[] {
    return this.#lint(this.#file);
  }

  /** @param run as it is after the event: what it comes to is said when it is over */
  of(event: RunEvent, run: RunSnapshot): readonly Problem[] {
    if (event.type === "files") return event.files.flatMap((file) => this.#lint(file));
    if (event.type === "state" && isFinal(event.state)) return healthProblems(run).flatMap((problem) => this.#hear(problem, "run"));
    return event.type === "problem" ? this.#hear(event.problem, "run") : [];
  }

  #lint(file: string): readonly Problem[] {
    if (this.#read.has(file)) return [];
    this.#read.add(file);
    const text = this.#textOf(file);
    return text === undefined ? [] : (lint(file, text) ?? []).flatMap((problem) => this.#hear(problem, "text"));
  }

  /** A lint that the text showed already is not told again by the run. */
  #hear(problem: Problem, seenIn: "text" | "run"): readonly Problem[] {
    const own = heard(problem, this.#textOf(problem.position?.file ?? this.#file));
    return own && !this.#told.isTold(own, seenIn) ? [own] : [];
  }
}
