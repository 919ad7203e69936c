/** What was added to a kept run when it was over. Its own files stay as they were: each addition is a folder of its own, there whole or not at all. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { StepRange } from "../protocol/index.ts";
import { plural } from "../run/numbers.ts";
import { dictionary, list, number, optional, record, text, whole } from "../run/codec.ts";
import { seriesSummary, type RunSummary, type SeriesSummary } from "./keptRun.ts";
import { names } from "./layout.ts";
import { readWhole } from "./wholeFile.ts";

/** What is in one of them. */
export interface Addition {
  /** ms since the epoch */
  readonly at: number;
  /** Version of Kindling. */
  readonly kindling: string;
  /** Steps of which every one was measured. */
  readonly samples?: StepRange;
  /** How many of them are in it: where they take too much room, not all. */
  readonly measured: number;
  /** Series that are new, or have more values than they had; each is there as a whole. */
  readonly series: Readonly<Record<string, SeriesSummary>>;
  /** Texts that are new. */
  readonly notes: number;
  /** All series of the run, in the order in which they were told first. */
  readonly order: readonly string[];
}

export interface KeptAddition {
  readonly folder: string;
  readonly addition: Addition;
}

export const additionCodec = record<Addition>({
  at: number,
  kindling: text,
  samples: optional(record<StepRange>({ from: whole, to: whole })),
  measured: whole,
  series: dictionary(seriesSummary),
  notes: whole,
  order: list(text),
});

/** In the order in which they were made. @param folder of the run */
export function additionsOf(folder: string): readonly KeptAddition[] {
  const own = join(folder, names.added);
  return numbersIn(own).flatMap((place) => {
    const addition = readWhole(join(own, String(place), names.addition), additionCodec);
    return addition ? [{ folder: join(own, String(place)), addition }] : [];
  });
}

/** The number of the next one. */
export function nextAddition(folder: string): number {
  return (numbersIn(join(folder, names.added)).at(-1) ?? 0) + 1;
}

/** What is known of its series at a glance, as if all had been told from the beginning. */
export function withAdditions(summary: RunSummary, additions: readonly KeptAddition[]): RunSummary {
  if (additions.length === 0) return summary;
  const all: Record<string, SeriesSummary> = { ...summary.series };
  for (const { addition } of additions) Object.assign(all, addition.series);
  const order = new Set([...additions.flatMap(({ addition }) => addition.order), ...Object.keys(all)]);
  return { ...summary, series: Object.fromEntries([...order].flatMap((name) => (all[name] ? [[name, all[name]]] : []))) };
}

/** `grad_norm, val/accuracy; histograms of 60 steps`. */
export function additionText({ series, notes, measured }: Addition): string {
  const parts = [
    Object.keys(series).join(", "),
    notes > 0 ? plural(notes, "logged text") : "",
    measured > 0 ? `histograms of ${plural(measured, "step")}` : "",
  ];
  return parts.filter(Boolean).join("; ");
}

function numbersIn(folder: string): number[] {
  try {
    return readdirSync(folder)
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .sort((a, b) => a - b);
  } catch {
    return [];
  }
}
