/** Singular values of a bidiagonal matrix: the iteration of Golub and Kahan with implicit shifts, as LAPACK's `bdsqr`. */
import { LinAlgError } from "../../errors.ts";
import type { Matrix } from "./matrix.ts";
import { rotateRows, rotationOf, signed, sortWithRows, type Rotation } from "./rotation.ts";

/** Of float32, whose results these are: PyTorch's iteration ends there, and one step more could turn signs. */
const EPSILON = 2 ** -24;
const TOLERANCE = EPSILON * Math.max(10, Math.min(100, EPSILON ** -0.125));
const TINY = 2 ** -1022;
const MOST_SWEEPS = 6;

/**
 * Turns a bidiagonal matrix into a diagonal one, with its values descending and not negative.
 * @param d diagonal; becomes the singular values
 * @param e what is right of the diagonal; is used up
 * @param ut transposed left vectors, which are turned along: its first rows
 * @param vt transposed right vectors, the same
 */
export function diagonalize(d: Float64Array, e: Float64Array, ut: Matrix, vt: Matrix): void {
  const n = d.length;
  const threshold = Math.max(TOLERANCE * leastEstimate(d, e), MOST_SWEEPS * n * n * TINY);
  let left = MOST_SWEEPS * n * n;
  let last = n - 1;
  let block: Block | null = null;
  while (last > 0) {
    const first = firstOfBlock(e, last, threshold);
    if (first === last) {
      last--;
    } else if (first === last - 1) {
      finishPair(d, e, ut, vt, first);
      last -= 2;
    } else {
      // The direction is chosen anew where a block isn't within the one before.
      if (block === null || first > block.end || last < block.start) block = { start: first, end: last, down: Math.abs(d[first]!) >= Math.abs(d[last]!) };
      block = { ...block, start: first, end: last };
      if (left-- <= 0) throw new LinAlgError("linalg.svd: The algorithm failed to converge.");
      sweep(d, e, ut, vt, block, threshold);
    }
  }
  for (let i = 0; i < n; i++) {
    if (!(d[i]! < 0)) continue;
    d[i] = -d[i]!;
    negateRow(vt, i);
  }
  sortWithRows(d, [ut, vt], (a, b) => a > b);
}

interface Block {
  readonly start: number;
  readonly end: number;
  readonly down: boolean;
}

export function negateRow({ data, cols }: Matrix, row: number): void {
  for (let k = row * cols; k < (row + 1) * cols; k++) data[k] = -data[k]!;
}

/** A lower estimate of the least singular value. */
function leastEstimate(d: Float64Array, e: Float64Array): number {
  let mu = Math.abs(d[0]!);
  let least = mu;
  for (let i = 1; i < d.length && least > 0; i++) {
    mu = Math.abs(d[i]!) * (mu / (mu + Math.abs(e[i - 1]!)));
    least = Math.min(least, mu);
  }
  return least / Math.sqrt(d.length);
}

/** Where the block that ends at `last` begins: behind the nearest e that is as good as 0. */
function firstOfBlock(e: Float64Array, last: number, threshold: number): number {
  let first = last;
  while (first > 0 && Math.abs(e[first - 1]!) > threshold) first--;
  if (first > 0) e[first - 1] = 0;
  return first;
}

/** One sweep over a block, away from its larger end; or nothing but an e that is set to 0. */
function sweep(d: Float64Array, e: Float64Array, ut: Matrix, vt: Matrix, { start, end, down }: Block, threshold: number): void {
  const step = down ? 1 : -1;
  const [from, to] = down ? [start, end] : [end, start];
  const edge = (i: number): number => (down ? i : i - 1);
  const least = negligible(d, e, from, to, step, edge);
  if (least === null) return;
  const largest = Math.max(...d.subarray(start, end + 1).map(Math.abs), ...e.subarray(start, end).map(Math.abs));
  let shift = 0;
  if ((d.length * TOLERANCE * least) / largest > Math.max(EPSILON, 0.01 * TOLERANCE)) {
    shift = leastOfPair(d[to - step]!, e[edge(to - step)]!, d[to]!);
    if ((shift / Math.abs(d[from]!)) ** 2 < EPSILON) shift = 0;
  }
  const [inner, outer] = down ? [vt, ut] : [ut, vt];
  (shift === 0 ? sweepUnshifted : sweepShifted)(d, e, inner, outer, from, to, step, edge, shift);
  if (Math.abs(e[edge(to - step)]!) <= threshold) e[edge(to - step)] = 0;
}

/** `null` where an e was found that changes no singular value, and was set to 0; else an estimate of the least of them. */
function negligible(d: Float64Array, e: Float64Array, from: number, to: number, step: number, edge: (i: number) => number): number | null {
  if (Math.abs(e[edge(to - step)]!) <= TOLERANCE * Math.abs(d[to]!)) {
    e[edge(to - step)] = 0;
    return null;
  }
  let mu = Math.abs(d[from]!);
  let least = mu;
  for (let i = from; i !== to; i += step) {
    const size = Math.abs(e[edge(i)]!);
    if (size <= TOLERANCE * mu) {
      e[edge(i)] = 0;
      return null;
    }
    mu = Math.abs(d[i + step]!) * (mu / (mu + size));
    least = Math.min(least, mu);
  }
  return least;
}

type Sweep = (
  d: Float64Array,
  e: Float64Array,
  inner: Matrix,
  outer: Matrix,
  from: number,
  to: number,
  step: number,
  edge: (i: number) => number,
  shift: number,
) => void;

/** Without a shift, for small singular values: no subtraction, so that they keep their precision. */
const sweepUnshifted: Sweep = (d, e, inner, outer, from, to, step, edge) => {
  let [c, oldC, oldS] = [1, 1, 0];
  for (let i = from; i !== to; i += step) {
    const one = rotationOf(d[i]! * c, e[edge(i)]!);
    if (i !== from) e[edge(i - step)] = oldS * one.r;
    const two = rotationOf(oldC * one.r, d[i + step]! * one.s);
    d[i] = two.r;
    rotateRows(inner, i, i + step, one.c, one.s);
    rotateRows(outer, i, i + step, two.c, two.s);
    [c, oldC, oldS] = [one.c, two.c, two.s];
  }
  const h = d[to]! * c;
  d[to] = h * oldC;
  e[edge(to - step)] = h * oldS;
};

const sweepShifted: Sweep = (d, e, inner, outer, from, to, step, edge, shift) => {
  let f = (Math.abs(d[from]!) - shift) * (signed(1, d[from]!) + shift / d[from]!);
  let g = e[edge(from)]!;
  for (let i = from; i !== to; i += step) {
    const next = i + step;
    const one = rotationOf(f, g);
    if (i !== from) e[edge(i - step)] = one.r;
    f = one.c * d[i]! + one.s * e[edge(i)]!;
    e[edge(i)] = one.c * e[edge(i)]! - one.s * d[i]!;
    g = one.s * d[next]!;
    d[next]! *= one.c;
    const two = rotationOf(f, g);
    d[i] = two.r;
    f = two.c * e[edge(i)]! + two.s * d[next]!;
    d[next] = two.c * d[next]! - two.s * e[edge(i)]!;
    if (next !== to) {
      g = two.s * e[edge(next)]!;
      e[edge(next)]! *= two.c;
    }
    rotateRows(inner, i, next, one.c, one.s);
    rotateRows(outer, i, next, two.c, two.s);
  }
  e[edge(to - step)] = f;
};

/** The smaller singular value of [[f, g], [0, h]]. */
function leastOfPair(f: number, g: number, h: number): number {
  const [low, high, across] = [Math.min(Math.abs(f), Math.abs(h)), Math.max(Math.abs(f), Math.abs(h)), Math.abs(g)];
  if (low === 0) return 0;
  const [sum, difference] = [1 + low / high, (high - low) / high];
  if (across < high) {
    const ratio = (across / high) ** 2;
    return low * (2 / (Math.sqrt(sum ** 2 + ratio) + Math.sqrt(difference ** 2 + ratio)));
  }
  const ratio = high / across;
  if (ratio === 0) return (low * high) / across;
  return 2 * (low / (Math.sqrt(1 + (sum * ratio) ** 2) + Math.sqrt(1 + (difference * ratio) ** 2))) * ratio;
}

/** The last two of a block are done in closed form: [[f, g], [0, h]] = Uᵀ·diag(largest, least)·V. */
function finishPair(d: Float64Array, e: Float64Array, ut: Matrix, vt: Matrix, i: number): void {
  const { least, largest, left, right } = decomposePair(d[i]!, e[i]!, d[i + 1]!);
  [d[i], e[i], d[i + 1]] = [largest, 0, least];
  rotateRows(vt, i, i + 1, right.c, right.s);
  rotateRows(ut, i, i + 1, left.c, left.s);
}

type Turn = Pick<Rotation, "c" | "s">;

/** LAPACK's `lasv2`. */
function decomposePair(f: number, g: number, h: number): { least: number; largest: number; left: Turn; right: Turn } {
  const isSwapped = Math.abs(h) > Math.abs(f);
  const [ft, ht] = isSwapped ? [h, f] : [f, h];
  const { least, largest, left, right, leads } = decomposeOrdered(ft, g, ht);
  const [l, r] = isSwapped
    ? [
        { c: right.s, s: right.c },
        { c: left.s, s: left.c },
      ]
    : [left, right];
  const sign = (x: number): number => signed(1, x);
  const whole = leads === "g" ? sign(r.s) * sign(l.c) * sign(g) : isSwapped ? sign(r.s) * sign(l.s) * sign(h) : sign(r.c) * sign(l.c) * sign(f);
  return { largest: signed(largest, whole), least: signed(least, whole * sign(f) * sign(h)), left: l, right: r };
}

/** The same where |f| ≥ |h|, without the signs of the values. */
function decomposeOrdered(f: number, g: number, h: number): { least: number; largest: number; left: Turn; right: Turn; leads: "f" | "g" } {
  const [fa, ga, ha] = [Math.abs(f), Math.abs(g), Math.abs(h)];
  if (ga === 0) return { least: ha, largest: fa, left: { c: 1, s: 0 }, right: { c: 1, s: 0 }, leads: "f" };
  if (fa / ga < EPSILON) {
    const least = ha > 1 ? fa / (ga / ha) : (fa / ga) * ha;
    return { least, largest: ga, left: { c: 1, s: h / g }, right: { c: f / g, s: 1 }, leads: "g" };
  }
  const d = fa - ha;
  const l = d === fa ? 1 : d / fa;
  const m = g / f;
  const t = 2 - l;
  const s = Math.hypot(t, m);
  const r = Math.hypot(l, m);
  const a = (s + r) / 2;
  const slope = m * m === 0 ? (l === 0 ? signed(2, f) * signed(1, g) : g / signed(d, f) + m / t) : (m / (s + t) + m / (r + l)) * (1 + a);
  const length = Math.hypot(slope, 2);
  const right = { c: 2 / length, s: slope / length };
  return { least: ha / a, largest: fa * a, left: { c: (right.c + right.s * m) / a, s: ((h / f) * right.s) / a }, right, leads: ga > fa ? "g" : "f" };
}
