/** Where a loss is going, told from its curve: by medians of windows, so that one bad batch says nothing. */
import type { Series } from "../series.ts";

export type Direction = "falls" | "flat" | "rises";

export interface LossTrend {
  /** Median of its first few points: where it came from. */
  readonly start: number;
  /** Medians of the first and the last tenth of its points. */
  readonly first: number;
  readonly last: number;
  /** Of the tenth before the second half. */
  readonly middle: number;
  /** Smallest mean of a tenth. */
  readonly best: number;
  /** Steps that it covers. */
  readonly steps: number;
  /** `undefined` as long as there are too few points to tell. */
  readonly direction: Direction | undefined;
}

/** Points that are needed, at least. */
const fewest = 30;
const parts = 10;
/** Points that are its beginning. */
const beginning = 5;
/** Whence the two losses of a sentence come, for who holds them against the curve. */
export const lossesAreMedians = `The losses are medians: of the first ${beginning} steps, and of the last tenth of all`;
/** By so much of itself a loss has to fall, or to rise, at least, to be said to. */
const leastFall = 0.02;
const leastRise = 0.1;
/** And by so many standard errors, so that noise is neither. */
const errors = 3;

/** Of the points in [from, to]; `undefined` where none of them is a number. */
export function lossTrend({ steps, values }: Series, from: number, to: number): LossTrend | undefined {
  const within: number[] = [];
  let [begin, end] = [0, 0];
  for (let i = 0; i < steps.length; i++) {
    if (steps[i]! < from || steps[i]! > to || !Number.isFinite(values[i])) continue;
    if (within.length === 0) begin = steps[i]!;
    end = steps[i]!;
    within.push(values[i]!);
  }
  if (within.length === 0) return undefined;
  const size = Math.max(1, Math.floor(within.length / parts));
  const windows = Array.from({ length: Math.floor(within.length / size) }, (_, i) => within.slice(i * size, (i + 1) * size));
  const [head, tail] = [windows[0]!, within.slice(-size)];
  const [first, last] = [median(head), median(tail)];
  const noise = errors * Math.hypot(standardError(head), standardError(tail));
  const start = median(within.slice(0, beginning));
  const middle = median(windows[Math.ceil(windows.length / 2) - 1]!);
  const direction = within.length < fewest ? undefined : directionOf(start, last, noise);
  return { start, first, middle, last, best: Math.min(...windows.map(mean)), steps: end - begin + 1, direction };
}

function directionOf(start: number, last: number, noise: number): Direction {
  if (last < start - Math.max(leastFall * Math.abs(start), noise)) return "falls";
  return last > start + Math.max(leastRise * Math.abs(start), noise) ? "rises" : "flat";
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of the median, from the median distance from it, so that a few far ones count little. */
function standardError(values: readonly number[]): number {
  const middle = median(values);
  return (1.2533 * 1.4826 * median(values.map((value) => Math.abs(value - middle)))) / Math.sqrt(values.length);
}
