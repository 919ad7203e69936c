/** How often numbers occur, one by one or in bins. */
import { roomFor } from "../dtype.ts";
import { KindlingError } from "../errors.ts";
import { tellOperation } from "../instrument.ts";
import type { Tensor } from "../tensor.ts";
import { fromTypedArray } from "./creation.ts";
import { amax, amin } from "./extremes.ts";
import { asFloat } from "./internal/unaryKernels.ts";
import { valuesOf } from "./reading.ts";
import type { Int } from "./types.ts";

/**
 * How often each whole number from 0 occurs in a vector, or the sum of its `weights`.
 * @param minlength how many numbers are counted at least
 * @see https://pytorch.org/docs/stable/generated/torch.bincount.html
 * @api torch.bincount Tensor.bincount
 */
export function bincount(input: Tensor, weights: Tensor | null = null, minlength: Int = 0): Tensor {
  if (minlength < 0) throw new KindlingError("minlength should be >= 0");
  const values = valuesOf(input, "bincount");
  if (input.shape.length !== 1 || input.dtype === "float32" || values.some((value) => value < 0)) {
    throw new KindlingError("bincount only supports 1-d non-negative integral inputs.");
  }
  if (weights && (weights.shape.length !== 1 || weights.shape[0] !== values.length)) {
    throw new KindlingError("weights should be 1-d and have the same length as input");
  }
  const length = Math.max(
    minlength,
    (values as Int32Array).reduce((most, value) => Math.max(most, value + 1), 0),
  );
  const share = weights ? valuesOf(weights) : null;
  const counts = roomFor(Float64Array, length);
  values.forEach((value, i) => (counts[value]! += share ? share[i]! : 1));
  const result = fromTypedArray(share ? new Float32Array(counts) : new Int32Array(counts), [length]);
  return tellOperation("bincount", weights ? [input, weights] : [input], result);
}

/**
 * Counts in `bins` bins of equal width between `min` and `max`; where both are 0, between the least and the greatest element.
 * @see https://pytorch.org/docs/stable/generated/torch.histc.html
 * @api torch.histc Tensor.histc
 */
export function histc(input: Tensor, bins: Int = 100, min = 0, max = 0): Tensor {
  if (bins <= 0) throw new KindlingError("bins must be > 0");
  const values = valuesOf(asFloat(input));
  let [low, high] = [min, max];
  if (low === high && values.length > 0) [low, high] = [amin(input).item(), amax(input).item()];
  if (low === high) [low, high] = [low - 1, high + 1];
  if (low > high) throw new KindlingError("max must be larger than min");
  const counts = roomFor(Float32Array, bins);
  for (const value of values) {
    if (value >= low && value <= high) counts[Math.min(bins - 1, Math.floor(((value - low) / (high - low)) * bins))]!++;
  }
  return tellOperation("histc", [input], fromTypedArray(counts, [bins]));
}
