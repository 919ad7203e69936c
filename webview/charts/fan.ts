/** Percentiles, mean and standard deviation over the run, as paths in a square of 1 × 1 from the top left. */
import type { TensorStatistics } from "../../src/protocol/index.ts";
import { stepShare } from "./heatmap.ts";

export interface FanColumn {
  readonly step: number;
  readonly tensor: Pick<TensorStatistics, "mean" | "std" | "percentiles">;
}

export interface Fan {
  /** Between the 1st and the 99th percentile, the 5th and the 95th, the 25th and the 75th. */
  readonly bands: readonly string[];
  readonly median: string;
  readonly mean: string;
  /** Mean plus and minus the standard deviation. */
  readonly deviation: readonly [string, string];
}

export function fan(columns: readonly FanColumn[], range: readonly [number, number], [low, high]: readonly [number, number]): Fan {
  const y = (value: number): number => 1 - (value - low) / (high - low);
  const at = (column: FanColumn, value: number) => [stepShare(column.step, range), y(value)] as const;
  const line = (value: (tensor: FanColumn["tensor"]) => number): string => path(columns.map((column) => at(column, value(column.tensor))));
  const percentile = (index: number) => (tensor: FanColumn["tensor"]) => tensor.percentiles.values[index]!;
  const band = (from: number, to: number): string => {
    const whole = columns.filter(({ tensor }) => Number.isFinite(percentile(from)(tensor)));
    const edge = [
      ...whole.map((column) => at(column, percentile(to)(column.tensor))),
      ...whole.toReversed().map((column) => at(column, percentile(from)(column.tensor))),
    ];
    return edge.length > 0 ? `${path(edge)}Z` : "";
  };
  return {
    bands: [band(0, 6), band(1, 5), band(2, 4)],
    median: line(percentile(3)),
    mean: line(({ mean }) => mean),
    deviation: [line(({ mean, std }) => mean - std), line(({ mean, std }) => mean + std)],
  };
}

/** The share of zeros as an area in the same square. */
export function zeroArea(
  columns: readonly { readonly step: number; readonly tensor: Pick<TensorStatistics, "zeroFraction"> }[],
  range: readonly [number, number],
): string {
  const [first, last] = [columns[0], columns.at(-1)];
  if (!first || !last) return "";
  const line = columns.map(({ step, tensor }) => [stepShare(step, range), 1 - tensor.zeroFraction] as const);
  return `${path([[stepShare(first.step, range), 1], ...line, [stepShare(last.step, range), 1]])}Z`;
}

/** Broken where there is no number. */
function path(points: readonly (readonly [number, number])[]): string {
  let text = "";
  let isOpen = false;
  for (const [x, y] of points) {
    const isNumber = Number.isFinite(y);
    // A point without neighbours is a line of no length, which shows as a dot.
    if (isNumber) text += isOpen ? `L${x.toFixed(5)} ${y.toFixed(5)}` : `M${x.toFixed(5)} ${y.toFixed(5)}h0`;
    isOpen = isNumber;
  }
  return text;
}
