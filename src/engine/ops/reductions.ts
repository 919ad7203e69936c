/** Sums, means, products and truths over dimensions. Forward beside backward. */
import { isGradEnabled } from "../autograd/gradMode.ts";
import { record, shownAs, type Operation } from "../autograd/node.ts";
import { dtypeNamed, longName } from "../dtype.ts";
import { KindlingError } from "../errors.ts";
import { tellOperation } from "../instrument.ts";
import { Reduce, ReduceBytes, type ReduceBytesOp } from "../kernels/exports.ts";
import { kernels } from "../memory/linear.ts";
import { numelOf, wrapDims } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { to } from "./conversion.ts";
import { fromTypedArray } from "./creation.ts";
import { at, make } from "./internal/make.ts";
import { arrange, asAsked, floatType, inType, reducedDims, reducedShape, reduceFloat, restore, type ReductionData } from "./internal/reduce.ts";
import { wholeNumbers } from "./internal/wholeNumbers.ts";
import { cat } from "./join.ts";
import { operandsOf } from "./reading.ts";
import type { Int, Size, Sizes, Typed } from "./types.ts";
import { expand, narrow, reshape } from "./views.ts";

/** Folds integers in double precision: sums and products may outgrow `int32`. */
function foldIntegers(name: "sum" | "prod", input: Tensor, dims: readonly number[], keepdim: boolean): Tensor {
  const { source, outer, n, inner } = arrange(to(input, "int32"), dims);
  const values = operandsOf(source);
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
  const data: ReductionData = { shape: source.shape, dims, count: 0 };
  if (source.dtype === "bool") return tellOperation("sum", [source], asAsked(reduceTruth(ReduceBytes.count, source, dims, keepdim), options), data);
  if (source.dtype !== "float32") return tellOperation("sum", [source], asAsked(foldIntegers("sum", source, dims, keepdim), options), data);
  const result = reduceFloat(Reduce.sum, source, dims, keepdim);
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
  const values = operandsOf(flat);
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
  return reshape(
    cat(
      others.map((list) => prod(list, dim, true)),
      dim,
    ),
    input.shape,
  );
}

/**
 * The product over all elements or along `dim`. Integers and truth values give `int32`.
 * @see https://pytorch.org/docs/stable/generated/torch.prod.html
 * @api torch.prod Tensor.prod
 */
export function prod(input: Tensor, dim: Int | null = null, keepdim = false, options: Typed = {}): Tensor {
  const source = inType(input, options.dtype);
  const dims = wrapDims(dim, source.shape.length);
  const data: ReductionData = { shape: source.shape, dims, count: 0 };
  if (source.dtype !== "float32") return tellOperation("prod", [source], asAsked(foldIntegers("prod", source, dims, keepdim), options), data);
  const result = reduceFloat(Reduce.prod, source, dims, keepdim);
  return record(dim === null ? prodOp : prodAlongOp, result, [source], [source, result], data);
}

/**
 * The sum of what isn't NaN.
 * @param dim dimensions to sum over; default all
 * @param keepdim whether they stay with size 1
 * @see https://pytorch.org/docs/stable/generated/torch.nansum.html
 * @api torch.nansum Tensor.nansum
 */
export function nansum(input: Tensor, dim: Size | null = null, keepdim = false, options: Typed = {}): Tensor {
  const wanted = options.dtype ? dtypeNamed(options.dtype) : input.dtype;
  if (input.dtype === "float32" && wanted !== "float32") throw new KindlingError(`"nansum_cpu" not implemented for '${longName(wanted)}'`);
  return sum(input.dtype === "float32" ? input.maskedFill(input.isnan(), 0) : input, dim, keepdim, options);
}

/**
 * The mean of what isn't NaN.
 * @param dim dimensions to average over; default all
 * @param keepdim whether they stay with size 1
 * @see https://pytorch.org/docs/stable/generated/torch.nanmean.html
 * @api torch.nanmean Tensor.nanmean
 */
export function nanmean(input: Tensor, dim: Size | null = null, keepdim = false, options: Typed = {}): Tensor {
  if (input.dtype !== "float32") throw new KindlingError(`nanmean(): expected input to have floating point dtype but got ${longName(input.dtype)}`);
  return nansum(input, dim, keepdim, options).div(sum(input.isnan().logicalNot(), dim, keepdim));
}

/**
 * How many elements aren't zero, over all or over `dim`. `int32`.
 * @param dim dimensions to count over, as a list or one by one; default all
 * @see https://pytorch.org/docs/stable/generated/torch.count_nonzero.html
 * @api torch.countNonzero Tensor.countNonzero
 */
export function countNonzero(input: Tensor, dim?: Int | null): Tensor;
export function countNonzero(input: Tensor, dim: Sizes): Tensor;
export function countNonzero(input: Tensor, dim: Size | null = null): Tensor {
  return sum(input.ne(0), dim);
}

/**
 * ln Σ eˣ over `dim`, without overflow.
 * @param keepdim whether the reduced dimensions stay with size 1
 * @see https://pytorch.org/docs/stable/generated/torch.logsumexp.html
 * @api torch.logsumexp Tensor.logsumexp
 */
export function logsumexp(input: Tensor, dim: Size, keepdim = false): Tensor {
  const source = to(input, "float32");
  if (source.numel() === 0) return shownAs("LogsumexpBackward0", sum(source.exp(), dim, keepdim).log());
  const dims = reducedDims(dim, source.shape.length);
  const high = tellOperation("amax", [source], reduceFloat(Reduce.max, source.detach(), dims, true), { dims });
  const shift = high.maskedFill(high.abs().eq(Infinity), 0);
  const total = sum(source.sub(shift).exp(), dim, true).log().add(shift);
  return shownAs("LogsumexpBackward0", keepdim ? total : reshape(total, reducedShape(source.shape, dims, false)));
}

/** Truth values, or for `uint8`, in which older programs keep them, zeros and ones of that type. */
function truthOf(op: ReduceBytesOp, input: Tensor, dim: Size | null, keepdim: boolean): Tensor {
  const dims = wrapDims(dim, input.shape.length);
  const result = reduceTruth(op, input, dims, keepdim);
  return tellOperation(op === ReduceBytes.any ? "any" : "all", [input], input.dtype === "uint8" ? to(result, "uint8") : result, { dims });
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
