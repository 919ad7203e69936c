/** Public names whose declarations carry no tag yet; a tagged one of the same name stands before them. */
export { enableGrad, inferenceMode, isGradEnabled, isInferenceModeEnabled, noGrad, setGradEnabled } from "./autograd/gradMode.ts";
export type { DType, DTypeName, TypedArray } from "./dtype.ts";
export { ArgumentError, IndexError, KindlingError, OutOfMemoryError, ShapeError } from "./errors.ts";
export { memoryReport, type MemoryReport } from "./memory/report.ts";
export { getNumThreads, setNumThreads } from "./memory/threads.ts";
export { Generator, initialSeed, manualSeed, seed } from "./random/index.ts";
export { numpyRandom, type NumpyRandom } from "./random/numpyRandom.ts";
export { broadcastShapes, type Shape, type TensorShape } from "./shape.ts";
export { Tensor, type HookHandle } from "./tensor.ts";
export {
  addmm, all, allclose, amax, amin, any, arange, argmax, argmin, bmm, cat,   chunk, clone, cumsum, dot, empty, emptyLike, equal, expand, eye, flatten, flip,   fromTypedArray, full, fullLike, gather, indexSelect, linspace,   logsumexp, maskedSelect, matmul, mean,   mm, narrow, nonzero, norm, normal, onesLike, outer, permute, prod, rand, randint, randLike,
  randn, randnLike, randperm, repeat, reshape, scatter, scatterAdd, select,   slice, split, squeeze, stack, std, sum, t, tensor, transpose, tril, triu,   unbind, unflatten, unsqueeze, variance as var, view, zerosLike,
  type BinaryOptions, type RandomOptions, type Reduction, type ReductionDims, type ScalarOrTensor, type TensorData, type TensorOptions,
} from "./ops/index.ts";
export {
  adjoint, aminmax, argsort, argwhere,   bucketize, corrcoef, countNonzero, cov, cummax, cummin,
  cumprod, diff, dist, histc,   kthvalue, logcumsumexp, median,
  mode, msort, nanmean, nanmedian, nanquantile, nansum, quantile, renorm,   searchsorted, sort, stdMean, topk, trapezoid, trapezoid as trapz, unique, uniqueConsecutive, varMean,   bincount,       type DiffOptions, type QuantileOptions, type SearchOptions, type SortOptions, type UniqueOptions, type ValuesAndIndices,
} from "./ops/index.ts";
export {
  asStrided, atleast1d, atleast2d, atleast3d, blockDiag, broadcastTensors, broadcastTo, cartesianProd, columnStack, combinations, diag,
  diagEmbed, diagflat, diagonal, diagonalScatter, dsplit, dstack, fliplr, flipud, hsplit, hstack, meshgrid, moveaxis, movedim, narrowCopy,
  ravel, repeatInterleave, rot90, rowStack, selectScatter, sliceScatter, splitWithSizes, swapaxes, swapdims, tensorSplit, tile, trace,
  trilIndices, triuIndices, vsplit, vstack, cat as concat, cat as concatenate,
  indexAdd, indexCopy, indexFill, indexPut, indexReduce, maskedScatter, put, scatterReduce, take, takeAlongDim,
  addbmm, addmv, addr, baddbmm, cdist, chainMatmul, cross, einsum, ger, inner, kron, matrixPower, mv, tensordot, vdot,
  type AddedProduct, type DiagonalOptions, type ScatterReduction,
} from "./ops/index.ts";
export { setPrintoptions, type PrintOptions } from "./ops/index.ts";
export { load, loadMetadata, save, type LoadOptions, type SaveOptions } from "./io/save.ts";
export {
  asTensor, canCast, contiguous, detach, emptyStrided, finfo, fromNumpy, getDefaultDtype, iinfo, isComplex, isFloatingPoint, isInference, isNonzero, numel, isSameSize, isTensor, logspace,
  promoteTypes, resultType, scalarTensor, setDefaultDtype, type ToOptions, type ToTarget,
} from "./ops/index.ts";
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
