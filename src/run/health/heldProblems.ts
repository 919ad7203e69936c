/**
 * What a training's health comes to while it goes on: told as soon as its sentence says so, and gone when it is over. It has to
 * be over for some looks, and its words stay as they were told first: a mark that comes and goes is worse than none. Pure.
 */
import type { Problem } from "../../protocol/index.ts";
import { isFinal } from "../standing.ts";
import type { RunSnapshot } from "../snapshot.ts";
import { healthProblems } from "./problems.ts";

/** Looks, each at something newly measured, in which a sign has to be missing before its mark goes. */
const patience = 3;

interface Held {
  readonly problem: Problem;
  missing: number;
}

export class HeldProblems {
  #runId = "";
  /** The newest measured steps that were looked at. */
  #seen = "";
  #held = new Map<string, Held>();

  /** Those that hold; none of a run that is over or of an older text, which is told otherwise. */
  get problems(): readonly Problem[] {
    return [...this.#held.values()].map(({ problem }) => problem);
  }

  /** @returns whether other problems hold than before */
  look(run: RunSnapshot | undefined): boolean {
    const before = [...this.#held.keys()].join("\n");
    this.#look(run);
    return [...this.#held.keys()].join("\n") !== before;
  }

  #look(run: RunSnapshot | undefined): void {
    if (!run || run.runId !== this.#runId || isFinal(run.state) || run.edited) this.#held.clear();
    if (!run || isFinal(run.state) || run.edited) return;
    const newest = `${run.runId} ${[...run.samples].map(([model, samples]) => `${model}:${samples.at(-1)?.step}`).join()}`;
    this.#runId = run.runId;
    if (newest === this.#seen) return;
    this.#seen = newest;
    const found = new Map(healthProblems(run).map((problem) => [keyOf(problem), problem]));
    for (const [key, held] of this.#held) {
      held.missing = found.has(key) ? 0 : held.missing + 1;
      if (held.missing >= patience) this.#held.delete(key);
    }
    for (const [key, problem] of found) {
      if (this.#held.has(key)) continue;
      // What was only a consequence is said no longer.
      for (const [other, held] of this.#held) if (held.missing > 0 && placeOf(held.problem) === placeOf(problem)) this.#held.delete(other);
      this.#held.set(key, { problem, missing: 0 });
    }
  }
}

function keyOf(problem: Problem): string {
  return `${problem.code} ${placeOf(problem)}`;
}

function placeOf({ position }: Problem): string {
  return `${position?.file}:${position?.line}:${position?.column}`;
}
