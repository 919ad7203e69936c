/** Operations that show the same elements under another shape; none copies. */
import { record, type Operation } from "../autograd/node.ts";
import { IndexError, KindlingError, ShapeError } from "../errors.ts";
import {
  broadcastStrides,
  inferShape,
  numelOf,
  shapeOf,
  shapeText,
  viewStrides,
  wrapDim,
  type Shape,
  type ShapeArguments,
} from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { clone, contiguous, copyInto } from "./copy.ts";
import { zeros } from "./creation.ts";
import { viewOf } from "./make.ts";
import { sumTo } from "./sumTo.ts";

const viewOp: Operation = {
  name: "ViewBackward0",
  backward: (node, gradient) => [reshape(gradient, node.data as Shape)],
};

const squeezeOp: Operation = { ...viewOp, name: "SqueezeBackward0" };
const squeezeDimOp: Operation = { ...viewOp, name: "SqueezeBackward1" };
const unsqueezeOp: Operation = { ...viewOp, name: "UnsqueezeBackward0" };

/** The same elements in row-major order under another shape; one size may be -1. Throws where a copy would be needed. */
export function view(input: Tensor, ...sizes: ShapeArguments): Tensor {
  const shape = inferShape(shapeOf(sizes), input.numel());
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

/** Like `view`, but copies where it must. */
export function reshape(input: Tensor, ...sizes: ShapeArguments): Tensor {
  const shape = inferShape(shapeOf(sizes), input.numel());
  if (input.dense) return showAs(input, shape, null);
  const strides = viewStrides(input.shape, input.strides, shape);
  return strides === null ? showAs(contiguous(input), shape, null) : showAs(input, shape, strides);
}

/** Merges dimensions `startDim` to `endDim` (inclusive) into one. */
export function flatten(input: Tensor, startDim = 0, endDim = -1): Tensor {
  const rank = input.shape.length;
  if (rank === 0) return reshape(input, [1]);
  const start = wrapDim(startDim, rank);
  const end = wrapDim(endDim, rank);
  if (start > end) throw new KindlingError("flatten() has invalid args: start_dim cannot come after end_dim");
  if (start === end) return input;
  const merged = numelOf(input.shape.slice(start, end + 1));
  return reshape(input, [...input.shape.slice(0, start), merged, ...input.shape.slice(end + 1)]);
}

/** Splits dimension `dim` into `sizes`, one of which may be -1. */
export function unflatten(input: Tensor, dim: number, sizes: Shape): Tensor {
  const d = wrapDim(dim, input.shape.length);
  const inner = inferShape(sizes, input.shape[d]!);
  return reshape(input, [...input.shape.slice(0, d), ...inner, ...input.shape.slice(d + 1)]);
}

/** Drops dimensions of size 1: all, or only `dim` (which is left alone if its size isn't 1). */
export function squeeze(input: Tensor, dim?: number): Tensor {
  const only = dim === undefined ? -1 : wrapDim(dim, input.shape.length);
  const keep = input.shape.map((size, i) => size !== 1 || (dim !== undefined && i !== only));
  const shape = input.shape.filter((_, i) => keep[i]);
  const strides = input.strides.filter((_, i) => keep[i]);
  return record(dim === undefined ? squeezeOp : squeezeDimOp, viewOf(input, shape, strides), [input], [], input.shape);
}

/** Puts a dimension of size 1 before `dim`. */
export function unsqueeze(input: Tensor, dim: number): Tensor {
  const d = wrapDim(dim, input.shape.length + 1);
  const shape = [...input.shape.slice(0, d), 1, ...input.shape.slice(d)];
  const step = d < input.shape.length ? input.strides[d]! * input.shape[d]! : 1;
  const strides = [...input.strides.slice(0, d), step, ...input.strides.slice(d)];
  return record(unsqueezeOp, viewOf(input, shape, strides), [input], [], input.shape);
}

const permuteOp: Operation = {
  name: "PermuteBackward0",
  backward(node, gradient) {
    const dims = node.data as readonly number[];
    const inverse = new Array<number>(dims.length);
    dims.forEach((dim, i) => (inverse[dim] = i));
    return [permute(gradient, inverse)];
  },
};

const transposeOp: Operation = { ...permuteOp, name: "TransposeBackward0" };
const matrixTransposeOp: Operation = { ...permuteOp, name: "TBackward0" };

/** Reorders the dimensions. */
export function permute(input: Tensor, ...order: ShapeArguments): Tensor {
  const rank = input.shape.length;
  const wanted = shapeOf(order);
  if (wanted.length !== rank) {
    throw new ShapeError(
      `permute: number of dimensions in the tensor input does not match the length of the desired ordering of dimensions i.e. input.dim() = ${rank} is not equal to len(dims) = ${wanted.length}`,
      input.shape,
    );
  }
  const dims = wanted.map((dim) => wrapDim(dim, rank));
  if (new Set(dims).size !== rank) throw new KindlingError("permute(): duplicate dims are not allowed.");
  return reorder(permuteOp, input, dims);
}

function reorder(operation: Operation, input: Tensor, dims: readonly number[]): Tensor {
  const shape = dims.map((dim) => input.shape[dim]!);
  const strides = dims.map((dim) => input.strides[dim]!);
  return record(operation, viewOf(input, shape, strides), [input], [], dims);
}

/** Swaps two dimensions. */
export function transpose(input: Tensor, a: number, b: number): Tensor {
  const rank = input.shape.length;
  const first = wrapDim(a, rank);
  const second = wrapDim(b, rank);
  if (rank === 0) return view(input, []);
  const dims = input.shape.map((_, i) => (i === first ? second : i === second ? first : i));
  return reorder(transposeOp, input, dims);
}

/** Transposes a matrix; leaves vectors and scalars as they are. */
export function t(input: Tensor): Tensor {
  if (input.shape.length > 2) {
    throw new ShapeError(`t() expects a tensor with <= 2 dimensions, but self is ${input.shape.length}D`, input.shape);
  }
  return input.shape.length === 2 ? reorder(matrixTransposeOp, input, [1, 0]) : view(input, input.shape);
}

const expandOp: Operation = {
  name: "ExpandBackward0",
  backward: (node, gradient) => [sumTo(gradient, node.data as Shape)],
};

/** Repeats dimensions of size 1 without copying; -1 keeps a size. */
export function expand(input: Tensor, ...sizes: ShapeArguments): Tensor {
  const wanted = shapeOf(sizes);
  const lead = wanted.length - input.shape.length;
  if (lead < 0) {
    throw new ShapeError(
      `expand(torch.FloatTensor{${shapeText(input.shape)}}, size=${shapeText(wanted)}): the number of sizes provided (${wanted.length}) must be greater or equal to the number of dimensions in the tensor (${input.shape.length})`,
      input.shape,
      wanted,
    );
  }
  const shape = wanted.map((size, i) => (size === -1 && i >= lead ? input.shape[i - lead]! : size));
  shape.forEach((size, i) => {
    const own = i < lead ? 1 : input.shape[i - lead]!;
    if (own !== 1 && own !== size) {
      throw new ShapeError(
        `The expanded size of the tensor (${size}) must match the existing size (${own}) at non-singleton dimension ${i}.  Target sizes: ${shapeText(wanted)}.  Tensor sizes: ${shapeText(input.shape)}`,
        input.shape,
        wanted,
      );
    }
  });
  const strides = broadcastStrides(input.shape, input.strides, shape);
  return record(expandOp, viewOf(input, shape, strides), [input], [], input.shape);
}

interface Window {
  /** Shape of the tensor that the window looks at. */
  readonly shape: Shape;
  readonly dim: number;
  readonly start: number;
  readonly step: number;
  readonly length: number;
}

const sliceOp: Operation = {
  name: "SliceBackward0",
  backward(node, gradient) {
    const { shape, dim, start, step, length } = node.data as Window;
    return [embed(gradient, shape, dim, start, step, length)];
  },
};

const embedOp: Operation = {
  name: "SliceBackward1",
  backward(node, gradient) {
    const { dim, start, step, length } = node.data as Window;
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

/** `length` entries from `start` along `dim`. */
export function narrow(input: Tensor, dim: number, start: number, length: number): Tensor {
  const d = wrapDim(dim, input.shape.length);
  const size = input.shape[d] ?? 0;
  const first = start < 0 ? start + size : start;
  if (first < 0 || length < 0 || first + length > size) {
    throw new IndexError(`start (${start}) + length (${length}) exceeds dimension size (${size}).`);
  }
  return window(input, d, first, 1, length);
}

/** Every `step`-th entry from `start` up to (not including) `end`; bounds count from the end if negative and are clipped. */
export function slice(input: Tensor, dim: number, start?: number | null, end?: number | null, step = 1): Tensor {
  const d = wrapDim(dim, input.shape.length);
  if (!Number.isInteger(step) || step <= 0) throw new KindlingError("slice step must be positive");
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

const selectOp: Operation = {
  name: "SelectBackward0",
  backward(node, gradient) {
    const { shape, dim, index } = node.data as Picked;
    return [embed(unsqueeze(gradient, dim), shape, dim, index, 1, 1)];
  },
};

/** Entry `index` along `dim`, without that dimension. */
export function select(input: Tensor, dim: number, index: number): Tensor {
  if (input.shape.length === 0) throw new IndexError("select() cannot be applied to a 0-dim tensor.");
  const d = wrapDim(dim, input.shape.length);
  const size = input.shape[d]!;
  if (!Number.isInteger(index) || index < -size || index >= size) {
    throw new IndexError(`select(): index ${index} out of range for tensor of size [${input.shape.join(", ")}] at dimension ${d}`);
  }
  const start = index < 0 ? index + size : index;
  const shape = input.shape.filter((_, i) => i !== d);
  const strides = input.strides.filter((_, i) => i !== d);
  const picked = viewOf(input, shape, strides, input.offset + start * input.strides[d]!);
  return record(selectOp, picked, [input], [], { shape: input.shape, dim: d, index: start });
}

/** Pieces of `size` entries along `dim` (the last may be smaller), or of the given sizes. */
export function split(input: Tensor, size: number | readonly number[], dim = 0): Tensor[] {
  const d = wrapDim(dim, input.shape.length);
  const total = input.shape[d]!;
  const sizes: number[] = [];
  if (typeof size === "number") {
    if (size <= 0) throw new KindlingError(`split expects split_size be positive, but got split_size=${size}`);
    for (let start = 0; start < total; start += size) sizes.push(Math.min(size, total - start));
  } else {
    sizes.push(...size);
    if (sizes.reduce((sum, n) => sum + n, 0) !== total) {
      throw new KindlingError(
        `split_with_sizes expects split_sizes to sum exactly to ${total} (input tensor's size at dimension ${d}), but got split_sizes=${shapeText(sizes)}`,
      );
    }
  }
  let start = 0;
  return sizes.map((length) => narrow(input, d, (start += length) - length, length));
}

/** At most `chunks` pieces of equal size along `dim` (the last may be smaller). */
export function chunk(input: Tensor, chunks: number, dim = 0): Tensor[] {
  if (!(chunks > 0)) throw new KindlingError(`chunk expects \`chunks\` to be greater than 0, got: ${chunks}`);
  const d = wrapDim(dim, input.shape.length);
  return split(input, Math.max(1, Math.ceil(input.shape[d]! / chunks)), d);
}

/** The slices along `dim`, without that dimension. */
export function unbind(input: Tensor, dim = 0): Tensor[] {
  const d = wrapDim(dim, input.shape.length);
  if (input.shape.length === 0) throw new IndexError(`Dimension specified as ${d} but tensor has no dimensions`);
  return Array.from({ length: input.shape[d]! }, (_, i) => select(input, d, i));
}

/** The same values without history; shares memory. */
export function detach(input: Tensor): Tensor {
  return new Tensor(input.storage, input.offset, input.shape, input.dense ? null : input.strides, input.dtype);
}

/** Repeats the whole tensor along each dimension (a copy). */
export function repeat(input: Tensor, ...times: ShapeArguments): Tensor {
  const counts = shapeOf(times);
  const lead = counts.length - input.shape.length;
  if (lead < 0) {
    throw new KindlingError(
      "Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor",
    );
  }
  const padded = [...new Array<number>(lead).fill(1), ...input.shape];
  // [c0, s0, c1, s1, …]: a dimension of repetitions before each dimension, then both merged.
  const spread = padded.flatMap((size) => [1, size]);
  const expanded = padded.flatMap((size, i) => [counts[i]!, size]);
  const merged = padded.map((size, i) => size * counts[i]!);
  return reshape(clone(expand(reshape(input, spread), expanded)), merged);
}
