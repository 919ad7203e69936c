/** Other orders and shapes of the same elements: moved axes, windows and diagonals (views), rolled, turned and repeated copies. */
import { record, type Operation } from "../autograd/node.ts";
import { itemSize, typedArray } from "../dtype.ts";
import { ArgumentError, IndexError, KindlingError, ShapeError } from "../errors.ts";
import { broadcastShapes, checkSizes, numelOf, sameShape, shapeOf, shapeText, wrapDim, type Shape, type ShapeArguments } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { copyInto } from "./copy.ts";
import { arange, fromTypedArray, zeros } from "./creation.ts";
import { indexSelect, scatterAdd } from "./indexing.ts";
import { cat, flip, stack } from "./joining.ts";
import { viewOf } from "./make.ts";
import { toTypedArray } from "./reading.ts";
import { sum } from "./reductions.ts";
import { expand, flatten, narrow, permute, reshape, select, slice, split, transpose, unsqueeze, view } from "./views.ts";
import type { Size } from "./types.ts";

// --- axes -----------------------------------------------------------------------------------------------------------

/** Moves dimensions to other places; the rest keep their order. */
export function movedim(input: Tensor, source: number | readonly number[], destination: number | readonly number[]): Tensor {
  const rank = input.shape.length;
  const list = (dims: number | readonly number[]): number[] => (typeof dims === "number" ? [dims] : [...dims]).map((d) => wrapDim(d, rank));
  const [from, to] = [list(source), list(destination)];
  if (from.length !== to.length) {
    throw new KindlingError(`movedim: Invalid source or destination dims: source (${from.length} dims) should contain the same number of dims as destination (${to.length} dims)`);
  }
  const order = new Array<number>(rank).fill(-1);
  to.forEach((place, i) => (order[place] = from[i]!));
  const rest = input.shape.map((_, i) => i).filter((i) => !from.includes(i));
  return permute(input, order.map((dim) => (dim === -1 ? rest.shift()! : dim)));
}
export { movedim as moveaxis, transpose as swapaxes, transpose as swapdims };

/** A matrix, or each of a batch, transposed. */
export function adjoint(input: Tensor): Tensor {
  if (input.shape.length < 2) throw new KindlingError(`tensor.adjoint() is only supported on matrices or batches of matrices. Got ${input.shape.length}-D tensor.`);
  return transpose(input, -2, -1);
}

/** All in one dimension; a view where possible. */
export function ravel(input: Tensor): Tensor {
  return flatten(input);
}

/** `expand` by another name. */
export function broadcastTo(input: Tensor, ...shape: ShapeArguments): Tensor {
  return expand(input, ...shape);
}

/** All expanded to the shape that they broadcast to; one that has it already comes back itself. */
export function broadcastTensors(...tensors: readonly Tensor[] | readonly [readonly Tensor[]]): Tensor[] {
  const list = (Array.isArray(tensors[0]) ? tensors[0] : tensors) as readonly Tensor[];
  const shape = list.map((x) => x.shape).reduce((a, b) => broadcastShapes(a, b), [] as Shape);
  return list.map((x) => (sameShape(x.shape, shape) ? x : expand(x, shape)));
}

function atLeast(rank: number, widen: (input: Tensor) => Tensor): (input: Tensor) => Tensor {
  return (input) => (input.shape.length >= rank ? input : widen(input));
}
export const atleast1d = atLeast(1, (x) => view(x, [1]));
export const atleast2d = atLeast(2, (x) => unsqueeze(atleast1d(x), 0));
export const atleast3d = atLeast(3, (x) => unsqueeze(atleast2d(x), -1));

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
    const parts = gradient.unbind(-1).map((part, i) => spread(part, shape, dim, i, step));
    return [parts.reduce((a, b) => a.add(b))];
  },
};

/** Zeros of `shape` with the entries of `values` at every `step`-th place from `start` along `dim`. */
function spread(values: Tensor, shape: Shape, dim: number, start: number, step: number): Tensor {
  return sliceScatter(zeros(shape), values, { dim, start, end: start + (values.shape[dim]! - 1) * step + 1, step });
}

/** All windows of `size` entries along `dim`, `step` apart, in a new last dimension (a view). */
export function unfold(input: Tensor, dim: number, size: number, step: number): Tensor {
  const d = wrapDim(dim, input.shape.length);
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
    return [diagonalScatter(zeros(shape), gradient, { offset, dim1: dims[0], dim2: dims[1] })];
  },
};

export interface DiagonalOptions {
  /** Above (positive) or below the main diagonal. Default 0. */
  offset?: number;
  dim1?: number;
  dim2?: number;
}

function diagonalView(input: Tensor, offset: number, a: number, b: number): Tensor {
  const [rows, cols] = [input.shape[a]!, input.shape[b]!];
  const length = Math.max(0, offset >= 0 ? Math.min(rows, cols - offset) : Math.min(rows + offset, cols));
  const [sa, sb] = [input.strides[a]!, input.strides[b]!];
  const start = length === 0 ? 0 : offset >= 0 ? offset * sb : -offset * sa;
  const keep = <T>(list: readonly T[]): T[] => list.filter((_, i) => i !== a && i !== b);
  return viewOf(input, [...keep(input.shape), length], [...keep(input.strides), sa + sb], input.offset + start);
}

/** The diagonal of two dimensions (default the first two), as a new last dimension (a view). */
export function diagonal(input: Tensor, options: DiagonalOptions | number = {}): Tensor {
  const { offset = 0, dim1 = 0, dim2 = 1 } = typeof options === "number" ? { offset: options } : options;
  const rank = input.shape.length;
  const [a, b] = [wrapDim(dim1, rank), wrapDim(dim2, rank)];
  if (a === b) throw new KindlingError(`diagonal dimensions cannot be identical ${dim1}, ${dim2}`);
  return record(diagonalOp, diagonalView(input, offset, a, b), [input], [], { shape: input.shape, offset, dims: [a, b] });
}

/** Matrices with the entries of the last dimension on a diagonal of the new dimensions `dim1` and `dim2` (default the last two). */
export function diagEmbed(input: Tensor, options: DiagonalOptions = {}): Tensor {
  const { offset = 0, dim1 = -2, dim2 = -1 } = options;
  const rank = input.shape.length + 1;
  const [a, b] = [wrapDim(dim1, rank), wrapDim(dim2, rank)];
  const size = (input.shape.at(-1) ?? 1) + Math.abs(offset);
  const lead = [...input.shape.slice(0, -1)];
  const [first, second] = a < b ? [a, b] : [b, a];
  lead.splice(first, 0, size);
  lead.splice(second, 0, size);
  return diagonalScatter(zeros(lead, { dtype: input.dtype }), input, { offset, dim1: a, dim2: b });
}

/** A vector as a square matrix's diagonal; a matrix's diagonal as a vector. */
export function diag(input: Tensor, diagonalOffset = 0): Tensor {
  if (input.shape.length === 1) return diagEmbed(input, { offset: diagonalOffset });
  if (input.shape.length === 2) return diagonal(input, diagonalOffset).clone();
  throw new KindlingError("matrix or a vector expected");
}

/** All elements on the diagonal of a matrix. */
export function diagflat(input: Tensor, offset = 0): Tensor {
  return diagEmbed(flatten(input), { offset });
}

/** The sum of a matrix's diagonal. */
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
  const result = input.detach().clone();
  const window = look(result);
  if (window.shape.join() !== source.shape.join()) {
    throw new ShapeError(`expected src to have a size equal to the slice of self. src size = [${source.shape.join(", ")}], slice size = [${window.shape.join(", ")}]`, source.shape, window.shape);
  }
  copyInto(window, source.detach());
  return record(scatterViewOp, result, [input, source], [], look);
}

/** A copy with `source` as entry `index` along `dim`. */
export function selectScatter(input: Tensor, source: Tensor, dim: number, index: number): Tensor {
  return scatterView(input, source, (x) => select(x, dim, index));
}

/** A copy with `source` in a slice along `dim`. */
export function sliceScatter(input: Tensor, source: Tensor, options: { dim?: number; start?: number | null; end?: number | null; step?: number } = {}): Tensor {
  const { dim = 0, start, end, step = 1 } = options;
  return scatterView(input, source, (x) => slice(x, dim, start, end, step));
}

/** A copy with `source` on a diagonal. */
export function diagonalScatter(input: Tensor, source: Tensor, options: DiagonalOptions = {}): Tensor {
  return scatterView(input, source, (x) => diagonal(x, options));
}

// --- rolled, turned, repeated ---------------------------------------------------------------------------------------

/**
 * Shifts along dimensions, around the end; without `dims` in the flattened tensor.
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
  if (by === 0) return input.clone();
  return cat([narrow(input, dim, n - by, by), narrow(input, dim, 0, n - by)], dim);
}

/** Turns by `k` right angles in the plane of two dimensions (default the first two). */
export function rot90(input: Tensor, k = 1, dims: readonly [number, number] = [0, 1]): Tensor {
  const [a, b] = dims;
  switch (((k % 4) + 4) % 4) {
    case 1: return transpose(flip(input, b), a, b).contiguous();
    case 2: return flip(input, a, b);
    case 3: return flip(transpose(input, a, b), b);
    default: return input.clone();
  }
}

/** Columns in reverse order. */
export function fliplr(input: Tensor): Tensor {
  if (input.shape.length < 2) throw new KindlingError("Input must be >= 2-d.");
  return flip(input, 1);
}

/** Rows in reverse order. */
export function flipud(input: Tensor): Tensor {
  if (input.shape.length < 1) throw new KindlingError("Input must be >= 1-d.");
  return flip(input, 0);
}

/** Repeats the whole; missing counts are 1. */
export function tile(input: Tensor, ...times: ShapeArguments): Tensor {
  const counts = shapeOf(times);
  return input.repeat([...new Array<number>(Math.max(0, input.shape.length - counts.length)).fill(1), ...counts]);
}

/** Repeats each entry along `dim` (all elements of the flattened tensor without it), one count for all or one for each. */
export function repeatInterleave(input: Tensor, repeats: number | Tensor, options: { dim?: number } | number = {}): Tensor {
  const dim = typeof options === "number" ? options : options.dim;
  const source = dim === undefined ? flatten(input) : input;
  const d = wrapDim(dim ?? 0, source.shape.length);
  const n = source.shape[d] ?? 1;
  const counts = typeof repeats === "number" ? [repeats] : toTypedArray(repeats);
  if (counts.length !== 1 && counts.length !== n) throw new KindlingError("repeats must have the same size as input along dim");
  let total = 0;
  for (let i = 0; i < n; i++) {
    const count = counts[counts.length === 1 ? 0 : i]!;
    if (count < 0) throw new KindlingError("repeats can not be negative");
    total += count;
  }
  const places = typedArray("int32", total);
  let next = 0;
  for (let i = 0; i < n; i++) places.fill(i, next, (next += counts[counts.length === 1 ? 0 : i]!));
  return indexSelect(source, d, fromTypedArray(places, [total]));
}

// --- joining and splitting ------------------------------------------------------------------------------------------

/** Side by side: along the second dimension, vectors along their only one. */
export function hstack(tensors: readonly Tensor[]): Tensor {
  if (tensors.length === 0) throw new KindlingError("hstack expects a non-empty TensorList");
  const parts = tensors.map(atleast1d);
  return cat(parts, parts[0]!.shape.length === 1 ? 0 : 1);
}

/** One below the other: along the first dimension, vectors as rows. */
export function vstack(tensors: readonly Tensor[]): Tensor {
  return cat(tensors.map(atleast2d), 0);
}
export { vstack as rowStack };

/** Along a third dimension. */
export function dstack(tensors: readonly Tensor[]): Tensor {
  return cat(tensors.map(atleast3d), 2);
}

/** Vectors as columns. */
export function columnStack(tensors: readonly Tensor[]): Tensor {
  return hstack(tensors.map((x) => (x.shape.length <= 1 ? reshape(x, [x.numel(), 1]) : x)));
}

/** Matrices along the diagonal of a larger one. */
export function blockDiag(...tensors: readonly Tensor[]): Tensor {
  const blocks = tensors.map(atleast2d);
  const width = blocks.reduce((n, block) => n + block.shape[1]!, 0);
  let left = 0;
  return cat(blocks.map((block) => {
    const [rows, cols] = [block.shape[0]!, block.shape[1]!];
    const row = cat([zeros([rows, left]), block.float(), zeros([rows, width - left - cols])], 1);
    left += cols;
    return row;
  }), 0);
}

/** Parts of the sizes given, along `dim`. */
export function splitWithSizes(input: Tensor, sizes: readonly number[], dim = 0): Tensor[] {
  return split(input, sizes, dim);
}

/** A number of nearly equal parts, or parts that end at the given places. */
export function tensorSplit(input: Tensor, sections: number | readonly number[], dim = 0): Tensor[] {
  const d = wrapDim(dim, input.shape.length);
  const n = input.shape[d]!;
  if (typeof sections === "number") {
    if (!(sections > 0)) throw new KindlingError(`number of sections must be larger than 0, got ${sections}`);
    return split(input, Array.from({ length: sections }, (_, i) => Math.floor(n / sections) + Number(i < n % sections)), d);
  }
  const ends = [...sections, n].map((end) => Math.min(n, end < 0 ? Math.max(0, end + n) : end));
  return ends.map((end, i) => {
    const start = i === 0 ? 0 : ends[i - 1]!;
    return narrow(input, d, start, Math.max(0, end - start));
  });
}

function splitAlong(name: string, rank: number, dim: (rank: number) => number) {
  return (input: Tensor, sections: number | readonly number[]): Tensor[] => {
    if (input.shape.length < rank) {
      throw new KindlingError(`torch.${name} requires a tensor with at least ${rank} dimension${rank === 1 ? "" : "s"}, but got a tensor with ${input.shape.length} dimensions!`);
    }
    return tensorSplit(input, sections, dim(input.shape.length));
  };
}
export const hsplit = splitAlong("hsplit", 1, (rank) => (rank === 1 ? 0 : 1));
export const vsplit = splitAlong("vsplit", 2, () => 0);
export const dsplit = splitAlong("dsplit", 3, () => 2);

/** A copy of a narrowed tensor. */
export function narrowCopy(input: Tensor, dim: number, start: number, length: number): Tensor {
  return narrow(input, dim, start, length).clone();
}

/** Coordinates of a grid: for each vector a tensor of the grid's shape. */
export function meshgrid(...args: readonly [...Tensor[], { indexing?: "ij" | "xy" }] | readonly Tensor[] | readonly [readonly Tensor[], { indexing?: "ij" | "xy" }?]): Tensor[] {
  const last = args.at(-1);
  const options = last instanceof Tensor || Array.isArray(last) ? {} : (last as { indexing?: "ij" | "xy" });
  const tensors = (Array.isArray(args[0]) ? args[0] : args.filter((arg) => arg instanceof Tensor)) as readonly Tensor[];
  const swap = options.indexing === "xy" && tensors.length > 1;
  const axes = swap ? [tensors[1]!, tensors[0]!, ...tensors.slice(2)] : tensors;
  const shape = axes.map((axis) => axis.numel());
  const grids = axes.map((axis, i) => expand(reshape(axis, shape.map((n, k) => (k === i ? n : 1))), shape));
  return swap ? [grids[1]!, grids[0]!, ...grids.slice(2)] : grids;
}

/** All combinations of one element from each vector, one in each row. */
export function cartesianProd(...tensors: readonly Tensor[]): Tensor {
  if (tensors.length === 1) return tensors[0]!;
  return stack(meshgrid(...tensors).map((grid) => flatten(grid)), 1);
}

/** All combinations of `r` (default 2) elements of a vector, one in each row. */
export function combinations(input: Tensor, r = 2, options: { withReplacement?: boolean } = {}): Tensor {
  const n = input.numel();
  const again = options.withReplacement ?? false;
  const count = waysToChoose(again ? n + r - 1 : n, r);
  const places = typedArray("int32", count * r);
  const row = new Array<number>(r);
  let next = 0;
  const choose = (k: number, from: number): void => {
    if (k === r) for (const place of row) places[next++] = place;
    else for (let i = from; i < n; i++) choose(k + 1, (row[k] = i) + Number(!again));
  };
  choose(0, 0);
  const picked = indexSelect(flatten(input), 0, fromTypedArray(places, [count * r]));
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
function triangleIndices(rows: number, first: (row: number) => number, end: (row: number) => number): Tensor {
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
  return fromTypedArray(places, [2, count]);
}

/** Row and column indices of the lower triangle. */
export function trilIndices(rows: number, cols: number, offset = 0): Tensor {
  return triangleIndices(rows, () => 0, (i) => Math.min(cols, i + offset + 1));
}

/** Row and column indices of the upper triangle. */
export function triuIndices(rows: number, cols: number, offset = 0): Tensor {
  return triangleIndices(rows, (i) => Math.max(0, i + offset), () => cols);
}

const asStridedOp: Operation = {
  name: "AsStridedBackward0",
  backward(node, gradient) {
    const { shape, places } = node.data as { shape: Shape; places: Tensor };
    const flat = scatterAdd(zeros([numelOf(shape)]), 0, places, reshape(gradient, [gradient.numel()]));
    return [reshape(flat, shape)];
  },
};

/** Any window on the storage: sizes, strides and offset in elements (a view). */
export function asStrided(input: Tensor, size: Shape, stride: readonly number[], storageOffset = input.offset): Tensor {
  if (size.length !== stride.length) throw new ArgumentError("mismatch in length of strides and shape", "RuntimeError");
  const negative = stride.find((step) => !(step >= 0 && Number.isInteger(step)));
  if (negative !== undefined) throw new KindlingError(`as_strided: Negative strides are not supported at the moment, got strides: ${shapeText(stride)}`);
  if (!(storageOffset >= 0 && Number.isInteger(storageOffset))) throw new KindlingError(`Tensor: invalid storage offset ${storageOffset}`);
  checkSizes(size);
  const last = size.includes(0) ? 0 : size.reduce((end, n, i) => end + (n - 1) * stride[i]!, storageOffset);
  const held = input.storage.bytes / itemSize(input.dtype);
  if (last >= Math.max(1, held)) {
    throw new IndexError(`setStorage: sizes [${size.join(", ")}], strides [${stride.join(", ")}], storage offset ${storageOffset} are out of bounds for storage`);
  }
  const result = viewOf(input, size, stride, storageOffset);
  if (!input.requiresGrad) return result;
  if (!input.dense) throw new KindlingError("as_strided() of a tensor that is itself strided can't be differentiated; call contiguous() first");
  const ordinals = arange(input.numel());
  const places = reshape(viewOf(ordinals, size, stride, storageOffset - input.offset).contiguous(), [numelOf(size)]);
  return record(asStridedOp, result, [input], [], { shape: input.shape, places });
}
