/** Eigenvalues of a symmetric tridiagonal matrix: QL and QR iterations with implicit shifts, as LAPACK's `steqr`. */
import { LinAlgError } from "../../errors.ts";
import type { Matrix } from "./matrix.ts";
import { rotateRows, rotationOf, signed, sortWithRows } from "./rotation.ts";

/** Of float32, whose results these are: PyTorch's iteration ends there, and one step more could turn signs. */
const EPSILON = 2 ** -24;
const TINY = 2 ** -1022;

/**
 * Turns a symmetric tridiagonal matrix into a diagonal one, with its values ascending.
 * @param d diagonal; becomes the eigenvalues
 * @param e what is beside the diagonal; is used up
 * @param vt transposed vectors, which are turned along
 */
export function diagonalize(d: Float64Array, e: Float64Array, vt: Matrix): void {
  const sweeps = { left: 30 * d.length };
  for (let start = 0; start < d.length;) {
    let end = start;
    while (end < d.length - 1 && Math.abs(e[end]!) > Math.sqrt(Math.abs(d[end]!)) * Math.sqrt(Math.abs(d[end + 1]!)) * EPSILON) end++;
    if (end < d.length - 1) e[end] = 0;
    // From the smaller end to the larger.
    if (Math.abs(d[end]!) < Math.abs(d[start]!)) diagonalizeBlock(d, e, vt, end, start, sweeps);
    else diagonalizeBlock(d, e, vt, start, end, sweeps);
    start = end + 1;
  }
  sortWithRows(d, [vt], (a, b) => a < b);
}

/** One block without zeros beside its diagonal: finds the value at `first`, then at the next towards `last` … */
function diagonalizeBlock(d: Float64Array, e: Float64Array, vt: Matrix, first: number, last: number, sweeps: { left: number }): void {
  const step = last >= first ? 1 : -1;
  const edge = (i: number): number => (step > 0 ? i : i - 1);
  for (let at = first; step > 0 ? at <= last : at >= last;) {
    let far = at;
    while (far !== last && e[edge(far)]! ** 2 > EPSILON ** 2 * Math.abs(d[far]!) * Math.abs(d[far + step]!) + TINY) far += step;
    if (far !== last) e[edge(far)] = 0;
    if (far === at) {
      at += step;
    } else if (far === at + step) {
      finishPair(d, e, vt, Math.min(at, far));
      at += 2 * step;
    } else {
      if (sweeps.left-- <= 0)
        throw new LinAlgError(
          "linalg.eigh: The algorithm failed to converge because the input matrix is ill-conditioned or has too many repeated eigenvalues.",
        );
      sweep(d, e, vt, at, far, step, edge);
    }
  }
}

function sweep(d: Float64Array, e: Float64Array, vt: Matrix, at: number, far: number, step: number, edge: (i: number) => number): void {
  const ratio = (d[at + step]! - d[at]!) / (2 * e[edge(at)]!);
  let g = d[far]! - d[at]! + e[edge(at)]! / (ratio + signed(Math.hypot(ratio, 1), ratio));
  let [s, c, p] = [1, 1, 0];
  for (let near = far - step; near !== at - step; near -= step) {
    const next = near + step;
    const [f, b] = [s * e[edge(near)]!, c * e[edge(near)]!];
    const turn = rotationOf(g, f);
    [c, s] = [turn.c, turn.s];
    if (next !== far) e[edge(next)] = turn.r;
    g = d[next]! - p;
    const r = (d[near]! - g) * s + 2 * c * b;
    p = s * r;
    d[next] = g + p;
    g = c * r - b;
    rotateRows(vt, near, next, c, -s);
  }
  d[at]! -= p;
  e[edge(at)] = g;
}

/** The last two of a block are done in closed form. */
function finishPair(d: Float64Array, e: Float64Array, vt: Matrix, i: number): void {
  const { larger, smaller, c, s } = decomposePair(d[i]!, e[i]!, d[i + 1]!);
  [d[i], e[i], d[i + 1]] = [larger, 0, smaller];
  rotateRows(vt, i, i + 1, c, s);
}

/** LAPACK's `laev2`: eigenvalues of [[a, b], [b, c]], that of larger size first, and its vector (c, s). */
function decomposePair(a: number, b: number, d: number): { larger: number; smaller: number; c: number; s: number } {
  const [sum, difference] = [a + d, a - d];
  const root = Math.hypot(difference, 2 * b);
  const larger = sum < 0 ? (sum - root) / 2 : (sum + root) / 2;
  const [high, low] = Math.abs(a) > Math.abs(d) ? [a, d] : [d, a];
  const smaller = sum === 0 ? -root / 2 : (high / larger) * low - (b / larger) * b;
  const cosine = difference >= 0 ? difference + root : difference - root;
  let [c, s] = [1, 0];
  if (Math.abs(cosine) > Math.abs(2 * b)) {
    const cotangent = (-2 * b) / cosine;
    s = 1 / Math.sqrt(1 + cotangent ** 2);
    c = cotangent * s;
  } else if (b !== 0) {
    const tangent = -cosine / (2 * b);
    c = 1 / Math.sqrt(1 + tangent ** 2);
    s = tangent * c;
  }
  return sum >= 0 === difference >= 0 ? { larger, smaller, c: -s, s: c } : { larger, smaller, c, s };
}
