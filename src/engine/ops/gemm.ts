/** Matrix products of float32 by address: what every operation that multiplies matrices calls. Strides are in elements. */
import { allocateBlock } from "../memory/heap.ts";
import { kernels } from "../memory/linear.ts";

let work = -1;

/** Memory that products pack their operands in. One piece is enough: kernels don't nest. */
export function gemmWork(): number {
  if (work < 0) work = allocateBlock(kernels.sgemmWorkBytes());
  return work;
}

/**
 * C[m, n] = A[m, k] · B[k, n], plus C if `accumulate`. Rows of A lie `rsa` apart, its columns `csa`, and so on; rows of C
 * lie `ldc` apart, its columns are dense. Takes a transposed operand by swapping its strides.
 */
export function gemm(
  m: number, n: number, k: number, a: number, rsa: number, csa: number, b: number, rsb: number, csb: number, c: number, ldc: number,
  accumulate = false,
): void {
  kernels.sgemm(m, n, k, a, rsa, csa, b, rsb, csb, c, ldc, accumulate ? 1 : 0, gemmWork());
}

/** `batch` products whose operands lie `strideA`, `strideB` (0: the same again) and `strideC` apart. */
export function gemmBatched(
  batch: number, strideA: number, strideB: number, strideC: number, m: number, n: number, k: number,
  a: number, rsa: number, csa: number, b: number, rsb: number, csb: number, c: number, ldc: number, accumulate = false,
): void {
  kernels.sgemmBatched(batch, strideA, strideB, strideC, m, n, k, a, rsa, csa, b, rsb, csb, c, ldc, accumulate ? 1 : 0, gemmWork());
}
