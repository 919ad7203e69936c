/**
 * Functions that are methods of tensors as they stand: `sinh(x)` is also `x.sinh()`. The lists here give the methods and
 * their types; tensor.ts itself has those with overloads, with forms of their own, or on hot paths.
 */
import { shapeOf, type ShapeArguments } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import * as activations from "./activations.ts";
import * as arranging from "./arranging.ts";
import * as binary from "./binary.ts";
import * as counting from "./counting.ts";
import * as cumulative from "./cumulative.ts";
import * as elementary from "./elementary.ts";
import { replaceBy } from "./inplace.ts";
import { tril, triu } from "./joining.ts";
import { pad } from "./padding.ts";
import { addmm } from "./matmul.ts";
import * as named from "./named.ts";
import * as ordering from "./ordering.ts";
import * as pairs from "./pairs.ts";
import * as fromData from "./fromData.ts";
import * as placing from "./placing.ts";
import * as pointwise from "./pointwise.ts";
import * as properties from "./properties.ts";
import * as products from "./products.ts";
import * as sampling from "./sampling.ts";
import { sumTo } from "./sumTo.ts";
import type { Typed } from "./types.ts";

const { acos, acosh, asin, asinh, atan, atanh, tan, sinh, cosh, sinc, deg2rad, rad2deg, exp2, log2, log10, logit } = elementary;
const { erfc, erfinv, lgamma, digamma, i0, frac, fix, sgn, signbit, positive, nanToNum, frexp, bitwiseNot, heaviside } = elementary;
const { atan2, hypot, copysign, logaddexp, logaddexp2, xlogy, fmax, fmin, ldexp, floatPower, nextafter, gcd, lcm } = pairs;
const { bitwiseLeftShift, bitwiseRightShift, addcmul, addcdiv, isclose, isposinf, isneginf, isreal } = pairs;

/** Those whose result has the input's shape, so that it may also be written over the input. */
const elementwise = {
  acos, acosh, asin, asinh, atan, atanh, tan, sinh, cosh, sinc, deg2rad, rad2deg, exp2, log2, log10, logit,
  erfc, erfinv, lgamma, digamma, i0, frac, fix, sgn, nanToNum, bitwiseNot, heaviside,
  atan2, hypot, copysign, xlogy, ldexp, floatPower, nextafter, gcd, lcm,
  bitwiseXor: binary.bitwiseXor, bitwiseLeftShift, bitwiseRightShift,
  tril, triu, addmm,
  arccos: acos, arccosh: acosh, arcsin: asin, arcsinh: asinh, arctan: atan, arctanh: atanh, arctan2: atan2,
  divide: binary.div, trueDivide: binary.div, negative: pointwise.neg, absolute: pointwise.abs,
  greater: binary.gt, greaterEqual: binary.ge, less: binary.lt, lessEqual: binary.le, notEqual: binary.ne,
  clip: pairs.clampTo,
  clampMin: (input: Tensor, min: number | Tensor) => pairs.clampTo(input, min),
  clampMax: (input: Tensor, max: number | Tensor) => pairs.clampTo(input, null, max),
  addmv: products.addmv, addr: products.addr, baddbmm: products.baddbmm, addbmm: products.addbmm,
  cumprod: cumulative.cumprod,
  indexAdd: placing.indexAdd, indexCopy: placing.indexCopy, indexFill: placing.indexFill, indexPut: placing.indexPut,
  maskedScatter: placing.maskedScatter, put: placing.put, scatterReduce: placing.scatterReduce, indexReduce: placing.indexReduce,
};

/** Methods of tensor.ts that have no form of their own in place. */
const alsoInPlace = {
  sin: pointwise.sin, cos: pointwise.cos, log: pointwise.log, log1p: pointwise.log1p, expm1: pointwise.expm1, erf: pointwise.erf,
  floor: pointwise.floor, ceil: pointwise.ceil, round: elementary.roundTo, trunc: pointwise.trunc, sign: pointwise.sign,
  square: pointwise.square, rsqrt: pointwise.rsqrt, reciprocal: pointwise.reciprocal,
  fmod: binary.fmod, remainder: binary.remainder, renorm: counting.renorm,
  floorDivide: binary.floorDivide,
  eq: binary.eq, ne: binary.ne, lt: binary.lt, le: binary.le, gt: binary.gt, ge: binary.ge,
  logicalAnd: binary.logicalAnd, logicalOr: binary.logicalOr, logicalXor: binary.logicalXor, logicalNot: binary.logicalNot,
  bitwiseAnd: binary.bitwiseAnd, bitwiseOr: binary.bitwiseOr,
  cumsum: (input: Tensor, dim: number, options?: Typed) => input.cumsum(dim, options),
  scatter: (input: Tensor, dim: number, index: Tensor, source: Tensor | number, options?: { reduce?: "add" | "multiply" }) => input.scatter(dim, index, source, options),
  scatterAdd: (input: Tensor, dim: number, index: Tensor, source: Tensor) => input.scatterAdd(dim, index, source),
};

const { sort, argsort, msort, topk, kthvalue, median, nanmedian, mode, quantile, nanquantile, unique, uniqueConsecutive } = ordering;
const { cummax, cummin, logcumsumexp, diff } = cumulative;
const { countNonzero, nansum, nanmean, aminmax, dist, bincount, histc, cov, corrcoef, renorm } = counting;
const { movedim, moveaxis, swapaxes, swapdims, adjoint, ravel, broadcastTo, unfold, diagonal, diagEmbed, diag, diagflat, trace } = arranging;
const { selectScatter, sliceScatter, diagonalScatter, rot90, fliplr, flipud, tile, repeatInterleave, asStrided } = arranging;
const { splitWithSizes, tensorSplit, hsplit, vsplit, dsplit, narrowCopy } = arranging;
const { take, takeAlongDim, argwhere } = placing;
const { mv, vdot, ger, inner, kron, cross } = products;

/** The sum over the dimensions along which a tensor of the given shape would have been broadcast. */
function sumToSize(input: Tensor, ...shape: ShapeArguments): Tensor {
  return sumTo(input, shapeOf(shape));
}

/** Those with results of other shapes. */
const others = {
  signbit, positive, frexp, logaddexp, logaddexp2, fmax, fmin, addcmul, addcdiv, isclose, isposinf, isneginf, isreal,
  sort, argsort, msort, topk, kthvalue, median, nanmedian, mode, quantile, nanquantile, unique, uniqueConsecutive,
  cummax, cummin, logcumsumexp, diff, countNonzero, nansum, nanmean, aminmax, dist, bincount, histc, cov, corrcoef, renorm,
  movedim, moveaxis, swapaxes, swapdims, adjoint, ravel, broadcastTo, unfold, diagonal, diagEmbed, diag, diagflat, trace,
  selectScatter, sliceScatter, diagonalScatter, rot90, fliplr, flipud, tile, repeatInterleave, asStrided,
  splitWithSizes, tensorSplit, hsplit, vsplit, dsplit, narrowCopy, take, takeAlongDim, argwhere,
  mv, vdot, ger, inner, kron, cross, pad, multinomial: sampling.multinomial, bernoulli: sampling.bernoulli, hardshrink: activations.hardshrink, prelu: activations.prelu,
  exponential_: sampling.exponential_, geometric_: sampling.geometric_, cauchy_: sampling.cauchy_, logNormal_: sampling.logNormal_,
  random_: sampling.random_,
  newFull: fromData.newFull, newTensor: fromData.newTensor,
  isNonzero: properties.isNonzero, isSameSize: properties.isSameSize, isSetTo: properties.isSetTo, dataPtr: properties.dataPtr, sumToSize,
};

type Method<F> = F extends {
  (self: Tensor, ...args: infer FirstArgs): infer First;
  (self: Tensor, ...args: infer SecondArgs): infer Second;
  (self: Tensor, ...args: never[]): unknown;
} ? { (...args: FirstArgs): First; (...args: SecondArgs): Second }
  : F extends (self: Tensor, ...args: infer Args) => infer Result ? (...args: Args) => Result : never;
type InPlace<F> = F extends (self: Tensor, ...args: infer Args) => unknown ? (...args: Args) => Tensor : never;

type Elementwise = typeof elementwise;
type WithInPlace = Elementwise & typeof alsoInPlace;
type Methods = { [Name in keyof Elementwise]: Method<Elementwise[Name]> } & { [Name in keyof typeof others]: Method<(typeof others)[Name]> };
type InPlaceMethods = { [Name in keyof WithInPlace as `${Name}_`]: InPlace<WithInPlace[Name]> };

declare module "../tensor.ts" {
  interface Tensor extends Methods, InPlaceMethods {}
}

type Operation = (self: Tensor, ...args: unknown[]) => unknown;

function define(name: string, method: (this: Tensor, ...args: unknown[]) => unknown): void {
  Object.defineProperty(Tensor.prototype, name, { value: method, writable: true, configurable: true });
}

/** The form that takes optional arguments by name as well, where there is one. Types come from the plain forms. */
function flexible(name: string, plain: Operation): Operation {
  return (named as unknown as Record<string, Operation | undefined>)[name === "clip" ? "clampTo" : name] ?? plain;
}

for (const [name, plain] of Object.entries({ ...elementwise, ...others } as unknown as Record<string, Operation>)) {
  const operation = flexible(name, plain);
  define(name, function (...args) {
    return operation(this, ...args);
  });
}
for (const [name, plain] of Object.entries({ ...elementwise, ...alsoInPlace } as unknown as Record<string, Operation>)) {
  const operation = flexible(name, plain);
  define(`${name}_`, function (...args) {
    return replaceBy(this, (before) => {
      const result = operation(before, ...args) as Tensor;
      return result.dtype === "bool" ? result.to(this.dtype) : result;
    });
  });
}
