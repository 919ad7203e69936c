export { sgemm, sgemmWorkBytes } from "./gemm";
export { unary, unaryBackward, binary, binaryRow, binaryColumn, addRowBias, axpy, fill, gather4, scatter4 } from "./elementwise";
export { reduce, variance, argReduce, cumsum, sumOfSquares, softmax, logSoftmax, softmaxBackward, logSoftmaxBackward, statistics, histogram } from "./reduce";
export { batchNormStatistics, batchNormApply, batchNormBackward, layerNorm, layerNormBackward } from "./norm";
export { im2col, col2im, maxPool2d, maxPool2dBackward } from "./conv";
export { sgd, adam } from "./optimizers";
// @ts-ignore: made by the compiler
export const heapBase: usize = __heap_base;
