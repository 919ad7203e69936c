/** Other orders and shapes of the same elements: moved axes, windows and diagonals (views), rolled, turned and repeated copies. */
import { record, type Operation } from "../autograd/node.ts";
import { itemSize, typedArray } from "../dtype.ts";
import { ArgumentError, IndexError, KindlingError, ShapeError } from "../errors.ts";
import { broadcastShapes, checkSizes, numelOf, sameShape, shapeText, wrapDim, type Shape } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { clone, contiguous, float } from "./conversion.ts";
import { copyInto, denseCopy } from "./copy.ts";
import { arange, fromTypedArray, zeros, type TensorOptions } from "./creation.ts";
import { indexSelect, scatterAdd } from "./indexing.ts";
import { cat, flip, stack } from "./joining.ts";
import { viewOf } from "./make.ts";
import { positions } from "./positions.ts";
import { tolist, toTypedArray } from "./reading.ts";
import { sum } from "./reductions.ts";
import type { Int, Size, Sizes, Tensors } from "./types.ts";
import { expand, flatten, narrow, permute, repeat, reshape, select, slice, splitWithSizes, transpose, unbind, unsqueeze, view } from "./views.ts";

// --- axes -----------------------------------------------------------------------------------------------------------

/**
 * Moves dimensions to other places; the rest keep their order (a view).
 * @param source where they are
 * @param destination where they go
 * @see https://pytorch.org/docs/stable/generated/torch.movedim.html
 * @api torch.movedim torch.moveaxis Tensor.movedim Tensor.moveaxis
 */
export function movedim(input: Tensor, source: Size, destination: Size): Tensor {
  const rank = input.shape.length;
  const list = (dims: Size): number[] => (typeof dims === "number" ? [dims] : [...dims]).map((d) => wrapDim(d, rank));
  const [from, to] = [list(source), list(destination)];
  if (from.length !== to.length) {
    throw new KindlingError(`movedim: Invalid source or destination dims: source (${from.length} dims) should contain the same number of dims as destination (${to.length} dims)`);
  }
  for (const [name, dims] of [["source", from], ["destination", to]] as const) {
    if (new Set(dims).size !== dims.length) throw new KindlingError(`movedim: repeated dim in \`${name}\` (${shapeText(dims)})`);
  }
  const order = new Array<number>(rank).fill(-1);
  to.forEach((place, i) => (order[place] = from[i]!));
  const rest = input.shape.map((_, i) => i).filter((i) => !from.includes(i));
  return permute(input, order.map((dim) => (dim === -1 ? rest.shift()! : dim)));
}

/**
 * A matrix, or each of a batch, transposed (a view).
 * @see https://pytorch.org/docs/stable/generated/torch.adjoint.html
 * @api torch.adjoint Tensor.adjoint
 */
export function adjoint(input: Tensor): Tensor {
  if (input.shape.length < 2) throw new KindlingError(`tensor.adjoint() is only supported on matrices or batches of matrices. Got ${input.shape.length}-D tensor.`);
  return transpose(input, -2, -1);
}

/**
 * All elements in one dimension; a view where possible.
 * @see https://pytorch.org/docs/stable/generated/torch.ravel.html
 * @api torch.ravel Tensor.ravel
 */
export function ravel(input: Tensor): Tensor {
  return flatten(input);
}

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
 * With at least one dimension: a scalar becomes a vector. Of several tensors a list.
 * @see https://pytorch.org/docs/stable/generated/torch.atleast_1d.html
 * @api torch.atleast1d
 */
export function atleast1d(input: Tensor): Tensor;
export function atleast1d(tensors: Tensors): Tensor[];
export function atleast1d(tensors: Tensor | Tensors): Tensor | Tensor[] {
  return each(tensors, (x) => (x.shape.length >= 1 ? x : view(x, [1])));
}

/**
 * With at least two dimensions: a vector becomes a row. Of several tensors a list.
 * @see https://pytorch.org/docs/stable/generated/torch.atleast_2d.html
 * @api torch.atleast2d
 */
export function atleast2d(input: Tensor): Tensor;
export function atleast2d(tensors: Tensors): Tensor[];
export function atleast2d(tensors: Tensor | Tensors): Tensor | Tensor[] {
  return each(tensors, (x) => (x.shape.length >= 2 ? x : unsqueeze(atleast1d(x), 0)));
}

/**
 * With at least three dimensions: a matrix becomes one of columns in a new last dimension. Of several tensors a list.
 * @see https://pytorch.org/docs/stable/generated/torch.atleast_3d.html
 * @api torch.atleast3d
 */
export function atleast3d(input: Tensor): Tensor;
export function atleast3d(tensors: Tensors): Tensor[];
export function atleast3d(tensors: Tensor | Tensors): Tensor | Tensor[] {
  return each(tensors, (x) => (x.shape.length >= 3 ? x : unsqueeze(atleast2d(x), -1)));
}

const each = (tensors: Tensor | Tensors, widen: (x: Tensor) => Tensor): Tensor | Tensor[] =>
  tensors instanceof Tensor ? widen(tensors) : tensors.map(widen);

// --- windows and diagonals ------------------------------------------------------------------------------------------

interface Windows {
  readonly shape: Shape;
  readonly dim: number;
  readonly step: number;
}

const unfoldOp: Operation = {
  name: "UnfoldBackward0",
  backward(node, gradient) {
    const { shape, dim, step } = node.data as Windows;
    const parts = unbind(gradient, -1).map((part, i) => spread(part, shape, dim, i, step));
    return [parts.reduce((a, b) => a.add(b))];
  },
};

/** Zeros of `shape` with the entries of `values` at every `step`-th place from `start` along `dim`. */
function spread(values: Tensor, shape: Shape, dim: number, start: number, step: number): Tensor {
  return sliceScatter(zeros(shape), values, dim, start, start + (values.shape[dim]! - 1) * step + 1, step);
}

/**
 * All slices of `size` entries along `dimension`, `step` apart, in a new last dimension (a view).
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.unfold.html
 * @api Tensor.unfold
 */
export function unfold(input: Tensor, dimension: Int, size: Int, step: Int): Tensor {
  const d = wrapDim(dimension, input.shape.length);
  const length = input.shape[d] ?? 1;
  if (size > length) throw new KindlingError(`maximum size for tensor at dimension ${d} is ${length} but size is ${size}`);
  if (!(step > 0)) throw new KindlingError(`step is ${step} but must be > 0`);
  if (input.shape.length === 0) return view(input, [1]);
  const shape = [...input.shape.map((n, i) => (i === d ? Math.floor((length - size) / step) + 1 : n)), size];
  const strides = [...input.strides.map((s, i) => (i === d ? s * step : s)), input.strides[d]!];
  return record(unfoldOp, viewOf(input, shape, strides), [input], [], { shape: input.shape, dim: d, step });
}

interface Diagonal {
  readonly shape: Shape;
  readonly offset: number;
  readonly dims: readonly [number, number];
}

const diagonalOp: Operation = {
  name: "DiagonalBackward0",
  backward(node, gradient) {
    const { shape, offset, dims } = node.data as Diagonal;
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
  return sum(diagonal(input));
}

const scatterViewOp: Operation = {
  name: "ScatterViewBackward0",
  backward(node, gradient) {
    const look = node.data as (input: Tensor) => Tensor;
    const part = look(gradient);
    return [node.needs(0) ? scatterView(gradient, part.mul(0), look) : null, node.needs(1) ? part : null];
  },
};

/** A copy of `input` with `source` where the view `look(input)` is. */
export function scatterView(input: Tensor, source: Tensor, look: (input: Tensor) => Tensor): Tensor {
  const result = denseCopy(input);
  const window = look(result);
  if (window.shape.join() !== source.shape.join()) {
    throw new ShapeError(`expected src to have a size equal to the slice of self. src size = [${source.shape.join(", ")}], slice size = [${window.shape.join(", ")}]`, source.shape, window.shape);
  }
  copyInto(window, source);
  return record(scatterViewOp, result, [input, source], [], look);
}

/**
 * A copy with `src` as entry `index` along `dim`.
 * @see https://pytorch.org/docs/stable/generated/torch.select_scatter.html
 * @api torch.selectScatter Tensor.selectScatter
 */
export function selectScatter(input: Tensor, src: Tensor, dim: Int, index: Int): Tensor {
  return scatterView(input, src, (x) => select(x, dim, index));
}

/**
 * A copy with `src` in place of every `step`-th entry from `start` up to, not including, `end` along `dim`.
 * @see https://pytorch.org/docs/stable/generated/torch.slice_scatter.html
 * @api torch.sliceScatter Tensor.sliceScatter
 */
export function sliceScatter(input: Tensor, src: Tensor, dim: Int = 0, start: Int | null = null, end: Int | null = null, step: Int = 1): Tensor {
  return scatterView(input, src, (x) => slice(x, dim, start, end, step));
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

// --- rolled, turned, repeated ---------------------------------------------------------------------------------------

/**
 * Shifts along dimensions, around the end; without `dims` in the flattened tensor.
 * @see https://pytorch.org/docs/stable/generated/torch.roll.html
 * @api torch.roll Tensor.roll
 */
export function roll(input: Tensor, shifts: Size, dims: Size = []): Tensor {
  const steps = typeof shifts === "number" ? [shifts] : shifts;
  if (Array.isArray(dims) && dims.length === 0) {
    if (steps.length !== 1) throw new KindlingError(`shifts and dimensions must align. shifts: ${steps.length}, dims:0`);
    return reshape(roll(flatten(input), steps, 0), input.shape);
  }
  const axes = typeof dims === "number" ? [dims] : (dims as readonly number[]);
  if (axes.length !== steps.length) throw new KindlingError(`shifts and dimensions must align. shifts: ${steps.length}, dims:${axes.length}`);
  return axes.reduce((x, axis, i) => rollOne(x, steps[i]!, wrapDim(axis, x.shape.length)), input);
}

function rollOne(input: Tensor, shift: number, dim: number): Tensor {
  const n = input.shape[dim] ?? 1;
  const by = n === 0 ? 0 : ((shift % n) + n) % n;
  if (by === 0) return clone(input);
  return cat([narrow(input, dim, n - by, by), narrow(input, dim, 0, n - by)], dim);
}

/**
 * Turned by `k` right angles in the plane of two dimensions, from the first towards the second.
 * @see https://pytorch.org/docs/stable/generated/torch.rot90.html
 * @api torch.rot90 Tensor.rot90
 */
export function rot90(input: Tensor, k: Int = 1, dims: readonly [Int, Int] = [0, 1]): Tensor {
  const [a, b] = dims.map((dim) => wrapDim(dim, input.shape.length)) as [number, number];
  if (a === b) throw new KindlingError(`expected rotation dims to be different, but got dim0 = ${dims[0]} and dim1 = ${dims[1]}`);
  switch (((k % 4) + 4) % 4) {
    case 1: return contiguous(transpose(flip(input, [b]), a, b));
    case 2: return flip(input, dims);
    case 3: return flip(transpose(input, a, b), [b]);
    default: return clone(input);
  }
}

/**
 * Columns in reverse order.
 * @see https://pytorch.org/docs/stable/generated/torch.fliplr.html
 * @api torch.fliplr Tensor.fliplr
 */
export function fliplr(input: Tensor): Tensor {
  if (input.shape.length < 2) throw new KindlingError("Input must be >= 2-d.");
  return flip(input, [1]);
}

/**
 * Rows in reverse order.
 * @see https://pytorch.org/docs/stable/generated/torch.flipud.html
 * @api torch.flipud Tensor.flipud
 */
export function flipud(input: Tensor): Tensor {
  if (input.shape.length < 1) throw new KindlingError("Input must be >= 1-d.");
  return flip(input, [0]);
}

/**
 * The whole tensor repeated along each dimension (a copy); counts that are missing in front are 1.
 * @see https://pytorch.org/docs/stable/generated/torch.tile.html
 * @api torch.tile Tensor.tile
 */
export function tile(input: Tensor, dims: Sizes): Tensor {
  return repeat(input, [...new Array<number>(Math.max(0, input.shape.length - dims.length)).fill(1), ...dims]);
}

export interface RepeatOptions {
  /** The length of the result along `dim`, where it is known. */
  outputSize?: Int | null;
}

/**
 * Each entry along `dim` repeated, those of the flattened tensor without it. With `repeats` alone: each position so many
 * times.
 * @param repeats one count for all, or one for each entry
 * @see https://pytorch.org/docs/stable/generated/torch.repeat_interleave.html
 * @api torch.repeatInterleave Tensor.repeatInterleave
 */
export function repeatInterleave(input: Tensor, repeats: Int | Tensor, dim?: Int | null, options?: RepeatOptions): Tensor;
export function repeatInterleave(repeats: Tensor, options?: RepeatOptions): Tensor;
export function repeatInterleave(input: Tensor, repeats?: Int | Tensor | RepeatOptions, dim?: Int | null, options?: RepeatOptions): Tensor {
  if (typeof repeats !== "number" && !(repeats instanceof Tensor)) return repeatInterleave(arange(0, input.numel()), input, 0, repeats);
  const source = dim === undefined || dim === null ? flatten(input) : input;
  const d = wrapDim(dim ?? 0, source.shape.length);
  const n = source.shape[d] ?? 1;
  const counts = typeof repeats === "number" ? [repeats] : toTypedArray(positions(repeats, "repeats has to be Long or Int tensor"));
  if (repeats instanceof Tensor && repeats.shape.length > 1) throw new KindlingError("repeats must be 0-dim or 1-dim tensor");
  if (counts.length !== 1 && counts.length !== n) throw new KindlingError("repeats must have the same size as input along dim");
  let total = 0;
  for (let i = 0; i < n; i++) {
    const count = counts[counts.length === 1 ? 0 : i]!;
    if (count < 0) throw new KindlingError("repeats can not be negative");
    total += count;
  }
  const wanted = options?.outputSize ?? total;
  if (wanted !== total) throw new KindlingError(`allocated size does not match required size: outputSize is ${wanted}, but the repeats add up to ${total}`);
  const places = typedArray("int32", total);
  let next = 0;
  for (let i = 0; i < n; i++) places.fill(i, next, (next += counts[counts.length === 1 ? 0 : i]!));
  return indexSelect(source, d, fromTypedArray(places, [total]));
}

// --- joining and splitting ------------------------------------------------------------------------------------------

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
  return cat(blocks.map((block) => {
    const [rows, cols] = [block.shape[0]!, block.shape[1]!];
    const row = cat([zeros([rows, left]), float(block), zeros([rows, width - left - cols])], 1);
    left += cols;
    return row;
  }), 0);
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
    return splitWithSizes(input, Array.from({ length: parts }, (_, i) => Math.floor(n / parts) + Number(i < n % parts)), d);
  }
  const ends = [...parts, n].map((end) => Math.min(n, end < 0 ? Math.max(0, end + n) : end));
  return ends.map((end, i) => {
    const start = i === 0 ? 0 : ends[i - 1]!;
    return narrow(input, d, start, Math.max(0, end - start));
  });
}

/** A scalar is a number of parts, a vector a list of places. */
function partsListed(parts: Tensor): Size {
  if (parts.shape.length > 1) throw new KindlingError(`tensor_split expected tensor_indices_or_sections to be a zero-dimensional or one-dimensional tensor, but got a tensor with ${parts.shape.length} dims`);
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
  throw new KindlingError(`torch.${name} requires a tensor with at least ${rank} dimension${rank === 1 ? "" : "s"}, but got a tensor with ${input.shape.length} dimensions!`);
}

/** A number of parts has to divide the dimension. */
function splitEvenly(name: string, input: Tensor, parts: Size, dim: number): Tensor[] {
  if (typeof parts !== "number") return tensorSplit(input, parts, dim);
  const n = input.shape[dim]!;
  if (parts === 0 || n % parts !== 0) {
    throw new KindlingError(`torch.${name} attempted to split along dimension ${dim}, but the size of the dimension ${n} is not divisible by the split_size ${parts}!`);
  }
  return tensorSplit(input, parts, dim);
}

/**
 * A copy of `length` entries from `start` along `dim`.
 * @see https://pytorch.org/docs/stable/generated/torch.narrow_copy.html
 * @api torch.narrowCopy Tensor.narrowCopy
 */
export function narrowCopy(input: Tensor, dim: Int, start: Int, length: Int): Tensor {
  return clone(narrow(input, dim, start, length));
}

export interface GridOptions {
  /** Whether the first vector runs along the rows (`"ij"`, default) or along the columns (`"xy"`). */
  indexing?: "ij" | "xy" | null;
}

/**
 * Coordinates of a grid: for each vector a tensor of the grid's shape (views).
 * @see https://pytorch.org/docs/stable/generated/torch.meshgrid.html
 * @api torch.meshgrid
 */
export function meshgrid(tensors: Tensors, { indexing }: GridOptions = {}): Tensor[] {
  if (tensors.length === 0) throw new KindlingError("meshgrid expects a non-empty TensorList");
  const swap = indexing === "xy" && tensors.length > 1;
  const axes = swap ? [tensors[1]!, tensors[0]!, ...tensors.slice(2)] : tensors;
  const wide = axes.find((axis) => axis.shape.length > 1);
  if (wide) throw new KindlingError(`torch.meshgrid: Expected 0D or 1D tensor in the tensor list but got: ${shapeText(wide.shape)}`);
  const shape = axes.map((axis) => axis.numel());
  const grids = axes.map((axis, i) => expand(reshape(axis, shape.map((n, k) => (k === i ? n : 1))), shape));
  return swap ? [grids[1]!, grids[0]!, ...grids.slice(2)] : grids;
}

/**
 * All combinations of one element from each vector, one in each row.
 * @see https://pytorch.org/docs/stable/generated/torch.cartesian_prod.html
 * @api torch.cartesianProd
 */
export function cartesianProd(tensors: Tensors): Tensor {
  if (tensors.length === 1) return tensors[0]!;
  return stack(meshgrid(tensors).map((grid) => flatten(grid)), 1);
}

/**
 * All combinations of `r` elements of a vector, one in each row.
 * @param withReplacement whether an element may come up again
 * @see https://pytorch.org/docs/stable/generated/torch.combinations.html
 * @api torch.combinations
 */
export function combinations(input: Tensor, r: Int = 2, withReplacement = false): Tensor {
  if (input.shape.length !== 1) throw new KindlingError(`Expect a 1D vector, but got shape ${shapeText(input.shape)}`);
  if (r < 0) throw new KindlingError(`Expect a non-negative number, but got ${r}`);
  if (r === 0) return narrow(input, 0, 0, 0);
  const n = input.numel();
  const count = waysToChoose(withReplacement ? n + r - 1 : n, r);
  const places = typedArray("int32", count * r);
  const row = new Array<number>(r);
  let next = 0;
  const choose = (k: number, from: number): void => {
    if (k === r) for (const place of row) places[next++] = place;
    else for (let i = from; i < n; i++) choose(k + 1, (row[k] = i) + Number(!withReplacement));
  };
  choose(0, 0);
  const picked = indexSelect(input, 0, fromTypedArray(places, [count * r]));
  return reshape(picked, [count, r]);
}

/** In how many ways `r` of `n` can be chosen. */
function waysToChoose(n: number, r: number): number {
  if (r > n) return 0;
  let ways = 1;
  for (let k = 1; k <= r; k++) ways = Math.round((ways * (n - r + k)) / k);
  return ways;
}

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
  return triangleIndices(row, () => 0, (i) => Math.min(col, i + offset + 1), options);
}

/**
 * Row and column indices of the upper triangle of a matrix: `[2, count]`, `int32` unless another type is asked for.
 * @param offset of the first diagonal that belongs to it
 * @see https://pytorch.org/docs/stable/generated/torch.triu_indices.html
 * @api torch.triuIndices
 */
export function triuIndices(row: Int, col: Int, offset: Int = 0, options: TensorOptions = {}): Tensor {
  return triangleIndices(row, (i) => Math.max(0, i + offset), () => col, options);
}

const asStridedOp: Operation = {
  name: "AsStridedBackward0",
  backward(node, gradient) {
    const { shape, places } = node.data as { shape: Shape; places: Tensor };
    const flat = scatterAdd(zeros([numelOf(shape)]), 0, places, reshape(gradient, [gradient.numel()]));
    return [reshape(flat, shape)];
  },
};

/**
 * Any window on the memory that the tensor shows (a view).
 * @param stride steps between neighbours in each dimension, counted in elements
 * @param storageOffset where the first element is; default where the tensor's own is
 * @throws IndexError where the window goes beyond the memory
 * @see https://pytorch.org/docs/stable/generated/torch.as_strided.html
 * @api torch.asStrided Tensor.asStrided
 */
export function asStrided(input: Tensor, size: Shape, stride: Shape, storageOffset: Int | null = null): Tensor {
  const offset = storageOffset ?? input.offset;
  if (size.length !== stride.length) throw new ArgumentError("mismatch in length of strides and shape", "RuntimeError");
  if (stride.some((step) => step < 0)) throw new KindlingError(`as_strided: Negative strides are not supported at the moment, got strides: ${shapeText(stride)}`);
  if (offset < 0) throw new KindlingError(`Tensor: invalid storage offset ${offset}`);
  checkSizes(size);
  const last = size.includes(0) ? 0 : size.reduce((end, n, i) => end + (n - 1) * stride[i]!, offset);
  const held = input.storage.bytes / itemSize(input.dtype);
  if (last >= Math.max(1, held)) {
    throw new IndexError(`setStorage: sizes [${size.join(", ")}], strides [${stride.join(", ")}], storage offset ${offset} are out of bounds for storage`);
  }
  const result = viewOf(input, size, stride, offset);
  if (!input.requiresGrad) return result;
  if (!input.dense) throw new KindlingError("as_strided() of a tensor that is itself strided can't be differentiated; call contiguous() first");
  const ordinals = arange(0, input.numel());
  const places = reshape(contiguous(viewOf(ordinals, size, stride, offset - input.offset)), [numelOf(size)]);
  return record(asStridedOp, result, [input], [], { shape: input.shape, places });
}
