/** Choosing elements by a mask. Forward beside backward. */
import { record, type Operation } from "../autograd/node.ts";
import { itemSize, longName, nativeName, promote, promoteScalar } from "../dtype.ts";
import { KindlingError } from "../errors.ts";
import { tellOperation } from "../instrument.ts";
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
import type { Operand, ScalarOrTensor } from "./types.ts";

const whereOp: Operation<[Shape, Shape]> = {
  name: "WhereBackward0",
  backward(node, gradient) {
    const condition = node.saved(0);
    const [shapeA, shapeB] = node.data;
    return [node.needs(0) ? sumTo(where(condition, gradient, 0), shapeA) : null, node.needs(1) ? sumTo(where(condition, 0, gradient), shapeB) : null];
  },
};

/**
 * This tensor's values where `condition` holds, `other`'s elsewhere; all broadcast.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.where.html
 * @api Tensor.where
 */
export function valuesWhere(input: Tensor, condition: Tensor, other: Operand): Tensor {
  return where(condition, input, other);
}

/**
 * `input` where `condition` holds, `other` elsewhere; all broadcast. With the condition alone: the positions where it holds,
 * one index tensor for each dimension.
 * @api torch.where
 * @see https://pytorch.org/docs/stable/generated/torch.where.html
 */
export function where(condition: Tensor, input: Operand, other: Operand): Tensor;
export function where(condition: Tensor): Tensor[];
export function where(condition: Tensor, input?: Operand, other?: Operand): Tensor | Tensor[] {
  if (input === undefined || other === undefined) return unbind(nonzero(condition), 1);
  return choose(condition, input, other);
}

function choose(condition: Tensor, a: Operand, b: Operand): Tensor {
  if (condition.dtype !== "bool" && condition.dtype !== "uint8") {
    throw new KindlingError(`where expected condition to be a boolean tensor, but got a tensor with dtype ${longName(condition.dtype)}`);
  }
  const left = beside(a, b);
  const right = beside(b, a);
  const shape = broadcastShapes(condition.shape, broadcastShapes(left.shape, right.shape));
  const dtype = promote(left.dtype, right.dtype);
  // The kernel moves words.
  const moved = itemSize(dtype) === 4 ? dtype : "int32";
  const result = chosen(to(condition, "bool"), to(left, moved), to(right, moved), make(shape, moved));
  if (dtype !== "float32") return tellOperation("where", [condition, left, right], to(result, dtype));
  return record(whereOp, result, [left, right], [condition], [left.shape, right.shape]);
}

/** A value as a tensor, of the other's type where that holds it. */
function beside(value: Operand, other: Operand): Tensor {
  if (value instanceof Tensor) return value;
  if (other instanceof Tensor) return full([], value, { dtype: promoteScalar(other.dtype, value) });
  return full([], value, { dtype: typeof value === "boolean" ? "bool" : "float32" });
}

function chosen(mask: Tensor, x: Tensor, y: Tensor, result: Tensor): Tensor {
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

const maskedFillOp: Operation<{ shape: Shape; filler: number }> = {
  name: "MaskedFillBackward0",
  backward: (node, gradient) => [sumTo(maskedFill(gradient, node.saved(0), 0), node.data.shape)],
};

/**
 * `value` where `mask` holds, the input elsewhere, in the input's type.
 * @param value a number, or a tensor without dimensions
 * @api torch.maskedFill Tensor.maskedFill
 * @see https://pytorch.org/docs/stable/generated/torch.masked_fill.html
 */
export function maskedFill(input: Tensor, mask: Tensor, value: ScalarOrTensor): Tensor {
  if (mask.dtype !== "bool" && mask.dtype !== "uint8") {
    throw new KindlingError(`masked_fill_ only supports boolean masks, but got mask with dtype ${nativeName(mask.dtype)}`);
  }
  if (value instanceof Tensor) {
    if (value.shape.length > 0) {
      throw new KindlingError(`masked_fill_ only supports a 0-dimensional value tensor, but got tensor with ${value.shape.length} dimension(s).`);
    }
    return where(mask, to(value, input.dtype), input);
  }
  if (input.dtype !== "float32") return where(mask, full([], value, { dtype: input.dtype }), input);
  const isPlain = input.dense && mask.dense && sameShape(input.shape, mask.shape);
  const result = isPlain ? fillWhere(input, mask, value) : where(mask, value, input.detach());
  return record(maskedFillOp, result, [input], [mask], { shape: input.shape, filler: value });
}

function fillWhere(input: Tensor, mask: Tensor, value: number): Tensor {
  const result = make(input.shape);
  const target = at(result);
  const from = at(input);
  kernels.maskedFill(from, at(mask), target, result.numel(), value);
  return result;
}
