// The module that exists twice, with and without relaxed instructions: matrix products, and convolution as such.
export { sgemm, sgemmBatched, sgemmWorkBytes } from "./gemm";
export { conv2d, conv2dWorkBytes, conv2dBackwardInput, conv2dBackwardWeight, im2col, col2im } from "./conv";
export { placeScratch } from "./scratch";
// @ts-ignore: made by the compiler
export const heapBase: usize = __heap_base;
