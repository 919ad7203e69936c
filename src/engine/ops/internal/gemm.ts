/** Matrix products of float32 by address: what every operation that multiplies matrices calls. Strides are in elements. */
import { kernels } from "../../memory/linear.ts";
import { workspace } from "../../memory/workspace.ts";

/** What products pack their operands in. */
const WORK_BYTES = kernels.sgemmWorkBytes();

/**
 * C[m, n] = A[m, k] · B[k, n], plus C if `accumulate`. Rows of A lie `rsa` apart, its columns `csa`, and so on; rows of C
 * lie `ldc` apart, its columns are dense. Takes a transposed operand by swapping its strides.
 */
export function gemm(
  m: number,
  n: number,
  k: number,
  a: number,
  rsa: number,
  csa: number,
  b: number,
  rsb: number,
  csb: number,
  c: number,
  ldc: number,
  accumulate = false,
): void {
  kernels.sgemm(m, n, k, a, rsa, csa, b, rsb, csb, c, ldc, accumulate ? 1 : 0, workspace.ofSize(WORK_BYTES));
}

/** `batch` products whose operands lie `strideA`, `strideB` (0: the same again) and `strideC` apart. */
export function gemmBatched(
  batch: number,
  strideA: number,
  strideB: number,
  strideC: number,
  m: number,
  n: number,
  k: number,
  a: number,
  rsa: number,
  csa: number,
  b: number,
  rsb: number,
  csb: number,
  c: number,
  ldc: number,
  accumulate = false,
): void {
  kernels.sgemmBatched(batch, strideA, strideB, strideC, m, n, k, a, rsa, csa, b, rsb, csb, c, ldc, accumulate ? 1 : 0, workspace.ofSize(WORK_BYTES));
}
