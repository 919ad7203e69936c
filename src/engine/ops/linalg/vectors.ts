/** What `linalg` has for vectors, and for tensors along two dimensions. */
import { KindlingError } from "../../errors.ts";
import type { Tensor } from "../../tensor.ts";
import { diagonal as diagonalOf } from "../diagonals.ts";
import { arange } from "../creation.ts";
import { flip } from "../shape.ts";
import { cross as crossOf } from "../products.ts";
import { sum } from "../reductions.ts";
import type { Int } from "../types.ts";
import { unsqueeze } from "../views.ts";

/**
 * The vector product along a dimension of size 3.
 * @param input, other shapes that broadcast
 * @param options `dim`: default the last
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.cross.html
 * @api torch.linalg.cross
 */
export function cross(input: Tensor, other: Tensor, { dim = -1 }: { dim?: Int } = {}): Tensor {
  const [a, b] = [input.size(dim), other.size(dim)];
  if (a !== 3 || b !== 3) throw new KindlingError(`linalg.cross: inputs dimension ${dim} must have length 3. Got ${a} and ${b}`);
  return crossOf(input, other, dim);
}

/**
 * The diagonal of matrices, as a new last dimension (a view).
 * @param A [..., m, n]
 * @param options `offset`: how far above the main diagonal; `dim1`, `dim2`: which dimensions are rows and columns
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.diagonal.html
 * @api torch.linalg.diagonal
 */
export function diagonal(A: Tensor, { offset = 0, dim1 = -2, dim2 = -1 }: { offset?: Int; dim1?: Int; dim2?: Int } = {}): Tensor {
  return diagonalOf(A, offset, dim1, dim2);
}

/**
 * Scalar products of vectors along a dimension.
 * @param x, y shapes that broadcast
 * @param options `dim`: default the last
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.vecdot.html
 * @api torch.linalg.vecdot
 */
export function vecdot(x: Tensor, y: Tensor, { dim = -1 }: { dim?: Int } = {}): Tensor {
  return sum(x.mul(y), dim);
}

/**
 * The powers 0 … N − 1 of each element, from the lowest on.
 * @param x [..., n]
 * @param options `N`: how many; default n
 * @returns [..., n, N]
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.vander.html
 * @api torch.linalg.vander
 */
export function vander(x: Tensor, { N = null }: { N?: Int | null } = {}): Tensor {
  const count = N ?? x.shape.at(-1) ?? 1;
  if (count <= 1) throw new KindlingError("N must be greater than 1.");
  return powersOf(x, count);
}

/**
 * The powers of each element of a vector, from the highest down to 0.
 * @param x [n]
 * @param N how many; default n
 * @param increasing whether they start from the lowest
 * @returns [n, N]
 * @see https://pytorch.org/docs/stable/generated/torch.vander.html
 * @api torch.vander
 */
export function vanderOfVector(x: Tensor, N: Int | null = null, increasing = false): Tensor {
  if (x.shape.length !== 1) throw new KindlingError("x must be a one-dimensional tensor.");
  const count = N ?? x.shape[0]!;
  if (count < 0) throw new KindlingError("N must be non-negative.");
  const powers = powersOf(x, count);
  return increasing ? powers : flip(powers, [-1]);
}

function powersOf(x: Tensor, count: number): Tensor {
  return unsqueeze(x, -1).pow(arange(0, count).to(x.dtype));
}
