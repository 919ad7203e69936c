/** Putting tensors together. Forward beside backward. */
import { record, shownAs, type Operation } from "../autograd/node.ts";
import { promote } from "../dtype.ts";
import { KindlingError, ShapeError } from "../errors.ts";
import { tellOperation } from "../instrument.ts";
import { wrapDim, type Shape } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { float } from "./conversion.ts";
import { copyInto } from "./internal/copy.ts";
import { zeros } from "./creation.ts";
import { make, viewOf } from "./internal/make.ts";
import type { Int, Tensors } from "./types.ts";
import { atleast1d, atleast2d, atleast3d, narrow, reshape, unsqueeze } from "./views.ts";

/**
 * Tensors side by side: along the second dimension, vectors along their only one.
 * @see https://pytorch.org/docs/stable/generated/torch.hstack.html
 * @api torch.hstack
 */
export function hstack(tensors: readonly Tensor[]): Tensor {
  if (tensors.length === 0) throw new KindlingError("hstack expects a non-empty TensorList");
  const parts = atleast1d(tensors);
  return cat(parts, parts[0]!.shape.length === 1 ? 0 : 1);
}

/**
 * Tensors one below the other: along the first dimension, vectors as rows.
 * @see https://pytorch.org/docs/stable/generated/torch.vstack.html
 * @api torch.vstack torch.rowStack
 */
export function vstack(tensors: readonly Tensor[]): Tensor {
  if (tensors.length === 0) throw new KindlingError("vstack expects a non-empty TensorList");
  return cat(atleast2d(tensors), 0);
}

/**
 * Tensors joined along a third dimension.
 * @see https://pytorch.org/docs/stable/generated/torch.dstack.html
 * @api torch.dstack
 */
export function dstack(tensors: readonly Tensor[]): Tensor {
  if (tensors.length === 0) throw new KindlingError("dstack expects a non-empty TensorList");
  return cat(atleast3d(tensors), 2);
}

/**
 * Tensors side by side, vectors as columns.
 * @see https://pytorch.org/docs/stable/generated/torch.column_stack.html
 * @api torch.columnStack
 */
export function columnStack(tensors: readonly Tensor[]): Tensor {
  if (tensors.length === 0) throw new KindlingError("column_stack expects a non-empty TensorList");
  return hstack(tensors.map((x) => (x.shape.length <= 1 ? reshape(x, [x.numel(), 1]) : x)));
}

/**
 * Matrices along the diagonal of a larger one, with zeros elsewhere.
 * @see https://pytorch.org/docs/stable/generated/torch.block_diag.html
 * @api torch.blockDiag
 */
export function blockDiag(tensors: Tensors): Tensor {
  const blocks = atleast2d(tensors);
  const width = blocks.reduce((n, block) => n + block.shape[1]!, 0);
  let left = 0;
  return cat(
    blocks.map((block) => {
      const [rows, cols] = [block.shape[0]!, block.shape[1]!];
      const row = cat([zeros([rows, left]), float(block), zeros([rows, width - left - cols])], 1);
      left += cols;
      return row;
    }),
    0,
  );
}

interface CatData {
  readonly dim: number;
  /** Of each tensor along the dimension; `null` for one that added nothing. */
  readonly sizes: readonly (number | null)[];
}

const catOp: Operation<CatData> = {
  name: "CatBackward0",
  backward(node, gradient) {
    const { dim, sizes } = node.data;
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
  const result = make(
    shape.map((size, i) => (i === d ? total : size)),
    dtype,
  );
  let start = 0;
  tensors.forEach((tensor, i) => {
    const size = sizes[i] ?? 0;
    if (tensor.numel() > 0) copyInto(windowOf(result, d, start, size), tensor.detach());
    start += size;
  });
  const data: CatData = { dim: d, sizes };
  return dtype === "float32" ? record(catOp, result, tensors, [], data) : tellOperation("cat", tensors, result, data);
}

/** The vector without elements that loops begin to collect with. */
function isNothing(tensor: Tensor): boolean {
  return tensor.shape.length === 1 && tensor.shape[0] === 0;
}

export function windowOf(tensor: Tensor, dim: number, start: number, length: number): Tensor {
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
  return shownAs(
    "StackBackward0",
    cat(
      tensors.map((tensor) => unsqueeze(tensor, d)),
      d,
    ),
  );
}
