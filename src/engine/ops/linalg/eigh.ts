/** Eigenvalues and eigenvectors of symmetric matrices; why there are none of others. */
import { recordMany, type Operation } from "../../autograd/node.ts";
import { KindlingError } from "../../errors.ts";
import type { Tensor } from "../../tensor.ts";
import { diagEmbed } from "../diagonals.ts";
import { matmul } from "../matmul.ts";
import { namedTuple, type NamedTuple } from "../namedTuple.ts";
import { unsqueeze } from "../views.ts";
import { columnFrom, productOf, reflectionOf, type Reflection } from "./householder.ts";
import { leadOf, Matrix, matricesOf, requireFinite, requireFloat, requireSquare, stacked } from "./matrix.ts";
import { diagonalize } from "./tridiagonal.ts";

/** Eigenvalues, ascending, and transposed vectors of a symmetric matrix, of which the lower triangle is read. */
function eigenOf(matrix: Matrix): { values: Float64Array; vt: Matrix } {
  const { d, e, reflections } = tridiagonalized(mirrored(matrix));
  const vt = productOf(reflections, matrix.rows, matrix.rows).transposed();
  diagonalize(d, e, vt);
  return { values: d, vt };
}

/** Symmetric, with what was below the diagonal on both sides of it. */
function mirrored(matrix: Matrix): Matrix {
  const result = matrix.copy();
  const { data, rows: n } = result;
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) data[j * n + i] = data[i * n + j]!;
  return result;
}

/** The same reflections from both sides leave a diagonal and what is beside it. The matrix is used up. */
function tridiagonalized(matrix: Matrix): { d: Float64Array; e: Float64Array; reflections: Reflection[] } {
  const n = matrix.rows;
  const [d, e] = [new Float64Array(n), new Float64Array(Math.max(0, n - 1))];
  const reflections: Reflection[] = [];
  for (let k = 0; k < n; k++) {
    d[k] = matrix.at(k, k);
    if (k === n - 1) break;
    const reflection = reflectionOf(columnFrom(matrix, k + 1, k), k + 1);
    e[k] = reflection.beta;
    reflectBothSides(matrix, reflection);
    reflections.push(reflection);
  }
  return { d, e, reflections };
}

/** A − v·wᵀ − w·vᵀ with w = τ·(A·v − ½·τ·(vᵀ·A·v)·v), from row and column `offset` on. */
function reflectBothSides({ data, rows: n }: Matrix, { v, tau, offset }: Reflection): void {
  if (tau === 0) return;
  const w = v.map((_, i) => {
    const row = (offset + i) * n + offset;
    let total = 0;
    for (let j = 0; j < v.length; j++) total += data[row + j]! * v[j]!;
    return tau * total;
  });
  const half = (tau / 2) * w.reduce((total, value, i) => total + value * v[i]!, 0);
  for (let i = 0; i < v.length; i++) w[i]! -= half * v[i]!;
  for (let i = 0; i < v.length; i++) {
    const row = (offset + i) * n + offset;
    for (let j = 0; j < v.length; j++) data[row + j]! -= v[i]! * w[j]! + w[i]! * v[j]!;
  }
}

const eighOp: Operation = {
  name: "LinalgEighBackward0",
  backward(node, ...gradients: (Tensor | null)[]) {
    const [L, V] = [node.saved(0), node.saved(1)];
    const [gradientL, gradientV] = [gradients[0] ?? null, gradients[1] ?? null];
    const parts: Tensor[] = gradientL ? [diagEmbed(gradientL)] : [];
    if (gradientV) {
      const turns = matmul(V.mT, gradientV);
      const gaps = unsqueeze(L, -2)
        .sub(unsqueeze(L, -1))
        .add(diagEmbed(L.detach().mul(0).add(1)));
      parts.push(turns.sub(turns.mT).mul(0.5).div(gaps));
    }
    return [
      matmul(
        matmul(
          V,
          parts.reduce((a, b) => a.add(b)),
        ),
        V.mT,
      ),
    ];
  },
};

/**
 * Eigenvalues and eigenvectors of a symmetric matrix, or of each of a batch. Signs of the vectors aren't determined; a loss
 * should not hang on them. Gradients of vectors need values that differ.
 * @param A [..., n, n]
 * @param UPLO which triangle of A is read: `"L"`, the lower, or `"U"`
 * @returns `eigenvalues` [..., n], ascending, and `eigenvectors` [..., n, n] as columns
 * @throws LinAlgError where there is NaN or infinity in a matrix
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.eigh.html
 * @api torch.linalg.eigh
 */
export function eigh(A: Tensor, UPLO: "L" | "U" = "L"): NamedTuple<["eigenvalues", "eigenvectors"], Tensor> {
  requireSquare("linalg.eigh", A);
  requireFloat("linalg.eigh", A);
  const matrices = matricesOf(UPLO === "L" ? A : A.mT);
  requireFinite("linalg.eigh", A, matrices);
  const found = matrices.map(eigenOf);
  const eigenvalues = stacked(
    found.map(({ values }) => values),
    A.shape.slice(0, -1),
  );
  const eigenvectors = stacked(
    found.map(({ vt }) => vt.transposed().data),
    [...leadOf(A), ...A.shape.slice(-2)],
  );
  recordMany(eighOp, [eigenvalues, eigenvectors], [A], [eigenvalues, eigenvectors]);
  return namedTuple("linalg_eigh", ["eigenvalues", "eigenvectors"], [eigenvalues, eigenvectors]);
}

/**
 * The eigenvalues of a symmetric matrix, or of each of a batch, ascending.
 * @param A [..., n, n]
 * @param UPLO which triangle of A is read: `"L"`, the lower, or `"U"`
 * @returns [..., n]
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.eigvalsh.html
 * @api torch.linalg.eigvalsh
 */
export function eigvalsh(A: Tensor, UPLO: "L" | "U" = "L"): Tensor {
  return eigh(A, UPLO).eigenvalues;
}

/**
 * Not here: eigenvalues of a matrix that isn't symmetric may be complex.
 * @throws KindlingError always, with the ways that there are
 * @api torch.linalg.eig torch.linalg.eigvals
 */
export function eig(A: Tensor): never {
  requireSquare("linalg.eig", A);
  throw new KindlingError(
    "linalg.eig: eigenvalues of a matrix that isn't symmetric may be complex, and there are no complex numbers here. " +
      "For a symmetric matrix use linalg.eigh or linalg.eigvalsh; for the sizes of stretching use linalg.svdvals.",
  );
}
