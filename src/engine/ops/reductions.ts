/** Operations that fold dimensions away. Forward beside backward. */
import { isGradEnabled } from "../autograd/gradMode.ts";
import { record, recordMany, type Operation } from "../autograd/node.ts";
import type { DType } from "../dtype.ts";
import { IndexError, KindlingError } from "../errors.ts";
import { Reduce, ReduceBytes, type ReduceBytesOp, type ReduceOp } from "../kernels/exports.ts";
import { kernels } from "../memory/linear.ts";
import { numelOf, wrapDim, wrapDims, type Shape } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { maximum, minimum } from "./binary.ts";
import { denseCopy, to } from "./copy.ts";
import { fromTypedArray, zeros } from "./creation.ts";
import { scatterAdd } from "./indexing.ts";
import { cat } from "./joining.ts";
import { at, make } from "./make.ts";
import { toTypedArray } from "./reading.ts";
import type { Reduction, ReductionDims } from "./types.ts";
import { expand, narrow, permute, reshape } from "./views.ts";

/** An input arranged so that what is reduced lies in the middle of [outer, n, inner]. */
interface Arranged {
  readonly source: Tensor;
  readonly outer: number;
  readonly n: number;
  readonly inner: number;
}

function arrange(input: Tensor, dims: readonly number[]): Arranged {
  const first = dims[0] ?? 0;
  const adjacent = dims.every((dim, i) => dim === first + i);
  if (adjacent) {
    const source = input.dense ? input : denseCopy(input);
    const outer = numelOf(input.shape.slice(0, first));
    const n = numelOf(dims.map((dim) => input.shape[dim]!));
    return { source, outer, n, inner: numelOf(input.shape.slice(first + dims.length)) };
  }
  const rest = input.shape.map((_, i) => i).filter((i) => !dims.includes(i));
  const moved = denseCopy(permute(input.detach(), [...rest, ...dims]));
  return { source: moved, outer: numelOf(rest.map((i) => input.shape[i]!)), n: numelOf(dims.map((i) => input.shape[i]!)), inner: 1 };
}

function reducedShape(shape: Shape, dims: readonly number[], keepdim: boolean): number[] {
  return keepdim ? shape.map((size, i) => (dims.includes(i) ? 1 : size)) : shape.filter((_, i) => !dims.includes(i));
}

/** Gives a reduced tensor its reduced dimensions back, with size 1. */
function restore(reduced: Tensor, shape: Shape, dims: readonly number[]): Tensor {
  return reshape(reduced, reducedShape(shape, dims, true));
}

interface ReductionData {
  readonly shape: Shape;
  readonly dims: readonly number[];
  readonly count: number;
}

function reduceFloat(op: ReduceOp, input: Tensor, dims: readonly number[], keepdim: boolean): Tensor {
  const arranged = arrange(input, dims);
  const result = make(reducedShape(input.shape, dims, keepdim));
  const target = at(result);
  kernels.reduce(op, at(arranged.source), target, arranged.outer, arranged.n, arranged.inner);
  return result;
}

/** As `int32`. */
function reduceIntegers(op: ReduceOp, input: Tensor, dims: readonly number[], keepdim: boolean): Tensor {
  const arranged = arrange(to(input, "int32"), dims);
  const result = make(reducedShape(input.shape, dims, keepdim), "int32");
  const target = at(result);
  kernels.reduceI32(op, at(arranged.source), target, arranged.outer, arranged.n, arranged.inner);
  return result;
}

/** Whether any or all elements aren't zero, or how many. */
function reduceTruth(op: ReduceBytesOp, input: Tensor, dims: readonly number[], keepdim: boolean): Tensor {
  const arranged = arrange(to(input, "bool"), dims);
  const result = make(reducedShape(input.shape, dims, keepdim), op === ReduceBytes.count ? "int32" : "bool");
  const target = at(result);
  kernels.reduceBytes(op, at(arranged.source), target, arranged.outer, arranged.n, arranged.inner);
  return result;
}

// --- sum and mean ---------------------------------------------------------------------------------------------------

const sumOp: Operation = {
  name: "SumBackward1",
  backward(node, gradient) {
    const { shape, dims } = node.data as ReductionData;
    return [expand(restore(gradient, shape, dims), shape)];
  },
};
const sumAllOp: Operation = { ...sumOp, name: "SumBackward0" };

/** Sum over all elements or over `dim`. Integers and truth values give `int32`. */
export function sum(input: Tensor, dim?: ReductionDims, options: Reduction = {}): Tensor {
  const dims = wrapDims(dim, input.shape.length);
  const keepdim = options.keepdim ?? false;
  if (input.dtype === "bool") return reduceTruth(ReduceBytes.count, input, dims, keepdim);
  if (input.dtype !== "float32") return reduceIntegers(Reduce.sum, input, dims, keepdim);
  const result = reduceFloat(Reduce.sum, input, dims, keepdim);
  const data: ReductionData = { shape: input.shape, dims, count: 0 };
  return record(dim === undefined ? sumAllOp : sumOp, result, [input], [], data);
}

const meanOp: Operation = {
  name: "MeanBackward1",
  backward(node, gradient) {
    const { shape, dims, count } = node.data as ReductionData;
    return [expand(restore(gradient, shape, dims), shape).div(count)];
  },
};
const meanAllOp: Operation = { ...meanOp, name: "MeanBackward0" };

/** Arithmetic mean over all elements or over `dim`. */
export function mean(input: Tensor, dim?: ReductionDims, options: Reduction = {}): Tensor {
  if (input.dtype !== "float32") {
    throw new KindlingError(
      `mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype. Got: ${longName(input.dtype)}`,
    );
  }
  const dims = wrapDims(dim, input.shape.length);
  const count = numelOf(dims.map((d) => input.shape[d]!));
  const total = reduceFloat(Reduce.sum, input, dims, options.keepdim ?? false);
  const result = total.div(count);
  return record(dim === undefined ? meanAllOp : meanOp, result, [input], [], { shape: input.shape, dims, count });
}

function longName(dtype: DType): string {
  return { float32: "Float", int32: "Long", bool: "Bool", uint8: "Byte" }[dtype];
}

// --- product --------------------------------------------------------------------------------------------------------

const prodOp: Operation = {
  name: "ProdBackward0",
  backward(node, gradient) {
    const { shape, dims } = node.data as ReductionData;
    const input = node.saved(0);
    const upstream = expand(restore(gradient, shape, dims), shape);
    const isZero = input.eq(0);
    if (!isZero.any().item()) return [upstream.mul(expand(restore(node.saved(1), shape, dims), shape)).div(input)];
    return [upstream.mul(isGradEnabled() ? composedProductOfOthers(input, dims) : productOfOthers(input, dims))];
  },
};

const prodAlongOp: Operation = { ...prodOp, name: "ProdBackward1" };

/** For each element the product of the others in its group; right where some are zero. */
function productOfOthers(input: Tensor, dims: readonly number[]): Tensor {
  const dim = dims.length === 1 ? dims[0]! : 0;
  const flat = dims.length === 1 ? input : reshape(input, [input.numel()]);
  const values = toTypedArray(flat);
  const n = flat.shape[dim]!;
  const inner = numelOf(flat.shape.slice(dim + 1));
  const out = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const position = Math.floor(i / inner) % n;
    const base = i - position * inner;
    let product = 1;
    for (let k = 0; k < n; k++) if (k !== position) product *= values[base + k * inner]!;
    out[i] = product;
  }
  return fromTypedArray(out, input.shape);
}

/** The same by differentiable operations. */
function composedProductOfOthers(input: Tensor, dims: readonly number[]): Tensor {
  const dim = dims.length === 1 ? dims[0]! : 0;
  const flat = dims.length === 1 ? input : reshape(input, [input.numel()]);
  const n = flat.shape[dim]!;
  const others = Array.from({ length: n }, (_, i) => cat([narrow(flat, dim, 0, i), narrow(flat, dim, i + 1, n - i - 1)], dim));
  return reshape(cat(others.map((list) => prod(list, dim, { keepdim: true })), dim), input.shape);
}

/** Product over all elements or over `dim`. */
export function prod(input: Tensor, dim?: number, options: Reduction = {}): Tensor {
  const dims = wrapDims(dim, input.shape.length);
  const keepdim = options.keepdim ?? false;
  if (input.dtype !== "float32") return reduceIntegers(Reduce.prod, input, dims, keepdim);
  const result = reduceFloat(Reduce.prod, input, dims, keepdim);
  return record(dim === undefined ? prodOp : prodAlongOp, result, [input], [input, result], { shape: input.shape, dims, count: 0 });
}

// --- variance -------------------------------------------------------------------------------------------------------

export interface VarianceOptions extends Reduction {
  /** Subtracted from n in the divisor. Default 1. */
  correction?: number;
  /** `false` is correction 0. */
  unbiased?: boolean;
}

interface VarianceData extends ReductionData {
  readonly correction: number;
}

const varianceOp: Operation = {
  name: "VarBackward0",
  backward(node, gradient) {
    const { shape, dims, count, correction } = node.data as VarianceData;
    const input = node.saved(0);
    const centred = input.sub(mean(input, dims, { keepdim: true }));
    return [centred.mul(restore(gradient, shape, dims)).mul(2 / (count - correction))];
  },
};

/** Variance over all elements or over `dim`; divides by n − `correction` (default 1). */
export function variance(input: Tensor, dim?: ReductionDims, options: VarianceOptions = {}): Tensor {
  if (input.dtype !== "float32") throw new KindlingError("std and var only support floating point and complex dtypes");
  const dims = wrapDims(dim, input.shape.length);
  const correction = options.correction ?? Number(options.unbiased ?? true);
  const arranged = arrange(input, dims);
  const result = make(reducedShape(input.shape, dims, options.keepdim ?? false));
  const means = make(result.shape);
  const target = at(result);
  const meanTarget = at(means);
  kernels.variance(at(arranged.source), target, meanTarget, arranged.outer, arranged.n, arranged.inner, correction);
  return record(varianceOp, result, [input], [input], { shape: input.shape, dims, count: arranged.n, correction });
}

const stdOp: Operation = {
  name: "StdBackward0",
  backward(node, gradient) {
    const { shape, dims, count, correction } = node.data as VarianceData;
    const input = node.saved(0);
    const scale = gradient.div(node.saved(1)).maskedFill(node.saved(1).eq(0), 0);
    const centred = input.sub(mean(input, dims, { keepdim: true }));
    return [centred.mul(restore(scale, shape, dims)).mul(1 / (count - correction))];
  },
};

/** Standard deviation, the root of `variance`. */
export function std(input: Tensor, dim?: ReductionDims, options: VarianceOptions = {}): Tensor {
  const dims = wrapDims(dim, input.shape.length);
  const correction = options.correction ?? Number(options.unbiased ?? true);
  const result = variance(input.detach(), dims, options).sqrt();
  const count = numelOf(dims.map((d) => input.shape[d]!));
  return record(stdOp, result, [input], [input, result], { shape: input.shape, dims, count, correction });
}

/** The p-norm over all elements or over `dim`; p may be infinite. */
export function norm(input: Tensor, p = 2, dim?: ReductionDims, options: Reduction = {}): Tensor {
  if (p === Infinity) return amax(input.abs(), dim, options);
  if (p === -Infinity) return amin(input.abs(), dim, options);
  if (p === 0) return sum(input.sign().abs(), dim, options);
  if (p === 1) return sum(input.abs(), dim, options);
  if (p === 2) return euclideanNorm(input, dim, options);
  return sum(input.abs().pow(p), dim, options).pow(1 / p);
}

const normOp: Operation = {
  name: "NormBackward0",
  backward(node, gradient) {
    const { shape, dims } = node.data as ReductionData;
    const length = node.saved(1);
    const scale = gradient.div(length).maskedFill(length.eq(0), 0);
    return [node.saved(0).mul(restore(scale, shape, dims))];
  },
};

function euclideanNorm(input: Tensor, dim: ReductionDims | undefined, options: Reduction): Tensor {
  const dims = wrapDims(dim, input.shape.length);
  const plain = input.detach();
  const result = sum(plain.mul(plain), dims, options).sqrt();
  return record(normOp, result, [input], [input, result], { shape: input.shape, dims, count: 0 });
}

/** Σ x² over all elements, in double precision. */
export function sumOfSquares(input: Tensor): number {
  const source = input.dense ? input : denseCopy(input);
  return kernels.sumOfSquares(at(source), source.numel());
}

// --- extremes -------------------------------------------------------------------------------------------------------

const amaxOp: Operation = {
  name: "AmaxBackward0",
  backward(node, gradient) {
    const { shape, dims } = node.data as ReductionData;
    const input = node.saved(0);
    // Equal extremes share the gradient evenly.
    const hit = input.eq(restore(node.saved(1), shape, dims)).float();
    const shared = hit.div(sum(hit, dims, { keepdim: true }));
    return [shared.mul(restore(gradient, shape, dims))];
  },
};

const aminOp: Operation = { ...amaxOp, name: "AminBackward0" };
const maxOfAllOp: Operation = { ...amaxOp, name: "MaxBackward1" };
const minOfAllOp: Operation = { ...amaxOp, name: "MinBackward1" };

function extreme(operation: Operation, op: ReduceOp, input: Tensor, dim: ReductionDims | undefined, options: Reduction): Tensor {
  const dims = wrapDims(dim, input.shape.length);
  if (numelOf(dims.map((d) => input.shape[d]!)) === 0) {
    throw new IndexError(
      `${op === Reduce.max ? "max" : "min"}(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the 'dim' argument.`,
    );
  }
  const keepdim = options.keepdim ?? false;
  if (input.dtype !== "float32") return to(reduceIntegers(op, input, dims, keepdim), input.dtype);
  const result = reduceFloat(op, input, dims, keepdim);
  return record(operation, result, [input], [input, result], { shape: input.shape, dims, count: 0 });
}

/** Largest value over all elements or over `dim`. */
export function amax(input: Tensor, dim?: ReductionDims, options: Reduction = {}): Tensor {
  return extreme(amaxOp, Reduce.max, input, dim, options);
}

/** Smallest value over all elements or over `dim`. */
export function amin(input: Tensor, dim?: ReductionDims, options: Reduction = {}): Tensor {
  return extreme(aminOp, Reduce.min, input, dim, options);
}

export interface ValuesAndIndices {
  readonly values: Tensor;
  readonly indices: Tensor;
}

const maxAlongOp: Operation = {
  name: "MaxBackward0",
  backward(node, gradient) {
    const { shape, dims } = node.data as ReductionData;
    const upstream = restore(gradient, shape, dims);
    return [scatterAdd(zeros(shape), dims[0]!, restore(node.saved(0), shape, dims), upstream)];
  },
};

const minAlongOp: Operation = { ...maxAlongOp, name: "MinBackward0" };

function extremeAlong(sign: 1 | -1, input: Tensor, dim: number, keepdim: boolean): ValuesAndIndices {
  const d = wrapDim(dim, input.shape.length);
  const dims = input.shape.length === 0 ? [] : [d];
  const { source, outer, n, inner } = arrange(to(input.detach(), "float32"), dims);
  if (n === 0) {
    throw new IndexError(`${sign > 0 ? "max" : "min"}(): Expected reduction dim ${d} to have non-zero size.`);
  }
  const shape = reducedShape(input.shape, dims, keepdim);
  const values = make(shape);
  const indices = make(shape, "int32");
  const valuesAt = at(values);
  const indicesAt = at(indices);
  kernels.argReduce(sign, at(source), valuesAt, indicesAt, outer, n, inner);
  if (input.dtype !== "float32") return { values: to(values, input.dtype), indices };
  recordMany(sign > 0 ? maxAlongOp : minAlongOp, [values], [input], [indices], { shape: input.shape, dims, count: 0 });
  return { values, indices };
}

/** The largest of all elements, the largest along a dimension with its positions, or elementwise against a tensor. */
export function max(input: Tensor): Tensor;
export function max(input: Tensor, dim: number, options?: Reduction): ValuesAndIndices;
export function max(input: Tensor, other: Tensor): Tensor;
export function max(input: Tensor, dim?: number | Tensor, options?: Reduction): Tensor | ValuesAndIndices;
export function max(input: Tensor, dim?: number | Tensor, options: Reduction = {}): Tensor | ValuesAndIndices {
  if (dim === undefined) return extreme(maxOfAllOp, Reduce.max, input, undefined, {});
  if (dim instanceof Tensor) return maximum(input, dim);
  return extremeAlong(1, input, dim, options.keepdim ?? false);
}

/** The smallest of all elements, the smallest along a dimension with its positions, or elementwise against a tensor. */
export function min(input: Tensor): Tensor;
export function min(input: Tensor, dim: number, options?: Reduction): ValuesAndIndices;
export function min(input: Tensor, other: Tensor): Tensor;
export function min(input: Tensor, dim?: number | Tensor, options?: Reduction): Tensor | ValuesAndIndices;
export function min(input: Tensor, dim?: number | Tensor, options: Reduction = {}): Tensor | ValuesAndIndices {
  if (dim === undefined) return extreme(minOfAllOp, Reduce.min, input, undefined, {});
  if (dim instanceof Tensor) return minimum(input, dim);
  return extremeAlong(-1, input, dim, options.keepdim ?? false);
}

function positionOf(sign: 1 | -1, input: Tensor, dim: number | undefined, keepdim: boolean): Tensor {
  if (dim !== undefined) return extremeAlong(sign, input.detach(), dim, keepdim).indices;
  const flat = reshape(input.detach(), [input.numel()]);
  const found = extremeAlong(sign, flat, 0, false).indices;
  return keepdim ? reshape(found, input.shape.map(() => 1)) : found;
}

/** Position of the largest value (the first of equals): in the flattened tensor, or along `dim`. `int32`. */
export function argmax(input: Tensor, dim?: number, options: Reduction = {}): Tensor {
  return positionOf(1, input, dim, options.keepdim ?? false);
}

/** Position of the smallest value (the first of equals): in the flattened tensor, or along `dim`. `int32`. */
export function argmin(input: Tensor, dim?: number, options: Reduction = {}): Tensor {
  return positionOf(-1, input, dim, options.keepdim ?? false);
}

// --- others ---------------------------------------------------------------------------------------------------------

/** ln Σ eˣ along `dim`, without overflow. */
export function logsumexp(input: Tensor, dim: ReductionDims, options: Reduction = {}): Tensor {
  const high = amax(input.detach(), dim, { keepdim: true });
  const shift = high.maskedFill(high.abs().eq(Infinity), 0);
  const total = sum(input.sub(shift).exp(), dim, { keepdim: true }).log().add(shift);
  if (options.keepdim) return total;
  const dims = wrapDims(dim, input.shape.length);
  return reshape(total, reducedShape(input.shape, dims, false));
}

const cumsumOp: Operation = {
  name: "CumsumBackward0",
  backward(node, gradient) {
    const dim = node.data as number;
    // Σ over what comes at or after = total − running sum + own
    return [sum(gradient, dim, { keepdim: true }).sub(cumsum(gradient, dim)).add(gradient)];
  },
};

/** Running sums along `dim`. */
export function cumsum(input: Tensor, dim: number): Tensor {
  const d = wrapDim(dim, input.shape.length);
  const { source, outer, n, inner } = arrange(to(input.detach(), "float32"), input.shape.length === 0 ? [] : [d]);
  const result = make(input.shape);
  const target = at(result);
  kernels.cumsum(at(source), target, outer, n, inner);
  if (input.dtype !== "float32") return to(result, "int32");
  return record(cumsumOp, result, [input], [], d);
}

/** Whether all elements (along `dim`) are not zero. */
export function all(input: Tensor, dim?: number, options: Reduction = {}): Tensor {
  return reduceTruth(ReduceBytes.all, input, wrapDims(dim, input.shape.length), options.keepdim ?? false);
}

/** Whether any element (along `dim`) is not zero. */
export function any(input: Tensor, dim?: number, options: Reduction = {}): Tensor {
  return reduceTruth(ReduceBytes.any, input, wrapDims(dim, input.shape.length), options.keepdim ?? false);
}

