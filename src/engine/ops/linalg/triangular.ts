/** Equations with triangular matrices. */
import { record, type Operation } from "../../autograd/node.ts";
import type { Tensor } from "../../tensor.ts";
import { tril, triu } from "../triangular.ts";
import { matmul } from "../matmul.ts";
import { substitute } from "./factors.ts";
import { alike } from "./inverse.ts";
import { matricesOf, requireFloat, requireMatrix, requireSquare, stacked } from "./matrix.ts";

interface Triangle {
  readonly upper: boolean;
  readonly unitriangular: boolean;
}

const triangularOp: Operation<Triangle> = {
  name: "LinalgSolveTriangularBackward0",
  backward(node, gradient) {
    const { upper, unitriangular } = node.data;
    const gradientB = solveMatrices(node.saved(0).mT, gradient, { upper: !upper, unitriangular });
    if (!node.needs(0)) return [null, gradientB];
    const whole = matmul(gradientB, node.saved(1).mT).neg();
    const inside = Number(unitriangular);
    return [upper ? triu(whole, inside) : tril(whole, -inside), node.needs(1) ? gradientB : null];
  },
};

function solveMatrices(A: Tensor, B: Tensor, triangle: Triangle): Tensor {
  const right = matricesOf(B);
  matricesOf(A).forEach((each, i) => substitute(each, right[i]!, { upper: triangle.upper, ones: triangle.unitriangular }));
  const result = stacked(
    right.map(({ data }) => data),
    B.shape,
  );
  return record(triangularOp, result, [A, B], [A, result], triangle);
}

/**
 * X of A·X = B, where A is triangular (of X·A = B where `left` is false). What is in A's other triangle isn't read.
 * @param A [..., n, n]
 * @param B [..., n, k]; leading dimensions broadcast
 * @param options `upper` says which triangle A is; with `unitriangular` its diagonal counts as ones
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.solve_triangular.html
 * @api torch.linalg.solveTriangular
 */
export function solveTriangular(
  A: Tensor,
  B: Tensor,
  { upper, left = true, unitriangular = false }: { upper: boolean; left?: boolean; unitriangular?: boolean },
): Tensor {
  requireSquare("linalg.solve_triangular", A);
  requireMatrix("linalg.solve_triangular", B, "B");
  requireFloat("linalg.solve_triangular", A);
  requireFloat("linalg.solve_triangular", B);
  const [a, b] = alike("linalg.solve_triangular", A, B, left);
  if (left) return solveMatrices(a, b, { upper, unitriangular });
  return solveMatrices(a.mT, b.mT, { upper: !upper, unitriangular }).mT;
}
