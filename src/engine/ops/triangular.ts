/** Triangles of matrices. */
import { record, type Operation } from "../autograd/node.ts";
import { filled, typedArray } from "../dtype.ts";
import { KindlingError } from "../errors.ts";
import { Tensor } from "../tensor.ts";
import { where } from "./where.ts";
import { fromTypedArray, zeros, type TensorOptions } from "./creation.ts";
import type { Int } from "./types.ts";

/** Row and column indices of the entries from column `first(row)` up to, without, `end(row)`. */
function triangleIndices(rows: number, first: (row: number) => number, end: (row: number) => number, options: TensorOptions): Tensor {
  let count = 0;
  for (let i = 0; i < rows; i++) count += Math.max(0, end(i) - first(i));
  const places = typedArray("int32", 2 * count);
  let next = 0;
  for (let i = 0; i < rows; i++) {
    for (let j = first(i); j < end(i); j++) {
      places[next] = i;
      places[count + next++] = j;
    }
  }
  return fromTypedArray(places, [2, count], { ...options, dtype: options.dtype ?? "int32" });
}

/**
 * Row and column indices of the lower triangle of a matrix: `[2, count]`, `int32` unless another type is asked for.
 * @param offset of the last diagonal that belongs to it
 * @see https://pytorch.org/docs/stable/generated/torch.tril_indices.html
 * @api torch.trilIndices
 */
export function trilIndices(row: Int, col: Int, offset: Int = 0, options: TensorOptions = {}): Tensor {
  return triangleIndices(
    row,
    () => 0,
    (i) => Math.min(col, i + offset + 1),
    options,
  );
}

/**
 * Row and column indices of the upper triangle of a matrix: `[2, count]`, `int32` unless another type is asked for.
 * @param offset of the first diagonal that belongs to it
 * @see https://pytorch.org/docs/stable/generated/torch.triu_indices.html
 * @api torch.triuIndices
 */
export function triuIndices(row: Int, col: Int, offset: Int = 0, options: TensorOptions = {}): Tensor {
  return triangleIndices(
    row,
    (i) => Math.max(0, i + offset),
    () => col,
    options,
  );
}

const trilOp: Operation<number> = {
  name: "TrilBackward0",
  backward: (node, gradient) => [tril(gradient, node.data)],
};

/**
 * The lower triangle of the last two dimensions, zeros elsewhere.
 * @param diagonal the last one that belongs to it, above (positive) or below the main diagonal
 * @see https://pytorch.org/docs/stable/generated/torch.tril.html
 * @api torch.tril Tensor.tril Tensor.tril_
 */
export function tril(input: Tensor, diagonal: Int = 0): Tensor {
  return record(
    trilOp,
    triangle("tril", input, (row, col) => col - row <= diagonal),
    [input],
    [],
    diagonal,
  );
}

const triuOp: Operation<number> = {
  name: "TriuBackward0",
  backward: (node, gradient) => [triu(gradient, node.data)],
};

/**
 * The upper triangle of the last two dimensions, zeros elsewhere.
 * @param diagonal the first one that belongs to it, above (positive) or below the main diagonal
 * @see https://pytorch.org/docs/stable/generated/torch.triu.html
 * @api torch.triu Tensor.triu Tensor.triu_
 */
export function triu(input: Tensor, diagonal: Int = 0): Tensor {
  return record(
    triuOp,
    triangle("triu", input, (row, col) => col - row >= diagonal),
    [input],
    [],
    diagonal,
  );
}

function triangle(name: string, input: Tensor, keeps: (row: number, col: number) => boolean): Tensor {
  if (input.shape.length < 2) throw new KindlingError(`${name}: input tensor must have at least 2 dimensions`);
  const [rows, cols] = input.shape.slice(-2) as [number, number];
  const bits = filled(typedArray("bool", rows * cols), (i) => Number(keeps(Math.floor(i / cols), i % cols)));
  return where(fromTypedArray(bits, [rows, cols], { dtype: "bool" }), input.detach(), zeros([], { dtype: input.dtype }));
}
