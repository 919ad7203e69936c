/** Runs beside each other: what is known of each, and what differs. Pure. */
import type { BranchPoint } from "../protocol/index.ts";
import { plainQuantity } from "./curveNames.ts";
import type { RunSnapshot } from "./snapshot.ts";

/** When a step was. */
export interface StepTime {
  readonly step: number;
  /** Milliseconds since the run began. */
  readonly elapsed: number;
}

export interface ComparedRun {
  readonly id: string;
  readonly title: string;
  /** What may differ from one run to another, by name, as text. */
  readonly settings: Readonly<Record<string, string>>;
  /** In a sentence. */
  readonly health: string;
  /** Runs of one variant differ in nothing but their seed; `null` for a run that stands alone. */
  readonly variant: string | null;
  readonly seed: number | null;
  /** Where it parted from another run; it is the same run by then. */
  readonly branchOf?: BranchPoint;
  /** Steps that were taken before its own first, by a run whose weights it goes on with in other code. Default none. */
  readonly stepsBefore?: number;
  /** Where each series ended, and its extremes. */
  readonly ends: Readonly<Record<string, SeriesEnd>>;
  readonly clock: readonly StepTime[];
  /** Its curves and models, and of what was measured one step. */
  readonly run: RunSnapshot;
}

export interface SeriesEnd {
  readonly last: number;
  readonly least: number;
  readonly largest: number;
}

/** Runs that differ in nothing but their seed, in the order in which each variant comes first; those that stand alone by themselves. */
export function variantsOf<T extends Pick<ComparedRun, "variant" | "id">>(runs: readonly T[]): T[][] {
  const byKey = new Map<string, T[]>();
  for (const run of runs) {
    const key = run.variant ?? run.id;
    byKey.set(key, [...(byKey.get(key) ?? []), run]);
  }
  return [...byKey.values()];
}

/** What several seeds of one variant are called: as one of them, without its seed. */
export function variantTitle(title: string): string {
  return title.replace(/,? ?\bseed \d+( \(\w+\))?$/, "");
}

/** At most so many are looked at together. */
export const mostCompared = 20;

export const namesOf = (all: readonly object[]): string[] => [...new Set(all.flatMap((own) => Object.keys(own)))];

/** Names of settings that are not the same in all. */
export function differing(runs: readonly Pick<ComparedRun, "settings">[]): string[] {
  return namesOf(runs.map(({ settings }) => settings)).filter((name) => new Set(runs.map(({ settings }) => settings[name])).size > 1);
}

const lowerIsBetter = new Set(
  "loss losses error errors err perplexity ppl mse mae rmse mape nll bce ce crossentropy entropy kl elbo fid wer cer bpc bpd distance".split(" "),
);
const higherIsBetter = new Set(
  "acc accuracy accuracies f1 auc auroc precision recall iou miou dice psnr ssim bleu rouge r2 score reward rewards return returns map top1 top5 correct likelihood".split(
    " ",
  ),
);

/** What is better of a quantity, where its name says so: of `val/acc` the higher value, of `loss` the lower. The last word decides. */
export function betterOf(name: string): "lower" | "higher" | undefined {
  if (name === "lr" || name.startsWith("lr/")) return undefined;
  // Of `loss/generator` the quantity comes first.
  const quantity = name.startsWith("loss/") || name.startsWith("val/loss/") ? "loss" : name;
  // `mIoU` and `f1` are words of their own, `trainLoss` is two.
  const words = [...quantity.toLowerCase().split(/[^a-z0-9]+/), ...plainQuantity(quantity).split(" ")];
  const word = words.findLast((one) => lowerIsBetter.has(one) || higherIsBetter.has(one));
  return word === undefined ? undefined : lowerIsBetter.has(word) ? "lower" : "higher";
}

/** The best value that a series had; nothing where nobody knows what is better. */
export function bestOf(name: string, end: SeriesEnd | undefined): number | undefined {
  const better = betterOf(name);
  const value = better === "lower" ? end?.least : better === "higher" ? end?.largest : undefined;
  return Number.isFinite(value) ? value : undefined;
}

/** Which of some values is the best, or are; none where all are the same. */
export function bestPlaces(name: string, values: readonly (number | undefined)[]): readonly number[] {
  const better = betterOf(name);
  const known = values.filter((value) => value !== undefined && Number.isFinite(value)) as number[];
  if (better === undefined || known.length < 2 || new Set(known).size < 2) return [];
  const best = better === "lower" ? Math.min(...known) : Math.max(...known);
  return values.flatMap((value, place) => (value === best ? [place] : []));
}
