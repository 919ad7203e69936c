/** Operations that fold dimensions away. Forward beside backward. */
import { isGradEnabled } from "../autograd/gradMode.ts";
import { record, recordMany, type Operation } from "../autograd/node.ts";
import { dtypeNamed, type DType, type DTypeName } from "../dtype.ts";
import { IndexError, KindlingError } from "../errors.ts";
import { Reduce, ReduceBytes, type ReduceBytesOp, type ReduceOp } from "../kernels/exports.ts";
import { kernels } from "../memory/linear.ts";
import { numelOf, wrapDim, wrapDims, type Shape } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { to } from "./conversion.ts";
import { denseCopy } from "./internal/copy.ts";
import { fromTypedArray, zeros } from "./creation.ts";
import { scatterAdd } from "./scatter.ts";
import { cat } from "./join.ts";
import { at, make } from "./internal/make.ts";
import { valuesAndIndices, type ValuesAndIndices } from "./namedTuple.ts";
import { toTypedArray } from "./reading.ts";
import type { Int, Size, Typed } from "./types.ts";
import { wholeNumbers } from "./internal/wholeNumbers.ts";
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

/** Which dimensions are reduced, in ascending order: none given, or none in the list, means all. */
function reducedDims(dim: Size | null, rank: number): number[] {
  return wrapDims(isEmptyList(dim) ? null : dim, rank);
}

const isEmptyList = (dim: Size | null): boolean => typeof dim === "object" && dim?.length === 0;

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

/** The extreme of integers, as `int32`. */
function extremeOfIntegers(op: ReduceOp, input: Tensor, dims: readonly number[], keepdim: boolean): Tensor {
  const arranged = arrange(to(input, "int32"), dims);
  const result = make(reducedShape(input.shape, dims, keepdim), "int32");
  const target = at(result);
  kernels.reduceI32(op, at(arranged.source), target, arranged.outer, arranged.n, arranged.inner);
  return result;
}

/** Folds integers in double precision: sums and products may outgrow `int32`. */
function foldIntegers(name: "sum" | "prod", input: Tensor, dims: readonly number[], keepdim: boolean): Tensor {
  const { source, outer, n, inner } = arrange(to(input, "int32"), dims);
  const values = toTypedArray(source);
  const results = new Float64Array(outer * inner).fill(name === "sum" ? 0 : 1);
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < n; i++) {
      const from = (o * n + i) * inner;
      for (let j = 0; j < inner; j++) {
        if (name === "sum") results[o * inner + j]! += values[from + j]!;
        else results[o * inner + j] = values[from + j] === 0 ? 0 : results[o * inner + j]! * values[from + j]!;
      }
    }
  }
  return wholeNumbers(results, reducedShape(input.shape, dims, keepdim), name);
}

/** Whether any or all elements aren't zero, or how many. */
function reduceTruth(op: ReduceBytesOp, input: Tensor, dims: readonly number[], keepdim: boolean): Tensor {
  const arranged = arrange(to(input, "bool"), dims);
  const result = make(reducedShape(input.shape, dims, keepdim), op === ReduceBytes.count ? "int32" : "bool");
  const target = at(result);
  kernels.reduceBytes(op, at(arranged.source), target, arranged.outer, arranged.n, arranged.inner);
  return result;
}

/** The input in the type that a reduction is to compute in. */
export function inType(input: Tensor, dtype: DTypeName | null | undefined): Tensor {
  return dtype === undefined || dtype === null ? input : to(input, dtype);
}

/** Integers that were folded in a wider type, in the small one that was asked for, where they wrap round. */
export function asAsked(result: Tensor, { dtype }: Typed): Tensor {
  const wanted = dtype ? dtypeNamed(dtype) : "int32";
  return wanted === "uint8" || wanted === "bool" ? to(result, wanted) : result;
}

/** The type asked of a reduction that gives fractions. */
function floatType(name: string, dtype: DTypeName | null | undefined): DTypeName | null {
  if (dtype === undefined || dtype === null || dtypeNamed(dtype) === "float32") return dtype ?? null;
  throw new KindlingError(
    name === "norm"
      ? `linalg.vector_norm: dtype should be floating point or complex. Got ${longName(dtypeNamed(dtype))}`
      : `${name}(): could not infer output dtype. Optional dtype must be either a floating point or complex dtype. Got: ${longName(dtypeNamed(dtype))}`,
  );
}

// --- sum and mean ---------------------------------------------------------------------------------------------------

const sumOp: Operation<ReductionData> = {
  name: "SumBackward1",
  backward(node, gradient) {
    const { shape, dims } = node.data;
    return [expand(restore(gradient, shape, dims), shape)];
  },
};
const sumAllOp: Operation<ReductionData> = { ...sumOp, name: "SumBackward0" };

/**
 * The sum over all elements or over `dim`. Integers and truth values give `int32`.
 * @param dim dimensions to sum over; default all
 * @param keepdim whether they stay with size 1
 * @see https://pytorch.org/docs/stable/generated/torch.sum.html
 * @api torch.sum Tensor.sum
 */
export function sum(input: Tensor, dim: Size | null = null, keepdim = false, options: Typed = {}): Tensor {
  const source = inType(input, options.dtype);
  const dims = reducedDims(dim, source.shape.length);
  if (source.dtype === "bool") return asAsked(reduceTruth(ReduceBytes.count, source, dims, keepdim), options);
  if (source.dtype !== "float32") return asAsked(foldIntegers("sum", source, dims, keepdim), options);
  const result = reduceFloat(Reduce.sum, source, dims, keepdim);
  const data: ReductionData = { shape: source.shape, dims, count: 0 };
  return record(dim === null ? sumAllOp : sumOp, result, [source], [], data);
}

const meanOp: Operation<ReductionData> = {
  name: "MeanBackward1",
  backward(node, gradient) {
    const { shape, dims, count } = node.data;
    return [expand(restore(gradient, shape, dims), shape).div(count)];
  },
};
const meanAllOp: Operation<ReductionData> = { ...meanOp, name: "MeanBackward0" };

/**
 * The arithmetic mean over all elements or over `dim`.
 * @param dim dimensions to average over; default all
 * @param keepdim whether they stay with size 1
 * @throws KindlingError for integers and truth values: say `x.float().mean()` or give `dtype`
 * @see https://pytorch.org/docs/stable/generated/torch.mean.html
 * @api torch.mean Tensor.mean
 */
export function mean(input: Tensor, dim: Size | null = null, keepdim = false, { dtype }: Typed = {}): Tensor {
  const source = inType(input, floatType("mean", dtype));
  if (source.dtype !== "float32") {
    throw new KindlingError(
      `mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype. Got: ${longName(source.dtype)}`,
    );
  }
  const dims = reducedDims(dim, source.shape.length);
  const count = numelOf(dims.map((d) => source.shape[d]!));
  const total = reduceFloat(Reduce.sum, source, dims, keepdim);
  return record(dim === null ? meanAllOp : meanOp, total.div(count), [source], [], { shape: source.shape, dims, count });
}

export function longName(dtype: DType): string {
  return { float32: "Float", int32: "Long", bool: "Bool", uint8: "Byte" }[dtype];
}

// --- product --------------------------------------------------------------------------------------------------------

const prodOp: Operation<ReductionData> = {
  name: "ProdBackward0",
  backward(node, gradient) {
    const { shape, dims } = node.data;
    const input = node.saved(0);
    const upstream = expand(restore(gradient, shape, dims), shape);
    const isZero = input.eq(0);
    if (!isZero.any().item()) return [upstream.mul(expand(restore(node.saved(1), shape, dims), shape)).div(input)];
    return [upstream.mul(isGradEnabled() ? composedProductOfOthers(input, dims) : productOfOthers(input, dims))];
  },
};

const prodAlongOp: Operation<ReductionData> = { ...prodOp, name: "ProdBackward1" };

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
  return reshape(cat(others.map((list) => prod(list, dim, true)), dim), input.shape);
}

/**
 * The product over all elements or along `dim`. Integers and truth values give `int32`.
 * @see https://pytorch.org/docs/stable/generated/torch.prod.html
 * @api torch.prod Tensor.prod
 */
export function prod(input: Tensor, dim: Int | null = null, keepdim = false, options: Typed = {}): Tensor {
  const source = inType(input, options.dtype);
  const dims = wrapDims(dim, source.shape.length);
  if (source.dtype !== "float32") return asAsked(foldIntegers("prod", source, dims, keepdim), options);
  const result = reduceFloat(Reduce.prod, source, dims, keepdim);
  return record(dim === null ? prodOp : prodAlongOp, result, [source], [source, result], { shape: source.shape, dims, count: 0 });
}

// --- variance -------------------------------------------------------------------------------------------------------

/** How a variance is taken, by name. */
export interface Corrected {
  /** Subtracted from n in the divisor. Default 1. */
  correction?: number;
  /** Keep the reduced dimensions with size 1. Default false. */
  keepdim?: boolean;
}

/** What PyTorch's three forms of `var`, `std`, `varMean` and `stdMean` say: in the last two `unbiased` stands for the correction. */
interface Spread {
  readonly dim: Size | null;
  readonly correction: number;
  readonly keepdim: boolean;
}

export function spreadOf(dim: Size | boolean | null, correction: boolean | Corrected, keepdim: boolean): Spread {
  if (typeof dim === "boolean") return { dim: null, correction: Number(dim), keepdim: false };
  if (typeof correction === "boolean") return { dim, correction: Number(correction), keepdim };
  return { dim, correction: correction.correction ?? 1, keepdim: correction.keepdim ?? false };
}

interface VarianceData extends ReductionData {
  readonly correction: number;
}

const varianceOp: Operation<VarianceData> = {
  name: "VarBackward0",
  backward(node, gradient) {
    const { shape, dims, count, correction } = node.data;
    const input = node.saved(0);
    const centred = input.sub(mean(input, dims, true));
    return [centred.mul(restore(gradient, shape, dims)).mul(2 / (count - correction))];
  },
};

/**
 * The variance over all elements or over `dim`: the sum of squared deviations by n − `correction` (default 1).
 * @param dim dimensions to reduce; default all
 * @param unbiased `true` is a correction of 1, `false` of 0
 * @see https://pytorch.org/docs/stable/generated/torch.var.html
 * @api torch.var Tensor.var
 */
export function variance(input: Tensor, dim?: Size | null, options?: Corrected): Tensor;
export function variance(input: Tensor, dim: Size | null, unbiased?: boolean, keepdim?: boolean): Tensor;
export function variance(input: Tensor, unbiased: boolean): Tensor;
export function variance(input: Tensor, dim: Size | boolean | null = null, correction: boolean | Corrected = true, keepdim = false): Tensor {
  return varianceOf(input, spreadOf(dim, correction, keepdim));
}

function varianceOf(input: Tensor, { dim, correction, keepdim }: Spread): Tensor {
  if (input.dtype !== "float32") throw new KindlingError("std and var only support floating point and complex dtypes");
  const dims = reducedDims(dim, input.shape.length);
  const arranged = arrange(input, dims);
  const result = make(reducedShape(input.shape, dims, keepdim));
  const means = make(result.shape);
  const target = at(result);
  const meanTarget = at(means);
  kernels.variance(at(arranged.source), target, meanTarget, arranged.outer, arranged.n, arranged.inner, correction);
  return record(varianceOp, result, [input], [input], { shape: input.shape, dims, count: arranged.n, correction });
}

const stdOp: Operation<VarianceData> = {
  name: "StdBackward0",
  backward(node, gradient) {
    const { shape, dims, count, correction } = node.data;
    const input = node.saved(0);
    const scale = gradient.div(node.saved(1)).maskedFill(node.saved(1).eq(0), 0);
    const centred = input.sub(mean(input, dims, true));
    return [centred.mul(restore(scale, shape, dims)).mul(1 / (count - correction))];
  },
};

/**
 * The standard deviation over all elements or over `dim`: the root of the variance, by n − `correction` (default 1).
 * @param dim dimensions to reduce; default all
 * @param unbiased `true` is a correction of 1, `false` of 0
 * @see https://pytorch.org/docs/stable/generated/torch.std.html
 * @api torch.std Tensor.std
 */
export function std(input: Tensor, dim?: Size | null, options?: Corrected): Tensor;
export function std(input: Tensor, dim: Size | null, unbiased?: boolean, keepdim?: boolean): Tensor;
export function std(input: Tensor, unbiased: boolean): Tensor;
export function std(input: Tensor, dim: Size | boolean | null = null, correction: boolean | Corrected = true, keepdim = false): Tensor {
  const spread = spreadOf(dim, correction, keepdim);
  const dims = reducedDims(spread.dim, input.shape.length);
  const result = varianceOf(input.detach(), spread).sqrt();
  const count = numelOf(dims.map((d) => input.shape[d]!));
  return record(stdOp, result, [input], [input, result], { shape: input.shape, dims, count, correction: spread.correction });
}

// --- norms ----------------------------------------------------------------------------------------------------------

/**
 * The norm of vectors: (Σ |x|ᵒʳᵈ)^(1/ord); for ±∞ the largest or smallest |x|, for 0 how many aren't 0.
 * @param x any shape
 * @param dim dimensions over which it is taken; default all, as if the tensor were one vector
 * @param keepdim whether they stay with size 1
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.vector_norm.html
 * @api torch.linalg.vectorNorm
 */
export function vectorNorm(x: Tensor, ord: number = 2, dim: Size | null = null, keepdim = false, { dtype }: Typed = {}): Tensor {
  const source = inType(x, floatType("norm", dtype));
  if (source.dtype !== "float32") {
    throw new KindlingError(`linalg.vector_norm: Expected a floating point or complex tensor as input. Got ${longName(source.dtype)}`);
  }
  const dims = reducedDims(dim, source.shape.length);
  if ((ord < 0 || ord === Infinity) && numelOf(dims.map((d) => source.shape[d]!)) === 0) {
    throw new KindlingError(`linalg.vector_norm cannot compute the ${pythonNumber(ord)} norm on an empty tensor because the operation does not have an identity`);
  }
  if (ord === Infinity) return amax(source.abs(), dims, keepdim);
  if (ord === -Infinity) return amin(source.abs(), dims, keepdim);
  if (ord === 1) return sum(source.abs(), dims, keepdim);
  const result = normOf(source.detach(), ord, dims, keepdim);
  return record(normOp, result, [source], [source, result], { shape: source.shape, dims, count: 0, p: ord });
}

const pythonNumber = (x: number): string => (Number.isFinite(x) ? String(x) : x > 0 ? "inf" : "-inf");

function normOf(input: Tensor, p: number, dims: readonly number[], keepdim: boolean): Tensor {
  if (p === 0) return sum(input.ne(0).float(), dims, keepdim);
  if (p === 2) return sum(input.mul(input), dims, keepdim).sqrt();
  return sum(input.abs().pow(p), dims, keepdim).pow(1 / p);
}

/** sign(x) · |x|ᵖ⁻¹ / ‖x‖ᵖ⁻¹, and 0 where the norm is 0: a norm has no slope there that could be told. */
const normOp: Operation<ReductionData & { p: number }> = {
  name: "NormBackward0",
  backward(node, gradient) {
    const { shape, dims, p } = node.data;
    const input = node.saved(0);
    if (p === 0) return [zeros(shape)];
    const isZero = node.saved(1).eq(0);
    const length = node.saved(1).maskedFill(isZero, 1);
    const scale = (p === 2 ? gradient.div(length) : gradient.mul(length.pow(1 - p))).maskedFill(isZero, 0);
    return [slopeOfPower(input, p).mul(restore(scale, shape, dims))];
  },
};

/** sign(x) · |x|ᵖ⁻¹; below p = 1, where that has a pole, 0 at 0. */
function slopeOfPower(input: Tensor, p: number): Tensor {
  if (p === 2) return input;
  const slope = input.sign().mul(input.abs().pow(p - 1));
  return p < 1 ? slope.maskedFill(input.eq(0), 0) : slope;
}

/** Σ x² over all elements, in double precision. */
export function sumOfSquares(input: Tensor): number {
  const source = input.dense ? input : denseCopy(input);
  return kernels.sumOfSquares(at(source), source.numel());
}

// --- extremes -------------------------------------------------------------------------------------------------------

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

/** An extreme of nothing is an error. */
function requireSome(name: string, shape: Shape, dim: Size | null): void {
  if (dim === null) {
    if (numelOf(shape) === 0) throw new IndexError(`${name}(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the 'dim' argument.`);
    return;
  }
  const empty = [dim].flat().find((d) => shape.at(d) === 0);
  if (empty !== undefined) throw new IndexError(`${name}(): Expected reduction dim ${empty} to have non-zero size.`);
}

function extreme(name: string, operation: Operation<ReductionData>, op: ReduceOp, input: Tensor, dim: Size | null, keepdim: boolean): Tensor {
  const dims = reducedDims(dim, input.shape.length);
  requireSome(name, input.shape, isEmptyList(dim) ? null : dim);
  if (input.dtype !== "float32") return to(extremeOfIntegers(op, input, dims, keepdim), input.dtype);
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

/** Values and where they were, as the house passes them on. */
interface Picked {
  readonly values: Tensor;
  readonly indices: Tensor;
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
  if (input.dtype === "int32") return extremeOfIntegersAlong(sign, { source, outer, n, inner }, shape);
  const values = make(shape);
  const indices = make(shape, "int32");
  const valuesAt = at(values);
  const indicesAt = at(indices);
  kernels.argReduce(sign, at(source), valuesAt, indicesAt, outer, n, inner);
  if (input.dtype !== "float32") return { values: to(values, input.dtype), indices };
  recordMany(sign > 0 ? maxAlongOp : minAlongOp, [values], [input], [indices], { shape: input.shape, dims, count: 0 });
  return { values, indices };
}

/** Element by element: floats don't tell large integers apart. */
function extremeOfIntegersAlong(sign: 1 | -1, { source, outer, n, inner }: Arranged, shape: Shape): Picked {
  const from = toTypedArray(source);
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
  if (dim instanceof Tensor) return input.maximum(dim);
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
  if (dim instanceof Tensor) return input.minimum(dim);
  const { values, indices } = extremeAlong("min", -1, input, dim, keepdim);
  return valuesAndIndices("min", values, indices);
}

function positionOf(name: string, sign: 1 | -1, input: Tensor, dim: number | null, keepdim: boolean): Tensor {
  if (dim !== null) return extremeAlong(name, sign, input.detach(), dim, keepdim).indices;
  if (input.numel() === 0) throw new IndexError(`${name}(): Expected reduction dim to be specified for input.numel() == 0.`);
  const flat = reshape(input.detach(), [input.numel()]);
  const found = extremeAlong(name, sign, flat, 0, false).indices;
  return keepdim ? reshape(found, input.shape.map(() => 1)) : found;
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

// --- others ---------------------------------------------------------------------------------------------------------

/**
 * ln Σ eˣ over `dim`, without overflow.
 * @param keepdim whether the reduced dimensions stay with size 1
 * @see https://pytorch.org/docs/stable/generated/torch.logsumexp.html
 * @api torch.logsumexp Tensor.logsumexp
 */
export function logsumexp(input: Tensor, dim: Size, keepdim = false): Tensor {
  const source = to(input, "float32");
  if (source.numel() === 0) return sum(source.exp(), dim, keepdim).log();
  const high = amax(source.detach(), dim, true);
  const shift = high.maskedFill(high.abs().eq(Infinity), 0);
  const total = sum(source.sub(shift).exp(), dim, true).log().add(shift);
  if (keepdim) return total;
  return reshape(total, reducedShape(source.shape, reducedDims(dim, source.shape.length), false));
}

/** Truth values, or for `uint8`, in which older programs keep them, zeros and ones of that type. */
function truthOf(op: ReduceBytesOp, input: Tensor, dim: Size | null, keepdim: boolean): Tensor {
  const result = reduceTruth(op, input, wrapDims(dim, input.shape.length), keepdim);
  return input.dtype === "uint8" ? to(result, "uint8") : result;
}

/**
 * Whether all elements, or all along `dim`, aren't zero.
 * @param dim dimensions to reduce; default all
 * @param keepdim whether they stay with size 1
 * @see https://pytorch.org/docs/stable/generated/torch.all.html
 * @api torch.all Tensor.all
 */
export function all(input: Tensor, dim: Size | null = null, keepdim = false): Tensor {
  return truthOf(ReduceBytes.all, input, dim, keepdim);
}

/**
 * Whether any element, or any along `dim`, isn't zero.
 * @param dim dimensions to reduce; default all
 * @param keepdim whether they stay with size 1
 * @see https://pytorch.org/docs/stable/generated/torch.any.html
 * @api torch.any Tensor.any
 */
export function any(input: Tensor, dim: Size | null = null, keepdim = false): Tensor {
  return truthOf(ReduceBytes.any, input, dim, keepdim);
}
