/** One number about a kernel. */

/** What a kernel can't go beyond: arithmetic, or the bandwidth between where operands of its size lie. */
export type Bound = "arithmetic" | "cache" | "memory";

export interface Reading {
  readonly what: string;
  /** 10⁹ operations a second where arithmetic is the bound, else 10⁹ bytes read or written. */
  readonly rate: number;
  readonly bound: Bound;
}

const batchTime = 2;
const duration = 200;

/** Seconds of one run at best: a batch is long for the clock, and all batches are long for V8 to have compiled the kernel well. */
export function bestTime(run: () => void): number {
  let count = 1;
  while (time(run, count) < batchTime) count *= 2;
  let best = Infinity;
  for (const end = performance.now() + duration; performance.now() < end;) best = Math.min(best, time(run, count) / count);
  return best / 1000;
}

function time(run: () => void, count: number): number {
  const begin = performance.now();
  for (let i = 0; i < count; i++) run();
  return performance.now() - begin;
}
