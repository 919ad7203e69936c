/** A chart for each curve that runs have, with a line for each run, or a band for each group. Pure. */
import { variantsOf, variantTitle, type ComparedRun } from "../../src/run/comparison.ts";
import { Series } from "../../src/run/series.ts";
import type { Colour } from "../charts/theme.ts";
import { groupCharts, type Chart, type Line } from "../curves/groups.ts";
import { bandOf } from "./bands.ts";

/** What has a line of its own: one run, or several that differ in their seed only. */
export interface Traced {
  readonly key: string;
  readonly label: string;
  readonly runs: readonly ComparedRun[];
  readonly colour: Colour;
  /** So many times all colours were taken before it. */
  readonly round: number;
}

const colours: readonly Colour[] = ["--curve-1", "--curve-2", "--curve-3", "--curve-4", "--curve-5", "--curve-6", "--curve-7", "--curve-8"];

/** @param asGroups whether those of one variant are one */
export function traced(runs: readonly ComparedRun[], asGroups: boolean): Traced[] {
  const all = asGroups ? variantsOf(runs) : runs.map((run) => [run]);
  return all.map((own, place) => ({
    key: own.length > 1 ? own[0]!.variant! : own[0]!.id,
    label: own.length > 1 ? `${variantTitle(own[0]!.title)}, ${own.length} seeds` : own[0]!.title,
    runs: own,
    colour: colours[place % colours.length]!,
    round: Math.floor(place / colours.length),
  }));
}

/** Whether some of them differ in their seed only. */
export function hasGroups(runs: readonly ComparedRun[]): boolean {
  const variants = runs.flatMap(({ variant }) => variant ?? []);
  return new Set(variants).size < variants.length;
}

/** @param aligned a run's curve over what all are aligned by */
export function comparedCharts(all: readonly Traced[], aligned: (series: Series, run: ComparedRun) => Series): Chart[] {
  const own = new Map(all.flatMap(({ runs }) => runs).map((run) => [run, groupCharts(run.run.curves)]));
  const ids = new Set([...own.keys()].map(({ id }) => id));
  const names = [...new Set([...own.values()].flatMap((charts) => charts.flatMap(({ lines }) => lines.map(({ name }) => name))))];
  return names.map((name): Chart => {
    const found = (run: ComparedRun) => own.get(run)!.find(({ lines }) => lines.some((line) => line.name === name));
    const lines = all.flatMap(({ label, runs, colour, round }): Line[] => {
      const members = runs.flatMap((run) => {
        const line = found(run)?.lines.find((one) => one.name === name);
        return line ? [{ line, series: aligned(line.series, run) }] : [];
      });
      const [alone, another] = runs;
      const [first] = members;
      if (!first) return [];
      const look = { name: label, label, colour, place: round, smooth: first.line.smooth };
      if (!another) return [{ ...look, series: afterTrunk(first.line.series, first.series, alone!, ids) }];
      const { median, ...band } = bandOf(members.map(({ series }) => series));
      return [{ ...look, series: median, band }];
    });
    const charts = [...own.keys()].flatMap((run) => found(run) ?? []);
    return {
      name,
      title: name === "lr" ? "learning rate" : name,
      lines,
      heldUntil: charts.some(({ heldUntil }) => heldUntil !== null) ? Math.max(...lines.map(({ series }) => series.last?.step ?? 0)) : null,
      isConstant: charts.every(({ isConstant }) => isConstant),
      spansDecades: charts.some(({ spansDecades }) => spansDecades),
    };
  });
}

/** Of a branch beside the run that it parts from what is its own: it begins at the last value that both have, which is drawn as the other's. */
function afterTrunk(series: Series, placed: Series, { branchOf }: ComparedRun, shown: ReadonlySet<string>): Series {
  if (!branchOf || !shown.has(branchOf.run)) return placed;
  const own = series.steps.findIndex((step) => step >= branchOf.step);
  const from = own < 0 ? series.length - 1 : own - 1;
  return from <= 0 ? placed : Series.of([...placed].slice(from));
}
