/** Whether the matrix products that a compiler made of the kernels are right: each path against double precision. */
import type { Kernels } from "./exports.ts";

/** Few and many rows, whole tiles and such that hang over each edge, and a depth beyond one block. */
const shapes = [
  [2, 37, 21],
  [13, 37, 21],
  [5, 20, 270],
] as const;

/** Leaves memory as it was: all zeros. */
export function multipliesRightly(kernels: Kernels, memory: WebAssembly.Memory): boolean {
  const start = Math.ceil((kernels.heapBase.value as number) / 64) * 64;
  const floats = new Float32Array(memory.buffer);
  try {
    return shapes.every(([m, n, k]) => [0, 1, 2, 3].every((turned) => isRight(kernels, floats, start, m, n, k, turned)));
  } finally {
    floats.fill(0, start >>> 2);
  }
}

/** @param turned bit 0: A lies column by column; bit 1: B does */
function isRight(kernels: Kernels, floats: Float32Array, start: number, m: number, n: number, k: number, turned: number): boolean {
  const [rsa, csa] = turned & 1 ? [1, m] : [k, 1];
  const [rsb, csb] = turned & 2 ? [1, k] : [n, 1];
  const a = start >>> 2;
  const b = a + m * k;
  const c = b + k * n;
  const work = Math.ceil((c + m * n) / 16) * 64;
  for (let i = a; i < c; i++) floats[i] = Math.sin(i * 1.7);
  // One value that isn't a number must reach its row, and that row only.
  floats[a] = NaN;
  kernels.sgemm(m, n, k, a * 4, rsa, csa, b * 4, rsb, csb, c * 4, n, 0, work);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let p = 0; p < k; p++) sum += floats[a + i * rsa + p * csa]! * floats[b + p * rsb + j * csb]!;
      const found = floats[c + i * n + j]!;
      if (Number.isNaN(sum) ? !Number.isNaN(found) : !(Math.abs(found - sum) <= 1e-4)) return false;
    }
  }
  return true;
}
