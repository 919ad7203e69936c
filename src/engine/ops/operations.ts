/** All operations by name. */
export { grad, watchGradient } from "../autograd/backward.ts";
export { wrapDim } from "../shape.ts";
export * from "./binary.ts";
export * from "./conversion.ts";
export * from "./conv/conv.ts";
export * from "./conv/transposed.ts";
export * from "./creation.ts";
export * from "./dropout.ts";
export { formatTensor, sizeText } from "./format.ts";
export * from "./indexing.ts";
export * from "./subscript.ts";
export * from "./inplace.ts";
export * from "./joining.ts";
export * from "./losses.ts";
export * from "./matmul.ts";
export * from "./normalization.ts";
export * from "./optimizers.ts";
export {
  abs, ceil, cos, elu, erf, exp, expm1, floor, gelu, leakyRelu, hardsigmoid, hardswish, log, log1p, logsigmoid, mish, neg, reciprocal,
  relu, rsqrt, sigmoid, sign, silu, sin, softplus, sqrt, square, tanh, trunc,
} from "./pointwise.ts";
export { item, tolist, toTypedArray } from "./reading.ts";
export * from "./reductions.ts";
export * from "./softmax.ts";
export { statistics, type Statistics } from "./statistics.ts";
export type * from "./types.ts";
export * from "./views.ts";
export * from "./elementary.ts";
export * from "./pairs.ts";
export * from "./ordering.ts";
export * from "./cumulative.ts";
export * from "./counting.ts";
export * from "./arranging.ts";
export * from "./placing.ts";
export * from "./products.ts";
export * from "./activations.ts";
export { celu_, elu_, hardtanh_, selu_, threshold_ } from "./inPlaceActivations.ts";
export * from "./sampling.ts";
export * from "./distances.ts";
export * from "./marginLosses.ts";
export * from "./channelNorms.ts";
export * from "./embedding.ts";
export * from "./padding.ts";
export * from "./pixels.ts";
export * from "./pooling/average.ts";
export * from "./pooling/max.ts";
export * from "./interpolation.ts";
export * from "./fromData.ts";
export * from "./properties.ts";
export * from "./assigning.ts";
export * from "./inplaceShape.ts";
export * from "./attention.ts";
export * from "./multiHeadAttention.ts";
export * from "./ctcLoss.ts";
export * from "./recurrent.ts";
// These stand before the plain forms of the same names.
export {
  sum, mean, prod, nansum, nanmean, countNonzero, variance, std, varMean, stdMean, norm, dist, aminmax, amax, amin, argmax, argmin, logsumexp, all, any, cumsum, cumprod,
  cummax, cummin, logcumsumexp, sort, argsort, topk, kthvalue, median, nanmedian, mode, quantile, nanquantile,
} from "./named.ts";
