/** Undoing broadcasting: the gradient of an operand that was broadcast is the sum over where it was repeated. */
import { sameShape, type Shape } from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";
import { sum } from "../reductions.ts";
import { reshape } from "../views.ts";

/** Sums `gradient` over the dimensions along which a tensor of `shape` was repeated. */
export function sumTo(gradient: Tensor, shape: Shape): Tensor {
  if (sameShape(gradient.shape, shape)) return gradient;
  const lead = gradient.shape.length - shape.length;
  const dims = gradient.shape.flatMap((size, i) => (i < lead || (shape[i - lead] === 1 && size !== 1) ? [i] : []));
  if (dims.length === 0) return reshape(gradient, shape);
  return reshape(sum(gradient, dims, true), shape);
}
