/** Undoing broadcasting: the gradient of an operand that was broadcast is the sum over where it was repeated. */
import { ShapeError } from "../errors.ts";
import { sameShape, shapeText, type Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { sum } from "./reductions.ts";
import type { Sizes } from "./types.ts";
import { reshape } from "./views.ts";

/** Sums `gradient` over the dimensions along which a tensor of `shape` was repeated. */
export function sumTo(gradient: Tensor, shape: Shape): Tensor {
  if (sameShape(gradient.shape, shape)) return gradient;
  const lead = gradient.shape.length - shape.length;
  const dims = gradient.shape.flatMap((size, i) => (i < lead || (shape[i - lead] === 1 && size !== 1) ? [i] : []));
  if (dims.length === 0) return reshape(gradient, shape);
  return reshape(sum(gradient, dims, true), shape);
}

/**
 * The sum over the dimensions along which a tensor of the given size would have been broadcast.
 * @throws ShapeError where that size doesn't broadcast to this tensor's shape
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.sum_to_size.html
 * @api Tensor.sumToSize
 */
export function sumToSize(input: Tensor, size: Sizes): Tensor {
  const lead = input.shape.length - size.length;
  const fits = lead >= 0 && size.every((n, i) => n === 1 || n === input.shape[lead + i]);
  if (!fits) throw new ShapeError(`size {${shapeText(size)}} is not expandable to size {${shapeText(input.shape)}}.`, size, input.shape);
  return sumTo(input, size);
}
