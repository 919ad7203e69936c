/** Public names whose declarations carry no tag yet; a tagged one of the same name stands before them. */
export { Device, type DeviceLike, type DeviceType } from "./device.ts";
export type { DType, DTypeName, TypedArray } from "./dtype.ts";
export { ArgumentError, IndexError, KindlingError, OutOfMemoryError, ShapeError } from "./errors.ts";
export type { MemoryReport } from "./memory/report.ts";
export { numpyRandom, type NumpyRandom } from "./random/numpyRandom.ts";
export type { Shape, TensorShape } from "./shape.ts";
export { Tensor, type HookHandle } from "./tensor.ts";
export {
  addmm, all, amax, amin, any, argmax, argmin, bmm, cumsum, dot, logsumexp, matmul, mean, mm, norm, outer, prod, std, sum, variance as var,
  type BinaryOptions, type RandomOptions, type Reduction, type ReductionDims, type ScalarOrTensor, type TensorData, type TensorOptions,
} from "./ops/index.ts";
export {
  aminmax, argsort, bucketize, corrcoef, countNonzero, cov, cummax, cummin, cumprod, diff, dist, histc, kthvalue, logcumsumexp, median, mode,
  msort, nanmean, nanmedian, nanquantile, nansum, quantile, renorm, searchsorted, sort, stdMean, topk, trapezoid, trapezoid as trapz, unique,
  uniqueConsecutive, varMean, bincount, type DiffOptions, type QuantileOptions, type SearchOptions, type SortOptions, type UniqueOptions,
  type ValuesAndIndices,
} from "./ops/index.ts";
export {
  addbmm, addmv, addr, baddbmm, cdist, chainMatmul, cross, einsum, ger, inner, kron, mv, tensordot, vdot, type AddedProduct,
  type ScatterReduction,
} from "./ops/index.ts";
export type { LoadOptions, SaveOptions } from "./io/save.ts";
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
