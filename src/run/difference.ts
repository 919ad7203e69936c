/**
 * Whether two groups of runs differ by more than their seeds make them differ: Student's t test, seed by seed where both have
 * the same seeds, else Welch's. docs/decisions/seeds.md says why these. Pure.
 */
import { betterOf } from "./comparison.ts";
import { formatNumber, plural } from "./numbers.ts";
import { isDense, type Series } from "./series.ts";
import { studentQuantile } from "./studentT.ts";

export interface SeedValue {
  readonly seed: number | null;
  readonly value: number;
}

export interface Difference {
  /** Of the second group against the first: by how much it is larger, of positive values as a share of the first. */
  readonly effect: number;
  /** Within which the true one lies in 95 of 100 cases. */
  readonly low: number;
  readonly high: number;
  /** Whether seeds alone make such a difference in less than 2 of 100 cases. */
  readonly isSure: boolean;
  readonly isShare: boolean;
  readonly isPaired: boolean;
}

/** Of the interval that is told, and of what is called more than noise: among many comparisons of equals one in twenty is too many. */
const [confidence, certainty] = [0.95, 0.98];
/** Of runs in a group; fewer tell nothing. */
export const leastRuns = 3;

/** @returns nothing where there are too few, or some value isn't finite */
export function differenceOf(first: readonly SeedValue[], second: readonly SeedValue[]): Difference | undefined {
  const all = [...first, ...second];
  if (Math.min(first.length, second.length) < leastRuns || !all.every(({ value }) => Number.isFinite(value))) return undefined;
  // Losses differ by factors: their logarithms are spread as the test supposes, and a loss can't get more than 100 % lower.
  const isShare = all.every(({ value }) => value > 0);
  const [a, b] = isShare ? [first, second].map((own) => own.map(({ seed, value }) => ({ seed, value: Math.log(value) }))) : [first, second];
  const pairs = pairsOf(a!, b!);
  const { effect, low, high, isSure } = pairs ? paired(pairs) : unpaired(valuesOf(a!), valuesOf(b!));
  const [own, from, to] = isShare ? [effect, low, high].map(Math.expm1) : [effect, low, high];
  return { effect: own!, low: from!, high: to!, isSure, isShare, isPaired: pairs !== undefined };
}

type Interval = Pick<Difference, "effect" | "low" | "high" | "isSure">;

/** Differences seed by seed, where both groups have the same seeds. */
function pairsOf(first: readonly SeedValue[], second: readonly SeedValue[]): number[] | undefined {
  const bySeed = new Map(first.map(({ seed, value }) => [seed, value]));
  if (bySeed.has(null) || bySeed.size !== first.length || first.length !== second.length) return undefined;
  if (new Set(second.map(({ seed }) => seed)).size !== second.length || !second.every(({ seed }) => bySeed.has(seed))) return undefined;
  return second.map(({ seed, value }) => value - bySeed.get(seed)!);
}

function paired(differences: readonly number[]): Interval {
  const freedom = differences.length - 1;
  return around(mean(differences), Math.sqrt(variance(differences) / differences.length), freedom);
}

function unpaired(first: readonly number[], second: readonly number[]): Interval {
  const [a, b] = [variance(first) / first.length, variance(second) / second.length];
  const freedom = a + b === 0 ? first.length + second.length - 2 : (a + b) ** 2 / (a ** 2 / (first.length - 1) + b ** 2 / (second.length - 1));
  return around(mean(second) - mean(first), Math.sqrt(a + b), freedom);
}

function around(effect: number, error: number, freedom: number): Interval {
  const reach = (share: number): number => studentQuantile((1 + share) / 2, freedom) * error;
  return { effect, low: effect - reach(confidence), high: effect + reach(confidence), isSure: Math.abs(effect) > reach(certainty) };
}

const valuesOf = (all: readonly SeedValue[]): number[] => all.map(({ value }) => value);
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function variance(values: readonly number[]): number {
  const middle = mean(values);
  return values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1);
}

/** Where a curve ended: of one with many values the mean of its last tenth, for the last alone is that of one batch. */
export function endOf(series: Series): number {
  const { values, length } = series;
  return mean([...values.subarray(isDense(series) ? Math.min(length - 1, Math.floor(length * 0.9)) : length - 1)]);
}

export interface ComparedGroup {
  readonly title: string;
  readonly values: readonly SeedValue[];
}

/** `val/loss: lr 0.01 is 0.3 % better than lr 0.1, 95 % interval −0.1 … 0.7 %: may be noise (5 seeds, paired).` */
export function differenceText(name: string, first: ComparedGroup, second: ComparedGroup): string {
  const broken = [first, second].find(({ values }) => values.some(({ value }) => !Number.isFinite(value)));
  if (broken) {
    const count = broken.values.filter(({ value }) => !Number.isFinite(value)).length;
    return `${name}: ${count} of ${plural(broken.values.length, "run")} of ${broken.title} ended without a number, so the groups can't be compared.`;
  }
  const difference = differenceOf(first.values, second.values);
  if (!difference) return `${name}: with fewer than ${leastRuns} runs in each group nobody can tell noise from a difference. Train with more seeds.`;
  const { effect, low, high, isSure, isShare, isPaired } = difference;
  if (low === 0 && high === 0) return `${name}: the same in both groups, to the last bit.`;
  const better = betterOf(name);
  const sign = better === undefined ? Math.sign(effect) || 1 : better === "lower" ? -1 : 1;
  const [own, ...ends] = [effect, low, high].map((value) => sign * value * (isShare ? 100 : 1)) as [number, number, number];
  const word = better === undefined ? (effect < 0 ? "lower" : "higher") : own < 0 ? "worse" : "better";
  // Whoever is worse is so by a positive amount.
  const [amount, [from, to]] = own < 0 ? [-own, ends.map((end) => -end)] : [own, ends];
  const [least, most] = [Math.min(from!, to!), Math.max(from!, to!)];
  const unit = isShare ? " %" : "";
  const verdict = isSure ? "more than noise" : least > 0 ? "may still be noise, more seeds would tell" : "may be noise";
  const runs = isPaired ? `${first.values.length} seeds, paired` : `${first.values.length} and ${second.values.length} runs, not paired`;
  return `${name}: ${second.title} is ${number(amount)}${unit} ${word} than ${first.title}, 95 % interval ${number(least)} … ${number(most)}${unit}: ${verdict} (${runs}).`;
}

/** Two digits are more than an interval deserves. */
const number = (value: number): string => formatNumber(Number(value.toPrecision(2)), 2);
