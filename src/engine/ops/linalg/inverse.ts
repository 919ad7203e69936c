/** Inverses and linear equations. */
import { record, type Operation } from "../../autograd/node.ts";
import { ShapeError } from "../../errors.ts";
import { broadcastShapes } from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";
import { matmul } from "../matmul.ts";
import { namedTuple, type NamedTuple } from "../namedTuple.ts";
import { expand, squeeze, unsqueeze } from "../views.ts";
import { factored, solveFactored, type Factored } from "./factors.ts";
import { failure, leadOf, Matrix, matricesOf, requireFloat, requireSquare, stacked, wholes } from "./matrix.ts";

// --- inverse --------------------------------------------------------------------------------------------------------

const inverseOp: Operation = {
  name: "LinalgInvExBackward0",
  backward(node, gradient) {
    const inverse = node.saved(0).mT;
    return [matmul(inverse, matmul(gradient, inverse)).neg()];
  },
};

/** The inverse of each matrix, infinities where there is none. */
export function uncheckedInverse(A: Tensor): { inverse: Tensor; factors: Factored[] } {
  const factors = matricesOf(A).map(factored);
  const parts = factors.map((each) => solveFactored(each, Matrix.eye(each.lu.rows)).data);
  const inverse = stacked(parts, A.shape);
  return { inverse: record(inverseOp, inverse, [A], [inverse]), factors };
}

/**
 * The inverse of a square matrix, or of each of a batch.
 * @param A [..., n, n]
 * @throws LinAlgError where a matrix is singular
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.inv.html
 * @api torch.linalg.inv
 */
export function inv(A: Tensor): Tensor {
  const { inverse } = checkedInverse("linalg.inv", A, true);
  return inverse;
}

/**
 * `linalg.inv` by its older name.
 * @param input [..., n, n]
 * @throws LinAlgError where a matrix is singular
 * @see https://pytorch.org/docs/stable/generated/torch.inverse.html
 * @api torch.inverse Tensor.inverse
 */
export function inverse(input: Tensor): Tensor {
  return inv(input);
}

/**
 * The inverse, and which of U's diagonal in the LU decomposition is the first 0 (0 where none is): no error for a singular
 * matrix unless `checkErrors` is true.
 * @param A [..., n, n]
 * @returns `inverse` [..., n, n], `info` [...] as int32
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.inv_ex.html
 * @api torch.linalg.invEx
 */
export function invEx(A: Tensor, { checkErrors = false }: { checkErrors?: boolean } = {}): NamedTuple<["inverse", "info"], Tensor> {
  const { inverse, factors } = checkedInverse("linalg.inv_ex", A, checkErrors);
  return namedTuple(
    "linalg_inv_ex",
    ["inverse", "info"],
    [
      inverse,
      wholes(
        "linalg.inv",
        A,
        factors.map(({ firstZero }) => firstZero),
      ),
    ],
  );
}

function checkedInverse(name: string, A: Tensor, checkErrors: boolean): { inverse: Tensor; factors: Factored[] } {
  requireSquare(name, A);
  requireFloat(name, A);
  const result = uncheckedInverse(A);
  const place = result.factors.findIndex(({ firstZero }) => firstZero > 0);
  if (place < 0 || !checkErrors) return result;
  const element = result.factors[place]!.firstZero;
  throw failure(name, A, place, `The diagonal element ${element} is zero, the inversion could not be completed because the input matrix is singular.`);
}

// --- equations ------------------------------------------------------------------------------------------------------

const solveOp: Operation = {
  name: "LinalgSolveExBackward0",
  backward(node, gradient) {
    const gradientB = solveMatrices(node.saved(0).mT, gradient).solution;
    return [node.needs(0) ? matmul(gradientB, node.saved(1).mT).neg() : null, node.needs(1) ? gradientB : null];
  },
};

/** A and B have the same leading dimensions. */
function solveMatrices(A: Tensor, B: Tensor): { solution: Tensor; factors: Factored[] } {
  const factors = matricesOf(A).map(factored);
  const right = matricesOf(B);
  const solution = stacked(
    factors.map((each, i) => solveFactored(each, right[i]!).data),
    B.shape,
  );
  return { solution: record(solveOp, solution, [A, B], [A, solution]), factors };
}

/**
 * X of A·X = B for each matrix of a batch (of X·A = B where `left` is false). B may be a vector for each matrix.
 * @param A [..., n, n]
 * @param B [..., n] or [..., n, k]; leading dimensions broadcast
 * @throws LinAlgError where a matrix is singular
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.solve.html
 * @api torch.linalg.solve
 */
export function solve(A: Tensor, B: Tensor, { left = true }: { left?: boolean } = {}): Tensor {
  return solveEx(A, B, { left, checkErrors: true }).result;
}

/**
 * `solve`, and which of U's diagonal in the LU decomposition is the first 0 (0 where none is): no error for a singular
 * matrix unless `checkErrors` is true.
 * @returns `result` as B, `info` [...] as int32
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.solve_ex.html
 * @api torch.linalg.solveEx
 */
export function solveEx(
  A: Tensor,
  B: Tensor,
  { left = true, checkErrors = false }: { left?: boolean; checkErrors?: boolean } = {},
): NamedTuple<["result", "info"], Tensor> {
  requireSquare("linalg.solve", A);
  requireFloat("linalg.solve", A);
  requireFloat("linalg.solve", B);
  const isVector = B.shape.length === 1 || (B.shape.length === A.shape.length - 1 && B.shape.every((size, i) => size === A.shape[i]));
  const [a, b] = alike("linalg.solve", A, isVector ? unsqueeze(B, -1) : B, left);
  const { solution, factors } = left ? solveMatrices(a, b) : solveMatrices(a.mT, b.mT);
  const place = factors.findIndex(({ firstZero }) => firstZero > 0);
  if (checkErrors && place >= 0) throw failure("torch.linalg.solve", a, place, "The solver failed because the input matrix is singular.");
  const result = left ? solution : solution.mT;
  return namedTuple(
    "linalg_solve_ex",
    ["result", "info"],
    [
      isVector ? squeeze(result, -1) : result,
      wholes(
        "linalg.solve",
        a,
        factors.map(({ firstZero }) => firstZero),
      ),
    ],
  );
}

/** Both expanded to the same leading dimensions. @throws ShapeError where they don't make an equation */
export function alike(name: string, A: Tensor, B: Tensor, left: boolean): [A: Tensor, B: Tensor] {
  const [m, n] = A.shape.slice(-2);
  const [rows, cols] = B.shape.slice(-2);
  if ((left ? rows : cols) !== (left ? m : n)) {
    throw new ShapeError(
      `${name}: Incompatible shapes of A and B for the equation ${left ? "AX = B" : "XA = B"} (${m}x${n} and ${rows}x${cols})`,
      A.shape,
      B.shape,
    );
  }
  const lead = broadcastShapes(leadOf(B), leadOf(A));
  return [expand(A, [...lead, m!, n!]), expand(B, [...lead, rows!, cols!])];
}
