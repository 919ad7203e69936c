/** Public names whose declarations carry no tag yet; a tagged one of the same name stands before them. */
export type { DType, DTypeName, TypedArray } from "./dtype.ts";
export { ArgumentError, IndexError, KindlingError, OutOfMemoryError, ShapeError } from "./errors.ts";
export type { MemoryReport } from "./memory/report.ts";
export { numpyRandom, type NumpyRandom } from "./random/numpyRandom.ts";
export type { Shape } from "./shape.ts";
export { Tensor, type HookHandle } from "./tensor.ts";
export {
  abs, addmm, all, amax, amin, any, argmax, argmin, bernoulli, bitwiseAnd, bitwiseOr, bmm, ceil, cos, cumsum, div, dot, eq, erf, exp, expm1,
  floor, floorDivide, fmod, ge, gt, isfinite, isinf, isnan, le, lerp, logicalAnd, logicalNot, logicalOr, logicalXor, logsumexp, lt,
  maskedFill, matmul, maximum, mean, minimum, mm, ne, neg, norm, outer, prod, reciprocal, relu, remainder, rsqrt, sigmoid, sign, sin, sqrt,
  square, std, sum, tanh, trunc, variance as var, type BinaryOptions, type RandomOptions, type Reduction, type ReductionDims, type
  ScalarOrTensor, type TensorData, type TensorOptions,
} from "./ops/index.ts";
export {
  acos, acosh, addcdiv, addcmul, aminmax, argsort, asin, asinh, atan, atan2, atanh, bitwiseLeftShift, bitwiseNot, bitwiseRightShift,
  bitwiseXor, bucketize, clampTo as clamp, clampTo as clip, copysign, corrcoef, cosh, countNonzero, cov, cummax, cummin, cumprod, deg2rad,
  diff, digamma, dist, erfc, erfinv, exp2, fix, floatPower, fmax, fmin, frac, frexp, gcd, heaviside, histc, hypot, i0, isclose, isin,
  isneginf, isposinf, isreal, kthvalue, lcm, ldexp, lgamma, log10, log2, logaddexp, logaddexp2, logcumsumexp, logit, median, mode, msort,
  nanmean, nanmedian, nanquantile, nansum, nanToNum, nextafter, positive, quantile, rad2deg, renorm, roundTo as round, rsub, searchsorted,
  sgn, signbit, sinc, sinh, sort, stdMean, tan, topk, trapezoid, trapezoid as trapz, unique, uniqueConsecutive, varMean, xlogy, bincount,
  acos as arccos, acosh as arccosh, asin as arcsin, asinh as arcsinh, atan as arctan, atanh as arctanh, atan2 as arctan2, div as divide, div
  as trueDivide, neg as negative, abs as absolute, gt as greater, ge as greaterEqual, lt as less, le as lessEqual, ne as notEqual, type
  DiffOptions, type QuantileOptions, type SearchOptions, type SortOptions, type UniqueOptions, type ValuesAndIndices,
} from "./ops/index.ts";
export {
  choose as where, log1p, pow, multinomial, addbmm, addmv, addr, baddbmm, cdist, chainMatmul, cross, einsum, ger, inner, kron, matrixPower,
  mv, tensordot, vdot, type AddedProduct, type ScatterReduction,
} from "./ops/index.ts";
export type { LoadOptions, SaveOptions } from "./io/save.ts";
export { abs_, clamp_, exp_, fill_, neg_, relu_, sigmoid_, sqrt_, tanh_ } from "./ops/index.ts";
export * from "./dtypeNames.ts";


import { log as logToRun } from "./instrument.ts";
import { log as naturalLogarithm } from "./ops/pointwise.ts";
import { Tensor } from "./tensor.ts";

/** The natural logarithm of each element. */
export function log(input: Tensor): Tensor;
/** Puts named values on the run's charts at the current step; outside a run it does nothing. */
export function log(values: Readonly<Record<string, unknown>>): void;
export function log(input: Tensor | Readonly<Record<string, unknown>>): Tensor | void {
  return input instanceof Tensor ? naturalLogarithm(input) : logToRun(input);
}
