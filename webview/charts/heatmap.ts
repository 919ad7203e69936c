/** A tensor's distribution over the run: one column for each measured step, one row for each range of values. */
import type { Histogram } from "../../src/protocol/index.ts";

export interface HeatmapColumn {
  readonly step: number;
  readonly histogram: Histogram;
}

/** Where a step lies on the heat map's axis, 0 to 1: each step of the range has an equal stretch, and this is its middle. */
export function stepShare(step: number, [first, last]: readonly [number, number]): number {
  return (step - first + 0.5) / (last - first + 1);
}

/** The step at a place on the axis. */
export function stepAtShare(share: number, [first, last]: readonly [number, number]): number {
  return Math.min(last, Math.max(first, Math.floor(first + share * (last - first + 1))));
}

/** A narrower column is hard to see; it is widened where its neighbours leave room, but never to more than half of it. */
const readableWidth = 5;

/**
 * Which column each of `width` pixels shows, or -1: nothing was measured there.
 *
 * A column stands at its own step and is as wide as that step, so that neighbours that were measured one after the other
 * touch, and all else stays a gap. Where a step is narrower than can be seen, its column is wider than it, at least a
 * pixel, as long as the gaps stay wider still.
 */
export function columnsAt(measured: readonly number[], range: readonly [number, number], width: number): Int32Array {
  const result = new Int32Array(width).fill(-1);
  const stepWidth = width / (range[1] - range[0] + 1);
  const edge = (step: number) => Math.round((step - range[0]) * stepWidth);
  measured.forEach((step, i) => {
    const room = Math.min(step - (measured[i - 1] ?? -Infinity), (measured[i + 1] ?? Infinity) - step) * stepWidth;
    const wanted = Math.max(1, Math.floor(Math.min(readableWidth, room / 2)));
    let [from, to] = [edge(step), edge(step + 1)];
    if (to - from < wanted) {
      from = Math.floor(stepShare(step, range) * width - wanted / 2 + 0.5);
      to = from + wanted;
    }
    result.fill(i, Math.max(0, from), Math.max(0, to));
  });
  return result;
}

/**
 * Opacities from 0 to 255, row by row from the top (the highest values), `at.length` × `height`; `at` tells which column
 * each pixel shows.
 *
 * A bin is as dark as the square root of its count, or the logarithm, relative to the step's fullest bin: so tails show.
 */
export function opacities(
  columns: readonly HeatmapColumn[],
  at: Int32Array,
  height: number,
  axis: readonly [number, number],
  logarithmic: boolean,
): Uint8ClampedArray {
  const width = at.length;
  const result = new Uint8ClampedArray(width * height);
  let shades: Uint8ClampedArray = new Uint8ClampedArray(height);
  for (let x = 0; x < width; x++) {
    if (at[x]! < 0) continue;
    if (at[x] !== at[x - 1]) shades = columnShades(columns[at[x]!]!.histogram, axis, height, logarithmic);
    for (let y = 0; y < height; y++) result[y * width + x] = shades[y]!;
  }
  return result;
}

function columnShades(histogram: Histogram, [low, high]: readonly [number, number], height: number, logarithmic: boolean): Uint8ClampedArray {
  const shades = new Uint8ClampedArray(height);
  const { counts } = histogram;
  const size = logarithmic ? Math.log1p : Math.sqrt;
  const dark = size(fullestBetween(counts, 0, counts.length));
  if (dark === 0) return shades;
  const binWidth = (histogram.high - histogram.low) / counts.length;
  const perPixel = (high - low) / height;
  for (let y = 0; y < height; y++) {
    const bottom = high - (y + 1) * perPixel;
    const from = binWidth > 0 ? (bottom - histogram.low) / binWidth : binsOfOneValue(histogram.low, bottom, perPixel);
    const to = binWidth > 0 ? (bottom + perPixel - histogram.low) / binWidth : from + 1;
    shades[y] = (255 * size(fullestBetween(counts, from, to))) / dark;
  }
  return shades;
}

/** All values are equal: the pixel that holds them shows the first bin, the others none. */
function binsOfOneValue(value: number, bottom: number, perPixel: number): number {
  return value >= bottom && value <= bottom + perPixel ? 0 : -2;
}

/** The fullest of the bins that a pixel touches; a pixel within one bin shows that bin. */
function fullestBetween(counts: ArrayLike<number>, from: number, to: number): number {
  let fullest = 0;
  const last = Math.min(counts.length - 1, Math.ceil(to - 1e-9) - 1);
  for (let bin = Math.max(0, Math.floor(from + 1e-9)); bin <= last; bin++) fullest = Math.max(fullest, counts[bin]!);
  return fullest;
}

/** Whether values of a step lie off the axis, beyond either end. */
export function outside({ low, high, below, above }: Histogram, axis: readonly [number, number]): { readonly below: boolean; readonly above: boolean } {
  return { below: below > 0 || low < axis[0], above: above > 0 || high > axis[1] };
}
