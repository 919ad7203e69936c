/** Choosing elements by a mask. Forward beside backward. */
import { record, type Operation } from "../autograd/node.ts";
import { itemSize, promote, promoteScalar } from "../dtype.ts";
import { kernels } from "../memory/linear.ts";
import { broadcastShapes, sameShape, type Shape } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { to } from "./conversion.ts";
import { full } from "./creation.ts";
import { nonzero } from "./indexing.ts";
import { liesFlat, stepOf } from "./internal/binaryKernels.ts";
import { at, make } from "./internal/make.ts";
import { describeBroadcast } from "./internal/strided.ts";
import { sumTo } from "./internal/sumTo.ts";
import { unbind } from "./split.ts";
import type { ScalarOrTensor } from "./types.ts";

// --- choice ---------------------------------------------------------------------------------------------------------

const whereOp: Operation<[Shape, Shape]> = {
  name: "WhereBackward0",
  backward(node, gradient) {
    const condition = node.saved(0);
    const [shapeA, shapeB] = node.data;
    return [
      node.needs(0) ? sumTo(where(condition, gradient, 0), shapeA) : null,
      node.needs(1) ? sumTo(where(condition, 0, gradient), shapeB) : null,
    ];
  },
};

/**
 * This tensor's values where `condition` holds, `other`'s elsewhere; all broadcast.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.where.html
 * @api Tensor.where
 */
export function valuesWhere(input: Tensor, condition: Tensor, other: ScalarOrTensor): Tensor {
  return where(condition, input, other);
}

/**
 * `input` where `condition` holds, `other` elsewhere; all broadcast. With the condition alone: the positions where it holds,
 * one index tensor for each dimension.
 * @api torch.where
 * @see https://pytorch.org/docs/stable/generated/torch.where.html
 */
export function where(condition: Tensor, input: ScalarOrTensor, other: ScalarOrTensor): Tensor;

export function where(condition: Tensor): Tensor[];

export function where(condition: Tensor, input?: ScalarOrTensor, other?: ScalarOrTensor): Tensor | Tensor[] {
  if (input === undefined || other === undefined) return unbind(nonzero(condition), 1);
  return choose(condition, input, other);
}

/** `input` where `condition` holds, `other` elsewhere; all broadcast. */
function choose(condition: Tensor, a: ScalarOrTensor, b: ScalarOrTensor): Tensor {
  const left = a instanceof Tensor ? a : full([], a, { dtype: b instanceof Tensor ? promoteScalar(b.dtype, a) : "float32" });
  const right = b instanceof Tensor ? b : full([], b, { dtype: a instanceof Tensor ? promoteScalar(a.dtype, b) : "float32" });
  const shape = broadcastShapes(condition.shape, broadcastShapes(left.shape, right.shape));
  const dtype = promote(left.dtype, right.dtype);
  // The kernel moves words.
  const moved = itemSize(dtype) === 4 ? dtype : "int32";
  const result = chosen(to(condition, "bool"), to(left, moved), to(right, moved), make(shape, moved));
  if (dtype !== "float32") return to(result, dtype);
  return record(whereOp, result, [left, right], [condition], [left.shape, right.shape]);
}

export function chosen(mask: Tensor, x: Tensor, y: Tensor, result: Tensor): Tensor {
  const count = result.numel();
  const target = at(result);
  const from = at(mask);
  const left = at(x);
  const right = at(y);
  if (mask.dense && mask.numel() === count && liesFlat(x, count) && liesFlat(y, count)) {
    kernels.where(from, left, stepOf(x, count), right, stepOf(y, count), target, count);
  } else {
    const { rank, address } = describeBroadcast(result.shape, [mask, x, y]);
    kernels.whereStrided(from, left, right, target, rank, address);
  }
  return result;
}

const maskedFillOp: Operation<Shape> = {
  name: "MaskedFillBackward0",
  backward: (node, gradient) => [sumTo(maskedFill(gradient, node.saved(0), 0), node.data)],
};

/**
 * `value` where `mask` holds, the input elsewhere.
 * @api torch.maskedFill Tensor.maskedFill
 * @see https://pytorch.org/docs/stable/generated/torch.masked_fill.html
 */
export function maskedFill(input: Tensor, mask: Tensor, value: ScalarOrTensor): Tensor {
  if (typeof value !== "number") return where(mask, value, input);
  const isPlain = input.dtype === "float32" && input.dense && mask.dense && itemSize(mask.dtype) === 1 && sameShape(input.shape, mask.shape);
  const result = isPlain ? fillWhere(input, mask, value) : where(mask, value, input.detach());
  return input.dtype === "float32" ? record(maskedFillOp, result, [input], [mask], input.shape) : result;
}

function fillWhere(input: Tensor, mask: Tensor, value: number): Tensor {
  const result = make(input.shape);
  const target = at(result);
  const from = at(input);
  kernels.maskedFill(from, at(mask), target, result.numel(), value);
  return result;
}
