/** Householder's reflections, with LAPACK's signs, so that decompositions made of them have PyTorch's. */
import { filled } from "../../dtype.ts";
import { Matrix } from "./matrix.ts";
import { signed } from "./rotation.ts";

/** I − τ·v·vᵀ, where v begins at row `offset` and its first element is 1. */
export interface Reflection {
  readonly v: Float64Array;
  readonly tau: number;
  readonly offset: number;
}

const TINY = 2 ** -960;

/** The reflection that takes a vector to (β, 0, …, 0). A vector that is so already stays as it is. */
export function reflectionOf(x: Float64Array, offset: number): Reflection & { readonly beta: number } {
  const alpha = x[0]!;
  let rest = 0;
  for (let i = 1; i < x.length; i++) rest = Math.hypot(rest, x[i]!);
  const length = Math.hypot(alpha, rest);
  // So little has no direction that could be told any more.
  if (rest === 0 || length < TINY) return { v: x, tau: 0, offset, beta: alpha };
  const beta = -signed(length, alpha);
  const v = x.map((value) => value / (alpha - beta));
  v[0] = 1;
  return { v, tau: (beta - alpha) / beta, offset, beta };
}

/** The matrix, from column `from` on, becomes reflection · matrix. */
export function reflectRows({ data, cols }: Matrix, { v, tau, offset }: Reflection, from = 0): void {
  if (tau === 0) return;
  const products = new Float64Array(cols);
  for (let i = 0; i < v.length; i++) {
    const row = (offset + i) * cols;
    for (let j = from; j < cols; j++) products[j]! += v[i]! * data[row + j]!;
  }
  for (let i = 0; i < v.length; i++) {
    const [row, factor] = [(offset + i) * cols, tau * v[i]!];
    for (let j = from; j < cols; j++) data[row + j]! -= factor * products[j]!;
  }
}

/** The matrix, from row `from` on, becomes matrix · reflection. */
export function reflectColumns({ data, rows, cols }: Matrix, { v, tau, offset }: Reflection, from = 0): void {
  if (tau === 0) return;
  for (let i = from; i < rows; i++) {
    const row = i * cols + offset;
    let product = 0;
    for (let j = 0; j < v.length; j++) product += v[j]! * data[row + j]!;
    for (let j = 0; j < v.length; j++) data[row + j]! -= tau * product * v[j]!;
  }
}

/** The elements of column `col` from row `row` down. */
export function columnFrom(matrix: Matrix, row: number, col: number): Float64Array {
  return filled(new Float64Array(matrix.rows - row), (i) => matrix.at(row + i, col));
}

/** The elements of row `row` from column `col` on. */
export function rowFrom(matrix: Matrix, row: number, col: number): Float64Array {
  return matrix.data.slice(row * matrix.cols + col, (row + 1) * matrix.cols);
}

/** The first `cols` columns of the product of reflections, of `rows` rows. */
export function productOf(reflections: readonly Reflection[], rows: number, cols: number): Matrix {
  const result = Matrix.eye(rows, cols);
  for (const reflection of reflections.toReversed()) reflectRows(result, reflection);
  return result;
}

/** Reflections whose product Q makes matrix = Q·R; `r` has R on and above its diagonal. */
export function triangularized(matrix: Matrix): { reflections: Reflection[]; r: Matrix } {
  const r = matrix.copy();
  const reflections: Reflection[] = [];
  for (let k = 0; k < Math.min(r.rows, r.cols); k++) {
    const reflection = reflectionOf(columnFrom(r, k, k), k);
    reflectRows(r, reflection, k);
    reflections.push(reflection);
  }
  return { reflections, r };
}
