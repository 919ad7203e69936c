/** Largest and smallest values, and where they are. Forward beside backward. */
import { record, recordMany, type Operation } from "../autograd/node.ts";
import { IndexError } from "../errors.ts";
import { operationWatch, tellOperation } from "../instrument.ts";
import { Reduce, type ReduceOp } from "../kernels/exports.ts";
import { kernels } from "../memory/linear.ts";
import { wrapDim, type Shape } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { maximum, minimum } from "./binary.ts";
import { to } from "./conversion.ts";
import { fromTypedArray, zeros } from "./creation.ts";
import { at, make } from "./internal/make.ts";
import { tellPicked, type Picked } from "./internal/pick.ts";
import { arrange, isEmptyList, reducedDims, reducedShape, reduceFloat, requireSome, restore, type Arranged, type ReductionData } from "./internal/reduce.ts";
import { namedTuple, valuesAndIndices, type NamedTuple, type ValuesAndIndices } from "./namedTuple.ts";
import { valuesOf } from "./reading.ts";
import { sum } from "./reductions.ts";
import { scatterAdd } from "./scatter.ts";
import type { Int, Size } from "./types.ts";
import { reshape } from "./views.ts";

/** The extreme of integers, as `int32`. */
function extremeOfIntegers(op: ReduceOp, input: Tensor, dims: readonly number[], keepdim: boolean): Tensor {
  const arranged = arrange(to(input, "int32"), dims);
  const result = make(reducedShape(input.shape, dims, keepdim), "int32");
  const target = at(result);
  kernels.reduceI32(op, at(arranged.source), target, arranged.outer, arranged.n, arranged.inner);
  return result;
}

/** What was chosen from each group; equal ones share its gradient evenly. */
function sharedByEquals(name: string, isEqual: (input: Tensor, chosen: Tensor) => Tensor): Operation<ReductionData> {
  return {
    name,
    backward(node, gradient) {
      const { shape, dims } = node.data;
      const hit = isEqual(node.saved(0), restore(node.saved(1), shape, dims)).float();
      return [hit.div(sum(hit, dims, true)).mul(restore(gradient, shape, dims))];
    },
  };
}

const equal = (input: Tensor, chosen: Tensor): Tensor => input.eq(chosen);
const amaxOp = sharedByEquals("AmaxBackward0", equal);
const aminOp = sharedByEquals("AminBackward0", equal);
/** Of a chosen NaN all NaNs have a share. */
const equalOrBothNan = (input: Tensor, chosen: Tensor): Tensor => input.eq(chosen).logicalOr(input.isnan().logicalAnd(chosen.isnan()));
const maxOfAllOp = sharedByEquals("MaxBackward1", equalOrBothNan);
const minOfAllOp = sharedByEquals("MinBackward1", equalOrBothNan);
const medianOfAllOp = sharedByEquals("MedianBackward0", equalOrBothNan);

/** Puts a median of all elements into the graph. */
export function recordMedian(input: Tensor, result: Tensor): Tensor {
  return record(medianOfAllOp, result, [input], [input, result], { shape: input.shape, dims: input.shape.map((_, i) => i), count: 0 });
}

function extreme(name: string, operation: Operation<ReductionData>, op: ReduceOp, input: Tensor, dim: Size | null, keepdim: boolean): Tensor {
  const dims = reducedDims(dim, input.shape.length);
  requireSome(name, input.shape, isEmptyList(dim) ? null : dim);
  if (input.dtype !== "float32") return tellOperation(name, [input], to(extremeOfIntegers(op, input, dims, keepdim), input.dtype), { dims });
  const result = reduceFloat(op, input, dims, keepdim);
  return record(operation, result, [input], [input, result], { shape: input.shape, dims, count: 0 });
}

/**
 * The largest value over all elements or over `dim`; equal ones share the gradient.
 * @param dim dimensions to reduce; default all
 * @param keepdim whether they stay with size 1
 * @see https://pytorch.org/docs/stable/generated/torch.amax.html
 * @api torch.amax Tensor.amax
 */
export function amax(input: Tensor, dim: Size = [], keepdim = false): Tensor {
  return extreme("amax", amaxOp, Reduce.max, input, dim, keepdim);
}

/**
 * The smallest value over all elements or over `dim`; equal ones share the gradient.
 * @param dim dimensions to reduce; default all
 * @param keepdim whether they stay with size 1
 * @see https://pytorch.org/docs/stable/generated/torch.amin.html
 * @api torch.amin Tensor.amin
 */
export function amin(input: Tensor, dim: Size = [], keepdim = false): Tensor {
  return extreme("amin", aminOp, Reduce.min, input, dim, keepdim);
}

/**
 * The smallest and the largest value, over all elements or along `dim`.
 * @returns `{ min, max }`, which is a list of the two as well
 * @see https://pytorch.org/docs/stable/generated/torch.aminmax.html
 * @api torch.aminmax Tensor.aminmax
 */
export function aminmax(input: Tensor, { dim = null, keepdim = false }: { dim?: Int | null; keepdim?: boolean } = {}): NamedTuple<["min", "max"], Tensor> {
  const empty = dim === null ? input.numel() === 0 : input.shape.at(dim) === 0;
  if (empty) throw new IndexError("aminmax(): cannot compute aminmax over an empty dimension as the operation has no identity.");
  const dims = dim ?? [];
  return namedTuple("aminmax", ["min", "max"], [amin(input, dims, keepdim), amax(input, dims, keepdim)]);
}

const maxAlongOp: Operation<ReductionData> = {
  name: "MaxBackward0",
  backward(node, gradient) {
    const { shape, dims } = node.data;
    if (shape.length === 0) return [gradient];
    const upstream = restore(gradient, shape, dims);
    return [scatterAdd(zeros(shape), dims[0]!, restore(node.saved(0), shape, dims), upstream)];
  },
};

const minAlongOp: Operation<ReductionData> = { ...maxAlongOp, name: "MinBackward0" };

function extremeAlong(name: string, sign: 1 | -1, input: Tensor, dim: number, keepdim: boolean): Picked {
  const d = wrapDim(dim, input.shape.length);
  const dims = input.shape.length === 0 ? [] : [d];
  const { source, outer, n, inner } = arrange(input.dtype === "int32" ? input : to(input.detach(), "float32"), dims);
  requireSome(name, input.shape, d);
  const shape = reducedShape(input.shape, dims, keepdim);
  if (input.dtype === "int32") return tellPicked(name, input, extremeOfIntegersAlong(sign, { source, outer, n, inner }, shape), { dims });
  const values = make(shape);
  const indices = make(shape, "int32");
  const valuesAt = at(values);
  const indicesAt = at(indices);
  kernels.argReduce(sign, at(source), valuesAt, indicesAt, outer, n, inner);
  if (input.dtype !== "float32") return tellPicked(name, input, { values: to(values, input.dtype), indices }, { dims });
  recordMany(sign > 0 ? maxAlongOp : minAlongOp, [values], [input], [indices], { shape: input.shape, dims, count: 0 });
  operationWatch()?.became?.(indices, values);
  return { values, indices };
}

/** Element by element: floats don't tell large integers apart. */
function extremeOfIntegersAlong(sign: 1 | -1, { source, outer, n, inner }: Arranged, shape: Shape): Picked {
  const from = valuesOf(source);
  const values = new Int32Array(outer * inner);
  const indices = new Int32Array(outer * inner);
  for (let o = 0; o < outer; o++) {
    for (let j = 0; j < inner; j++) {
      const line = o * n * inner + j;
      let best = 0;
      for (let i = 1; i < n; i++) if (sign * from[line + i * inner]! > sign * from[line + best * inner]!) best = i;
      values[o * inner + j] = from[line + best * inner]!;
      indices[o * inner + j] = best;
    }
  }
  return { values: fromTypedArray(values, shape), indices: fromTypedArray(indices, shape) };
}

/**
 * The largest of all elements, the largest along a dimension with its positions, or elementwise against a tensor.
 * @see https://pytorch.org/docs/stable/generated/torch.max.html
 * @api torch.max Tensor.max
 */
export function max(input: Tensor): Tensor;
export function max(input: Tensor, dim: Int, keepdim?: boolean): ValuesAndIndices;
export function max(input: Tensor, other: Tensor): Tensor;
export function max(input: Tensor, dim?: Int | Tensor, keepdim = false): Tensor | ValuesAndIndices {
  if (dim === undefined) return extreme("max", maxOfAllOp, Reduce.max, input, null, false);
  if (dim instanceof Tensor) return maximum(input, dim);
  const { values, indices } = extremeAlong("max", 1, input, dim, keepdim);
  return valuesAndIndices("max", values, indices);
}

/**
 * The smallest of all elements, the smallest along a dimension with its positions, or elementwise against a tensor.
 * @see https://pytorch.org/docs/stable/generated/torch.min.html
 * @api torch.min Tensor.min
 */
export function min(input: Tensor): Tensor;
export function min(input: Tensor, dim: Int, keepdim?: boolean): ValuesAndIndices;
export function min(input: Tensor, other: Tensor): Tensor;
export function min(input: Tensor, dim?: Int | Tensor, keepdim = false): Tensor | ValuesAndIndices {
  if (dim === undefined) return extreme("min", minOfAllOp, Reduce.min, input, null, false);
  if (dim instanceof Tensor) return minimum(input, dim);
  const { values, indices } = extremeAlong("min", -1, input, dim, keepdim);
  return valuesAndIndices("min", values, indices);
}

function positionOf(name: string, sign: 1 | -1, input: Tensor, dim: number | null, keepdim: boolean): Tensor {
  return tellOperation(name, [input], findPosition(name, sign, input.detach(), dim, keepdim), { dim: dim === null ? null : wrapDim(dim, input.shape.length) });
}

function findPosition(name: string, sign: 1 | -1, input: Tensor, dim: number | null, keepdim: boolean): Tensor {
  if (dim !== null) return extremeAlong(name, sign, input, dim, keepdim).indices;
  if (input.numel() === 0) throw new IndexError(`${name}(): Expected reduction dim to be specified for input.numel() == 0.`);
  const flat = reshape(input, [input.numel()]);
  const found = extremeAlong(name, sign, flat, 0, false).indices;
  return keepdim
    ? reshape(
        found,
        input.shape.map(() => 1),
      )
    : found;
}

/**
 * Where the largest value is (the first of equals): in the flattened tensor, or along `dim`. `int32`.
 * @see https://pytorch.org/docs/stable/generated/torch.argmax.html
 * @api torch.argmax Tensor.argmax
 */
export function argmax(input: Tensor, dim: Int | null = null, keepdim = false): Tensor {
  return positionOf("argmax", 1, input, dim, keepdim);
}

/**
 * Where the smallest value is (the first of equals): in the flattened tensor, or along `dim`. `int32`.
 * @see https://pytorch.org/docs/stable/generated/torch.argmin.html
 * @api torch.argmin Tensor.argmin
 */
export function argmin(input: Tensor, dim: Int | null = null, keepdim = false): Tensor {
  return positionOf("argmin", -1, input, dim, keepdim);
}
