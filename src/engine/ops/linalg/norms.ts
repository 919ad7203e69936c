/** Norms of vectors and matrices, and the condition number. */
import { KindlingError } from "../../errors.ts";
import { wrapDim, wrapDims } from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";
import { longName, type DTypeName } from "../../dtype.ts";
import { where } from "../where.ts";
import { movedim, select, unsqueeze } from "../views.ts";
import { amax, amin } from "../extremes.ts";
import { inType } from "../internal/reduce.ts";
import { sum } from "../reductions.ts";
import { vectorNorm } from "../vectorNorm.ts";
import type { Size } from "../types.ts";
import { invEx } from "./inverse.ts";
import { requireFloat, requireMatrix, requireSquare } from "./matrix.ts";
import { svdvals } from "./svd.ts";

/** Of a matrix: Frobenius', the sum of its singular values, or what it does to vectors in their 1-, 2- or ∞-norm. */
export type MatrixOrder = "fro" | "nuc" | number;

/**
 * The norm of matrices.
 * @param A [..., m, n]
 * @param ord `"fro"`: root of the sum of squares; `"nuc"`: sum of the singular values; ±2: largest or smallest singular
 *   value; ±1: largest or smallest sum of |column|; ±∞: of |row|
 * @param dim which two dimensions are rows and columns
 * @param keepdim whether they stay with size 1
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.matrix_norm.html
 * @api torch.linalg.matrixNorm
 */
export function matrixNorm(
  A: Tensor,
  ord: MatrixOrder = "fro",
  dim: Size = [-2, -1],
  keepdim = false,
  { dtype = null }: { dtype?: DTypeName | null } = {},
): Tensor {
  const name = "linalg.matrix_norm";
  requireMatrix(name, A);
  requireFloat(name, A);
  const input = inType(A, dtype);
  if (input.dtype !== "float32") throw new KindlingError(`${name}: dtype should be floating point or complex, but got ${longName(input.dtype)}`);
  const dims = typeof dim === "number" ? [dim] : dim;
  if (dims.length !== 2) throw new KindlingError(`${name}: dim must be a 2-tuple. Got ${dims.join(" ")}`);
  const [rows, cols] = dims.map((each) => wrapDim(each, input.shape.length)) as [number, number];
  if (rows === cols) throw new KindlingError(`${name}: dims must be different. Got (${dims.join(", ")})`);
  if (ord === "fro") return vectorNorm(input, 2, [rows, cols], keepdim);
  if (ord === "nuc" || Math.abs(ord as number) === 2) return ofSingularValues(input, ord as "nuc" | number, rows, cols, keepdim);
  const size = typeof ord === "number" ? Math.abs(ord) : NaN;
  if (size !== 1 && size !== Infinity) throw new KindlingError(`${name}: Order ${orderText(ord)} not supported.`);
  const [summed, compared] = size === 1 ? [rows, cols] : [cols, rows];
  const extreme = (ord as number) > 0 ? amax : amin;
  const sums = sum(input.abs(), summed, keepdim);
  return extreme(sums, keepdim || compared < summed ? compared : compared - 1, keepdim);
}

const orderText = (ord: unknown): string => (ord === Infinity ? "inf" : ord === -Infinity ? "-inf" : String(ord));

function ofSingularValues(input: Tensor, ord: "nuc" | number, rows: number, cols: number, keepdim: boolean): Tensor {
  const values = svdvals(movedim(input, [rows, cols], [-2, -1]));
  const result = ord === "nuc" ? sum(values, -1) : (ord > 0 ? amax : amin)(values, -1);
  return keepdim ? wrapDims([rows, cols], input.shape.length).reduce((kept, dim) => unsqueeze(kept, dim), result) : result;
}

/**
 * The norm of vectors or matrices: of a matrix where `dim` are two dimensions, or where `ord` is given for a matrix without
 * `dim`; else `vectorNorm`.
 * @param A any shape
 * @param ord see `vectorNorm` and `matrixNorm`. Default: root of the sum of squares
 * @param dim one dimension, or two for matrices; default all
 * @param keepdim whether they stay with size 1
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.norm.html
 * @api torch.linalg.norm
 */
export function norm(
  A: Tensor,
  ord: MatrixOrder | null = null,
  dim: Size | null = null,
  keepdim = false,
  { dtype = null }: { dtype?: DTypeName | null } = {},
): Tensor {
  const dims = typeof dim === "number" ? [dim] : dim;
  if (dims !== null && dims.length !== 1 && dims.length !== 2) {
    throw new KindlingError(`linalg.norm: If dim is specified, it must be of length 1 or 2. Got [${dims.join(", ")}]`);
  }
  if (ord === null) return vectorNorm(A, 2, dims, keepdim, { dtype });
  const rank = A.shape.length;
  if (dims === null && rank !== 1 && rank !== 2) {
    throw new KindlingError(`linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got ${rank}D.`);
  }
  if (typeof ord === "string" || (dims ?? A.shape).length === 2) return matrixNorm(A, ord, dims ?? [-2, -1], keepdim, { dtype });
  return vectorNorm(A, ord, dims, keepdim, { dtype });
}

/**
 * How much a matrix, or each of a batch, may enlarge relative errors: ‖A‖·‖A⁻¹‖; infinite for a singular one.
 * @param A [..., n, n]; for `p` null, 2 and −2 [..., m, n]
 * @param p the norm, as in `matrixNorm`. Default 2: the largest singular value by the smallest
 * @returns [...]
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.cond.html
 * @api torch.linalg.cond
 */
export function cond(A: Tensor, p: MatrixOrder | null = null): Tensor {
  if (A.shape.length < 2) throw new KindlingError("linalg.cond: The input tensor must have at least 2 dimensions.");
  if (p === null || p === 2 || p === -2) {
    const values = svdvals(A);
    const [largest, smallest] = [select(values, -1, 0), select(values, -1, -1)];
    return p === -2 ? smallest.div(largest) : largest.div(smallest);
  }
  if (typeof p === "number" && Math.abs(p) !== 1 && Math.abs(p) !== Infinity) {
    throw new KindlingError(`linalg.cond got an invalid norm type: ${p}`);
  }
  requireSquare(`linalg.cond(ord=${orderText(p)})`, A);
  const { inverse, info } = invEx(A);
  const result = matrixNorm(A, p).mul(matrixNorm(finite(inverse), p));
  return where(info.eq(0), result, Infinity);
}

/** What isn't a number has no norm; `cond` doesn't ask for it. */
function finite(inverse: Tensor): Tensor {
  return where(inverse.isfinite(), inverse, 0);
}
