/** Putting tensors together, and turning them round. Forward beside backward. */
import { record, type Operation } from "../autograd/node.ts";
import { filled, promote, typedArray } from "../dtype.ts";
import { KindlingError, ShapeError } from "../errors.ts";
import { wrapDim, wrapDims, type Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { where } from "./binary.ts";
import { copyInto, denseCopy } from "./copy.ts";
import { fromTypedArray, full, zeros } from "./creation.ts";
import { make, viewOf } from "./make.ts";
import type { Int, Sizes } from "./types.ts";
import { narrow, unsqueeze } from "./views.ts";

interface CatData {
  readonly dim: number;
  /** Of each tensor along the dimension; `null` for one that added nothing. */
  readonly sizes: readonly (number | null)[];
}

const catOp: Operation = {
  name: "CatBackward0",
  backward(node, gradient) {
    const { dim, sizes } = node.data as CatData;
    let start = 0;
    return sizes.map((size, i) => {
      const from = start;
      start += size ?? 0;
      if (!node.needs(i)) return null;
      return size === null ? zeros([0]) : narrow(gradient, dim, from, size);
    });
  },
};

/**
 * Tensors joined along an existing dimension. A vector without elements goes with tensors of any shape and adds nothing.
 * @see https://pytorch.org/docs/stable/generated/torch.cat.html
 * @api torch.cat torch.concat torch.concatenate
 */
export function cat(tensors: readonly Tensor[], dim: Int = 0): Tensor {
  if (tensors.length === 0) throw new KindlingError("torch.cat(): expected a non-empty list of Tensors");
  const scalar = tensors.findIndex((tensor) => tensor.shape.length === 0);
  if (scalar >= 0) throw new KindlingError(`zero-dimensional tensor (at position ${scalar}) cannot be concatenated`);
  const dtype = tensors.map((tensor) => tensor.dtype).reduce(promote);
  const shape = tensors.find((tensor) => !isNothing(tensor))?.shape ?? [0];
  const d = shape.length === 1 && shape[0] === 0 ? 0 : wrapDim(dim, shape.length);
  tensors.forEach((tensor, i) => isNothing(tensor) || checkJoins(shape, tensor.shape, d, i));
  const sizes = tensors.map((tensor) => (isNothing(tensor) ? null : tensor.shape[d]!));
  const total = sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
  const result = make(shape.map((size, i) => (i === d ? total : size)), dtype);
  let start = 0;
  tensors.forEach((tensor, i) => {
    const size = sizes[i] ?? 0;
    if (tensor.numel() > 0) copyInto(windowOf(result, d, start, size), tensor.detach());
    start += size;
  });
  return dtype === "float32" ? record(catOp, result, tensors, [], { dim: d, sizes }) : result;
}

/** The vector without elements that loops begin to collect with. */
function isNothing(tensor: Tensor): boolean {
  return tensor.shape.length === 1 && tensor.shape[0] === 0;
}

function windowOf(tensor: Tensor, dim: number, start: number, length: number): Tensor {
  const shape = tensor.shape.map((size, i) => (i === dim ? length : size));
  return viewOf(tensor, shape, tensor.strides, tensor.offset + start * tensor.strides[dim]!);
}

function checkJoins(expected: Shape, shape: Shape, dim: number, position: number): void {
  if (shape.length !== expected.length) {
    throw new ShapeError(`Tensors must have same number of dimensions: got ${expected.length} and ${shape.length}`, expected, shape);
  }
  shape.forEach((size, i) => {
    if (i !== dim && size !== expected[i]) {
      throw new ShapeError(
        `Sizes of tensors must match except in dimension ${dim}. Expected size ${expected[i]} but got size ${size} for tensor number ${position} in the list.`,
        expected,
        shape,
      );
    }
  });
}

/**
 * Tensors of one shape joined along a new dimension.
 * @see https://pytorch.org/docs/stable/generated/torch.stack.html
 * @api torch.stack
 */
export function stack(tensors: readonly Tensor[], dim: Int = 0): Tensor {
  const first = tensors[0];
  if (first === undefined) throw new KindlingError("stack expects a non-empty TensorList");
  tensors.forEach((tensor, i) => {
    if (tensor.shape.join() !== first.shape.join()) {
      throw new ShapeError(
        `stack expects each tensor to be equal size, but got [${first.shape.join(", ")}] at entry 0 and [${tensor.shape.join(", ")}] at entry ${i}`,
        first.shape,
        tensor.shape,
      );
    }
  });
  const d = wrapDim(dim, first.shape.length + 1);
  return cat(tensors.map((tensor) => unsqueeze(tensor, d)), d);
}

const flipOp: Operation = {
  name: "FlipBackward0",
  backward: (node, gradient) => [flip(gradient, node.data as readonly number[])],
};

/**
 * The entries along the given dimensions in reverse order (a copy).
 * @see https://pytorch.org/docs/stable/generated/torch.flip.html
 * @api torch.flip Tensor.flip
 */
export function flip(input: Tensor, dims: Sizes): Tensor {
  const wrapped = wrapDims(dims, input.shape.length);
  let offset = input.offset;
  const strides = input.strides.map((stride, i) => {
    if (!wrapped.includes(i)) return stride;
    offset += stride * Math.max(0, input.shape[i]! - 1);
    return -stride;
  });
  const result = denseCopy(viewOf(input, input.shape, strides, offset));
  return record(flipOp, result, [input], [], wrapped);
}

const padOp: Operation = {
  name: "ConstantPadNdBackward0",
  backward(node, gradient) {
    let result = gradient;
    for (const { dim, before, size } of node.data as { dim: number; before: number; size: number }[]) {
      result = narrow(result, dim, before, size);
    }
    return [result];
  },
};

/** Adds a border of `value`: `[left, right, top, bottom, …]`, the last dimension first. */
export function padWithConstant(input: Tensor, padding: readonly number[], value: number): Tensor {
  const rank = input.shape.length;
  const borders = Array.from({ length: padding.length / 2 }, (_, i) => ({
    dim: rank - 1 - i,
    before: padding[2 * i]!,
    after: padding[2 * i + 1]!,
    size: input.shape[rank - 1 - i]!,
  }));
  const shape = [...input.shape];
  for (const { dim, before, after } of borders) shape[dim]! += before + after;
  const result = full(shape, value, { dtype: input.dtype });
  let window = result;
  for (const { dim, before, size } of borders) window = windowOf(window, dim, before, size);
  copyInto(window, input.detach());
  return record(padOp, result, [input], [], borders);
}

const trilOp: Operation = {
  name: "TrilBackward0",
  backward: (node, gradient) => [tril(gradient, node.data as number)],
};

/**
 * The lower triangle of the last two dimensions, zeros elsewhere.
 * @param diagonal the last one that belongs to it, above (positive) or below the main diagonal
 * @see https://pytorch.org/docs/stable/generated/torch.tril.html
 * @api torch.tril Tensor.tril Tensor.tril_
 */
export function tril(input: Tensor, diagonal: Int = 0): Tensor {
  return record(trilOp, triangle("tril", input, (row, col) => col - row <= diagonal), [input], [], diagonal);
}

const triuOp: Operation = {
  name: "TriuBackward0",
  backward: (node, gradient) => [triu(gradient, node.data as number)],
};

/**
 * The upper triangle of the last two dimensions, zeros elsewhere.
 * @param diagonal the first one that belongs to it, above (positive) or below the main diagonal
 * @see https://pytorch.org/docs/stable/generated/torch.triu.html
 * @api torch.triu Tensor.triu Tensor.triu_
 */
export function triu(input: Tensor, diagonal: Int = 0): Tensor {
  return record(triuOp, triangle("triu", input, (row, col) => col - row >= diagonal), [input], [], diagonal);
}

function triangle(name: string, input: Tensor, keeps: (row: number, col: number) => boolean): Tensor {
  if (input.shape.length < 2) throw new KindlingError(`${name}: input tensor must have at least 2 dimensions`);
  const [rows, cols] = input.shape.slice(-2) as [number, number];
  const bits = filled(typedArray("bool", rows * cols), (i) => Number(keeps(Math.floor(i / cols), i % cols)));
  return where(fromTypedArray(bits, [rows, cols], { dtype: "bool" }), input.detach(), zeros([], { dtype: input.dtype }));
}
