/** Matrices that have no inverse: rank, pseudoinverse, least squares. */
import { record, type Operation } from "../../autograd/node.ts";
import { longName } from "../../dtype.ts";
import { KindlingError } from "../../errors.ts";
import { tellOperation } from "../../instrument.ts";
import { broadcastShapes, numelOf } from "../../shape.ts";
import { Tensor } from "../../tensor.ts";
import { empty, eye } from "../creation.ts";
import { matmul } from "../matmul.ts";
import { namedTuple, type NamedTuple } from "../namedTuple.ts";
import { valuesOf } from "../reading.ts";
import { expand, squeeze, unsqueeze } from "../views.ts";
import { eigvalsh } from "./eigh.ts";
import { leadOf, Matrix, matricesOf, requireFinite, requireFloat, requireMatrix, requireSquare, stacked, wholes } from "./matrix.ts";
import { singularOf, svdvals, type Singular } from "./svd.ts";

const EPSILON = 2 ** -23;

export interface Tolerances {
  /** What counts as 0 at any rate. Default 0. */
  atol?: number | Tensor | null;
  /** The same as a share of the largest singular value. Default 2⁻²³ · max(m, n), or 0 where `atol` is given. */
  rtol?: number | Tensor | null;
}

/** For each matrix of a batch, which singular values count as 0: those that aren't larger. */
function thresholds(A: Tensor, largest: readonly number[], { atol, rtol }: Tolerances): number[] {
  const most = Math.max(...A.shape.slice(-2));
  const absolute = eachOf(atol ?? 0, A, largest.length);
  // Where nothing counts as 0 at any rate, a share does.
  const relative = rtol === null || rtol === undefined ? null : eachOf(rtol, A, largest.length);
  const shareOf = (i: number): number => relative?.[i] ?? (absolute[i]! > 0 ? 0 : EPSILON * most);
  return largest.map((value, i) => Math.max(absolute[i]!, shareOf(i) * value));
}

function eachOf(value: number | Tensor, A: Tensor, count: number): ArrayLike<number> {
  if (typeof value === "number") return new Float64Array(count).fill(value);
  return valuesOf(expand(value, broadcastShapes(value.shape, leadOf(A))));
}

/**
 * How many singular values of a matrix, or of each of a batch, aren't 0 within the tolerances.
 * @param A [..., m, n]
 * @param options `hermitian` says that A is symmetric, which takes less work
 * @returns [...] as int32
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.matrix_rank.html
 * @api torch.linalg.matrixRank
 */
export function matrixRank(A: Tensor, { atol = null, rtol = null, hermitian = false }: Tolerances & { hermitian?: boolean } = {}): Tensor {
  requireMatrix("torch.linalg.matrix_rank", A, "input");
  const values = (hermitian ? eigvalsh(A.detach()) : svdvals(A.detach())).abs();
  const k = values.shape.at(-1)!;
  const all = valuesOf(values);
  const lists = Array.from({ length: numelOf(leadOf(A)) }, (_, i) => [...all.subarray(i * k, (i + 1) * k)]);
  const zero = thresholds(
    A,
    lists.map((list) => Math.max(0, ...list)),
    { atol, rtol },
  );
  return wholes(
    "linalg.matrixRank",
    A,
    lists.map((list, i) => list.filter((value) => value > zero[i]!).length),
  );
}

// --- pseudoinverse --------------------------------------------------------------------------------------------------

const pinvOp: Operation = {
  name: "LinalgPinvBackward0",
  backward: (node, gradient) => [slopeOfPinv(node.saved(0), node.saved(1), gradient)],
};

/** −Pᵀ·dP·Pᵀ and, where A isn't square or has not full rank, what lies outside of its columns and rows. */
function slopeOfPinv(A: Tensor, P: Tensor, gradient: Tensor): Tensor {
  const [m, n] = A.shape.slice(-2) as [number, number];
  const direct = matmul(P.mT, matmul(gradient, P.mT)).neg();
  const outsideColumns = eye(m).sub(matmul(A, P));
  const outsideRows = eye(n).sub(matmul(P, A));
  const left = matmul(matmul(outsideColumns, gradient.mT), matmul(P, P.mT));
  const right = matmul(matmul(P.mT, P), matmul(gradient.mT, outsideRows));
  return direct.add(left).add(right);
}

/**
 * The pseudoinverse of Moore and Penrose of a matrix, or of each of a batch.
 * @param A [..., m, n]
 * @param options singular values within the tolerances count as 0; `hermitian` says that A is symmetric
 * @returns [..., n, m]
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.pinv.html
 * @api torch.linalg.pinv
 */
export function pinv(A: Tensor, { atol = null, rtol = null, hermitian = false }: Tolerances & { hermitian?: boolean } = {}): Tensor {
  if (A.shape.length < 2 || A.dtype !== "float32") {
    throw new KindlingError(
      `linalg.pinv(${longName(A.dtype)}{[${A.shape.join(", ")}]}): expected a tensor with 2 or more dimensions of float, double, cfloat or cdouble types`,
    );
  }
  if (hermitian) requireSquare("linalg.pinv", A);
  const matrices = matricesOf(A);
  requireFinite("linalg.svd", A, matrices);
  const found = matrices.map((matrix) => singularOf(matrix, false));
  const zero = thresholds(
    A,
    found.map(({ s }) => s[0] ?? 0),
    { atol, rtol },
  );
  const [m, n] = A.shape.slice(-2) as [number, number];
  const result = stacked(
    found.map((each, i) => solved(each, zero[i]!, Matrix.eye(m)).data),
    [...leadOf(A), n, m],
  );
  return record(pinvOp, result, [A], [A, result]);
}

/** V·diag(1/s)·Uᵀ·B, without the values that count as 0. */
function solved({ ut, s, vt }: Singular, zero: number, b: Matrix): Matrix {
  const x = new Matrix(vt.cols, b.cols);
  for (let k = 0; k < s.length; k++) {
    if (!(s[k]! > zero)) continue;
    for (let j = 0; j < b.cols; j++) {
      let share = 0;
      for (let i = 0; i < b.rows; i++) share += ut.at(k, i) * b.at(i, j);
      share /= s[k]!;
      for (let i = 0; i < x.rows; i++) x.data[i * x.cols + j]! += vt.at(k, i) * share;
    }
  }
  return x;
}

/**
 * The pseudoinverse by its older name.
 * @param rcond the share of the largest singular value up to which one counts as 0
 * @see https://pytorch.org/docs/stable/generated/torch.pinverse.html
 * @api torch.pinverse Tensor.pinverse
 */
export function pinverse(input: Tensor, rcond = 1e-15): Tensor {
  return pinv(input, { rtol: rcond });
}

// --- least squares --------------------------------------------------------------------------------------------------

export type LeastSquaresDriver = "gels" | "gelsy" | "gelsd" | "gelss";

const lstsqOp: Operation = {
  name: "LinalgLstsqBackward0",
  backward(node, gradient) {
    const [A, B] = [node.saved(0), node.saved(1)];
    const P = pinv(A);
    return [node.needs(0) ? slopeOfPinv(A, P, matmul(gradient, B.mT)) : null, node.needs(1) ? matmul(P.mT, gradient) : null];
  },
};

/**
 * X with the least ‖A·X − B‖ for each matrix of a batch; of several the one with the least ‖X‖.
 * @param A [..., m, n]
 * @param B [..., m, k], or [..., m] for one vector each
 * @param rcond the share of the largest singular value up to which one counts as 0. Default 2⁻²³ · max(m, n)
 * @param options `driver` only chooses which of the results are given, as in PyTorch: the same way leads to all of them
 * @returns `solution` [..., n, k]; `residuals` [..., k], where m > n and A has full rank, else empty; `rank` [...] as int32,
 *   empty with `"gels"`; `singularValues` [..., min(m, n)] with `"gelsd"` and `"gelss"`, else empty
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.lstsq.html
 * @api torch.linalg.lstsq
 */
export function lstsq(
  A: Tensor,
  B: Tensor,
  rcond: number | null = null,
  { driver = null }: { driver?: LeastSquaresDriver | null } = {},
): NamedTuple<["solution", "residuals", "rank", "singularValues"], Tensor> {
  const way = driver ?? "gelsy";
  requireEquations(A, B);
  const isVector = B.shape.length === A.shape.length - 1;
  const right = isVector ? unsqueeze(B, -1) : B;
  const lead = broadcastShapes(leadOf(A), leadOf(right));
  const [m, n] = A.shape.slice(-2) as [number, number];
  const [a, b] = [expand(A, [...lead, m, n]), expand(right, [...lead, ...right.shape.slice(-2)])];
  const { solution, found, ranks } = leastSquares(a, b, way === "gels" ? 0 : rcond);
  const residuals = m > n && way !== "gelsy" && ranks.every((rank) => rank === n) ? residualsOf(a, solution, b, isVector) : empty([0]);
  return namedTuple(
    "linalg_lstsq",
    ["solution", "residuals", "rank", "singularValues"],
    [
      isVector ? squeeze(solution, -1) : solution,
      residuals,
      way === "gels" ? empty([0], { dtype: "int32" }) : wholes("linalg.lstsq", a, ranks),
      way === "gelsd" || way === "gelss"
        ? tellOperation(
            "linalg.lstsq",
            [a],
            stacked(
              found.map(({ s }) => s),
              [...lead, Math.min(m, n)],
            ),
          )
        : empty([0]),
    ],
  );
}

function leastSquares(A: Tensor, B: Tensor, rcond: number | null): { solution: Tensor; found: Singular[]; ranks: number[] } {
  const matrices = matricesOf(A);
  requireFinite("linalg.lstsq", A, matrices);
  const found = matrices.map((matrix) => singularOf(matrix, false));
  const zero = thresholds(
    A,
    found.map(({ s }) => s[0] ?? 0),
    { rtol: rcond },
  );
  const right = matricesOf(B);
  const shape = [...leadOf(B), A.shape.at(-1)!, B.shape.at(-1)!];
  const solution = stacked(
    found.map((each, i) => solved(each, zero[i]!, right[i]!).data),
    shape,
  );
  const ranks = found.map(({ s }, i) => s.filter((value) => value > zero[i]!).length);
  return { solution: record(lstsqOp, solution, [A, B], [A, B]), found, ranks };
}

function residualsOf(A: Tensor, X: Tensor, B: Tensor, isVector: boolean): Tensor {
  const squares = matmul(A, X).sub(B).square().sum(-2);
  return isVector ? squeeze(squares, -1) : squares;
}

function requireEquations(A: Tensor, B: Tensor): void {
  const name = "torch.linalg.lstsq";
  if (A.shape.length < 2) throw new KindlingError(`${name}: input must have at least 2 dimensions.`);
  if (B.shape.length < 1) throw new KindlingError(`${name}: other must have at least 1 dimension.`);
  requireFloat(name, A);
  requireFloat(name, B);
  const difference = A.shape.length - B.shape.length;
  if (difference < 0 || difference > 1) {
    throw new KindlingError(`${name}: input.dim() must be greater or equal to other.dim() and (input.dim() - other.dim()) <= 1`);
  }
  const dim = difference === 1 ? -1 : -2;
  if (A.shape.at(-2) !== B.shape.at(dim)) throw new KindlingError(`${name}: input.size(-2) should match other.size(${dim})`);
}
