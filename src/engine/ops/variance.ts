/** Variances, standard deviations, covariances and correlations. */
import { record, type Operation } from "../autograd/node.ts";
import { longName } from "../dtype.ts";
import { KindlingError } from "../errors.ts";
import { kernels } from "../memory/linear.ts";
import { numelOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { at, make } from "./internal/make.ts";
import { arrange, reducedDims, reducedShape, restore, type ReductionData } from "./internal/reduce.ts";
import { matmul } from "./matmul.ts";
import { asFloat } from "./internal/unaryKernels.ts";
import { hold } from "./reading.ts";
import { mean, sum } from "./reductions.ts";
import type { Int, Size } from "./types.ts";

/** How a variance is taken, by name. */
export interface Corrected {
  /** Subtracted from n in the divisor. Default 1. */
  correction?: number;
  /** Keep the reduced dimensions with size 1. Default false. */
  keepdim?: boolean;
}

/** What PyTorch's three forms of `var`, `std`, `varMean` and `stdMean` say: in the last two `unbiased` stands for the correction. */
interface Spread {
  readonly dim: Size | null;
  readonly correction: number;
  readonly keepdim: boolean;
}

export function spreadOf(dim: Size | boolean | null, correction: boolean | Corrected, keepdim: boolean): Spread {
  if (typeof dim === "boolean") return { dim: null, correction: Number(dim), keepdim: false };
  if (typeof correction === "boolean") return { dim, correction: Number(correction), keepdim };
  return { dim, correction: correction.correction ?? 1, keepdim: correction.keepdim ?? false };
}

interface VarianceData extends ReductionData {
  readonly correction: number;
}

const varianceOp: Operation<VarianceData> = {
  name: "VarBackward0",
  backward(node, gradient) {
    const { shape, dims, count, correction } = node.data;
    const input = node.saved(0);
    const centred = input.sub(mean(input, dims, true));
    return [centred.mul(restore(gradient, shape, dims)).mul(2 / (count - correction))];
  },
};

/**
 * The variance over all elements or over `dim`: the sum of squared deviations by n − `correction` (default 1).
 * @param dim dimensions to reduce; default all
 * @param unbiased `true` is a correction of 1, `false` of 0
 * @see https://pytorch.org/docs/stable/generated/torch.var.html
 * @api torch.var Tensor.var
 */
export function variance(input: Tensor, dim?: Size | null, options?: Corrected): Tensor;
export function variance(input: Tensor, dim: Size | null, unbiased?: boolean, keepdim?: boolean): Tensor;
export function variance(input: Tensor, unbiased: boolean): Tensor;
export function variance(input: Tensor, dim: Size | boolean | null = null, correction: boolean | Corrected = true, keepdim = false): Tensor {
  return varianceOf(input, spreadOf(dim, correction, keepdim));
}

function varianceOf(input: Tensor, { dim, correction, keepdim }: Spread): Tensor {
  if (input.dtype !== "float32") throw new KindlingError("std and var only support floating point and complex dtypes");
  const dims = reducedDims(dim, input.shape.length);
  const arranged = arrange(input, dims);
  const result = make(reducedShape(input.shape, dims, keepdim));
  const means = make(result.shape);
  const target = at(result);
  const meanTarget = at(means);
  kernels.variance(at(arranged.source), target, meanTarget, arranged.outer, arranged.n, arranged.inner, correction);
  return record(varianceOp, result, [input], [input], { shape: input.shape, dims, count: arranged.n, correction });
}

const stdOp: Operation<VarianceData> = {
  name: "StdBackward0",
  backward(node, gradient) {
    const { shape, dims, count, correction } = node.data;
    const input = node.saved(0);
    const scale = gradient.div(node.saved(1)).maskedFill(node.saved(1).eq(0), 0);
    const centred = input.sub(mean(input, dims, true));
    return [centred.mul(restore(scale, shape, dims)).mul(1 / (count - correction))];
  },
};

/**
 * The standard deviation over all elements or over `dim`: the root of the variance, by n − `correction` (default 1).
 * @param dim dimensions to reduce; default all
 * @param unbiased `true` is a correction of 1, `false` of 0
 * @see https://pytorch.org/docs/stable/generated/torch.std.html
 * @api torch.std Tensor.std
 */
export function std(input: Tensor, dim?: Size | null, options?: Corrected): Tensor;
export function std(input: Tensor, dim: Size | null, unbiased?: boolean, keepdim?: boolean): Tensor;
export function std(input: Tensor, unbiased: boolean): Tensor;
export function std(input: Tensor, dim: Size | boolean | null = null, correction: boolean | Corrected = true, keepdim = false): Tensor {
  const spread = spreadOf(dim, correction, keepdim);
  const dims = reducedDims(spread.dim, input.shape.length);
  const result = varianceOf(input.detach(), spread).sqrt();
  const count = numelOf(dims.map((d) => input.shape[d]!));
  return record(stdOp, result, [input], [input, result], { shape: input.shape, dims, count, correction: spread.correction });
}

/**
 * Variance and mean at once, over all elements or over `dim`.
 * @see https://pytorch.org/docs/stable/generated/torch.var_mean.html
 * @api torch.varMean
 */
export function varMean(input: Tensor, dim?: Size | null, options?: Corrected): [variance: Tensor, mean: Tensor];
export function varMean(input: Tensor, dim: Size | null, unbiased?: boolean, keepdim?: boolean): [variance: Tensor, mean: Tensor];
export function varMean(input: Tensor, unbiased: boolean): [variance: Tensor, mean: Tensor];
export function varMean(
  input: Tensor,
  dim: Size | boolean | null = null,
  correction: boolean | Corrected = true,
  keepdim = false,
): [variance: Tensor, mean: Tensor] {
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
export function stdMean(
  input: Tensor,
  dim: Size | boolean | null = null,
  correction: boolean | Corrected = true,
  keepdim = false,
): [std: Tensor, mean: Tensor] {
  const spread = spreadOf(dim, correction, keepdim);
  return [std(input, spread.dim, spread), mean(input, spread.dim, spread.keepdim)];
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
  if (input.shape.length > 2)
    throw new KindlingError(`cov(): expected input to have two or fewer dimensions but got an input with ${input.shape.length} dimensions`);
  const rows = asFloat(input.shape.length < 2 ? input.reshape(1, -1) : input);
  const weights = observationWeights(rows.shape[1]!, fweights, aweights);
  const centred = weights === null ? rows.sub(mean(rows, 1, true)) : rows.sub(sum(rows.mul(weights), 1, true).div(sum(weights)));
  const products = matmul(centred, (weights === null ? centred : centred.mul(weights)).t());
  const result = products.div(divisor(rows.shape[1]!, correction, weights, aweights));
  return input.shape.length < 2 ? result.reshape([]) : result;
}

function observationWeights(count: number, fweights: Tensor | null, aweights: Tensor | null): Tensor | null {
  for (const [name, weights] of [
    ["fweights", fweights],
    ["aweights", aweights],
  ] as const) {
    if (weights === null) continue;
    if (weights.shape.length > 1)
      throw new KindlingError(`cov(): expected ${name} to have one or fewer dimensions but got ${name} with ${weights.shape.length} dimensions`);
    if ((weights.dtype === "float32") !== (name === "aweights")) {
      throw new KindlingError(
        `cov(): expected ${name} to have ${name === "aweights" ? "floating point" : "integral"} dtype but got ${name} with ${longName(weights.dtype)} dtype`,
      );
    }
    if (weights.numel() !== count)
      throw new KindlingError(`cov(): expected ${name} to have the same numel as there are observations in the input but got ${weights.numel()} != ${count}`);
    if (!hold(weights.lt(0).logicalNot())) throw new KindlingError(`cov(): ${name} cannot be negative`);
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
