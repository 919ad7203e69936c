/** Whether whole tensors are alike. */
import { broadcastShapes, sameShape } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { toTypedArray } from "./reading.ts";

/**
 * Whether two tensors have the same shape and the same values.
 * @see https://pytorch.org/docs/stable/generated/torch.equal.html
 * @api torch.equal Tensor.equal
 */
export function equal(input: Tensor, other: Tensor): boolean {
  if (!sameShape(input.shape, other.shape)) return false;
  const left = toTypedArray(input);
  const right = toTypedArray(other);
  return left.every((value, i) => value === right[i]);
}

/**
 * Whether |input − other| ≤ atol + rtol·|other| everywhere; the two are broadcast.
 * @param equalNan whether NaN is close to NaN
 * @see https://pytorch.org/docs/stable/generated/torch.allclose.html
 * @api torch.allclose Tensor.allclose
 */
export function allclose(input: Tensor, other: Tensor, rtol = 1e-5, atol = 1e-8, equalNan = false): boolean {
  const shape = broadcastShapes(input.shape, other.shape);
  const left = toTypedArray(input.expand(shape));
  const right = toTypedArray(other.expand(shape));
  const isClose = (a: number, b: number): boolean =>
    a === b || Math.abs(a - b) <= atol + rtol * Math.abs(b) || (equalNan && Number.isNaN(a) && Number.isNaN(b));
  return left.every((value, i) => isClose(value, right[i]!));
}
