/** Public names whose declarations carry no tag yet; a tagged one of the same name stands before them. */
export { enableGrad, inferenceMode, isGradEnabled, isInferenceModeEnabled, noGrad, setGradEnabled } from "./autograd/gradMode.ts";
export type { DType, DTypeName, TypedArray } from "./dtype.ts";
export { ArgumentError, IndexError, KindlingError, OutOfMemoryError, ShapeError } from "./errors.ts";
export { memoryReport, type MemoryReport } from "./memory/report.ts";
export { getNumThreads, setNumThreads } from "./memory/threads.ts";
export { Generator, initialSeed, manualSeed, seed } from "./random/index.ts";
export { numpyRandom, type NumpyRandom } from "./random/numpyRandom.ts";
export { broadcastShapes, type Shape } from "./shape.ts";
export { Tensor, type HookHandle } from "./tensor.ts";
export {
  abs, add, allclose, arange, bernoulli, bitwiseAnd, bitwiseOr, cat, ceil,
  chunk, clone, cos, div, empty, emptyLike, eq, equal, erf, exp, expand, expm1, eye, flatten, flip, floor, floorDivide,
  fmod, fromTypedArray, full, fullLike, gather, ge, gt, indexSelect, isfinite, isinf, isnan, le, lerp, linspace, logicalAnd,
  logicalNot, logicalOr, logicalXor, logSoftmax, lt, maskedFill, maskedSelect, maximum,
  minimum, mul, narrow, ne, neg, nonzero, normal, ones, onesLike, permute, rand, randint, randLike,
  randn, randnLike, randperm, reciprocal, relu, remainder, repeat, reshape, rsqrt, scatter, scatterAdd, select, sigmoid,
  sign, sin, slice, softmax, split, sqrt, square, squeeze, stack, sub, t, tanh, tensor, transpose, tril, triu, trunc,
  unbind, unflatten, unsqueeze, view, zeros, zerosLike,
  type BinaryOptions, type RandomOptions, type ScalarOrTensor, type TensorData, type TensorOptions,
} from "./ops/index.ts";
export {
  acos, acosh, addcdiv, addcmul, adjoint, argwhere, asin, asinh, atan, atan2, atanh, bitwiseLeftShift, bitwiseNot,
  bitwiseRightShift, bitwiseXor, clampTo as clamp, clampTo as clip, copysign, cosh,
  deg2rad, digamma, erfc, erfinv, exp2, fix, floatPower, fmax, fmin, frac, frexp, gcd, heaviside, hypot, i0,
  isclose, isin, isneginf, isposinf, isreal, lcm, ldexp, lgamma, log10, log2, logaddexp, logaddexp2, logit,
  nanToNum, nextafter, positive, rad2deg, roundTo as round, rsub,
  sgn, signbit, sinc, sinh, tan, xlogy,
  acos as arccos, acosh as arccosh, asin as arcsin, asinh as arcsinh, atan as arctan, atanh as arctanh, atan2 as arctan2,
  sub as subtract, mul as multiply, div as divide, div as trueDivide, neg as negative, abs as absolute,
  gt as greater, ge as greaterEqual, lt as less, le as lessEqual, ne as notEqual,
} from "./ops/index.ts";
export {
  choose as where, log1p, pow, asStrided, atleast1d, atleast2d, atleast3d, blockDiag, broadcastTensors, broadcastTo, cartesianProd, columnStack, combinations, diag,
  diagEmbed, diagflat, diagonal, diagonalScatter, dsplit, dstack, fliplr, flipud, hsplit, hstack, meshgrid, moveaxis, movedim, narrowCopy,
  ravel, repeatInterleave, roll, rot90, rowStack, selectScatter, sliceScatter, splitWithSizes, swapaxes, swapdims, tensorSplit, tile, trace,
  trilIndices, triuIndices, vsplit, vstack, cat as concat, cat as concatenate,
  indexAdd, indexCopy, indexFill, indexPut, indexReduce, maskedScatter, put, scatterReduce, take, takeAlongDim,
  multinomial, matrixPower,
  type DiagonalOptions, type ScatterReduction,
} from "./ops/index.ts";
export { setPrintoptions, type PrintOptions } from "./ops/index.ts";
export { load, loadMetadata, save, type LoadOptions, type SaveOptions } from "./io/save.ts";
export {
  asTensor, canCast, contiguous, detach, emptyStrided, finfo, fromNumpy, getDefaultDtype, iinfo, isComplex, isFloatingPoint, isInference, isNonzero, numel, isSameSize, isTensor, logspace,
  promoteTypes, resultType, scalarTensor, setDefaultDtype, type ToOptions, type ToTarget,
} from "./ops/index.ts";
export { abs_, clamp_, exp_, fill_, neg_, relu_, sigmoid_, sqrt_, tanh_ } from "./ops/index.ts";
export * from "./dtypeNames.ts";
export { deepcopy } from "./nn/deepcopy.ts";


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
