/** Which points of a long curve, and which sampled steps, are kept where not all can be: the one rule for memory, disk and drawing. */

/** What is left of a curve is at least this, however little is asked for: its ends, its extremes and its first hole. */
const leastPoints = 10;

/**
 * Which of the points `from` ≤ i < `to` to keep so that no peak, no dip and no hole is lost.
 *
 * Points are taken together by their steps, in buckets as wide as a power of two of steps and starting at multiples of it.
 * So what is kept stays where it is when points arrive (a live curve doesn't shimmer), and thinning what was thinned before
 * favours neither its beginning nor its end.
 *
 * @param steps never falling
 * @returns ascending indices: each bucket's first, smallest, largest and first non-finite point, and always the last point
 * of all; every index if there are no more than `limit`
 */
export function thin(steps: ArrayLike<number>, values: ArrayLike<number>, from: number, to: number, limit: number): Int32Array {
  const count = Math.max(0, to - from);
  if (count <= limit) return Int32Array.from({ length: count }, (_, i) => from + i);
  const keptWithin = (exponent: number): number[] | undefined => keep(steps, values, from, to, 2 ** exponent, Math.max(limit, leastPoints));
  // Two buckets hold all, which is few enough. What is kept of wider ones is kept of narrower ones too, so the narrowest are found by halving.
  let [narrow, wide] = [0, Math.ceil(Math.log2(steps[to - 1]! - steps[from]! + 1)) + 1];
  let kept = keptWithin(wide)!;
  while (wide - narrow > 1) {
    const middle = (narrow + wide) >> 1;
    const more = keptWithin(middle);
    if (more) [kept, wide] = [more, middle];
    else narrow = middle;
  }
  return Int32Array.from(kept);
}

/** @returns undefined as soon as more than `limit` points would be kept */
function keep(steps: ArrayLike<number>, values: ArrayLike<number>, from: number, to: number, width: number, limit: number): number[] | undefined {
  const kept: number[] = [];
  for (let start = from; start < to;) {
    const next = (Math.floor(steps[start]! / width) + 1) * width;
    let end = start + 1;
    while (end < to && steps[end]! < next) end++;
    keepBucket(values, start, end, kept);
    if (kept.length > limit) return undefined;
    start = end;
  }
  if (kept.at(-1) !== to - 1) kept.push(to - 1);
  return kept.length > limit ? undefined : kept;
}

function keepBucket(values: ArrayLike<number>, start: number, end: number, kept: number[]): void {
  if (end - start === 1) {
    kept.push(start);
    return;
  }
  let smallest = -1;
  let largest = -1;
  let hole = -1;
  for (let i = start; i < end; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) {
      if (hole < 0) hole = i;
    } else {
      if (smallest < 0 || value < values[smallest]!) smallest = i;
      if (largest < 0 || value > values[largest]!) largest = i;
    }
  }
  let previous = -1;
  for (const index of [start, smallest, largest, hole].sort((a, b) => a - b)) {
    if (index > previous) kept.push(index);
    previous = Math.max(previous, index);
  }
}

/**
 * Thins out what was sampled at steps, ascending, to at most `limit` (at least 2): again and again the one goes that leaves the
 * smallest gap, so that what stays is spread evenly; the first and the last always stay.
 * @returns `samples` itself where they are few enough
 */
export function thinEvenly<T extends { readonly step: number }>(samples: readonly T[], limit: number): readonly T[] {
  if (samples.length <= Math.max(2, limit)) return samples;
  const kept = [...samples];
  while (kept.length > Math.max(2, limit)) kept.splice(mostCrowded(kept), 1);
  return kept;
}

function mostCrowded(samples: readonly { readonly step: number }[]): number {
  let best = 1;
  let smallest = Infinity;
  for (let i = 1; i < samples.length - 1; i++) {
    const gap = samples[i + 1]!.step - samples[i - 1]!.step;
    if (gap < smallest) [best, smallest] = [i, gap];
  }
  return best;
}
