import type { Series } from "../../src/run/series.ts";
import { isDense } from "./smooth.ts";
import type { Colour } from "../charts/theme.ts";

export interface Line {
  readonly name: string;
  /** As the legend has it. */
  readonly label: string;
  readonly series: Series;
  readonly colour: Colour;
}

/** Curves that share a chart: each metric has its own, but the learning rates of several parameter groups go together. */
export interface Chart {
  readonly name: string;
  readonly title: string;
  readonly lines: readonly Line[];
  /** Whether a smoothed line helps: not for learning rates, which have no noise, nor for one value per epoch. */
  readonly smooth: boolean;
  /** The run's newest step, up to which each line's last value holds; `null` for what is true of its own steps only. */
  readonly heldUntil: number | null;
}

const palette: readonly Colour[] = ["--curve-1", "--curve-2", "--curve-3", "--curve-4", "--curve-5"];

/** Loss first, learning rate second, then what the program logged, in the order in which it came. */
export function groupCharts(curves: ReadonlyMap<string, Series>): Chart[] {
  const groups = new Map<string, [string, Series][]>([
    ["loss", []],
    ["lr", []],
  ]);
  for (const [name, series] of curves) {
    const group = name.startsWith("lr/") ? "lr" : name;
    if (!groups.has(group)) groups.set(group, []);
    groups.get(group)!.push([name, series]);
  }
  const newest = Math.max(...[...curves.values()].map(({ steps, length }) => steps[length - 1] ?? 0));
  return [...groups].flatMap(([name, members], index) => (members.length > 0 ? [chart(name, members, index, newest)] : []));
}

function chart(name: string, members: readonly (readonly [string, Series])[], index: number, newest: number): Chart {
  return {
    name,
    title: name === "lr" ? "learning rate" : name,
    // A rate is told only when it changes.
    heldUntil: name === "lr" ? newest : null,
    lines: members.map(([line, series], i) => ({
      name: line,
      label: lineLabel(line),
      series,
      colour: palette[(index + i) % palette.length]!,
    })),
    smooth: name !== "lr" && members.some(([, series]) => isDense(series)),
  };
}

/**
 * A parameter group is called by its name; one that has none, by its place in the optimizer's `paramGroups`. `lr` alone is
 * the first of several where others came later.
 */
function lineLabel(name: string): string {
  const own = name === "lr" ? "0" : name.replace(/^lr\//, "");
  return own !== name && /^\d+$/.test(own) ? `group ${own}` : own;
}
