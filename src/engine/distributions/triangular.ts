/** Lower triangular matrices, of which a covariance has one for its root. Batches of matrices are `[…, n, n]`. */
import { stack } from "../ops/index.ts";
import type { Tensor } from "../tensor.ts";

/** The lower triangular `L` with `L Lᵀ` = `matrix`, which is symmetric; NaN where there is none. Its gradient is symmetric, too. */
export function choleskyFactor(matrix: Tensor): Tensor {
  const size = matrix.shape.at(-1)!;
  const symmetric = matrix.add(matrix.mT).mul(0.5);
  const columns: Tensor[] = [];
  for (let j = 0; j < size; j++) {
    let column = symmetric.select(-1, j);
    if (j > 0) {
      const known = stack(columns, -1);
      column = column.sub(known.mul(known.narrow(-2, j, 1)).sum(-1));
    }
    columns.push(column.div(column.narrow(-1, j, 1).sqrt()));
  }
  return stack(columns, -1).tril();
}

/**
 * The `x` with `L x` = `vectors`, by forward substitution. Differentiable.
 * @param lower `[…, n, n]`
 * @param vectors `[…, n]`; the dimensions before the last broadcast with those of `lower` before its last two
 */
export function solveLower(lower: Tensor, vectors: Tensor): Tensor {
  const size = vectors.shape.at(-1)!;
  const solved: Tensor[] = [];
  for (let i = 0; i < size; i++) {
    const row = lower.select(-2, i);
    let rest = vectors.select(-1, i);
    if (i > 0) rest = rest.sub(stack(solved, -1).mul(row.narrow(-1, 0, i)).sum(-1));
    solved.push(rest.div(row.select(-1, i)));
  }
  return stack(solved, -1);
}

/** `[…]`: whether all that stands on the diagonal is positive. */
export function positiveDiagonal(matrix: Tensor): Tensor {
  return matrix.diagonal({ dim1: -2, dim2: -1 }).gt(0).all(-1);
}

/** The logarithm of the determinant: the sum of the diagonal's logarithms. */
export function logDeterminant(lower: Tensor): Tensor {
  return lower.diagonal({ dim1: -2, dim2: -1 }).log().sum(-1);
}
