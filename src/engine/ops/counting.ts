/** Counts, histograms, and statistics of whole samples. */
import { dtypeNamed, roomFor } from "../dtype.ts";
import { ArgumentError, IndexError, KindlingError } from "../errors.ts";
import { wrapDims } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { where } from "./where.ts";
import { fromTypedArray } from "./creation.ts";
import { matmul } from "./matmul.ts";
import { namedTuple, type NamedTuple } from "./namedTuple.ts";
import { asFloat } from "./internal/unaryKernels.ts";
import { toTypedArray } from "./reading.ts";
import { amax, amin, longName, mean, spreadOf, std, sum, variance, vectorNorm, type Corrected } from "./reductions.ts";
import type { Int, Size, Sizes, Typed } from "./types.ts";

/**
 * How many elements aren't zero, over all or over `dim`. `int32`.
 * @param dim dimensions to count over, as a list or one by one; default all
 * @see https://pytorch.org/docs/stable/generated/torch.count_nonzero.html
 * @api torch.countNonzero Tensor.countNonzero
 */
export function countNonzero(input: Tensor, dim?: Int | null): Tensor;
export function countNonzero(input: Tensor, dim: Sizes): Tensor;
export function countNonzero(input: Tensor, dim: Size | null = null): Tensor {
  return sum(input.ne(0), dim);
}

/**
 * The sum of what isn't NaN.
 * @param dim dimensions to sum over; default all
 * @param keepdim whether they stay with size 1
 * @see https://pytorch.org/docs/stable/generated/torch.nansum.html
 * @api torch.nansum Tensor.nansum
 */
export function nansum(input: Tensor, dim: Size | null = null, keepdim = false, options: Typed = {}): Tensor {
  const wanted = options.dtype ? dtypeNamed(options.dtype) : input.dtype;
  if (input.dtype === "float32" && wanted !== "float32") throw new KindlingError(`"nansum_cpu" not implemented for '${longName(wanted)}'`);
  return sum(input.dtype === "float32" ? where(input.isnan(), 0, input) : input, dim, keepdim, options);
}

/**
 * The mean of what isn't NaN.
 * @param dim dimensions to average over; default all
 * @param keepdim whether they stay with size 1
 * @see https://pytorch.org/docs/stable/generated/torch.nanmean.html
 * @api torch.nanmean Tensor.nanmean
 */
export function nanmean(input: Tensor, dim: Size | null = null, keepdim = false, options: Typed = {}): Tensor {
  if (input.dtype !== "float32") throw new KindlingError(`nanmean(): expected input to have floating point dtype but got ${longName(input.dtype)}`);
  return nansum(input, dim, keepdim, options).div(sum(input.isnan().logicalNot(), dim, keepdim));
}

/**
 * The smallest and the largest value, over all elements or along `dim`.
 * @returns `{ min, max }`, which is a list of the two as well
 * @see https://pytorch.org/docs/stable/generated/torch.aminmax.html
 * @api torch.aminmax Tensor.aminmax
 */
export function aminmax(input: Tensor, { dim = null, keepdim = false }: { dim?: Int | null; keepdim?: boolean } = {}): NamedTuple<["min", "max"], Tensor> {
  const empty = dim === null ? input.numel() === 0 : input.shape.at(dim) === 0;
  if (empty) throw new IndexError("aminmax(): cannot compute aminmax over an empty dimension as the operation has no identity.");
  const dims = dim ?? [];
  return namedTuple("aminmax", ["min", "max"], [amin(input, dims, keepdim), amax(input, dims, keepdim)]);
}

/**
 * Variance and mean at once, over all elements or over `dim`.
 * @see https://pytorch.org/docs/stable/generated/torch.var_mean.html
 * @api torch.varMean
 */
export function varMean(input: Tensor, dim?: Size | null, options?: Corrected): [variance: Tensor, mean: Tensor];
export function varMean(input: Tensor, dim: Size | null, unbiased?: boolean, keepdim?: boolean): [variance: Tensor, mean: Tensor];
export function varMean(input: Tensor, unbiased: boolean): [variance: Tensor, mean: Tensor];
export function varMean(input: Tensor, dim: Size | boolean | null = null, correction: boolean | Corrected = true, keepdim = false): [variance: Tensor, mean: Tensor] {
  const spread = spreadOf(dim, correction, keepdim);
  return [variance(input, spread.dim, spread), mean(input, spread.dim, spread.keepdim)];
}

/**
 * Standard deviation and mean at once, over all elements or over `dim`.
 * @see https://pytorch.org/docs/stable/generated/torch.std_mean.html
 * @api torch.stdMean
 */
export function stdMean(input: Tensor, dim?: Size | null, options?: Corrected): [std: Tensor, mean: Tensor];
export function stdMean(input: Tensor, dim: Size | null, unbiased?: boolean, keepdim?: boolean): [std: Tensor, mean: Tensor];
export function stdMean(input: Tensor, unbiased: boolean): [std: Tensor, mean: Tensor];
export function stdMean(input: Tensor, dim: Size | boolean | null = null, correction: boolean | Corrected = true, keepdim = false): [std: Tensor, mean: Tensor] {
  const spread = spreadOf(dim, correction, keepdim);
  return [std(input, spread.dim, spread), mean(input, spread.dim, spread.keepdim)];
}

/**
 * The p-norm of the difference.
 * @see https://pytorch.org/docs/stable/generated/torch.dist.html
 * @api torch.dist Tensor.dist
 */
export function dist(input: Tensor, other: Tensor, p = 2): Tensor {
  return vectorNorm(input.sub(other), p);
}

/**
 * How often each whole number from 0 occurs in a vector, or the sum of its `weights`.
 * @param minlength how many numbers are counted at least
 * @see https://pytorch.org/docs/stable/generated/torch.bincount.html
 * @api torch.bincount Tensor.bincount
 */
export function bincount(input: Tensor, weights: Tensor | null = null, minlength: Int = 0): Tensor {
  if (minlength < 0) throw new KindlingError("minlength should be >= 0");
  const values = toTypedArray(input);
  if (input.shape.length !== 1 || input.dtype === "float32" || values.some((value) => value < 0)) {
    throw new KindlingError("bincount only supports 1-d non-negative integral inputs.");
  }
  if (weights && (weights.shape.length !== 1 || weights.shape[0] !== values.length)) {
    throw new KindlingError("weights should be 1-d and have the same length as input");
  }
  const length = Math.max(minlength, (values as Int32Array).reduce((most, value) => Math.max(most, value + 1), 0));
  const share = weights ? toTypedArray(weights) : null;
  const counts = roomFor(Float64Array, length);
  values.forEach((value, i) => (counts[value]! += share ? share[i]! : 1));
  return fromTypedArray(share ? new Float32Array(counts) : new Int32Array(counts), [length]);
}

/**
 * Counts in `bins` bins of equal width between `min` and `max`; where both are 0, between the least and the greatest element.
 * @see https://pytorch.org/docs/stable/generated/torch.histc.html
 * @api torch.histc Tensor.histc
 */
export function histc(input: Tensor, bins: Int = 100, min = 0, max = 0): Tensor {
  if (bins <= 0) throw new KindlingError("bins must be > 0");
  const values = toTypedArray(asFloat(input));
  let [low, high] = [min, max];
  if (low === high && values.length > 0) [low, high] = [amin(input).item(), amax(input).item()];
  if (low === high) [low, high] = [low - 1, high + 1];
  if (low > high) throw new KindlingError("max must be larger than min");
  const counts = roomFor(Float32Array, bins);
  for (const value of values) {
    if (value >= low && value <= high) counts[Math.min(bins - 1, Math.floor(((value - low) / (high - low)) * bins))]!++;
  }
  return fromTypedArray(counts, [bins]);
}

/** How observations count for covariances. */
export interface Observations {
  /** Subtracted from the number of observations in the divisor. Default 1. */
  correction?: Int;
  /** How often each observation was made: whole numbers, one for each column. */
  fweights?: Tensor | null;
  /** How much each observation counts, one for each column. */
  aweights?: Tensor | null;
}

/**
 * Covariances of variables (rows) over observations (columns).
 * @param input [variables, observations], or a vector of observations of one variable
 * @returns [variables, variables], or the variance of one variable
 * @see https://pytorch.org/docs/stable/generated/torch.cov.html
 * @api torch.cov Tensor.cov
 */
export function cov(input: Tensor, { correction = 1, fweights = null, aweights = null }: Observations = {}): Tensor {
  if (input.shape.length > 2) throw new KindlingError(`cov(): expected input to have two or fewer dimensions but got an input with ${input.shape.length} dimensions`);
  const rows = asFloat(input.shape.length < 2 ? input.reshape(1, -1) : input);
  const weights = observationWeights(rows.shape[1]!, fweights, aweights);
  const centred = weights === null ? rows.sub(mean(rows, 1, true)) : rows.sub(sum(rows.mul(weights), 1, true).div(sum(weights)));
  const products = matmul(centred, (weights === null ? centred : centred.mul(weights)).t());
  const result = products.div(divisor(rows.shape[1]!, correction, weights, aweights));
  return input.shape.length < 2 ? result.reshape([]) : result;
}

function observationWeights(count: number, fweights: Tensor | null, aweights: Tensor | null): Tensor | null {
  for (const [name, weights] of [["fweights", fweights], ["aweights", aweights]] as const) {
    if (weights === null) continue;
    if (weights.shape.length > 1) throw new KindlingError(`cov(): expected ${name} to have one or fewer dimensions but got ${name} with ${weights.shape.length} dimensions`);
    if ((weights.dtype === "float32") !== (name === "aweights")) {
      throw new KindlingError(`cov(): expected ${name} to have ${name === "aweights" ? "floating point" : "integral"} dtype but got ${name} with ${longName(weights.dtype)} dtype`);
    }
    if (weights.numel() !== count) throw new KindlingError(`cov(): expected ${name} to have the same numel as there are observations in the input but got ${weights.numel()} != ${count}`);
    if (weights.lt(0).any().item()) throw new KindlingError(`cov(): ${name} cannot be negative`);
  }
  if (fweights === null || aweights === null) return fweights ?? aweights;
  return fweights.mul(aweights);
}

/** The number of observations less the correction, which shares out as the weights `aweights` do; not below 0. */
function divisor(count: number, correction: number, weights: Tensor | null, aweights: Tensor | null): Tensor | number {
  if (weights === null) return Math.max(0, count - correction);
  const total = sum(weights);
  const share = aweights === null ? correction : sum(weights.mul(aweights)).div(total).mul(correction);
  return total.sub(share).clamp(0);
}

/**
 * Pearson's correlations of variables (rows) over observations (columns).
 * @see https://pytorch.org/docs/stable/generated/torch.corrcoef.html
 * @api torch.corrcoef Tensor.corrcoef
 */
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

/**
 * Scales the slices along `dim` whose p-norm is above `maxnorm` down to it.
 * @see https://pytorch.org/docs/stable/generated/torch.renorm.html
 * @api torch.renorm Tensor.renorm Tensor.renorm_
 */
export function renorm(input: Tensor, p: number, dim: Int, maxnorm: number): Tensor {
  if (!(p > 0)) throw new ArgumentError("renorm: non-positive-norm not supported", "RuntimeError");
  if (maxnorm < 0) throw new KindlingError(`renorm: expected maxnorm to be >= 0 but got ${maxnorm}`);
  if (input.shape.length < 2) throw new KindlingError(`renorm: input needs at least 2 dimensions, got ${input.shape.length} dimensions`);
  const [own] = wrapDims(dim, input.shape.length);
  const others = input.shape.map((_, i) => i).filter((i) => i !== own);
  const lengths = vectorNorm(input, p, others, true);
  return input.mul(where(lengths.gt(maxnorm), lengths.add(1e-7).reciprocal().mul(maxnorm), 1));
}
