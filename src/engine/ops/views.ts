/** The same elements under another shape or in another order of dimensions, and parts of them; none copies (but `reshape`, where it must). */
import { arithmetic } from "../autograd/arithmetic.ts";
import { record, type Operation } from "../autograd/node.ts";
import { IndexError, KindlingError, ShapeError } from "../errors.ts";
import { tellReading } from "../instrument.ts";
import { broadcastStrides, inferShape, numelOf, shapeText, viewStrides, wrapDim, wrapDims, type Shape } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { clone, contiguous } from "./conversion.ts";
import { copyInto } from "./internal/copy.ts";
import { zeros } from "./creation.ts";
import { viewOf } from "./internal/make.ts";
import { positions } from "./internal/positions.ts";
import { item } from "./reading.ts";
import type { Int, Size, Sizes, Tensors } from "./types.ts";

const viewOp: Operation<Shape> = {
  name: "ViewBackward0",
  backward: (node, gradient) => [reshape(gradient, node.data)],
};

const squeezeOp: Operation<Shape> = { ...viewOp, name: "SqueezeBackward0" };

const squeezeDimOp: Operation<Shape> = { ...viewOp, name: "SqueezeBackward1" };

const unsqueezeOp: Operation<Shape> = { ...viewOp, name: "UnsqueezeBackward0" };

/**
 * The same elements in row-major order under another shape, without a copy.
 * @param size one of them may be -1: what the number of elements leaves for it
 * @throws KindlingError where a copy would be needed: then `reshape` does it
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.view.html
 * @api torch.view Tensor.view
 */
export function view(input: Tensor, size: Sizes): Tensor {
  const shape = inferShape(size, input.numel());
  const strides = input.dense ? null : viewStrides(input.shape, input.strides, shape);
  if (strides === null && !input.dense) {
    throw new KindlingError(
      "view size is not compatible with input tensor's size and stride (at least one dimension spans across two " +
        "contiguous subspaces). Use .reshape(...) instead.",
    );
  }
  return showAs(input, shape, strides);
}

function showAs(input: Tensor, shape: Shape, strides: readonly number[] | null): Tensor {
  return record(viewOp, viewOf(input, shape, strides), [input], [], input.shape);
}

/**
 * This tensor's elements under the shape of another, without a copy.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.view_as.html
 * @api Tensor.viewAs
 */
export function viewAs(input: Tensor, other: Tensor): Tensor {
  return view(input, other.shape);
}

/**
 * The same elements in row-major order under another shape: a view where possible, else a copy.
 * @param shape one size may be -1: what the number of elements leaves for it
 * @see https://pytorch.org/docs/stable/generated/torch.reshape.html
 * @api torch.reshape Tensor.reshape
 */
export function reshape(input: Tensor, shape: Sizes): Tensor {
  const sizes = inferShape(shape, input.numel());
  if (input.dense) return showAs(input, sizes, null);
  const strides = viewStrides(input.shape, input.strides, sizes);
  return strides === null ? showAs(contiguous(input), sizes, null) : showAs(input, sizes, strides);
}

/**
 * This tensor's elements under the shape of another: a view where possible, else a copy.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.reshape_as.html
 * @api Tensor.reshapeAs
 */
export function reshapeAs(input: Tensor, other: Tensor): Tensor {
  return reshape(input, other.shape);
}

/**
 * Merges the dimensions from `startDim` to `endDim` (inclusive) into one; a scalar becomes a vector.
 * @see https://pytorch.org/docs/stable/generated/torch.flatten.html
 * @api torch.flatten Tensor.flatten
 */
export function flatten(input: Tensor, startDim: Int = 0, endDim: Int = -1): Tensor {
  const rank = input.shape.length;
  if (rank === 0) return reshape(input, [1]);
  const start = wrapDim(startDim, rank);
  const end = wrapDim(endDim, rank);
  if (start > end) throw new KindlingError("flatten() has invalid args: start_dim cannot come after end_dim");
  if (start === end) return input;
  const merged = numelOf(input.shape.slice(start, end + 1));
  return reshape(input, [...input.shape.slice(0, start), merged, ...input.shape.slice(end + 1)]);
}

/**
 * Splits dimension `dim` into several.
 * @param sizes their product is the dimension's size; one may be -1
 * @see https://pytorch.org/docs/stable/generated/torch.unflatten.html
 * @api torch.unflatten Tensor.unflatten
 */
export function unflatten(input: Tensor, dim: Int, sizes: Shape): Tensor {
  const d = wrapDim(dim, input.shape.length);
  const inner = inferShape(sizes, input.shape[d]!);
  return reshape(input, [...input.shape.slice(0, d), ...inner, ...input.shape.slice(d + 1)]);
}

/**
 * With at least one dimension: a scalar becomes a vector. Of several tensors a list.
 * @see https://pytorch.org/docs/stable/generated/torch.atleast_1d.html
 * @api torch.atleast1d
 */
export function atleast1d(tensors: Tensor): Tensor;
export function atleast1d(tensors: Tensors): Tensor[];
export function atleast1d(tensors: Tensor | Tensors): Tensor | Tensor[] {
  return each(tensors, (x) => (x.shape.length >= 1 ? x : view(x, [1])));
}

/**
 * With at least two dimensions: a vector becomes a row. Of several tensors a list.
 * @see https://pytorch.org/docs/stable/generated/torch.atleast_2d.html
 * @api torch.atleast2d
 */
export function atleast2d(tensors: Tensor): Tensor;
export function atleast2d(tensors: Tensors): Tensor[];
export function atleast2d(tensors: Tensor | Tensors): Tensor | Tensor[] {
  return each(tensors, (x) => (x.shape.length >= 2 ? x : unsqueeze(atleast1d(x), 0)));
}

/**
 * With at least three dimensions: a matrix becomes one of columns in a new last dimension. Of several tensors a list.
 * @see https://pytorch.org/docs/stable/generated/torch.atleast_3d.html
 * @api torch.atleast3d
 */
export function atleast3d(tensors: Tensor): Tensor;
export function atleast3d(tensors: Tensors): Tensor[];
export function atleast3d(tensors: Tensor | Tensors): Tensor | Tensor[] {
  return each(tensors, (x) => (x.shape.length >= 3 ? x : unsqueeze(atleast2d(x), -1)));
}

const each = (tensors: Tensor | Tensors, widen: (x: Tensor) => Tensor): Tensor | Tensor[] => (tensors instanceof Tensor ? widen(tensors) : tensors.map(widen));

/**
 * Drops dimensions of size 1: all of them, or only `dim` (which is left alone where its size isn't 1).
 * @see https://pytorch.org/docs/stable/generated/torch.squeeze.html
 * @api torch.squeeze Tensor.squeeze
 */
export function squeeze(input: Tensor, dim?: Size): Tensor {
  const meant = wrapDims(dim, input.shape.length);
  const keep = input.shape.map((size, i) => size !== 1 || !meant.includes(i));
  const shape = input.shape.filter((_, i) => keep[i]);
  const strides = input.strides.filter((_, i) => keep[i]);
  return record(dim === undefined ? squeezeOp : squeezeDimOp, viewOf(input, shape, strides), [input], [], input.shape);
}

/**
 * Puts a dimension of size 1 before `dim`, which may count from the end of the result.
 * @see https://pytorch.org/docs/stable/generated/torch.unsqueeze.html
 * @api torch.unsqueeze Tensor.unsqueeze
 */
export function unsqueeze(input: Tensor, dim: Int): Tensor {
  const d = wrapDim(dim, input.shape.length + 1);
  const shape = [...input.shape.slice(0, d), 1, ...input.shape.slice(d)];
  const step = d < input.shape.length ? input.strides[d]! * input.shape[d]! : 1;
  const strides = [...input.strides.slice(0, d), step, ...input.strides.slice(d)];
  return record(unsqueezeOp, viewOf(input, shape, strides), [input], [], input.shape);
}

const permuteOp: Operation<readonly number[]> = {
  name: "PermuteBackward0",
  backward(node, gradient) {
    const dims = node.data;
    const inverse = new Array<number>(dims.length);
    dims.forEach((dim, i) => (inverse[dim] = i));
    return [permute(gradient, inverse)];
  },
};

const transposeOp: Operation<readonly number[]> = { ...permuteOp, name: "TransposeBackward0" };

const matrixTransposeOp: Operation<readonly number[]> = { ...permuteOp, name: "TBackward0" };

/**
 * The dimensions in another order (a view).
 * @param dims each dimension once
 * @see https://pytorch.org/docs/stable/generated/torch.permute.html
 * @api torch.permute Tensor.permute
 */
export function permute(input: Tensor, dims: Sizes): Tensor {
  const rank = input.shape.length;
  if (dims.length !== rank) {
    throw new ShapeError(
      `permute: number of dimensions in the tensor input does not match the length of the desired ordering of dimensions i.e. input.dim() = ${rank} is not equal to len(dims) = ${dims.length}`,
      input.shape,
    );
  }
  const order = dims.map((dim) => wrapDim(dim, rank));
  if (new Set(order).size !== rank) throw new KindlingError("permute(): duplicate dims are not allowed.");
  return reorder(permuteOp, input, order);
}

function reorder(operation: Operation<readonly number[]>, input: Tensor, dims: readonly number[]): Tensor {
  const shape = dims.map((dim) => input.shape[dim]!);
  const strides = dims.map((dim) => input.strides[dim]!);
  return record(operation, viewOf(input, shape, strides), [input], [], dims);
}

/**
 * Two dimensions swapped (a view).
 * @see https://pytorch.org/docs/stable/generated/torch.transpose.html
 * @api torch.transpose Tensor.transpose
 */
export function transpose(input: Tensor, dim0: Int, dim1: Int): Tensor {
  const rank = input.shape.length;
  const first = wrapDim(dim0, rank);
  const second = wrapDim(dim1, rank);
  if (rank === 0) return view(input, []);
  const dims = input.shape.map((_, i) => (i === first ? second : i === second ? first : i));
  return reorder(transposeOp, input, dims);
}

/**
 * `transpose` by NumPy's name.
 * @see https://pytorch.org/docs/stable/generated/torch.swapaxes.html
 * @api torch.swapaxes Tensor.swapaxes
 */
export function swapaxes(input: Tensor, axis0: Int, axis1: Int): Tensor {
  return transpose(input, axis0, axis1);
}

/**
 * `transpose` by another name.
 * @see https://pytorch.org/docs/stable/generated/torch.swapdims.html
 * @api torch.swapdims Tensor.swapdims
 */
export function swapdims(input: Tensor, dim0: Int, dim1: Int): Tensor {
  return transpose(input, dim0, dim1);
}

/**
 * A matrix transposed; vectors and scalars stay as they are (a view).
 * @see https://pytorch.org/docs/stable/generated/torch.t.html
 * @api torch.t Tensor.t
 */
export function t(input: Tensor): Tensor {
  if (input.shape.length > 2) {
    throw new ShapeError(`t() expects a tensor with <= 2 dimensions, but self is ${input.shape.length}D`, input.shape);
  }
  return input.shape.length === 2 ? reorder(matrixTransposeOp, input, [1, 0]) : view(input, input.shape);
}

const expandOp: Operation<Shape> = {
  name: "ExpandBackward0",
  backward: (node, gradient) => [arithmetic.sumTo(gradient, node.data)],
};

/**
 * Repeats dimensions of size 1 without a copy; new dimensions go in front.
 * @param size -1 keeps a dimension's size
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.expand.html
 * @api torch.expand Tensor.expand
 */
export function expand(input: Tensor, size: Sizes): Tensor {
  const lead = size.length - input.shape.length;
  if (lead < 0) {
    throw new ShapeError(
      `expand(torch.FloatTensor{${shapeText(input.shape)}}, size=${shapeText(size)}): the number of sizes provided (${size.length}) must be greater or equal to the number of dimensions in the tensor (${input.shape.length})`,
      input.shape,
      size,
    );
  }
  const shape = size.map((n, i) => (n === -1 && i >= lead ? input.shape[i - lead]! : n));
  shape.forEach((n, i) => {
    const own = i < lead ? 1 : input.shape[i - lead]!;
    if (own !== 1 && own !== n) {
      throw new ShapeError(
        `The expanded size of the tensor (${n}) must match the existing size (${own}) at non-singleton dimension ${i}.  Target sizes: ${shapeText(size)}.  Tensor sizes: ${shapeText(input.shape)}`,
        input.shape,
        size,
      );
    }
  });
  const strides = broadcastStrides(input.shape, input.strides, shape);
  return record(expandOp, viewOf(input, shape, strides), [input], [], input.shape);
}

/**
 * Expanded to the shape of another tensor, without a copy.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.expand_as.html
 * @api Tensor.expandAs
 */
export function expandAs(input: Tensor, other: Tensor): Tensor {
  return expand(input, other.shape);
}

interface Window {
  /** Shape of the tensor that the window looks at. */
  readonly shape: Shape;
  readonly dim: number;
  readonly start: number;
  readonly step: number;
  readonly length: number;
}

const sliceOp: Operation<Window> = {
  name: "SliceBackward0",
  backward(node, gradient) {
    const { shape, dim, start, step, length } = node.data;
    return [embed(gradient, shape, dim, start, step, length)];
  },
};

const embedOp: Operation<Window> = {
  name: "SliceBackward1",
  backward(node, gradient) {
    const { dim, start, step, length } = node.data;
    return [window(gradient, dim, start, step, length)];
  },
};

/** Zeros of `shape` with `values` in the window: the reverse of looking through the window. */
function embed(values: Tensor, shape: Shape, dim: number, start: number, step: number, length: number): Tensor {
  const result = zeros(shape, { dtype: values.dtype });
  copyInto(windowView(result, dim, start, step, length), values);
  return record(embedOp, result, [values], [], { shape, dim, start, step, length });
}

function windowView(input: Tensor, dim: number, start: number, step: number, length: number): Tensor {
  const shape = input.shape.map((size, i) => (i === dim ? length : size));
  const strides = input.strides.map((stride, i) => (i === dim ? stride * step : stride));
  return viewOf(input, shape, strides, input.offset + start * input.strides[dim]!);
}

function window(input: Tensor, dim: number, start: number, step: number, length: number): Tensor {
  const data: Window = { shape: input.shape, dim, start, step, length };
  return record(sliceOp, windowView(input, dim, start, step, length), [input], [], data);
}

/**
 * `length` entries from `start` along `dim` (a view).
 * @param start counts from the end if negative; may be a tensor with one whole number
 * @see https://pytorch.org/docs/stable/generated/torch.narrow.html
 * @api torch.narrow Tensor.narrow
 */
export function narrow(input: Tensor, dim: Int, start: Int | Tensor, length: Int): Tensor {
  const d = wrapDim(dim, input.shape.length);
  const size = input.shape[d] ?? 0;
  if (start instanceof Tensor) tellReading("narrow", start);
  const begin = typeof start === "number" ? start : item(positions(start, "start must be an 0-dim integral Tensor."));
  const first = begin < 0 ? begin + size : begin;
  if (first < 0 || length < 0 || first + length > size) {
    throw new IndexError(`start (${begin}) + length (${length}) exceeds dimension size (${size}).`);
  }
  return window(input, d, first, 1, length);
}

/**
 * Every `step`-th entry from `start` up to, not including, `end` along `dim` (a view): Python's `x[start:end:step]`.
 * @param start bounds count from the end if negative, and are clipped; default the first entry
 * @param end default behind the last entry
 * @api torch.slice Tensor.slice
 */
export function slice(input: Tensor, dim: Int, start: Int | null = null, end: Int | null = null, step: Int = 1): Tensor {
  const d = wrapDim(dim, input.shape.length);
  if (step <= 0) throw new KindlingError("slice step must be positive");
  const size = input.shape[d] ?? 0;
  const clip = (bound: number): number => Math.min(size, Math.max(0, bound < 0 ? bound + size : bound));
  const first = clip(start ?? 0);
  const last = Math.max(first, clip(end ?? size));
  return window(input, d, first, step, Math.ceil((last - first) / step));
}

interface Picked {
  readonly shape: Shape;
  readonly dim: number;
  readonly index: number;
}

const selectOp: Operation<Picked> = {
  name: "SelectBackward0",
  backward(node, gradient) {
    const { shape, dim, index } = node.data;
    return [embed(unsqueeze(gradient, dim), shape, dim, index, 1, 1)];
  },
};

/**
 * Entry `index` along `dim`, without that dimension (a view).
 * @see https://pytorch.org/docs/stable/generated/torch.select.html
 * @api torch.select Tensor.select
 */
export function select(input: Tensor, dim: Int, index: Int): Tensor {
  if (input.shape.length === 0) throw new IndexError("select() cannot be applied to a 0-dim tensor.");
  const d = wrapDim(dim, input.shape.length);
  const size = input.shape[d]!;
  if (index < -size || index >= size) {
    throw new IndexError(`select(): index ${index} out of range for tensor of size [${input.shape.join(", ")}] at dimension ${d}`);
  }
  const start = index < 0 ? index + size : index;
  const shape = input.shape.filter((_, i) => i !== d);
  const strides = input.strides.filter((_, i) => i !== d);
  const picked = viewOf(input, shape, strides, input.offset + start * input.strides[d]!);
  return record(selectOp, picked, [input], [], { shape: input.shape, dim: d, index: start });
}

/**
 * The same values without history; shares memory.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.detach.html
 * @api torch.detach Tensor.detach
 */
export function detach(input: Tensor): Tensor {
  return new Tensor(input.storage, input.offset, input.shape, input.dense ? null : input.strides, input.dtype);
}

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
    throw new KindlingError(
      `movedim: Invalid source or destination dims: source (${from.length} dims) should contain the same number of dims as destination (${to.length} dims)`,
    );
  }
  for (const [name, dims] of [
    ["source", from],
    ["destination", to],
  ] as const) {
    if (new Set(dims).size !== dims.length) throw new KindlingError(`movedim: repeated dim in \`${name}\` (${shapeText(dims)})`);
  }
  const order = new Array<number>(rank).fill(-1);
  to.forEach((place, i) => (order[place] = from[i]!));
  const rest = input.shape.map((_, i) => i).filter((i) => !from.includes(i));
  return permute(
    input,
    order.map((dim) => (dim === -1 ? rest.shift()! : dim)),
  );
}

/**
 * A matrix, or each of a batch, transposed (a view).
 * @see https://pytorch.org/docs/stable/generated/torch.adjoint.html
 * @api torch.adjoint Tensor.adjoint
 */
export function adjoint(input: Tensor): Tensor {
  if (input.shape.length < 2)
    throw new KindlingError(`tensor.adjoint() is only supported on matrices or batches of matrices. Got ${input.shape.length}-D tensor.`);
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
 * A copy of `length` entries from `start` along `dim`.
 * @see https://pytorch.org/docs/stable/generated/torch.narrow_copy.html
 * @api torch.narrowCopy Tensor.narrowCopy
 */
export function narrowCopy(input: Tensor, dim: Int, start: Int, length: Int): Tensor {
  return clone(narrow(input, dim, start, length));
}
