/**
 * Which points of a long curve to draw so that no peak, no dip and no hole is lost.
 *
 * Buckets hold a power of two of points and start at multiples of it, so that what was drawn stays where it was when new
 * points arrive: a live curve doesn't shimmer.
 *
 * @returns ascending indices within [from, to): each bucket's first, smallest, largest and first non-finite point, and
 * always the last point of all; every index if there are no more than `limit`.
 */
export function decimate(values: ArrayLike<number>, from: number, to: number, limit: number): Int32Array {
  const count = Math.max(0, to - from);
  if (count <= limit) return Int32Array.from({ length: count }, (_, i) => from + i);
  const size = bucketSize(count, limit);
  const chosen: number[] = [];
  for (let start = from; start < to; ) {
    const end = Math.min(to, (Math.floor(start / size) + 1) * size);
    pushBucket(values, start, end, chosen);
    start = end;
  }
  if (chosen[chosen.length - 1] !== to - 1) chosen.push(to - 1);
  return Int32Array.from(chosen);
}

/** Four points of each bucket may be chosen. */
function bucketSize(count: number, limit: number): number {
  let size = 2;
  while ((4 * count) / size > limit) size *= 2;
  return size;
}

function pushBucket(values: ArrayLike<number>, start: number, end: number, chosen: number[]): void {
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
  const ascending = [start, smallest, largest, hole].sort((a, b) => a - b);
  let previous = -1;
  for (const index of ascending) {
    if (index > previous) chosen.push(index);
    previous = Math.max(previous, index);
  }
}
