/**
 * Kindling's engine: tensors, autograd, `nn`, `optim` and `data` with PyTorch's names.
 * This is what `import … from "kindling"` gives.
 */
export { enableGrad, inferenceMode, isGradEnabled, noGrad } from "./autograd/gradMode.ts";
export type { DType, TypedArray } from "./dtype.ts";
export { ArgumentError, IndexError, KindlingError, OutOfMemoryError, ShapeError } from "./errors.ts";
export { memoryReport } from "./memory/storage.ts";
export { Generator, initialSeed, manualSeed, seed } from "./random/index.ts";
export { numpyRandom, type NumpyRandom } from "./random/numpyRandom.ts";
export type { Shape } from "./shape.ts";
export { Tensor, type HookHandle } from "./tensor.ts";
export {
  abs, add, addmm, all, allclose, amax, amin, any, arange, argmax, argmin, bernoulli, bitwiseAnd, bitwiseOr, bmm, cat, ceil,
  chunk, clamp, clone, cos, cumsum, div, dot, empty, emptyLike, eq, equal, erf, exp, expand, expm1, eye, flatten, flip, floor,
  fmod, fromTypedArray, full, fullLike, gather, ge, gt, indexSelect, isfinite, isinf, isnan, le, lerp, linspace, logicalAnd,
  logicalNot, logicalOr, logicalXor, logSoftmax, logsumexp, lt, maskedFill, maskedSelect, matmul, max, maximum, mean, min,
  minimum, mm, mul, narrow, ne, neg, nonzero, norm, normal, ones, onesLike, outer, permute, pow, prod, rand, randint, randLike,
  randn, randnLike, randperm, reciprocal, relu, remainder, repeat, reshape, round, rsqrt, scatter, scatterAdd, select, sigmoid,
  sign, sin, slice, softmax, split, sqrt, square, squeeze, stack, std, sub, sum, t, tanh, tensor, transpose, tril, triu, trunc,
  unbind, unflatten, unsqueeze, variance as var, view, where, zeros, zerosLike,
  type BinaryOptions, type RandomOptions, type Reduction, type ReductionDims, type ScalarOrTensor, type TensorData, type TensorOptions,
} from "./ops/index.ts";
export * as autograd from "./autograd/index.ts";
export * as data from "./data/index.ts";
export * as nn from "./nn/index.ts";
export * as optim from "./optim/index.ts";


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
