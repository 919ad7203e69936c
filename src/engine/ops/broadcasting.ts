/** Shapes that broadcast: expanding to them, and summing back. */
import { ShapeError } from "../errors.ts";
import { broadcastShapes, sameShape, shapeText } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { sumTo } from "./internal/sumTo.ts";
import type { Size, Sizes, Tensors } from "./types.ts";
import { expand } from "./views.ts";

/**
 * `expand` by NumPy's name.
 * @see https://pytorch.org/docs/stable/generated/torch.broadcast_to.html
 * @api torch.broadcastTo Tensor.broadcastTo
 */
export function broadcastTo(input: Tensor, size: Sizes): Tensor {
  return expand(input, size);
}

/**
 * All tensors expanded to the shape that they broadcast to (views); one that has it already comes back itself.
 * @see https://pytorch.org/docs/stable/generated/torch.broadcast_tensors.html
 * @api torch.broadcastTensors
 */
export function broadcastTensors(tensors: Tensors): Tensor[] {
  const shape = commonShape(...tensors.map((x) => x.shape));
  return tensors.map((x) => (sameShape(x.shape, shape) ? x : expand(x, shape)));
}

/**
 * The shape that tensors of the given shapes broadcast to; a number is the shape of a vector.
 * @see https://pytorch.org/docs/stable/generated/torch.broadcast_shapes.html
 * @api torch.broadcastShapes
 */
export function commonShape(...shapes: readonly Size[]): number[] {
  return shapes.map((shape) => (typeof shape === "number" ? [shape] : shape)).reduce<number[]>((a, b) => broadcastShapes(a, b), []);
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
