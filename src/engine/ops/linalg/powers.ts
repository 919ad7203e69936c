/** Products of many matrices: powers, chains, the exponential. */
import { record, type Operation } from "../../autograd/node.ts";
import { KindlingError } from "../../errors.ts";
import type { Tensor } from "../../tensor.ts";
import { eye, zerosLike } from "../creation.ts";
import { cat } from "../join.ts";
import { matmul } from "../matmul.ts";
import type { Int } from "../types.ts";
import { expand, narrow, squeeze, unsqueeze } from "../views.ts";
import { factored, solveFactored } from "./factors.ts";
import { inv } from "./inverse.ts";
import { Matrix, matricesOf, requireFloat, requireSquare, stacked } from "./matrix.ts";

/**
 * A square matrix, or each of a batch, to a whole power; a negative one is that of the inverse.
 * @param A [..., n, n]
 * @throws LinAlgError for a negative power of a singular matrix
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.matrix_power.html
 * @api torch.linalg.matrixPower
 */
export function matrixPower(A: Tensor, n: Int): Tensor {
  requireSquare("linalg.matrix_power", A);
  if (n < 0) return matrixPower(inv(A), -n);
  if (n === 0) return expand(eye(A.shape.at(-1)!), A.shape).clone();
  let result: Tensor | null = null;
  let square = A;
  for (let rest = n; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = result === null ? square : matmul(result, square);
    if (rest > 1) square = matmul(square, square);
  }
  return result!;
}

/**
 * `linalg.matrixPower` by its older name.
 * @param input [..., n, n]
 * @see https://pytorch.org/docs/stable/generated/torch.matrix_power.html
 * @api torch.matrixPower Tensor.matrixPower
 */
export function powerOfMatrices(input: Tensor, n: Int): Tensor {
  return matrixPower(input, n);
}

/**
 * The product of two or more matrices, multiplied in the order that takes the fewest steps. The first and the last may be
 * vectors: a row and a column.
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.multi_dot.html
 * @api torch.linalg.multiDot
 */
export function multiDot(tensors: readonly Tensor[]): Tensor {
  const count = tensors.length;
  if (count < 2) throw new KindlingError(`multi_dot(): expected at least 2 tensors but got ${count}`);
  const [isRow, isColumn] = [tensors[0]!.shape.length === 1, tensors[count - 1]!.shape.length === 1];
  const matrices = tensors.map((each, i) => (i === 0 && isRow ? unsqueeze(each, 0) : i === count - 1 && isColumn ? unsqueeze(each, -1) : each));
  requireChain(tensors, matrices);
  const sizes = [matrices[0]!.shape[0]!, ...matrices.map((each) => each.shape[1]!)];
  const cuts = bestCuts(sizes);
  const product = (from: number, to: number): Tensor => {
    if (from === to) return matrices[from]!;
    const cut = cuts[from]![to]!;
    return matmul(product(from, cut), product(cut + 1, to));
  };
  const result = product(0, count - 1);
  const column = isColumn ? squeeze(result, 1) : result;
  return isRow ? squeeze(column, 0) : column;
}

function requireChain(tensors: readonly Tensor[], matrices: readonly Tensor[]): void {
  const last = tensors.length - 1;
  matrices.forEach((each, i) => {
    if (each.shape.length === 2) return;
    const rank = tensors[i]!.shape.length;
    if (i !== 0 && i !== last) throw new KindlingError(`multi_dot(): tensor ${i} must be 2D but got ${rank}D`);
    throw new KindlingError(`multi_dot(): the ${i === 0 ? "first" : "last"} tensor must be 1D or 2D but got ${rank}D`);
  });
  matrices.slice(1).forEach((each, i) => {
    if (matrices[i]!.shape[1] === each.shape[0]) return;
    const text = (k: number): string => `[${tensors[k]!.shape.join(", ")}]`;
    throw new KindlingError(`multi_dot(): tensors ${i} and ${i + 1} with shapes ${text(i)} and ${text(i + 1)} cannot be multiplied`);
  });
}

/** After which matrix the product from one to another is best cut in two. */
function bestCuts(sizes: readonly number[]): number[][] {
  const count = sizes.length - 1;
  const table = (): number[][] => Array.from({ length: count }, () => new Array<number>(count).fill(0));
  const [costs, cuts] = [table(), table()];
  for (let length = 1; length < count; length++) {
    for (let from = 0; from + length < count; from++) {
      const to = from + length;
      costs[from]![to] = Infinity;
      for (let cut = from; cut < to; cut++) {
        const cost = costs[from]![cut]! + costs[cut + 1]![to]! + sizes[from]! * sizes[cut + 1]! * sizes[to + 1]!;
        if (cost < costs[from]![to]!) [costs[from]![to], cuts[from]![to]] = [cost, cut];
      }
    }
  }
  return cuts;
}

// --- exponential ----------------------------------------------------------------------------------------------------

const matrixExpOp: Operation = {
  name: "LinalgMatrixExpBackward0",
  /** The upper right part of exp [[Aᵀ, dE], [0, Aᵀ]]. */
  backward(node, gradient) {
    const turned = node.saved(0).mT;
    const n = turned.shape.at(-1)!;
    const whole = cat([cat([turned, gradient], -1), cat([zerosLike(turned), turned], -1)], -2);
    return [narrow(narrow(matrixExp(whole), -2, 0, n), -1, n, n)];
  },
};

/**
 * The exponential Σ Aᵏ/k! of a square matrix, or of each of a batch.
 * @param A [..., n, n]
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.matrix_exp.html
 * @api torch.linalg.matrixExp
 */
export function matrixExp(A: Tensor): Tensor {
  requireSquare("linalg.matrix_exp", A);
  requireFloat("linalg.matrix_exp", A);
  return record(
    matrixExpOp,
    stacked(
      matricesOf(A).map((matrix) => exponential(matrix).data),
      A.shape,
    ),
    [A],
    [A],
  );
}

/**
 * `linalg.matrixExp` by its older name.
 * @param input [..., n, n]
 * @see https://pytorch.org/docs/stable/generated/torch.matrix_exp.html
 * @api torch.matrixExp Tensor.matrixExp
 */
export function exponentialOfMatrices(input: Tensor): Tensor {
  return matrixExp(input);
}

/** Padé's approximation of degree 6 for a matrix made so small that it is exact, squared as often as that was halved. */
function exponential(matrix: Matrix): Matrix {
  const n = matrix.rows;
  const largest = Math.max(
    0,
    ...Array.from({ length: n }, (_, i) => matrix.data.subarray(i * n, (i + 1) * n).reduce((total, value) => total + Math.abs(value), 0)),
  );
  const halvings = largest > 0.5 && Number.isFinite(largest) ? Math.ceil(Math.log2(largest)) + 1 : 0;
  const small = new Matrix(
    n,
    n,
    matrix.data.map((value) => value / 2 ** halvings),
  );
  let [power, factor] = [Matrix.eye(n), 1];
  const [above, below] = [Matrix.eye(n), Matrix.eye(n)];
  for (let k = 1; k <= DEGREE; k++) {
    factor *= (DEGREE - k + 1) / (k * (2 * DEGREE - k + 1));
    power = power.times(small);
    const sign = k % 2 === 0 ? 1 : -1;
    power.data.forEach((value, i) => {
      above.data[i]! += factor * value;
      below.data[i]! += sign * factor * value;
    });
  }
  let result = solveFactored(factored(below), above);
  for (let k = 0; k < halvings; k++) result = result.times(result);
  return result;
}

const DEGREE = 6;
