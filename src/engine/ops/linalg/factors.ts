/** Triangular factors of one matrix in double precision, and equations with them. */
import { Matrix } from "./matrix.ts";

/** P·A = L·U by Gauss with the largest pivot of each column. */
export interface Factored {
  /** U on and above the diagonal, L below it (its ones aren't stored). */
  readonly lu: Matrix;
  /** With which row each row changed places, one after the other. */
  readonly swaps: Int32Array;
  /** Which of U's diagonal is the first 0, counted from 1; 0 where none is. */
  readonly firstZero: number;
}

export function factored(matrix: Matrix): Factored {
  const lu = matrix.copy();
  const { data, rows, cols } = lu;
  const swaps = new Int32Array(Math.min(rows, cols));
  let firstZero = 0;
  for (let k = 0; k < swaps.length; k++) {
    const pivot = largestBelow(lu, k);
    swaps[k] = pivot;
    if (pivot !== k) swapRows(lu, k, pivot);
    const head = data[k * cols + k]!;
    if (head === 0) {
      firstZero ||= k + 1;
      continue;
    }
    for (let i = k + 1; i < rows; i++) {
      const factor = (data[i * cols + k]! /= head);
      if (factor !== 0) for (let j = k + 1; j < cols; j++) data[i * cols + j]! -= factor * data[k * cols + j]!;
    }
  }
  return { lu, swaps, firstZero };
}

function largestBelow(matrix: Matrix, k: number): number {
  let best = k;
  for (let i = k + 1; i < matrix.rows; i++) if (Math.abs(matrix.at(i, k)) > Math.abs(matrix.at(best, k))) best = i;
  return best;
}

function swapRows({ data, cols }: Matrix, a: number, b: number): void {
  const row = data.slice(a * cols, (a + 1) * cols);
  data.copyWithin(a * cols, b * cols, (b + 1) * cols);
  data.set(row, b * cols);
}

/** Sign and logarithm of the determinant. */
export function logDeterminant({ lu, swaps }: Factored): { sign: number; log: number } {
  let [sign, log] = [1, 0];
  for (let k = 0; k < swaps.length; k++) {
    const head = lu.at(k, k);
    sign *= Math.sign(head) * (swaps[k] === k ? 1 : -1);
    log += Math.log(Math.abs(head));
  }
  return { sign, log };
}

export function determinant({ lu, swaps }: Factored): number {
  let product = 1;
  for (let k = 0; k < swaps.length; k++) product *= lu.at(k, k) * (swaps[k] === k ? 1 : -1);
  return product;
}

/** X of A·X = B. */
export function solveFactored({ lu, swaps }: Factored, b: Matrix): Matrix {
  const x = b.copy();
  swaps.forEach((row, k) => {
    if (row !== k) swapRows(x, k, row);
  });
  substitute(lu, x, { upper: false, ones: true });
  substitute(lu, x, { upper: true, ones: false });
  return x;
}

/** X becomes the solution of T·X' = X for one triangle of the matrix. @param ones whether its diagonal counts as ones */
export function substitute(triangle: Matrix, x: Matrix, { upper, ones }: { upper: boolean; ones: boolean }): void {
  const [n, cols, data] = [triangle.rows, x.cols, x.data];
  for (let step = 0; step < n; step++) {
    const i = upper ? n - 1 - step : step;
    const [low, high] = upper ? [i + 1, n] : [0, i];
    for (let k = low; k < high; k++) {
      const factor = triangle.at(i, k);
      if (factor !== 0) for (let j = 0; j < cols; j++) data[i * cols + j]! -= factor * data[k * cols + j]!;
    }
    if (!ones) for (let j = 0; j < cols; j++) data[i * cols + j]! /= triangle.at(i, i);
  }
}

/** L of A = L·Lᵀ, read from A's lower triangle; the first minor that isn't positive, counted from 1, where there is one. */
export function choleskyOf(matrix: Matrix): { l: Matrix; failed: number } {
  const n = matrix.rows;
  const l = new Matrix(n, n);
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let rest = matrix.at(i, j);
      for (let k = 0; k < j; k++) rest -= l.at(i, k) * l.at(j, k);
      if (i === j && !(rest > 0)) return { l, failed: j + 1 };
      l.data[i * n + j] = i === j ? Math.sqrt(rest) : rest / l.at(j, j);
    }
  }
  return { l, failed: 0 };
}
