/** All operations by name. */
export { grad, watchGradient } from "../autograd/backward.ts";
export { wrapDim } from "../shape.ts";
export * from "./unary.ts";
export * from "./rounding.ts";
export * from "./special.ts";
export * from "./activations.ts";
export * from "./clamp.ts";
export * from "./binary.ts";
export * from "./comparison.ts";
export * from "./logic.ts";
export * from "./where.ts";
export * from "./conversion.ts";
export * from "./convolution.ts";
export * from "./creation.ts";
export * from "./random.ts";
export * from "./dropout.ts";
export { formatTensor, sizeText } from "./format.ts";
export * from "./indexing.ts";
export * from "./scatter.ts";
export * from "./viewScatter.ts";
export * from "./subscript.ts";
export * from "./inplace.ts";
export * from "./join.ts";
export * from "./grids.ts";
export * from "./triangular.ts";
export * from "./diagonals.ts";
export * from "./losses.ts";
export * from "./matmul.ts";
export * from "./normalization.ts";
export * from "./optimizers.ts";
export { item, tolist, toTypedArray } from "./reading.ts";
export * from "./reductions.ts";
export * from "./softmax.ts";
export { statistics, type Statistics } from "./statistics.ts";
export type * from "./types.ts";
export * from "./views.ts";
export * from "./stridedViews.ts";
export * from "./broadcasting.ts";
export * from "./split.ts";
export * from "./ordering.ts";
export * from "./cumulative.ts";
export * from "./counting.ts";
export * from "./shape.ts";
export * from "./indexWriting.ts";
export * from "./products.ts";
export * from "./norm.ts";
export { celu_, elu_, hardtanh_, selu_, threshold_ } from "./inPlaceActivations.ts";
export * from "./sampling.ts";
export * from "./marginLosses.ts";
export * from "./channelNorms.ts";
export * from "./embedding.ts";
export * from "./padding.ts";
export * from "./convolutions.ts";
export * from "./windows.ts";
export * from "./interpolation.ts";
export * from "./properties.ts";
export * from "./inplaceShape.ts";
export * from "./attention.ts";
export * from "./multiHeadAttention.ts";
export * from "./ctcLoss.ts";
export * from "./recurrent.ts";
// These stand before the plain forms of the same names.
export {
  batchNorm, layerNorm, groupNorm, rmsNorm,
  conv1d, conv2dNamed, conv3d, convTranspose1d, convTranspose2d, convTranspose3d, maxPool1d, maxPoolPlanes, maxPool3d, avgPool1d, avgPoolPlanes,
  avgPool3d, interpolate,
} from "./named.ts";
