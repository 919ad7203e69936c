/**
 * What a training's health comes to, on the lines where its modules are made. What it has come to stays when the run is over;
 * while it goes on, `heldProblems.ts` says what holds. The words are those of the panel. Pure.
 */
import type { Problem } from "../../protocol/index.ts";
import { lintProblem, type LintId } from "../lints.ts";
import type { RunSnapshot } from "../snapshot.ts";
import { health } from "./health.ts";
import type { RuleId } from "./rules.ts";

/** Those of the rules that are lints. */
const lintOf: Readonly<Partial<Record<RuleId, LintId>>> = {
  deadUnits: "dead-units",
  deadLayer: "dead-units",
  vanishing: "vanishing-gradients",
  exploding: "exploding-gradients",
  saturated: "saturated",
  notMoving: "loss-not-moving",
  smallSteps: "loss-not-moving",
  largeSteps: "loss-not-moving",
  sameOutput: "loss-not-moving",
};

const healthLints: ReadonlySet<string> = new Set(Object.values(lintOf));

/** Whether a problem is one of these. */
export function isHealthLint(code: string): boolean {
  return healthLints.has(code);
}

export function healthProblems(run: RunSnapshot): readonly Problem[] {
  return health(run).findings.flatMap(({ rule, model, places, what, advice }) => {
    const lint = lintOf[rule];
    const modules = run.models.find(({ id }) => id === model)?.modules ?? [];
    const [position, ...others] = places.flatMap((place) => modules[place]?.constructedAt ?? []);
    if (!lint || !position) return [];
    const related = others.map((other) => ({ message: "it shows here, too", position: other }));
    return [lintProblem(lint, { message: `${what} ${advice}`, position, ...(related.length > 0 ? { related } : {}) })];
  });
}
