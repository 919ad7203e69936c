/** Cuts what a person looks at out of tensors, so small that it can travel. */
import { toTypedArray } from "../../engine/ops/reading.ts";
import { Tensor } from "../../engine/tensor.ts";
import { pieceLimit, type Piece } from "../../protocol/index.ts";

/** From `start`, `count` places, every `step`-th. */
interface Range {
  readonly start: number;
  readonly count: number;
  readonly step: number;
}

const all = (count: number): Range => ({ start: 0, count, step: 1 });

/** A view of parts of a tensor's dimensions, made without telling anybody of an operation. */
function windowOf(tensor: Tensor, ranges: readonly Range[]): Tensor {
  const offset = ranges.reduce((sum, { start }, i) => sum + start * tensor.strides[i]!, tensor.offset);
  return new Tensor(
    tensor.storage,
    offset,
    ranges.map(({ count }) => count),
    ranges.map(({ step }, i) => step * tensor.strides[i]!),
    tensor.dtype,
  );
}

/** The part of `tensor` that belongs to sample `index`, as a view. */
export function sampleOf(tensor: Tensor, dimension: number, index: number): Tensor {
  const without = <T>(list: readonly T[]): T[] => list.filter((_, i) => i !== dimension);
  return new Tensor(tensor.storage, tensor.offset + index * tensor.strides[dimension]!, without(tensor.shape), without(tensor.strides), tensor.dtype);
}

/** Several rows of a tensor that lie behind each other, as a view without a dimension for them. */
export function rowsOf(tensor: Tensor, start: number, count: number): Tensor {
  return windowOf(
    tensor,
    tensor.shape.map((size, i) => (i === 0 ? { start, count, step: 1 } : all(size))),
  );
}

/** All values of a small tensor. */
export function wholePiece(tensor: Tensor): Piece {
  return { shape: [...tensor.shape], values: floatsOf(tensor) };
}

export function floatsOf(tensor: Tensor): Float32Array {
  const values = toTypedArray(tensor);
  return values instanceof Float32Array ? values : new Float32Array(values);
}

export interface Cut {
  readonly piece: Piece;
  /** Every n-th place of the last two dimensions. */
  readonly every: number;
}

/**
 * A part of a tensor of one sample: of a vector some values, of a matrix some rows, of pictures some channels.
 * @param from the first value, row or channel
 */
export function cut(tensor: Tensor, from = 0, limit = pieceLimit): Cut {
  const flat = flattened(tensor);
  const [first = 1, ...rest] = flat.shape;
  if (flat.shape.length === 0) return { piece: wholePiece(flat), every: 1 };
  const inner = rest.reduce((product, size) => product * size, 1);
  const every = flat.shape.length < 2 ? 1 : Math.max(1, Math.ceil(flat.shape.length === 2 ? inner / limit : Math.sqrt(inner / limit)));
  const sizes = rest.map((size) => Math.ceil(size / every));
  const perFirst = sizes.reduce((product, size) => product * size, 1);
  const start = Math.min(Math.max(0, from), Math.max(0, first - 1));
  const count = Math.min(first - start, Math.max(1, Math.floor(limit / Math.max(1, perFirst))));
  const piece = wholePiece(windowOf(flat, [{ start, count, step: 1 }, ...sizes.map((size) => ({ start: 0, count: size, step: every }))]));
  return { piece, every };
}

/** With three dimensions at most: those in front become one, where they lie so. */
function flattened(tensor: Tensor): Tensor {
  if (tensor.shape.length <= 3) return tensor;
  const { shape } = tensor;
  const [height, width] = shape.slice(-2) as [number, number];
  return tensor.detach().reshape(-1, height, width);
}

/** Samples behind each other, thinned out so that each has at most `limit` values. */
export function thinned(tensor: Tensor, limit: number): Cut {
  const sizes = tensor.shape.slice(1);
  const spatial = sizes.length > 2 ? 2 : sizes.length;
  let every = 1;
  const shrunk = (): number[] => sizes.map((size, i) => (i < sizes.length - spatial ? size : Math.ceil(size / every)));
  while (shrunk().reduce((product, size) => product * size, 1) > limit && every < Math.max(...sizes)) every++;
  const steps = sizes.map((_, i) => (i < sizes.length - spatial ? 1 : every));
  const piece = wholePiece(windowOf(tensor, [all(tensor.shape[0]!), ...shrunk().map((count, i) => ({ start: 0, count, step: steps[i]! }))]));
  return { piece, every };
}
