/** The axis of values that histograms of many steps are drawn on. */
import type { Histogram } from "../../src/protocol/index.ts";

type Range = readonly [low: number, high: number];

/** Of fewer histograms none is an exception. */
const enough = 10;
/** How many of a hundred histograms may be wider than the axis, on either side. */
const exceptions = 0.05;

/** @param isFull whether outliers have a place on it, too */
export function valueAxis(histograms: readonly Histogram[], isFull: boolean): Range {
  return isFull ? fullAxis(histograms) : usualAxis(histograms);
}

/** The range that holds every histogram. */
export function fullAxis(histograms: readonly Histogram[]): Range {
  let [low, high] = [Infinity, -Infinity];
  for (const histogram of histograms) {
    if (Number.isFinite(histogram.low)) low = Math.min(low, histogram.low);
    if (Number.isFinite(histogram.high)) high = Math.max(high, histogram.high);
  }
  if (high < low) return [0, 1];
  return high > low ? [low, high] : aroundOne(low);
}

/** The same, but for a few that are far wider than the others: a step that exploded doesn't make a line of all before it. */
export function usualAxis(histograms: readonly Histogram[]): Range {
  const full = fullAxis(histograms);
  const finite = histograms.filter(({ low, high }) => Number.isFinite(low) && Number.isFinite(high));
  if (finite.length < enough) return full;
  const lows = finite.map(({ low }) => low).sort((a, b) => a - b);
  const highs = finite.map(({ high }) => high).sort((a, b) => a - b);
  const left = Math.ceil(exceptions * finite.length);
  const [low, high] = [lows[left]!, highs[highs.length - 1 - left]!];
  if (!(high > low)) return full;
  const margin = high - low;
  return [Math.max(full[0], low - margin), Math.min(full[1], high + margin)];
}

/** Next to a huge value there is no room for a fixed width. */
function aroundOne(value: number): Range {
  const half = Math.max(0.5, Math.abs(value) * 1e-6);
  return [value - half, value + half];
}
