/** The lower triangular root `L` of a covariance `L Lᵀ`, `[…, n, n]`. */
import { solveTriangular } from "../ops/linalg/triangular.ts";
import type { Tensor } from "../tensor.ts";

/**
 * The `x` with `L x` = `vectors`.
 * @param vectors `[…, n]`; the dimensions before the last broadcast with those of `lower` before its last two
 */
export function solveLower(lower: Tensor, vectors: Tensor): Tensor {
  return solveTriangular(lower, vectors.unsqueeze(-1), { upper: false }).squeeze(-1);
}

/** The logarithm of the determinant: the sum of the diagonal's logarithms. */
export function logDeterminant(lower: Tensor): Tensor {
  return lower.diagonal({ dim1: -2, dim2: -1 }).log().sum(-1);
}
