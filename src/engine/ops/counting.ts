/** Counts, histograms, and statistics of whole samples. */
import { dtypeNamed, roomFor } from "../dtype.ts";
import { ArgumentError, IndexError, KindlingError } from "../errors.ts";
import { wrapDims } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { where } from "./binary.ts";
import { fromTypedArray } from "./creation.ts";
import { matmul } from "./matmul.ts";
import { asFloat } from "./pointwise.ts";
import { toTypedArray } from "./reading.ts";
import { amax, amin, longName, mean, norm, std, sum, variance, type VarianceOptions } from "./reductions.ts";
import type { Reduction, ReductionDims, TypedReduction } from "./types.ts";

/** Elements that aren't zero, over all or over `dim`. `int32`. */
export function countNonzero(input: Tensor, dim?: ReductionDims): Tensor {
  return sum(input.ne(0), dim);
}

/** The sum of what isn't NaN. */
export function nansum(input: Tensor, dim?: ReductionDims | null, options: TypedReduction = {}): Tensor {
  const wanted = options.dtype ? dtypeNamed(options.dtype) : input.dtype;
  if (input.dtype === "float32" && wanted !== "float32") throw new KindlingError(`"nansum_cpu" not implemented for '${longName(wanted)}'`);
  return sum(input.dtype === "float32" ? where(input.isnan(), 0, input) : input, dim, options);
}

/** The mean of what isn't NaN. */
export function nanmean(input: Tensor, dim?: ReductionDims | null, options: TypedReduction = {}): Tensor {
  if (input.dtype !== "float32") throw new KindlingError(`nanmean(): expected input to have floating point dtype but got ${longName(input.dtype)}`);
  return nansum(input, dim, options).div(sum(input.isnan().logicalNot(), dim, { keepdim: options.keepdim ?? false }));
}

/** Smallest and largest values, over all elements or along `dim`. */
export function aminmax(input: Tensor, options: Reduction & { dim?: number } = {}): { min: Tensor; max: Tensor } {
  const empty = options.dim === undefined ? input.numel() === 0 : input.shape.at(options.dim) === 0;
  if (empty) throw new IndexError("aminmax(): cannot compute aminmax over an empty dimension as the operation has no identity.");
  return { min: amin(input, options.dim, options), max: amax(input, options.dim, options) };
}

/** Variance and mean at once. */
export function varMean(input: Tensor, dim?: ReductionDims, options: VarianceOptions = {}): [variance: Tensor, mean: Tensor] {
  return [variance(input, dim, options), mean(input, dim, options)];
}

/** Standard deviation and mean at once. */
export function stdMean(input: Tensor, dim?: ReductionDims, options: VarianceOptions = {}): [std: Tensor, mean: Tensor] {
  return [std(input, dim, options), mean(input, dim, options)];
}

/** The p-norm of the difference. */
export function dist(a: Tensor, b: Tensor, p = 2): Tensor {
  return norm(a.sub(b), p);
}

/** How often each whole number from 0 occurs in a vector, or the sum of its `weights`. */
export function bincount(input: Tensor, weights?: Tensor | null, options: { minlength?: number } = {}): Tensor {
  const values = toTypedArray(input);
  if (input.shape.length !== 1 || input.dtype === "float32" || values.some((value) => value < 0)) {
    throw new KindlingError("bincount only supports 1-d non-negative integral inputs.");
  }
  const length = Math.max(options.minlength ?? 0, (values as Int32Array).reduce((most, value) => Math.max(most, value + 1), 0));
  const share = weights ? toTypedArray(weights) : null;
  const counts = roomFor(Float64Array, length);
  values.forEach((value, i) => (counts[value]! += share ? share[i]! : 1));
  return fromTypedArray(share ? new Float32Array(counts) : new Int32Array(counts), [length]);
}

/** Counts in `bins` (default 100) bins of equal width between `min` and `max` (default: the least and the greatest element). */
export function histc(input: Tensor, options: { bins?: number; min?: number; max?: number } = {}): Tensor {
  const { bins = 100 } = options;
  if (!(bins > 0 && Number.isInteger(bins))) throw new KindlingError("bins must be > 0");
  const values = toTypedArray(asFloat(input));
  let { min = 0, max = 0 } = options;
  if (min === max && values.length > 0) [min, max] = [amin(input).item(), amax(input).item()];
  if (min === max) [min, max] = [min - 1, max + 1];
  if (min > max) throw new KindlingError("max must be larger than min");
  const counts = roomFor(Float32Array, bins);
  for (const value of values) {
    if (value >= min && value <= max) counts[Math.min(bins - 1, Math.floor(((value - min) / (max - min)) * bins))]!++;
  }
  return fromTypedArray(counts, [bins]);
}

/** Covariances of variables (rows) over observations (columns). */
export function cov(input: Tensor, options: { correction?: number } = {}): Tensor {
  if (input.shape.length > 2) throw new KindlingError(`cov(): expected input to have two or fewer dimensions but got an input with ${input.shape.length} dimensions`);
  const rows = asFloat(input.shape.length < 2 ? input.reshape(1, -1) : input);
  const centred = rows.sub(mean(rows, 1, { keepdim: true }));
  const result = matmul(centred, centred.t()).div(Math.max(0, rows.shape[1]! - (options.correction ?? 1)));
  return input.shape.length < 2 ? result.reshape([]) : result;
}

/** Pearson's correlations of variables (rows) over observations (columns). */
export function corrcoef(input: Tensor): Tensor {
  const c = cov(input);
  if (c.shape.length === 0) return c.div(c);
  const deviations = diagonalOf(c).sqrt();
  return c.div(deviations.unsqueeze(1)).div(deviations.unsqueeze(0)).clamp(-1, 1);
}

function diagonalOf(square: Tensor): Tensor {
  const n = square.shape[0]!;
  return square.reshape(n * n).slice(0, 0, null, n + 1);
}

/** Scales the slices along `dim` whose p-norm is above `maxnorm` down to it. */
export function renorm(input: Tensor, p: number, dim: number, maxnorm: number): Tensor {
  if (!(p > 0)) throw new ArgumentError("renorm: non-positive-norm not supported", "RuntimeError");
  const [own] = wrapDims(dim, input.shape.length);
  const others = input.shape.map((_, i) => i).filter((i) => i !== own);
  const lengths = norm(input, p, others, { keepdim: true });
  return input.mul(where(lengths.gt(maxnorm), lengths.add(1e-7).reciprocal().mul(maxnorm), 1));
}
