/** A histogram's outline for an SVG of width 1 per bin and height 1, and what a place in it means. */
import type { Histogram } from "../../src/protocol/index.ts";

/** Heights from 0 to 1; `logarithmic` shows log(1 + count), so that bins with few values can be seen beside full ones. */
export function barHeights(counts: ArrayLike<number>, logarithmic: boolean): number[] {
  const sizes = Array.from(counts, (count) => (logarithmic ? Math.log1p(count) : count));
  const largest = sizes.reduce((a, b) => Math.max(a, b), 0);
  return sizes.map((size) => (largest > 0 ? size / largest : 0));
}

/** A bin that holds anything is drawn at least this high. */
const smallestBar = 0.015;

export function outline(heights: readonly number[]): string {
  const top = (height: number) => (height > 0 ? 1 - Math.max(height, smallestBar) : 1).toFixed(4);
  return `M0 1${heights.map((height, i) => `V${top(height)}H${i + 1}`).join("")}V1Z`;
}

export interface Bin {
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

/** Equal-width bins. Where all values are equal, only the bins' counts tell anything. */
export function bins({ low, high, counts }: Histogram): Bin[] {
  const width = (high - low) / counts.length;
  return Array.from(counts, (count, i) => ({
    low: low + i * width,
    high: i === counts.length - 1 ? high : low + (i + 1) * width,
    count,
  }));
}

export function total(counts: ArrayLike<number>): number {
  return Array.from(counts).reduce((a, b) => a + b, 0);
}

/** Where a value lies on a histogram's axis: 0 to 1 within it. */
export function placeOf(value: number, { low, high }: Pick<Histogram, "low" | "high">): number {
  return high > low ? (value - low) / (high - low) : 0.5;
}
