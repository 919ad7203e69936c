/** Linear equations between tensors, whose dimensions are gathered into those of matrices. */
import { KindlingError } from "../../errors.ts";
import { numelOf, wrapDim } from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";
import type { Int, Size } from "../types.ts";
import { flatten, permute, reshape } from "../views.ts";
import { inv, solve } from "./inverse.ts";

function requireEven(first: number, rest: number, places: string): void {
  if (first === rest) return;
  throw new KindlingError(`Expected self to satisfy the requirement prod(self.shape[${places}:]) == prod(self.shape[:${places}]), but got ${rest} != ${first}`);
}

/**
 * The inverse of a tensor as a map: `tensordot(tensorinv(A, ind), A, ind)` is the identity.
 * @param A the product of its first `ind` sizes is that of the others
 * @returns [A.shape[ind:], A.shape[:ind]]
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.tensorinv.html
 * @api torch.linalg.tensorinv
 */
export function tensorinv(A: Tensor, ind: Int = 2): Tensor {
  if (!(ind > 0)) throw new KindlingError(`Expected a strictly positive integer for 'ind', but got ${ind}`);
  const [first, rest] = [A.shape.slice(0, ind), A.shape.slice(ind)];
  requireEven(numelOf(first), numelOf(rest), "ind");
  return reshape(inv(reshape(A, [numelOf(first), numelOf(rest)])), [...rest, ...first]);
}

/**
 * X of `tensordot(A, X, X.ndim)` = B.
 * @param A [B.shape, X.shape], after the dimensions `dims` went to its end
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.tensorsolve.html
 * @api torch.linalg.tensorsolve
 */
export function tensorsolve(A: Tensor, B: Tensor, dims: Size | null = null): Tensor {
  const last = (typeof dims === "number" ? [dims] : (dims ?? [])).map((dim) => wrapDim(dim, A.shape.length));
  const order = A.shape.map((_, i) => i).filter((i) => !last.includes(i));
  const arranged = last.length > 0 ? permute(A, [...order, ...last]) : A;
  const [first, rest] = [arranged.shape.slice(0, B.shape.length), arranged.shape.slice(B.shape.length)];
  requireEven(numelOf(first), numelOf(rest), "other.ndim");
  return reshape(solve(reshape(arranged, [numelOf(first), numelOf(rest)]), flatten(B)), rest);
}
