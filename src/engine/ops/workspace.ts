/** Memory that kernels scribble in. One at a time is enough: kernels don't nest. */
import { kernels } from "../memory/linear.ts";
import { allocateBlock } from "../memory/heap.ts";

let gemm = -1;

/** Address of the packing buffers for matrix products. */
export function gemmWork(): number {
  if (gemm < 0) gemm = allocateBlock(kernels.sgemmWorkBytes());
  return gemm;
}
