/** Cutting a tensor in pieces (views). */
import { IndexError, KindlingError } from "../errors.ts";
import { shapeText, wrapDim, type Shape } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { positions } from "./internal/positions.ts";
import { tolist } from "./reading.ts";
import type { Int, Size, Sizes } from "./types.ts";
import { narrow, select } from "./views.ts";

/**
 * Pieces of `splitSize` entries along `dim` (the last may be smaller), or of the sizes listed (views).
 * @see https://pytorch.org/docs/stable/generated/torch.split.html
 * @api torch.split Tensor.split
 */
export function split(tensor: Tensor, splitSizeOrSections: Size, dim?: Int): Tensor[];
export function split(input: Tensor, splitSize: Size, dim?: Int): Tensor[];
export function split(input: Tensor, splitSize: Size, dim: Int = 0): Tensor[] {
  if (typeof splitSize !== "number") return splitWithSizes(input, splitSize, dim);
  const total = input.shape[wrapDim(dim, input.shape.length)]!;
  if (splitSize <= 0) throw new KindlingError(`split expects split_size be positive, but got split_size=${splitSize}`);
  const sizes: number[] = [];
  for (let start = 0; start < total; start += splitSize) sizes.push(Math.min(splitSize, total - start));
  return splitWithSizes(input, sizes, dim);
}

/**
 * Pieces of the sizes listed along `dim` (views).
 * @see https://pytorch.org/docs/stable/generated/torch.split.html
 * @api torch.splitWithSizes Tensor.splitWithSizes
 */
export function splitWithSizes(input: Tensor, splitSizes: Shape, dim: Int = 0): Tensor[] {
  const d = wrapDim(dim, input.shape.length);
  const total = input.shape[d]!;
  if (splitSizes.reduce((sum, n) => sum + n, 0) !== total) {
    throw new KindlingError(
      `split_with_sizes expects split_sizes to sum exactly to ${total} (input tensor's size at dimension ${d}), but got split_sizes=${shapeText(splitSizes)}`,
    );
  }
  let start = 0;
  return splitSizes.map((length) => narrow(input, d, (start += length) - length, length));
}

/**
 * At most `chunks` pieces of equal size along `dim`; the last may be smaller (views).
 * @see https://pytorch.org/docs/stable/generated/torch.chunk.html
 * @api torch.chunk Tensor.chunk
 */
export function chunk(input: Tensor, chunks: Int, dim: Int = 0): Tensor[] {
  if (!(chunks > 0)) throw new KindlingError(`chunk expects \`chunks\` to be greater than 0, got: ${chunks}`);
  const d = wrapDim(dim, input.shape.length);
  return split(input, Math.max(1, Math.ceil(input.shape[d]! / chunks)), d);
}

/**
 * The slices along `dim`, without that dimension (views).
 * @see https://pytorch.org/docs/stable/generated/torch.unbind.html
 * @api torch.unbind Tensor.unbind
 */
export function unbind(input: Tensor, dim: Int = 0): Tensor[] {
  const d = wrapDim(dim, input.shape.length);
  if (input.shape.length === 0) throw new IndexError(`Dimension specified as ${d} but tensor has no dimensions`);
  return Array.from({ length: input.shape[d]! }, (_, i) => select(input, d, i));
}

/**
 * A number of nearly equal parts, or parts that end at the places listed (views).
 * @see https://pytorch.org/docs/stable/generated/torch.tensor_split.html
 * @api torch.tensorSplit Tensor.tensorSplit
 */
export function tensorSplit(input: Tensor, sections: Int, dim?: Int): Tensor[];
export function tensorSplit(input: Tensor, indices: Shape, dim?: Int): Tensor[];
export function tensorSplit(input: Tensor, tensorIndicesOrSections: Tensor, dim?: Int): Tensor[];
export function tensorSplit(input: Tensor, parts: Size | Tensor, dim: Int = 0): Tensor[] {
  const d = wrapDim(dim, input.shape.length);
  const n = input.shape[d]!;
  if (parts instanceof Tensor) return tensorSplit(input, partsListed(parts) as Shape, d);
  if (typeof parts === "number") {
    if (!(parts > 0)) throw new KindlingError(`number of sections must be larger than 0, got ${parts}`);
    return splitWithSizes(
      input,
      Array.from({ length: parts }, (_, i) => Math.floor(n / parts) + Number(i < n % parts)),
      d,
    );
  }
  const ends = [...parts, n].map((end) => Math.min(n, end < 0 ? Math.max(0, end + n) : end));
  return ends.map((end, i) => {
    const start = i === 0 ? 0 : ends[i - 1]!;
    return narrow(input, d, start, Math.max(0, end - start));
  });
}

/** A scalar is a number of parts, a vector a list of places. */
function partsListed(parts: Tensor): Size {
  if (parts.shape.length > 1)
    throw new KindlingError(
      `tensor_split expected tensor_indices_or_sections to be a zero-dimensional or one-dimensional tensor, but got a tensor with ${parts.shape.length} dims`,
    );
  return tolist<number | number[]>(positions(parts, `tensor_split expected tensor_indices_or_sections to have dtype of long, but got ${parts.dtype}`));
}

/**
 * Parts side by side: `tensorSplit` along the second dimension, of a vector along its only one (views).
 * @see https://pytorch.org/docs/stable/generated/torch.hsplit.html
 * @api torch.hsplit Tensor.hsplit
 */
export function hsplit(input: Tensor, sections: Int): Tensor[];
export function hsplit(input: Tensor, indices: Sizes): Tensor[];
export function hsplit(input: Tensor, parts: Size): Tensor[] {
  requireRank("hsplit", input, 1);
  return splitEvenly("hsplit", input, parts, input.shape.length === 1 ? 0 : 1);
}

/**
 * Parts one below the other: `tensorSplit` along the first dimension (views).
 * @see https://pytorch.org/docs/stable/generated/torch.vsplit.html
 * @api torch.vsplit Tensor.vsplit
 */
export function vsplit(input: Tensor, sections: Int): Tensor[];
export function vsplit(input: Tensor, indices: Sizes): Tensor[];
export function vsplit(input: Tensor, parts: Size): Tensor[] {
  requireRank("vsplit", input, 2);
  return splitEvenly("vsplit", input, parts, 0);
}

/**
 * Parts along the third dimension: `tensorSplit` there (views).
 * @see https://pytorch.org/docs/stable/generated/torch.dsplit.html
 * @api torch.dsplit Tensor.dsplit
 */
export function dsplit(input: Tensor, sections: Int): Tensor[];
export function dsplit(input: Tensor, indices: Sizes): Tensor[];
export function dsplit(input: Tensor, parts: Size): Tensor[] {
  requireRank("dsplit", input, 3);
  return splitEvenly("dsplit", input, parts, 2);
}

function requireRank(name: string, input: Tensor, rank: number): void {
  if (input.shape.length >= rank) return;
  throw new KindlingError(
    `torch.${name} requires a tensor with at least ${rank} dimension${rank === 1 ? "" : "s"}, but got a tensor with ${input.shape.length} dimensions!`,
  );
}

/** A number of parts has to divide the dimension. */
function splitEvenly(name: string, input: Tensor, parts: Size, dim: number): Tensor[] {
  if (typeof parts !== "number") return tensorSplit(input, parts, dim);
  const n = input.shape[dim]!;
  if (parts === 0 || n % parts !== 0) {
    throw new KindlingError(
      `torch.${name} attempted to split along dimension ${dim}, but the size of the dimension ${n} is not divisible by the split_size ${parts}!`,
    );
  }
  return tensorSplit(input, parts, dim);
}
