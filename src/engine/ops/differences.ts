/** Differences of neighbours, and areas by trapezoids. */
import { KindlingError } from "../errors.ts";
import { wrapDim } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { cat } from "./join.ts";
import { asFloat } from "./internal/unaryKernels.ts";
import { sum } from "./reductions.ts";
import type { Int } from "./types.ts";
import { narrow } from "./views.ts";

/**
 * Differences of neighbours along `dim`; of truth values whether they differ.
 * @param n how often differences are taken
 * @param prepend put before the input along `dim` first
 * @param append put after it
 * @see https://pytorch.org/docs/stable/generated/torch.diff.html
 * @api torch.diff Tensor.diff
 */
export function diff(input: Tensor, n: Int = 1, dim: Int = -1, prepend: Tensor | null = null, append: Tensor | null = null): Tensor {
  if (input.shape.length === 0) throw new KindlingError("diff expects input to be at least one-dimensional");
  if (n < 0) throw new KindlingError(`order must be non-negative but got ${n}`);
  const d = wrapDim(dim, input.shape.length);
  const parts = [prepend, input, append].filter((part) => part !== null);
  let result = parts.length > 1 ? cat(parts, d) : input;
  for (let i = 0; i < n && result.shape[d]! > 0; i++) {
    const size = result.shape[d]!;
    const [later, earlier] = [narrow(result, d, 1, size - 1), narrow(result, d, 0, size - 1)];
    result = input.dtype === "bool" ? later.ne(earlier) : later.sub(earlier);
  }
  return result;
}

/** How far apart the heights are, and along which dimension they lie. */
export interface Spacing {
  /** Distance of neighbours. Default 1. */
  dx?: number;
  /** Default the last. */
  dim?: Int;
}

/**
 * The area under `y` along a dimension, by trapezoids.
 * @param x where the heights stand: shaped as `y`, or one vector for all
 * @see https://pytorch.org/docs/stable/generated/torch.trapezoid.html
 * @api torch.trapezoid torch.trapz
 */
export function trapezoid(y: Tensor, x: Tensor, options?: { dim?: Int }): Tensor;
export function trapezoid(y: Tensor, options?: Spacing): Tensor;
export function trapezoid(y: Tensor, x: Tensor | Spacing = {}, { dim = -1 }: { dim?: Int } = {}): Tensor {
  if (x instanceof Tensor) return sum(meanHeights(y, dim).mul(diff(x, 1, x.shape.length === 1 ? 0 : dim)), dim);
  const along = x.dim ?? -1;
  return sum(meanHeights(y, along).mul(x.dx ?? 1), along);
}

function meanHeights(y: Tensor, dim: number): Tensor {
  const n = y.size(dim);
  return asFloat(narrow(y, dim, 1, n - 1))
    .add(narrow(y, dim, 0, n - 1))
    .div(2);
}
