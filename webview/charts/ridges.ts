/** A tensor's distribution over the run as ridges: one line for each step, the first farthest back. */
import { barHeights } from "./bars.ts";
import type { HeatmapColumn } from "./heatmap.ts";

export interface Ridge {
  readonly step: number;
  /** Where it stands, from the top. */
  readonly base: number;
  /** Its line from left to right; the first and the last point stand on `base`. */
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface RidgeOptions {
  readonly width: number;
  readonly height: number;
  readonly axis: readonly [low: number, high: number];
  readonly logarithmic: boolean;
}

/** A ridge is as high as so many distances between ridges, but no higher than this share of all. */
const overlap = 4;
const highest = 0.4;

/** @param columns in the order of their steps; each ridge is as high as its fullest bin, so that it shows a shape and no number */
export function ridges(columns: readonly HeatmapColumn[], { width, height, axis: [low, high], logarithmic }: RidgeOptions): Ridge[] {
  const first = columns[0]?.step ?? 0;
  const span = Math.max(1, (columns.at(-1)?.step ?? 0) - first);
  const size = Math.min(highest * height, (overlap * height) / Math.max(1, columns.length));
  const x = (value: number): number => ((value - low) / (high - low)) * width;
  return columns.map(({ step, histogram }) => {
    const base = columns.length === 1 ? height - 1 : size + ((height - 1 - size) * (step - first)) / span;
    const bin = (histogram.high - histogram.low) / histogram.counts.length;
    const heights = barHeights(histogram.counts, logarithmic);
    const tops = heights.map((share, i) => [x(histogram.low + (i + 0.5) * bin), base - share * size] as const);
    return { step, base, points: [[x(histogram.low), base], ...tops, [x(histogram.high), base]] };
  });
}

/** The step of the ridge whose foot is nearest. */
export function ridgeAt(drawn: readonly Ridge[], y: number): number | null {
  let best: Ridge | undefined;
  for (const ridge of drawn) if (!best || Math.abs(ridge.base - y) < Math.abs(best.base - y)) best = ridge;
  return best?.step ?? null;
}
