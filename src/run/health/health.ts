/** Whether a run learns, and if not, where and why: what page, tree and command line say of it. Pure. */
import type { ModelInfo } from "../../protocol/index.ts";
import { formatNumber, plural } from "../numbers.ts";
import type { RunSnapshot } from "../snapshot.ts";
import { isTrainingLoss } from "../curveNames.ts";
import { hasStepped, isFinal, lossTrouble } from "../standing.ts";
import { modelFacts, type ModelFacts } from "./facts.ts";
import { consequences, nearGuess, rules, type Finding } from "./rules.ts";

/** So many models have a place in the sentence. */
const mostNamed = 3;

export interface Health {
  /** The worst first. */
  readonly findings: readonly Finding[];
  /** One sentence for a person who looks for a moment; names of the program's in backticks. */
  readonly sentence: string;
  readonly state: HealthState;
}

/** `unknown`: nothing to say (yet). */
export type HealthState = "unknown" | "well" | "warning" | "error";

/** Of a run that is none yet. */
export const nothingKnown: Health = { findings: [], sentence: "", state: "unknown" };

export function health(run: RunSnapshot): Health {
  const trained = run.models.filter((model) => (run.samples.get(model.id)?.length ?? 0) > 0);
  const facts = trained.map((model) => modelFacts(run, model));
  // Modules of two models may go by one name.
  const where = ({ name }: ModelInfo): string => (run.models.length > 1 ? `In \`${name}\`: ` : "");
  const findings = facts.flatMap((own) => findingsOf(own).map((one) => ({ ...one, what: `${where(own.model)}${one.what}` }))).sort(bySeverity);
  const worst = findings[0];
  if (worst) return { findings, state: worst.severity, sentence: worst.what };
  return { findings, ...verdict(run, facts) };
}

/**
 * Whether the health of a run is told from its curve of that name: where a loss is going says something beside what was
 * measured, and else only that it is no number.
 * @param last what the curve ended with; undefined where that isn't known
 */
export function isToldFrom({ samples, progress }: RunSnapshot, name: string, last: number | undefined): boolean {
  return isTrainingLoss(name) && (samples.size > 0 || !Number.isFinite(last) || !Number.isFinite(progress?.loss ?? 0));
}

function findingsOf(facts: ModelFacts): Finding[] {
  const all = rules.flatMap((rule) => rule.find(facts));
  const explained = new Set(all.flatMap(({ rule }) => consequences[rule] ?? []));
  return all.filter(({ rule }) => !explained.has(rule));
}

const bySeverity = (a: Finding, b: Finding): number => Number(b.severity === "error") - Number(a.severity === "error");

/** Of a run without a sign of trouble. */
function verdict(run: RunSnapshot, all: readonly ModelFacts[]): Pick<Health, "sentence" | "state"> {
  const trouble = lossTrouble(run);
  if (trouble !== undefined) return { state: "error", sentence: `The ${trouble}.` };
  if (!hasStepped(run)) return { state: "unknown", sentence: "" };
  if (all.length === 0) return { state: "unknown", sentence: run.watch?.what === "off" ? "Measuring is off, so nothing is known of the layers." : "" };
  const falling = all.filter(({ trend, recent }) => trend?.direction === "falls" && !isGuessing(trend.last, recent.at(-1)?.guess));
  if (falling.length > 1 && falling.length === all.length && falling.length <= mostNamed) {
    const paths = falling.map(({ model, trend }) => `\`${model.name}\` ${formatNumber(trend!.start, 3)} → ${formatNumber(trend!.last, 3)}`);
    return { state: "well", sentence: `All learn: loss ${paths.join(", ")}.` };
  }
  const newest = all.filter(({ trend }) => trend).sort((a, b) => (b.samples.at(-1)?.step ?? 0) - (a.samples.at(-1)?.step ?? 0))[0];
  if (!newest) return { state: "unknown", sentence: "No sign of trouble." };
  const { start, last, steps, direction } = newest.trend!;
  const path = `loss ${formatNumber(start, 3)} → ${formatNumber(last, 3)} in ${plural(steps, "step")}`;
  const guess = newest.recent.at(-1)?.guess;
  if (direction === "falls" && isGuessing(last, guess)) {
    return { state: "unknown", sentence: `No better than guessing so far, which gives ${formatNumber(guess!, 3)}: ${path}.` };
  }
  if (direction === "falls") return { state: "well", sentence: `${subject(newest.model, all)}: ${path}.` };
  if (direction === undefined)
    return { state: "unknown", sentence: isFinal(run.state) ? `Too short to tell whether it learns: ${path}.` : "Too early to tell whether it learns." };
  return { state: "unknown", sentence: `No sign of trouble; ${path}.` };
}

const isGuessing = (loss: number, guess: number | undefined): boolean => guess !== undefined && loss > nearGuess * guess;

const subject = ({ name }: ModelInfo, all: readonly ModelFacts[]): string => (all.length > 1 ? `\`${name}\` learns` : "Learns");
