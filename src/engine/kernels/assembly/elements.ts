// The module with everything but matrix products; there is only one, so its results are the same on every machine.
export { unary, unaryBackward } from "./unary";
export {
  binary, binaryRow, binaryColumn, binaryStrided, addRowBias, axpy, compare, compareStrided, bits, where, whereStrided, maskedFill, lerp,
  dropout,
} from "./binary";
export {
  gather4, gather1, scatter4, scatter1, fill, fillI32, convert, takeRows, takeByteRows, addRows, oneHot, gatherAlong, scatterAlong,
  scatterAddAlong, scatterAddAlongI32,
} from "./windows";
export { reduce, reduceI32, reduceBytes, variance, argReduce, cumsum, logsumexp, sumOfSquares } from "./reduce";
export {
  softmax, logSoftmax, softmaxBackward, logSoftmaxBackward, nllLoss, nllLossBackward, crossEntropy, crossEntropyBackward,
} from "./softmax";
export { attentionWeights, attentionWeightsBackward } from "./attention";
export { pairLoss, pairLossBackward } from "./losses";
export { batchNormStatistics, batchNormApply, batchNormBackward, layerNorm, layerNormBackward } from "./norm";
export {
  maxPool2d, maxPool2dBackward, avgPool2d, avgPool2dBackward, adaptiveAvgPool2d, adaptiveAvgPool2dBackward,
} from "./pool";
export { lstmCell, lstmCellBackward, gruCell, gruCellBackward } from "./recurrent";
export { sgd, adam, scale } from "./optimizers";
export { bernoulli, skipDraws } from "./random";
export { statistics, histogram, unitRanges, countBeyond, squaredDistance } from "./observe";
export { placeScratch, SCRATCH_BYTES as scratchBytes } from "./scratch";
// @ts-ignore: made by the compiler
export const elementsEnd: usize = __heap_base;
