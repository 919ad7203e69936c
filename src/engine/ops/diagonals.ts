/** Diagonals: looking at them, and making matrices from them. */
import { record, shownAs, type Operation } from "../autograd/node.ts";
import { ArgumentError, KindlingError } from "../errors.ts";
import { wrapDim, type Shape } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { clone } from "./conversion.ts";
import { zeros } from "./creation.ts";
import { fill_ } from "./inplace.ts";
import { viewOf } from "./internal/make.ts";
import { sum } from "./reductions.ts";
import { at } from "./subscript.ts";
import type { Int } from "./types.ts";
import { scatterView } from "./viewScatter.ts";
import { flatten } from "./views.ts";

interface Diagonal {
  readonly shape: Shape;
  readonly offset: number;
  readonly dims: readonly [number, number];
}

const diagonalOp: Operation<Diagonal> = {
  name: "DiagonalBackward0",
  backward(node, gradient) {
    const { shape, offset, dims } = node.data;
    return [diagonalScatter(zeros(shape), gradient, offset, dims[0], dims[1])];
  },
};

function diagonalView(input: Tensor, offset: number, a: number, b: number): Tensor {
  const [rows, cols] = [input.shape[a]!, input.shape[b]!];
  const length = Math.max(0, offset >= 0 ? Math.min(rows, cols - offset) : Math.min(rows + offset, cols));
  const [sa, sb] = [input.strides[a]!, input.strides[b]!];
  const start = length === 0 ? 0 : offset >= 0 ? offset * sb : -offset * sa;
  const keep = <T>(list: readonly T[]): T[] => list.filter((_, i) => i !== a && i !== b);
  return viewOf(input, [...keep(input.shape), length], [...keep(input.strides), sa + sb], input.offset + start);
}

/**
 * The diagonal of two dimensions, as a new last dimension (a view).
 * @param offset above (positive) or below the main diagonal
 * @see https://pytorch.org/docs/stable/generated/torch.diagonal.html
 * @api torch.diagonal Tensor.diagonal
 */
export function diagonal(input: Tensor, offset: Int = 0, dim1: Int = 0, dim2: Int = 1): Tensor {
  return diagonalOf(input, offset, dim1, dim2);
}

function diagonalOf(input: Tensor, offset: Int, dim1: Int, dim2: Int): Tensor {
  const rank = input.shape.length;
  const [a, b] = [wrapDim(dim1, rank), wrapDim(dim2, rank)];
  if (a === b) throw new KindlingError(`diagonal dimensions cannot be identical ${dim1}, ${dim2}`);
  return record(diagonalOp, diagonalView(input, offset, a, b), [input], [], { shape: input.shape, offset, dims: [a, b] });
}

/**
 * Matrices with the entries of the last dimension on a diagonal of two new dimensions.
 * @param offset above (positive) or below the main diagonal
 * @see https://pytorch.org/docs/stable/generated/torch.diag_embed.html
 * @api torch.diagEmbed Tensor.diagEmbed
 */
export function diagEmbed(input: Tensor, offset: Int = 0, dim1: Int = -2, dim2: Int = -1): Tensor {
  const rank = input.shape.length + 1;
  const [a, b] = [wrapDim(dim1, rank), wrapDim(dim2, rank)];
  const size = (input.shape.at(-1) ?? 1) + Math.abs(offset);
  const lead = [...input.shape.slice(0, -1)];
  const [first, second] = a < b ? [a, b] : [b, a];
  lead.splice(first, 0, size);
  lead.splice(second, 0, size);
  return diagonalScatter(zeros(lead, { dtype: input.dtype }), input, offset, a, b);
}

/**
 * A vector as a square matrix's diagonal; a matrix's diagonal as a vector.
 * @param diagonal above (positive) or below the main one
 * @see https://pytorch.org/docs/stable/generated/torch.diag.html
 * @api torch.diag Tensor.diag
 */
export function diag(input: Tensor, diagonal: Int = 0): Tensor {
  if (input.shape.length === 1) return diagEmbed(input, diagonal);
  if (input.shape.length === 2) return clone(diagonalOf(input, diagonal, 0, 1));
  throw new KindlingError("matrix or a vector expected");
}

/**
 * All elements on the diagonal of a matrix.
 * @see https://pytorch.org/docs/stable/generated/torch.diagflat.html
 * @api torch.diagflat Tensor.diagflat
 */
export function diagflat(input: Tensor, offset: Int = 0): Tensor {
  return diagEmbed(flatten(input), offset);
}

/**
 * The sum of a matrix's diagonal.
 * @see https://pytorch.org/docs/stable/generated/torch.trace.html
 * @api torch.trace Tensor.trace
 */
export function trace(input: Tensor): Tensor {
  if (input.shape.length !== 2) throw new KindlingError("trace: expected a matrix");
  return shownAs("TraceBackward0", sum(diagonal(input)));
}

/**
 * A copy with `src` on a diagonal.
 * @param offset above (positive) or below the main diagonal
 * @see https://pytorch.org/docs/stable/generated/torch.diagonal_scatter.html
 * @api torch.diagonalScatter Tensor.diagonalScatter
 */
export function diagonalScatter(input: Tensor, src: Tensor, offset: Int = 0, dim1: Int = 0, dim2: Int = 1): Tensor {
  return scatterView(input, src, (x) => diagonal(x, offset, dim1, dim2));
}

/**
 * Sets the main diagonal in place; of a higher tensor the elements whose indices are all equal.
 * @param wrap whether the diagonal of a tall matrix begins anew below its end
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.fill_diagonal_.html
 * @api Tensor.fillDiagonal_
 */
export function fillDiagonal_(input: Tensor, fillValue: number, wrap = false): Tensor {
  const rank = input.shape.length;
  if (rank < 2) throw new ArgumentError("dimensions must larger than 1", "RuntimeError");
  if (rank === 2) {
    for (let top = 0; top === 0 || (wrap && top < input.shape[0]!); top += input.shape[1]! + 1) fill_(diagonal(input, -top), fillValue);
    return input;
  }
  if (input.shape.some((size) => size !== input.shape[0])) {
    throw new ArgumentError("all dimensions of input must be of equal length", "RuntimeError");
  }
  for (let i = 0; i < input.shape[0]!; i++) fill_(at(input, ...input.shape.map(() => i)), fillValue);
  return input;
}
