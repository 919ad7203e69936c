/** A tensor's distribution over the run: one column for each sampled step, one row for each range of values. */
import type { Histogram } from "../../src/protocol/index.ts";

export interface HeatmapColumn {
  readonly step: number;
  readonly histogram: Histogram;
}

/** The range of values that holds every histogram. */
export function valueRange(columns: readonly HeatmapColumn[]): readonly [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const { histogram } of columns) {
    if (Number.isFinite(histogram.low)) low = Math.min(low, histogram.low);
    if (Number.isFinite(histogram.high)) high = Math.max(high, histogram.high);
  }
  if (high < low) return [0, 1];
  return high > low ? [low, high] : [low - 0.5, high + 0.5];
}

/**
 * Opacities from 0 to 255, row by row from the top (the highest values), `width` × `height`.
 *
 * Each column shows the newest sample at or before its step. A bin is as dark as the square root of its count, relative to
 * the sample's second fullest bin: the root, so that tails show; the second, so that a peak of zeros (ReLU) doesn't drown
 * all the rest.
 */
export function opacities(
  columns: readonly HeatmapColumn[],
  steps: readonly [number, number],
  width: number,
  height: number,
): Uint8ClampedArray {
  const result = new Uint8ClampedArray(width * height);
  const [low, high] = valueRange(columns);
  const lastStep = columns[columns.length - 1]?.step ?? -Infinity;
  // The newest sample is as wide as the gap before it.
  const end = lastStep + Math.max(1, lastStep - (columns[columns.length - 2]?.step ?? lastStep - 1));
  let current = -1;
  let shades: Uint8ClampedArray = new Uint8ClampedArray(height);
  for (let x = 0; x < width; x++) {
    const step = steps[0] + ((x + 0.5) / width) * (steps[1] - steps[0]);
    let next = current;
    while (next + 1 < columns.length && columns[next + 1]!.step <= step) next++;
    if (next < 0 || step > end) continue;
    if (next !== current) shades = columnShades(columns[next]!.histogram, low, high, height);
    current = next;
    for (let y = 0; y < height; y++) result[y * width + x] = shades[y]!;
  }
  return result;
}

function columnShades(histogram: Histogram, low: number, high: number, height: number): Uint8ClampedArray {
  const shades = new Uint8ClampedArray(height);
  const { counts } = histogram;
  const dark = secondLargest(counts);
  if (dark === 0) return shades;
  const binWidth = (histogram.high - histogram.low) / counts.length;
  const perPixel = (high - low) / height;
  for (let y = 0; y < height; y++) {
    const bottom = high - (y + 1) * perPixel;
    const from = binWidth > 0 ? (bottom - histogram.low) / binWidth : binsOfOneValue(histogram.low, bottom, perPixel);
    const to = binWidth > 0 ? (bottom + perPixel - histogram.low) / binWidth : from + 1;
    shades[y] = 255 * Math.sqrt(Math.min(1, fullestBetween(counts, from, to) / dark));
  }
  return shades;
}

/** The largest if there is only one that isn't zero. */
function secondLargest(counts: readonly number[]): number {
  let largest = 0;
  let second = 0;
  for (const count of counts) {
    second = Math.max(second, Math.min(largest, count));
    largest = Math.max(largest, count);
  }
  return second || largest;
}

/** All values are equal: the pixel that holds them shows the first bin, the others none. */
function binsOfOneValue(value: number, bottom: number, perPixel: number): number {
  return value >= bottom && value <= bottom + perPixel ? 0 : -2;
}

/** The fullest of the bins that a pixel touches; a pixel within one bin shows that bin. */
function fullestBetween(counts: readonly number[], from: number, to: number): number {
  let fullest = 0;
  const last = Math.min(counts.length - 1, Math.ceil(to - 1e-9) - 1);
  for (let bin = Math.max(0, Math.floor(from + 1e-9)); bin <= last; bin++) fullest = Math.max(fullest, counts[bin]!);
  return fullest;
}
