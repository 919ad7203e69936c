/** Where a loss is going, told from its curve: by medians of windows, so that one bad batch says nothing. */
import type { Series } from "../series.ts";

export type Direction = "falls" | "flat" | "rises";

export interface LossTrend {
  /** Medians of the first and the last tenth of its points. */
  readonly first: number;
  readonly last: number;
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
/** By so much of itself a loss has to fall, or to rise, at least, to be said to. */
const leastFall = 0.02;
const leastRise = 0.1;
/** And by so many standard errors, so that noise is neither. */
const errors = 3;

/** Of the points in [from, to]; `undefined` where none of them is a number. */
export function lossTrend({ steps, values }: Series, from: number, to: number): LossTrend | undefined {
  const within: number[] = [];
  let [start, end] = [0, 0];
  for (let i = 0; i < steps.length; i++) {
    if (steps[i]! < from || steps[i]! > to || !Number.isFinite(values[i])) continue;
    if (within.length === 0) start = steps[i]!;
    end = steps[i]!;
    within.push(values[i]!);
  }
  if (within.length === 0) return undefined;
  const size = Math.max(1, Math.floor(within.length / parts));
  const windows = Array.from({ length: Math.floor(within.length / size) }, (_, i) => within.slice(i * size, (i + 1) * size));
  const [head, tail] = [windows[0]!, within.slice(-size)];
  const [first, last] = [median(head), median(tail)];
  const noise = errors * Math.hypot(standardError(head), standardError(tail));
  const direction =
    within.length < fewest
      ? undefined
      : last < first - Math.max(leastFall * Math.abs(first), noise)
        ? "falls"
        : last > first + Math.max(leastRise * Math.abs(first), noise)
          ? "rises"
          : "flat";
  return { first, last, best: Math.min(...windows.map(mean)), steps: end - start + 1, direction };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of the mean; 0 of a single value. */
function standardError(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const middle = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1) / values.length);
}
