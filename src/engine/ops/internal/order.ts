/** Positions in order: equals keep theirs, NaN counts as the greatest. */
import { filled } from "../../dtype.ts";

/** Positions in ascending or descending order; NaN counts as the greatest, equals keep their order. */
export function order(line: Float64Array, descending: boolean): Int32Array {
  const rank = (a: number, b: number): number => ascending(line[a]!, line[b]!);
  return mergeSorted(inOrder(line.length), descending ? (a, b) => rank(b, a) : rank);
}

/** Sorts places; equals keep their order. JavaScript's own sort makes lists of objects first, as `filled` says. */
export function mergeSorted(places: Int32Array, compare: (a: number, b: number) => number): Int32Array {
  let [from, to]: [Int32Array, Int32Array] = [places, new Int32Array(places.length)];
  for (let width = 1; width < places.length; width *= 2) {
    for (let start = 0; start < places.length; start += 2 * width) merge(from, to, start, start + width, Math.min(places.length, start + 2 * width), compare);
    [from, to] = [to, from];
  }
  return from;
}

/** Merges the sorted runs from `start` to `middle` and from there to `end` into `to`. */
function merge(from: Int32Array, to: Int32Array, start: number, middle: number, end: number, compare: (a: number, b: number) => number): void {
  let [left, right] = [start, middle];
  for (let i = start; i < end; i++) {
    const takesLeft = left < middle && (right >= end || compare(from[left]!, from[right]!) <= 0);
    to[i] = from[takesLeft ? left++ : right++]!;
  }
}

export function ascending(x: number, y: number): number {
  if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y));
  return x - y || 0;
}

export const inOrder = (count: number): Int32Array => filled(new Int32Array(count), (i) => i);
