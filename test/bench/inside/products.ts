/** Matrix products by the kernel alone, in each layout. */
import type { Kernels } from "../../../src/engine/kernels/exports.ts";
import { layouts, squareSizes, type Layout } from "../layouts.ts";
import type { Arena } from "./arena.ts";
import { bestTime, type Reading } from "./reading.ts";

/** A [m, k] · B [k, n], either of which may lie transposed. */
export function readProduct(kernels: Kernels, arena: Arena, what: string, layout: Layout, m: number, n: number, k: number): Reading {
  arena.reset();
  const [a, b, c, work] = [arena.floats(m * k), arena.floats(k * n), arena.room(4 * m * n), arena.room(kernels.sgemmWorkBytes())];
  const [rsa, csa] = layout[0] === "T" ? [1, m] : [k, 1];
  const [rsb, csb] = layout[1] === "T" ? [1, k] : [n, 1];
  const seconds = bestTime(() => kernels.sgemm(m, n, k, a, rsa, csa, b, rsb, csb, c, n, 0, work));
  return { what, rate: (2 * m * n * k) / seconds / 1e9, bound: "arithmetic" };
}

export function readSquares(kernels: Kernels, arena: Arena): Reading[] {
  return squareSizes.flatMap((n) => layouts.map((layout) => readProduct(kernels, arena, `${n} ${layout}`, layout, n, n, n)));
}
