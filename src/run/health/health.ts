/** Whether a run learns, and if not, where and why: what page, tree and command line say of it. Pure. */
import type { ModelInfo } from "../../protocol/index.ts";
import { formatCount, formatNumber } from "../numbers.ts";
import type { RunSnapshot } from "../snapshot.ts";
import { isFinal, lossTrouble } from "../standing.ts";
import { modelFacts, type ModelFacts } from "./facts.ts";
import { rules, type Finding } from "./rules.ts";

export interface Health {
  /** The worst first. */
  readonly findings: readonly Finding[];
  /** One sentence for a person who looks for a moment; names of the program's in backticks. */
  readonly sentence: string;
  readonly state: HealthState;
}

/** `unknown`: nothing to say (yet). */
export type HealthState = "unknown" | "well" | "warning" | "error";

export function health(run: RunSnapshot): Health {
  const trained = run.models.filter((model) => (run.samples.get(model.id)?.length ?? 0) > 0);
  const facts = trained.map((model) => modelFacts(run, model));
  const findings = facts.flatMap((one) => rules.flatMap((rule) => rule.find(one))).sort(bySeverity);
  const worst = findings[0];
  if (worst) return { findings, state: worst.severity, sentence: worst.what };
  return { findings, ...verdict(run, facts) };
}

const bySeverity = (a: Finding, b: Finding): number => Number(b.severity === "error") - Number(a.severity === "error");

/** Of a run without a sign of trouble. */
function verdict(run: RunSnapshot, all: readonly ModelFacts[]): Pick<Health, "sentence" | "state"> {
  const trouble = lossTrouble(run);
  if (trouble !== undefined) return { state: "error", sentence: `The ${trouble}.` };
  const newest = all.filter(({ trend }) => trend).sort((a, b) => (b.samples.at(-1)?.step ?? 0) - (a.samples.at(-1)?.step ?? 0))[0];
  if (!newest) return { state: "unknown", sentence: all.some(({ samples }) => samples.length > 0) ? "No sign of trouble." : "" };
  const { first, last, steps, direction } = newest.trend!;
  const path = `loss ${formatNumber(first, 3)} → ${formatNumber(last, 3)} in ${formatCount(steps)} steps`;
  if (direction === "falls") return { state: "well", sentence: `${subject(newest.model, all)}: ${path}.` };
  if (direction === undefined)
    return { state: "unknown", sentence: isFinal(run.state) ? `Too short to tell whether it learns: ${path}.` : "Too early to tell whether it learns." };
  return { state: "unknown", sentence: `No sign of trouble; ${path}.` };
}

const subject = ({ name }: ModelInfo, all: readonly ModelFacts[]): string => (all.length > 1 ? `\`${name}\` learns` : "Learns");
