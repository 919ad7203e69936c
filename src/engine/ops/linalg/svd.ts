/** The singular value decomposition. */
import { recordMany, type Operation } from "../../autograd/node.ts";
import type { Tensor } from "../../tensor.ts";
import { diagEmbed } from "../diagonals.ts";
import { zeros } from "../creation.ts";
import { matmul } from "../matmul.ts";
import { namedTuple, type NamedTuple } from "../namedTuple.ts";
import { narrow, unsqueeze } from "../views.ts";
import { diagonalize, negateRow } from "./bidiagonal.ts";
import { columnFrom, productOf, reflectColumns, reflectionOf, reflectRows, rowFrom, triangularized, type Reflection } from "./householder.ts";
import { leadOf, matricesOf, Matrix, requireFinite, requireFloat, requireMatrix, stacked } from "./matrix.ts";
import { rotateRows, rotationOf } from "./rotation.ts";

/** Transposed left vectors, singular values, transposed right vectors of one matrix. */
export interface Singular {
  readonly ut: Matrix;
  readonly s: Float64Array;
  readonly vt: Matrix;
}

/** @param full whether all vectors are wanted, or only as many as there are values */
export function singularOf(matrix: Matrix, full: boolean): Singular {
  if (matrix.rows >= matrix.cols) return singularOfTall(matrix, full, false);
  const { ut, s, vt } = singularOfTall(matrix.transposed(), full, true);
  return { ut: vt, s, vt: ut };
}

/** @param wasWide the matrix is the transpose of the one that is meant, which decides on signs as in LAPACK */
function singularOfTall(matrix: Matrix, full: boolean, wasWide: boolean): Singular {
  const [m, n] = [matrix.rows, matrix.cols];
  // Much taller than wide: what is left after a QR decomposition is decomposed.
  const isTower = m >= Math.floor((n * 11) / 6);
  const { reflections, r } = isTower ? triangularized(matrix) : { reflections: [], r: matrix };
  const start = isTower ? r.corner(n, n).upper() : r.copy();
  const inner = isTower && wasWide ? bidiagonalized(start.transposed()) : bidiagonalized(start);
  const { d, e } = inner;
  const [lefts, rights] = isTower && wasWide ? [inner.rights, inner.lefts] : [inner.lefts, inner.rights];
  const ut = productOf([...reflections, ...lefts], m, full ? m : n).transposed();
  const vt = productOf(rights, n, n).transposed();
  if (n === 1) {
    if (d[0]! < 0) negateRow(wasWide ? vt : ut, 0);
    return { ut, s: d.map(Math.abs), vt };
  }
  if (!wasWide) diagonalize(d, e, ut, vt);
  else {
    if (!isTower) makeUpper(d, e, vt);
    diagonalize(d, e, vt, ut);
  }
  return { ut, s: d, vt };
}

/** Reflections from both sides leave a diagonal and what is right of it. The matrix isn't wider than tall and is used up. */
function bidiagonalized(matrix: Matrix): { d: Float64Array; e: Float64Array; lefts: Reflection[]; rights: Reflection[] } {
  const n = matrix.cols;
  const [d, e] = [new Float64Array(n), new Float64Array(Math.max(0, n - 1))];
  const [lefts, rights]: Reflection[][] = [[], []];
  for (let k = 0; k < n; k++) {
    const left = reflectionOf(columnFrom(matrix, k, k), k);
    reflectRows(matrix, left, k + 1);
    d[k] = left.beta;
    lefts!.push(left);
    if (k === n - 1) break;
    const right = reflectionOf(rowFrom(matrix, k, k + 1), k + 1);
    reflectColumns(matrix, right, k + 1);
    e[k] = right.beta;
    rights!.push(right);
  }
  return { d, e, lefts: lefts!, rights: rights! };
}

/** Read as what is below the diagonal, `e` is turned above it. @param rows transposed left vectors, which are turned along */
function makeUpper(d: Float64Array, e: Float64Array, rows: Matrix): void {
  for (let i = 0; i < e.length; i++) {
    const { c, s, r } = rotationOf(d[i]!, e[i]!);
    d[i] = r;
    e[i] = s * d[i + 1]!;
    d[i + 1]! *= c;
    rotateRows(rows, i, i + 1, c, s);
  }
}

// --- differentiable -------------------------------------------------------------------------------------------------

const svdOp: Operation = {
  name: "LinalgSvdBackward0",
  backward(node, ...gradients: (Tensor | null)[]) {
    const S = node.saved(1);
    const k = S.shape.at(-1)!;
    const [U, Vh] = [narrow(node.saved(0), -1, 0, k), narrow(node.saved(2), -2, 0, k)];
    const gradientU = gradients[0] ? narrow(gradients[0], -1, 0, k) : null;
    const gradientVh = gradients[2] ? narrow(gradients[2], -2, 0, k) : null;
    return [gradientOf({ U, S, Vh }, gradientU, gradients[1] ?? null, gradientVh)];
  },
};

interface Decomposition {
  readonly U: Tensor;
  readonly S: Tensor;
  readonly Vh: Tensor;
}

/** U·[skew(Uᵀ·dU)/E·S + S·skew(Vᵀ·dV)/E + dS]·Vᵀ and, where U or V isn't square, what lies outside of their columns. */
function gradientOf({ U, S, Vh }: Decomposition, gradientU: Tensor | null, gradientS: Tensor | null, gradientVh: Tensor | null): Tensor {
  const inner: Tensor[] = [];
  const outer: Tensor[] = [];
  if (gradientS) inner.push(diagEmbed(gradientS));
  const [m, n, k] = [U.shape.at(-2)!, Vh.shape.at(-1)!, S.shape.at(-1)!];
  if (gradientU) {
    const turns = matmul(U.mT, gradientU);
    inner.push(turns.sub(turns.mT).div(gaps(S)).mul(unsqueeze(S, -2)));
    if (m > k) outer.push(matmul(gradientU.sub(matmul(U, turns)).div(unsqueeze(S, -2)), Vh));
  }
  if (gradientVh) {
    const turns = matmul(Vh, gradientVh.mT);
    inner.push(turns.sub(turns.mT).div(gaps(S)).mul(unsqueeze(S, -1)));
    if (n > k) outer.push(matmul(U, gradientVh.sub(matmul(turns.mT, Vh)).div(unsqueeze(S, -1))));
  }
  const middle = inner.reduce((a, b) => a.add(b));
  return outer.reduce((a, b) => a.add(b), matmul(matmul(U, middle), Vh));
}

/** s_j² − s_i², and 1 on the diagonal. */
function gaps(S: Tensor): Tensor {
  const squares = S.square();
  return unsqueeze(squares, -2)
    .sub(unsqueeze(squares, -1))
    .add(diagEmbed(S.detach().mul(0).add(1)));
}

/**
 * A = U·diag(S)·Vh for each matrix of a batch: orthonormal columns, singular values from the largest down, orthonormal rows.
 * Signs of the vectors aren't determined; a loss should not hang on them. Gradients need values that differ.
 * @param A [..., m, n]
 * @param fullMatrices whether U is [..., m, m] and Vh [..., n, n], or both have k = min(m, n) columns and rows
 * @returns `U`, `S` [..., k], `Vh`
 * @throws LinAlgError where there is NaN or infinity in a matrix
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.svd.html
 * @api torch.linalg.svd
 */
export function svd(A: Tensor, fullMatrices = true): NamedTuple<["U", "S", "Vh"], Tensor> {
  requireMatrix("linalg.svd", A);
  requireFloat("linalg.svd", A);
  const matrices = matricesOf(A);
  requireFinite("linalg.svd", A, matrices);
  const found = matrices.map((matrix) => singularOf(matrix, fullMatrices));
  const [lead, [m, n]] = [leadOf(A), A.shape.slice(-2) as [number, number]];
  const k = Math.min(m, n);
  const U = stacked(
    found.map(({ ut }) => ut.transposed().data),
    [...lead, m, fullMatrices ? m : k],
  );
  const S = stacked(
    found.map(({ s }) => s),
    [...lead, k],
  );
  const Vh = stacked(
    found.map(({ vt }) => vt.data),
    [...lead, fullMatrices ? n : k, n],
  );
  recordMany(svdOp, [U, S, Vh], [A], [U, S, Vh]);
  return namedTuple("linalg_svd", ["U", "S", "Vh"], [U, S, Vh]);
}

/**
 * The singular values of each matrix of a batch, from the largest down.
 * @param A [..., m, n]
 * @returns [..., min(m, n)]
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.svdvals.html
 * @api torch.linalg.svdvals
 */
export function svdvals(A: Tensor): Tensor {
  return svd(A, false).S;
}

/**
 * `linalg.svd` by its older name, with V in place of its transpose.
 * @param some whether U and V have only as many columns as there are singular values
 * @param computeUv whether U and V are wanted; without them they are zeros
 * @see https://pytorch.org/docs/stable/generated/torch.svd.html
 * @api torch.svd Tensor.svd
 */
export function singularValueDecomposition(input: Tensor, some = true, computeUv = true): NamedTuple<["U", "S", "V"], Tensor> {
  const { U, S, Vh } = svd(input, computeUv && !some);
  if (computeUv) return namedTuple("svd", ["U", "S", "V"], [U, S, Vh.mT]);
  const [lead, [m, n]] = [leadOf(input), input.shape.slice(-2) as [number, number]];
  return namedTuple("svd", ["U", "S", "V"], [zeros([...lead, m, m]), S, zeros([...lead, n, n])]);
}
