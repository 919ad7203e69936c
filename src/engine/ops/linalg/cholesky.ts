/** The Cholesky decomposition, and what is made of it. */
import { record, type Operation } from "../../autograd/node.ts";
import type { Tensor } from "../../tensor.ts";
import { eye } from "../creation.ts";
import { tril } from "../triangular.ts";
import { matmul } from "../matmul.ts";
import { namedTuple, type NamedTuple } from "../namedTuple.ts";
import { choleskyOf } from "./factors.ts";
import { alike } from "./inverse.ts";
import { failure, matricesOf, requireFloat, requireMatrix, requireSquare, stacked, wholes } from "./matrix.ts";
import { solveTriangular } from "./triangular.ts";

const choleskyOp: Operation = {
  name: "LinalgCholeskyExBackward0",
  backward(node, gradient) {
    const L = node.saved(0);
    const products = matmul(L.mT, gradient);
    const inner = tril(products).add(tril(products, -1)).mul(0.5);
    const half = solveTriangular(L, solveTriangular(L.mT, inner, { upper: true }), { upper: false, left: false });
    return [half.add(half.mT).mul(0.5)];
  },
};

/** L, read from the lower triangle, and the first minor of each matrix that isn't positive. */
function decomposed(name: string, A: Tensor, checkErrors: boolean): { L: Tensor; failed: number[] } {
  requireSquare(name, A);
  requireFloat(name, A);
  const found = matricesOf(A).map(choleskyOf);
  const failed = found.map((each) => each.failed);
  const place = failed.findIndex((minor) => minor > 0);
  if (checkErrors && place >= 0) {
    throw failure(
      name,
      A,
      place,
      `The factorization could not be completed because the input is not positive-definite (the leading minor of order ${failed[place]} is not positive-definite).`,
    );
  }
  const L = stacked(
    found.map(({ l }) => l.data),
    A.shape,
  );
  return { L: record(choleskyOp, L, [A], [L]), failed };
}

function choleskyNamed(name: string, A: Tensor, upper: boolean): Tensor {
  if (!upper) return decomposed(name, A, true).L;
  requireSquare(name, A);
  return decomposed(name, A.mT, true).L.mT;
}

/**
 * L of A = L·Lᵀ for a symmetric positive-definite matrix, or for each of a batch; with `upper` Lᵀ. Only that triangle of A
 * is read.
 * @param A [..., n, n]
 * @throws LinAlgError where a matrix isn't positive-definite
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.cholesky.html
 * @api torch.linalg.cholesky
 */
export function cholesky(A: Tensor, { upper = false }: { upper?: boolean } = {}): Tensor {
  return choleskyNamed("linalg.cholesky", A, upper);
}

/**
 * `linalg.cholesky` by its older name, with `upper` by position.
 * @see https://pytorch.org/docs/stable/generated/torch.cholesky.html
 * @api torch.cholesky Tensor.cholesky
 */
export function choleskyFactor(input: Tensor, upper = false): Tensor {
  return choleskyNamed("cholesky", input, upper);
}

/**
 * `cholesky`, and the order of the first leading minor that isn't positive (0 where all are): no error unless `checkErrors`
 * is true.
 * @returns `L` [..., n, n], `info` [...] as int32
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.cholesky_ex.html
 * @api torch.linalg.choleskyEx
 */
export function choleskyEx(
  A: Tensor,
  { upper = false, checkErrors = false }: { upper?: boolean; checkErrors?: boolean } = {},
): NamedTuple<["L", "info"], Tensor> {
  requireSquare("linalg.cholesky", A);
  const { L, failed } = decomposed("linalg.cholesky", upper ? A.mT : A, checkErrors);
  return namedTuple("linalg_cholesky_ex", ["L", "info"], [upper ? L.mT : L, wholes("linalg.cholesky", A, failed)]);
}

const choleskySolveOp: Operation<boolean> = {
  name: "CholeskySolveBackward0",
  backward(node, gradient) {
    const upper = node.data;
    const [X, L] = [node.saved(0), node.saved(1)];
    const gradientB = choleskySolve(gradient, L, upper);
    if (!node.needs(1)) return [gradientB, null];
    const products = matmul(gradientB, X.mT);
    const both = products.add(products.mT);
    return [node.needs(0) ? gradientB : null, (upper ? matmul(L, both) : matmul(both, L)).neg()];
  },
};

/**
 * X of A·X = B, given the Cholesky factor of A.
 * @param input B, [..., n, k]
 * @param input2 the factor L, [..., n, n]; leading dimensions broadcast
 * @param upper whether `input2` is Lᵀ
 * @see https://pytorch.org/docs/stable/generated/torch.cholesky_solve.html
 * @api torch.choleskySolve Tensor.choleskySolve
 */
export function choleskySolve(input: Tensor, input2: Tensor, upper = false): Tensor {
  requireSquare("cholesky_solve", input2);
  requireMatrix("cholesky_solve", input, "B");
  const [factor, right] = alike("cholesky_solve", input2, input, true);
  const lower = (upper ? factor.mT : factor).detach();
  const X = solveTriangular(lower.mT, solveTriangular(lower, right.detach(), { upper: false }), { upper: true });
  return record(choleskySolveOp, X, [right, factor], [X, factor], upper);
}

/**
 * The inverse of A, given its Cholesky factor.
 * @param input the factor L, [..., n, n]
 * @param upper whether `input` is Lᵀ
 * @see https://pytorch.org/docs/stable/generated/torch.cholesky_inverse.html
 * @api torch.choleskyInverse Tensor.choleskyInverse
 */
export function choleskyInverse(input: Tensor, upper = false): Tensor {
  requireSquare("cholesky_inverse", input);
  return choleskySolve(eye(input.shape.at(-1)!), input, upper);
}
