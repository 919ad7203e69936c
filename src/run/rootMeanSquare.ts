import type { TensorStatistics } from "../protocol/index.ts";

/** Root of the mean square over the finite values, from mean and sample standard deviation. */
export function rootMeanSquare(tensor: TensorStatistics): number {
  const n = tensor.count - tensor.nonFinite;
  if (n <= 0) return NaN;
  const variance = n > 1 ? (tensor.std * tensor.std * (n - 1)) / n : 0;
  return Math.sqrt(tensor.mean * tensor.mean + variance);
}

/** The same over all values: NaN where one is NaN, ∞ where one is infinite and none is NaN. */
export function wholeRootMeanSquare(tensor: TensorStatistics): number {
  if (tensor.nonFinite === 0) return rootMeanSquare(tensor);
  return tensor.infinite === tensor.nonFinite ? Infinity : NaN;
}
