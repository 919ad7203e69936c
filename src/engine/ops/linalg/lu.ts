/** The LU decomposition, and equations with its factors. */
import { recordMany, type Operation } from "../../autograd/node.ts";
import { filled } from "../../dtype.ts";
import { KindlingError } from "../../errors.ts";
import { tellOperation } from "../../instrument.ts";
import type { Tensor } from "../../tensor.ts";
import { diagEmbed } from "../diagonals.ts";
import { fromTypedArray, ones, zeros } from "../creation.ts";
import { cat } from "../join.ts";
import { tril, triu } from "../triangular.ts";
import { matmul } from "../matmul.ts";
import { namedTuple, type NamedTuple } from "../namedTuple.ts";
import { valuesOf } from "../reading.ts";
import { narrow } from "../views.ts";
import { factored, type Factored } from "./factors.ts";
import { leadOf, Matrix, matricesOf, requireFloat, requireMatrix, stacked, wholes } from "./matrix.ts";
import { solveTriangular } from "./triangular.ts";

/** Which row of A is which row of L·U. */
function orderOf(swaps: ArrayLike<number>, rows: number): number[] {
  const order = Array.from({ length: rows }, (_, i) => i);
  for (let k = 0; k < swaps.length; k++) [order[k], order[swaps[k]!]] = [order[swaps[k]!]!, order[k]!];
  return order;
}

/** P of A = P·L·U. */
function permutation(swaps: ArrayLike<number>, rows: number): Matrix {
  const result = new Matrix(rows, rows);
  orderOf(swaps, rows).forEach((row, i) => (result.data[row * rows + i] = 1));
  return result;
}

function factorsOf(name: string, A: Tensor, pivot: boolean): Factored[] {
  if (A.shape.length < 2) throw new KindlingError(`${name}: Expected tensor with 2 or more dimensions. Got size: [${A.shape.join(", ")}] instead`);
  requireFloat(name, A);
  if (!pivot) throw new KindlingError(`${name}: LU without pivoting is not implemented on the CPU`);
  return matricesOf(A).map(factored);
}

/** [..., m, k] with ones on the diagonal, and [..., k, n]. */
function trianglesOf(LU: Tensor): { L: Tensor; U: Tensor } {
  const [m, n] = LU.shape.slice(-2) as [number, number];
  const k = Math.min(m, n);
  const below = tril(narrow(LU, -1, 0, k), -1);
  const unit = diagEmbed(ones([...leadOf(LU), k]));
  const one = m > k ? cat([unit, zeros([...leadOf(LU), m - k, k])], -2) : unit;
  return { L: below.add(one), U: triu(narrow(LU, -2, 0, k)) };
}

// --- gradients ------------------------------------------------------------------------------------------------------

const luOp: Operation = {
  name: "LinalgLuBackward0",
  backward(node, ...gradients: (Tensor | null)[]) {
    const [P, L, U] = [node.saved(0), node.saved(1), node.saved(2)];
    return [gradientOf(P, L, U, gradients[0] ?? zeros(L.shape), gradients[1] ?? zeros(U.shape))];
  },
};

const luFactorOp: Operation = {
  name: "LinalgLuFactorExBackward0",
  backward(node, gradient) {
    const { L, U } = trianglesOf(node.saved(1));
    const k = U.shape.at(-2)!;
    return [gradientOf(node.saved(0), L, U, narrow(gradient, -1, 0, k), narrow(gradient, -2, 0, k))];
  },
};

/** P·L⁻ᵀ·[tril(Lᵀ·dL, −1) + triu(dU·Uᵀ)]·U⁻ᵀ of the square part; what a tall L or a wide U has besides hangs on it. */
function gradientOf(P: Tensor, L: Tensor, U: Tensor, gradientL: Tensor, gradientU: Tensor): Tensor {
  const [m, n, k] = [L.shape.at(-2)!, U.shape.at(-1)!, U.shape.at(-2)!];
  const [L1, U1] = [narrow(L, -2, 0, k), narrow(U, -1, 0, k)];
  let [ofL, ofU] = [narrow(gradientL, -2, 0, k), narrow(gradientU, -1, 0, k)];
  const parts: Tensor[] = [];
  if (m > k) {
    const rest = solveTriangular(U1.mT, narrow(gradientL, -2, k, m - k), { upper: false, left: false });
    ofU = ofU.sub(matmul(narrow(L, -2, k, m - k).mT, rest));
    parts.push(rest);
  }
  if (n > k) {
    const rest = solveTriangular(L1.mT, narrow(gradientU, -1, k, n - k), { upper: true, unitriangular: true });
    ofL = ofL.sub(matmul(rest, narrow(U, -1, k, n - k).mT));
    parts.push(rest);
  }
  const inner = tril(matmul(L1.mT, ofL), -1).add(triu(matmul(ofU, U1.mT)));
  const half = solveTriangular(L1.mT, inner, { upper: true, unitriangular: true });
  const square = solveTriangular(U1.mT, half, { upper: false, left: false });
  return matmul(P, cat([square, ...parts], m > k ? -2 : -1));
}

// --- decompositions -------------------------------------------------------------------------------------------------

/**
 * A = P·L·U for each matrix of a batch, with the largest pivot of each column.
 * @param A [..., m, n]
 * @param options `pivot` false isn't available, as on PyTorch's CPU
 * @returns `P` [..., m, m], `L` [..., m, k] with ones on its diagonal, `U` [..., k, n], k the smaller of m and n
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.lu.html
 * @api torch.linalg.lu
 */
export function lu(A: Tensor, { pivot = true }: { pivot?: boolean } = {}): NamedTuple<["P", "L", "U"], Tensor> {
  const factors = factorsOf("linalg.lu", A, pivot);
  const m = A.shape.at(-2)!;
  const P = permutationsOf(
    factors.map(({ swaps }) => swaps),
    [...leadOf(A), m, m],
  );
  const { L, U } = trianglesOf(
    stacked(
      factors.map((each) => each.lu.data),
      A.shape,
    ),
  );
  recordMany(luOp, [L, U], [A], [P, L, U]);
  tellOperation("linalg.lu", [A], P);
  return namedTuple("linalg_lu", ["P", "L", "U"], [P, L, U]);
}

function permutationsOf(swaps: readonly ArrayLike<number>[], shape: readonly number[]): Tensor {
  return stacked(
    swaps.map((each) => permutation(each, shape.at(-1)!).data),
    shape,
  );
}

/**
 * L and U of `linalg.lu` in one matrix (L's ones aren't in it), for `linalg.luSolve`.
 * @param A [..., m, n]
 * @returns `LU` [..., m, n], `pivots` [..., min(m, n)] as int32: with which row, counted from 1, each changed places
 * @throws KindlingError where U has a 0 on its diagonal
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.lu_factor.html
 * @api torch.linalg.luFactor
 */
export function luFactor(A: Tensor, { pivot = true }: { pivot?: boolean } = {}): NamedTuple<["LU", "pivots"], Tensor> {
  const { LU, pivots } = luFactorEx(A, { pivot, checkErrors: true });
  return namedTuple("linalg_lu_factor", ["LU", "pivots"], [LU, pivots]);
}

/**
 * `luFactor`, and which of U's diagonal is the first 0 (0 where none is): no error for it unless `checkErrors` is true.
 * @returns `LU`, `pivots`, `info` [...] as int32
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.lu_factor_ex.html
 * @api torch.linalg.luFactorEx
 */
export function luFactorEx(
  A: Tensor,
  { pivot = true, checkErrors = false }: { pivot?: boolean; checkErrors?: boolean } = {},
): NamedTuple<["LU", "pivots", "info"], Tensor> {
  const factors = factorsOf("linalg.lu_factor", A, pivot);
  const info = factors.map(({ firstZero }) => firstZero);
  const zero = info.find((place) => place > 0);
  if (checkErrors && zero !== undefined) {
    throw new KindlingError(
      `torch.linalg.lu_factor: U[${zero},${zero}] is zero and using it on lu_solve would result in a division by zero. If you still want to perform the factorization, consider calling linalg.lu(A, pivot) or linalg.lu_factor_ex(A, pivot)`,
    );
  }
  const [m, n] = A.shape.slice(-2) as [number, number];
  const LU = stacked(
    factors.map((each) => each.lu.data),
    A.shape,
  );
  const P = permutationsOf(
    factors.map(({ swaps }) => swaps),
    [...leadOf(A), m, m],
  );
  recordMany(luFactorOp, [LU], [A], [P, LU]);
  const each = Math.min(m, n);
  const counted = filled(new Int32Array(factors.length * each), (i) => factors[Math.floor(i / each)]!.swaps[i % each]! + 1);
  const pivots = tellOperation("linalg.luFactor", [A], fromTypedArray(counted, [...leadOf(A), each]));
  return namedTuple("linalg_lu_factor_ex", ["LU", "pivots", "info"], [LU, pivots, wholes("linalg.luFactor", A, info)]);
}

/**
 * X of A·X = B (of X·A = B where `left` is false), given what `luFactor` gave for A.
 * @param LU [..., n, n]
 * @param pivots [..., n]
 * @param B [..., n, k]
 * @param options with `adjoint` Aᵀ stands in place of A
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.lu_solve.html
 * @api torch.linalg.luSolve
 */
export function luSolve(LU: Tensor, pivots: Tensor, B: Tensor, { left = true, adjoint = false }: { left?: boolean; adjoint?: boolean } = {}): Tensor {
  if (!left) return luSolve(LU, pivots, B.mT, { adjoint: !adjoint }).mT;
  requireMatrix("linalg.lu_solve", LU, "LU");
  const n = LU.shape.at(-1)!;
  const swaps = valuesOf(pivots).map((row) => row - 1);
  const P = permutationsOf(
    Array.from({ length: swaps.length / n }, (_, i) => swaps.subarray(i * n, (i + 1) * n)),
    LU.shape,
  );
  const lower = { upper: false, unitriangular: true };
  if (!adjoint) return solveTriangular(LU, solveTriangular(LU, matmul(P.mT, B), lower), { upper: true });
  return matmul(P, solveTriangular(LU.mT, solveTriangular(LU.mT, B, { upper: false }), { upper: true, unitriangular: true }));
}
