/** Thinning out: fewer things, as far apart as they can be. */

/**
 * Picks at most `size` of `length` things in the order of their steps, spread evenly over the steps, the first and the
 * last among them.
 * @returns their indices, ascending
 */
export function spread(length: number, stepOf: (index: number) => number, size: number): readonly number[] {
  if (length <= size) return Array.from({ length }, (_, index) => index);
  if (length - size === 1) {
    const gone = smallestGap(length, stepOf);
    return Array.from({ length: size }, (_, index) => (index < gone ? index : index + 1));
  }
  const first = stepOf(0);
  const width = (stepOf(length - 1) - first) / Math.max(1, size - 1);
  const kept = [0];
  let at = 0;
  for (let place = 1; place < size - 1; place++) {
    const step = first + place * width;
    while (at + 1 < length && Math.abs(stepOf(at + 1) - step) <= Math.abs(stepOf(at) - step)) at++;
    if (at > kept.at(-1)!) kept.push(at);
  }
  if (length - 1 > kept.at(-1)!) kept.push(length - 1);
  return kept;
}

/** Index of the thing whose absence leaves the smallest gap. */
function smallestGap(length: number, stepOf: (index: number) => number): number {
  let best = 1;
  let gap = Infinity;
  for (let index = 1; index < length - 1; index++) {
    const width = stepOf(index + 1) - stepOf(index - 1);
    if (width < gap) [best, gap] = [index, width];
  }
  return best;
}
