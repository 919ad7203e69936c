/** Along a dimension: picking with an index tensor, and putting or adding with one. Forward beside backward. */
import { record, type Operation } from "../autograd/node.ts";
import { itemSize } from "../dtype.ts";
import { IndexError, ShapeError } from "../errors.ts";
import { tellOperation } from "../instrument.ts";
import { i32, kernels } from "../memory/linear.ts";
import { failsByValue } from "../memory/reading.ts";
import { contiguousStrides, sameShape, shapeText, wrapDim, type Shape } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { contiguous, to } from "./conversion.ts";
import { fromTypedArray, full, zeros } from "./creation.ts";
import { at, make } from "./internal/make.ts";
import { positions } from "./internal/positions.ts";
import { operandsOf } from "./reading.ts";
import { describeDimensions } from "./internal/strided.ts";
import type { Int, ScalarOrTensor } from "./types.ts";
import { narrow } from "./views.ts";
import { wholeNumbers } from "./internal/wholeNumbers.ts";

export interface Rows {
  readonly shape: Shape;
  readonly dim: number;
}

const gatherOp: Operation<Rows> = {
  name: "GatherBackward0",
  backward(node, gradient) {
    const { shape, dim } = node.data;
    return [scatterAdd(zeros(shape), dim, node.saved(0), gradient), null];
  },
};

/**
 * Elements picked along `dim`: `out[i][j][k] = input[index[i][j][k]][j][k]` for `dim` 0, and likewise for others.
 *
 * Shapes: `index` has as many dimensions as `input`, none of them larger but `dim`; the result has its shape.
 * @see https://pytorch.org/docs/stable/generated/torch.gather.html
 * @api torch.gather Tensor.gather
 */
export function gather(input: Tensor, dim: Int, index: Tensor): Tensor {
  const d = wrapDim(dim, input.shape.length);
  if (index.shape.length !== input.shape.length) {
    throw new ShapeError("Index tensor must have the same number of dimensions as input tensor", index.shape, input.shape);
  }
  checkFits(index.shape, input.shape, d);
  // The kernel moves words.
  if (itemSize(input.dtype) === 1) return to(gather(to(input, "int32"), d, index), input.dtype);
  const places = contiguous(positions(index, "gather(): Expected dtype int64 for index"));
  const result = make(index.shape, input.dtype);
  const target = at(result);
  const from = at(input);
  const list = at(places);
  const { rank, address } = describeDimensions(index.shape, input.strides);
  requireInRange(kernels.gatherAlong(from, list, target, rank, address, d, input.shape[d] ?? 1), places, d, input.shape);
  return record(gatherOp, result, [input, index], [places], { shape: input.shape, dim: d });
}

/** @param wrong the first position in the index that is out of range, or −1 */
function requireInRange(wrong: number, index: Tensor, dim: number, shape: Shape): void {
  if (wrong < 0) return;
  failsByValue();
  throw new IndexError(`index ${i32[(at(index) >>> 2) + wrong]} is out of bounds for dimension ${dim} with size ${shape[dim] ?? 1}`);
}

function checkFits(index: Shape, input: Shape, dim: number): void {
  for (let i = 0; i < index.length; i++) {
    if (i !== dim && index[i]! > input[i]!) {
      throw new ShapeError(
        `Size does not match at dimension ${i} expected index ${shapeText(index)} to be smaller than self ${shapeText(input)} apart from dimension ${dim}`,
        index,
        input,
      );
    }
  }
}

/** For each element of an index tensor: which element of a dense tensor of `shape` it means. */
function forEachPlace(indexShape: Shape, shape: Shape, dim: number, positions: ArrayLike<number>, visit: (place: number, i: number) => void): void {
  const strides = contiguousStrides(shape);
  const counter = new Array<number>(indexShape.length).fill(0);
  for (let i = 0; i < positions.length; i++) {
    const position = positions[i]!;
    if (position < 0 || position >= (shape[dim] ?? 1)) {
      throw new IndexError(`index ${position} is out of bounds for dimension ${dim} with size ${shape[dim] ?? 1}`);
    }
    let place = 0;
    for (let k = 0; k < counter.length; k++) place += strides[k]! * (k === dim ? position : counter[k]!);
    visit(place, i);
    for (let k = counter.length - 1; k >= 0; k--) {
      if (++counter[k]! < indexShape[k]!) break;
      counter[k] = 0;
    }
  }
}

const scatterAddOp: Operation<number> = {
  name: "ScatterAddBackward0",
  backward: (node, gradient) => [gradient, gather(gradient, node.data, node.saved(0))],
};

/**
 * A copy of `input` with each element of `src` added where `index` says along `dim`.
 *
 * Shapes: `index` is nowhere larger than `src`, nor than `input` but along `dim`.
 * @see https://pytorch.org/docs/stable/generated/torch.scatter_add.html
 * @api torch.scatterAdd Tensor.scatterAdd Tensor.scatterAdd_
 */
export function scatterAdd(input: Tensor, dim: Int, index: Tensor, src: Tensor): Tensor {
  const d = wrapDim(dim, input.shape.length);
  const places = positions(index, SCATTER_REFUSAL);
  const part = fitted(src, index);
  const result = scattered(input, d, places, part, true);
  return record(scatterAddOp, result, [input, part], [places], d);
}

const SCATTER_REFUSAL = "scatter(): Expected dtype int64 for index";

/** The value that is put everywhere; none where each has its own. */
const scatterOp: Operation<{ dim: number; filler: number | null }> = {
  name: "ScatterBackward0",
  backward(node, gradient) {
    const index = node.saved(0);
    const { dim } = node.data;
    const cleared = scatter(gradient, dim, index, 0);
    return [cleared, node.next.length > 1 ? gather(gradient, dim, index) : null];
  },
};

/** What becomes of the value that is there already: default `null`, it is replaced. */
export interface ScatterOptions {
  reduce?: "add" | "multiply" | null;
}

/**
 * A copy of `input` with each element of `src`, or one `value`, put where `index` says along `dim`.
 *
 * Shapes: `index` is nowhere larger than `src`, nor than `input` but along `dim`.
 * @see https://pytorch.org/docs/stable/generated/torch.scatter.html
 * @api torch.scatter Tensor.scatter Tensor.scatter_
 */
export function scatter(input: Tensor, dim: Int, index: Tensor, src: Tensor, options?: ScatterOptions): Tensor;
export function scatter(input: Tensor, dim: Int, index: Tensor, value: number, options?: ScatterOptions): Tensor;
export function scatter(input: Tensor, dim: Int, index: Tensor, source: ScalarOrTensor, { reduce }: ScatterOptions = {}): Tensor {
  const d = wrapDim(dim, input.shape.length);
  const places = positions(index, SCATTER_REFUSAL);
  const part = source instanceof Tensor ? fitted(source, index) : source;
  if (reduce === "add") return scatterAdd(input, d, places, part instanceof Tensor ? part : full(index.shape, part, { dtype: input.dtype }));
  if (reduce === "multiply") return multipliedAt(input, d, places, part);
  const result = scattered(input, d, places, part, false);
  const data = { dim: d, filler: part instanceof Tensor ? null : part };
  return record(scatterOp, result, part instanceof Tensor ? [input, part] : [input], [places], data);
}

/** The part of `source` that the index speaks of: a source may be larger, not smaller. */
export function fitted(source: Tensor, index: Tensor): Tensor {
  if (sameShape(source.shape, index.shape)) return source;
  const fits = source.shape.length === index.shape.length && index.shape.every((size, i) => size <= source.shape[i]!);
  if (!fits) {
    throw new ShapeError(
      `Expected index ${shapeText(index.shape)} to be smaller than src ${shapeText(source.shape)} in all dimensions`,
      index.shape,
      source.shape,
    );
  }
  return index.shape.reduce((part, size, i) => narrow(part, i, 0, size), source);
}

/** Multiplies one factor after the other into a copy; not differentiable, as in PyTorch. */
function multipliedAt(input: Tensor, dim: number, index: Tensor, source: Tensor | number): Tensor {
  const factors = source instanceof Tensor ? source : full(index.shape, source, { dtype: input.dtype });
  const products = joinedInDoubles(input, dim, index, factors, (a, b) => a * b);
  const result =
    input.dtype === "int32" ? wholeNumbers(products, input.shape, "scatter") : to(fromTypedArray(new Float32Array(products), input.shape), input.dtype);
  return tellScatterReduce([input, index, factors], { dim, reduce: "prod", includeSelf: true }, result);
}

/** Tells of values that were joined in places. */
export function tellScatterReduce(
  inputs: readonly [input: Tensor, index: Tensor, source: Tensor],
  how: { readonly dim: number; readonly reduce: string; readonly includeSelf: boolean },
  result: Tensor,
): Tensor {
  return tellOperation("scatterReduce", inputs, result, how);
}

/** Joins each element of `source` with what is at its place, one after the other. */
function joinedInDoubles(input: Tensor, dim: number, index: Tensor, source: Tensor, join: (a: number, b: number) => number): Float64Array {
  const results = new Float64Array(operandsOf(input));
  const values = operandsOf(source);
  forEachPlace(index.shape, input.shape, dim, operandsOf(index), (place, i) => (results[place] = join(results[place]!, values[i]!)));
  return results;
}

/** Whether sums of these integers may leave `int32`. */
function mayOutgrow(input: Tensor, source: Tensor): boolean {
  let [largest, total] = [0, 0];
  for (const value of operandsOf(input)) largest = Math.max(largest, Math.abs(value));
  for (const value of operandsOf(source)) total += Math.abs(value);
  return largest + total >= 2 ** 31;
}

function scattered(input: Tensor, dim: number, index: Tensor, source: Tensor | number, add: boolean): Tensor {
  if (add && input.dtype === "int32" && source instanceof Tensor && mayOutgrow(input, source)) {
    return wholeNumbers(
      joinedInDoubles(input, dim, index, source, (a, b) => a + b),
      input.shape,
      "scatter_add",
    );
  }
  // The kernels move words.
  const type = input.dtype === "float32" ? "float32" : "int32";
  const result = to(input, type, false, true);
  const values = contiguous(source instanceof Tensor ? to(source, type) : full(index.shape, source, { dtype: type }));
  const places = contiguous(index);
  const target = at(result);
  const list = at(places);
  const from = at(values);
  const { rank, address } = describeDimensions(index.shape, result.strides);
  const place = !add ? kernels.scatterAlong : type === "float32" ? kernels.scatterAddAlong : kernels.scatterAddAlongI32;
  requireInRange(place(target, list, from, rank, address, dim, result.shape[dim] ?? 1), places, dim, result.shape);
  return to(result, input.dtype);
}
