/** The Kullback–Leibler divergence, for each pair of distributions that has a formula. */
import { ArgumentError } from "../errors.ts";
import { softplus } from "../ops/activations.ts";
import { fullLike } from "../ops/creation.ts";
import type { Tensor } from "../tensor.ts";
import { Bernoulli } from "./bernoulli.ts";
import { Categorical } from "./categorical.ts";
import { Cauchy } from "./cauchy.ts";
import type { Distribution } from "./distribution.ts";
import { Exponential } from "./exponential.ts";
import { Independent } from "./independent.ts";
import { Laplace } from "./laplace.ts";
import { LogNormal } from "./logNormal.ts";
import { MultivariateNormal } from "./multivariateNormal.ts";
import { Normal } from "./normal.ts";
import { OneHotCategorical } from "./oneHotCategorical.ts";
import { sumRightmost } from "./parameters.ts";
import { logDeterminant, solveLower } from "./triangular.ts";
import { Uniform } from "./uniform.ts";

// oxlint-disable-next-line no-explicit-any
export type DistributionClass<D extends Distribution> = abstract new (...args: any[]) => D;
export type Formula<P extends Distribution = Distribution, Q extends Distribution = Distribution> = (p: P, q: Q) => Tensor;

interface Entry {
  readonly typeP: DistributionClass<Distribution>;
  readonly typeQ: DistributionClass<Distribution>;
  readonly formula: Formula;
}

const entries: Entry[] = [];

/**
 * Makes a formula known to `klDivergence`: `registerKl(MyNormal, Normal)((p, q) => …)`. Of several that fit, the one for
 * the most specific classes is taken, those of `p` first.
 * @returns a function that takes the formula, and returns it
 * @see https://pytorch.org/docs/stable/distributions.html#torch.distributions.kl.register_kl
 * @api torch.distributions.registerKl torch.distributions.kl.registerKl
 */
export function registerKl<P extends Distribution, Q extends Distribution>(
  typeP: DistributionClass<P>,
  typeQ: DistributionClass<Q>,
): <F extends Formula<P, Q>>(formula: F) => F {
  return (formula) => {
    entries.unshift({ typeP, typeQ, formula: formula as unknown as Formula });
    return formula;
  };
}

/**
 * How many nats more it takes to describe draws from `p` with a code that was made for `q`, `[...batchShape]`.
 * @throws ArgumentError where there is no formula for the two
 * @see https://pytorch.org/docs/stable/distributions.html#torch.distributions.kl.kl_divergence
 * @api torch.distributions.klDivergence torch.distributions.kl.klDivergence
 */
export function klDivergence(p: Distribution, q: Distribution): Tensor {
  const fitting = entries.filter(({ typeP, typeQ }) => p instanceof typeP && q instanceof typeQ);
  // Sorting keeps the order of equals: the one that was registered last is first.
  const [best] = fitting.sort((a, b) => depth(b.typeP) - depth(a.typeP) || depth(b.typeQ) - depth(a.typeQ));
  if (best === undefined) throw noFormula(`for p type ${p.constructor.name} and q type ${q.constructor.name}`);
  return best.formula(p, q);
}

/** How many classes a class comes from. */
function depth(type: DistributionClass<Distribution>): number {
  let count = 0;
  for (let each: unknown = type.prototype; each !== null; each = Object.getPrototypeOf(each)) count++;
  return count;
}

function noFormula(what: string): ArgumentError {
  return new ArgumentError(`No KL(p || q) is implemented ${what}`, "NotImplementedError");
}

const infiniteLike = (values: Tensor): Tensor => fullLike(values, Infinity);

// --- of one kind ----------------------------------------------------------------------------------------------------

registerKl(
  Normal,
  Normal,
)((p, q) => {
  const ratio = p.scale.div(q.scale).pow(2);
  const distance = p.loc.sub(q.loc).div(q.scale).pow(2);
  return ratio.add(distance).sub(1).sub(ratio.log()).mul(0.5);
});

registerKl(LogNormal, LogNormal)((p, q) => klDivergence(p.baseDist, q.baseDist));

registerKl(
  Bernoulli,
  Bernoulli,
)((p, q) => {
  const ofOne = p.probs.mul(softplus(q.logits.neg()).sub(softplus(p.logits.neg())));
  const ofZero = p.probs
    .neg()
    .add(1)
    .mul(softplus(q.logits).sub(softplus(p.logits)));
  return impossible(ofOne, q.probs.eq(0), p.probs.eq(0)).add(impossible(ofZero, q.probs.eq(1), p.probs.eq(1)));
});

registerKl(Categorical, Categorical)((p, q) => impossible(p.probs.mul(p.logits.sub(q.logits)), q.probs.eq(0), p.probs.eq(0)).sum(-1));

/** Infinite where q rules out what p doesn't; 0 where p rules it out. */
function impossible(terms: Tensor, forQ: Tensor, forP: Tensor): Tensor {
  return terms.maskedFill(forQ, Infinity).maskedFill(forP, 0);
}

registerKl(
  Uniform,
  Uniform,
)((p, q) => {
  const outside = q.low.gt(p.low).logicalOr(q.high.lt(p.high));
  return q.high.sub(q.low).div(p.high.sub(p.low)).log().maskedFill(outside, Infinity);
});

registerKl(
  Exponential,
  Exponential,
)((p, q) => {
  const ratio = q.rate.div(p.rate);
  return ratio.log().neg().add(ratio).sub(1);
});

registerKl(
  Laplace,
  Laplace,
)((p, q) => {
  const ratio = p.scale.div(q.scale);
  const distance = p.loc.sub(q.loc).abs();
  return ratio
    .log()
    .neg()
    .add(distance.div(q.scale))
    .add(ratio.mul(distance.neg().div(p.scale).exp()))
    .sub(1);
});

registerKl(OneHotCategorical, OneHotCategorical)((p, q) => klDivergence(p.categorical, q.categorical));

registerKl(
  Cauchy,
  Cauchy,
)((p, q) => {
  const together = p.scale.add(q.scale).pow(2).add(p.loc.sub(q.loc).pow(2));
  return together.log().sub(p.scale.mul(q.scale).mul(4).log());
});

registerKl(
  MultivariateNormal,
  MultivariateNormal,
)((p, q) => {
  if (p.eventShape[0] !== q.eventShape[0])
    throw new ArgumentError("KL-divergence between two Multivariate Normals with different event shapes cannot be computed");
  // The rows of a transposed factor are its columns: each is solved for.
  const trace = solveLower(q.factor.unsqueeze(-3), p.factor.mT).square().sum([-2, -1]);
  const distance = solveLower(q.factor, q.loc.sub(p.loc)).square().sum(-1);
  return logDeterminant(q.factor).sub(logDeterminant(p.factor)).add(trace.add(distance).sub(p.eventShape[0]!).mul(0.5));
});

registerKl(
  Independent,
  Independent,
)((p, q) => {
  if (p.reinterpretedBatchNdims !== q.reinterpretedBatchNdims) throw noFormula(`for ${p} and ${q}: they join different numbers of dimensions`);
  return sumRightmost(klDivergence(p.baseDist, q.baseDist), p.reinterpretedBatchNdims);
});

// --- of two kinds ---------------------------------------------------------------------------------------------------

registerKl(Normal, Uniform)((p) => infiniteLike(p.loc));
registerKl(Normal, Exponential)((p) => infiniteLike(p.loc));
registerKl(Laplace, Uniform)((p) => infiniteLike(p.loc));
registerKl(Laplace, Exponential)((p) => infiniteLike(p.loc));
registerKl(Exponential, Uniform)((p) => infiniteLike(p.rate));

registerKl(
  Normal,
  Laplace,
)((p, q) => {
  const distance = p.loc.sub(q.loc);
  const relative = distance.div(p.scale);
  const around = p.scale.mul(Math.sqrt(2 / Math.PI)).mul(relative.pow(2).mul(-0.5).exp());
  const beside = distance.mul(relative.mul(Math.SQRT1_2).erf());
  return p.scale
    .div(q.scale)
    .log()
    .neg()
    .add(around.add(beside).div(q.scale))
    .sub(0.5 * (1 + Math.log(0.5 * Math.PI)));
});

registerKl(
  Laplace,
  Normal,
)((p, q) => {
  const variance = q.scale.pow(2);
  const ratio = p.scale.pow(2).div(variance);
  const distance = p.loc.sub(q.loc).pow(2).mul(0.5);
  return ratio
    .mul(2 / Math.PI)
    .log()
    .mul(-0.5)
    .add(ratio)
    .add(distance.div(variance))
    .sub(1);
});

registerKl(
  Exponential,
  Normal,
)((p, q) => {
  const variance = q.scale.pow(2);
  const squared = p.rate.pow(2);
  const distance = squared.reciprocal().sub(q.loc.div(p.rate)).add(q.loc.pow(2).mul(0.5));
  return squared
    .mul(variance)
    .mul(2 * Math.PI)
    .log()
    .mul(0.5)
    .sub(1)
    .add(distance.div(variance));
});

registerKl(
  Uniform,
  Normal,
)((p, q) => {
  const width = p.high.sub(p.low);
  const distance = p.high.add(p.low).sub(q.loc.mul(2)).div(2).pow(2);
  return q.scale
    .mul(Math.sqrt(2 * Math.PI))
    .div(width)
    .log()
    .add(width.pow(2).div(12).add(distance).mul(0.5).div(q.scale.pow(2)));
});

registerKl(
  Uniform,
  Exponential,
)((p, q) => {
  const width = p.high.sub(p.low);
  return q.rate.mul(p.high.add(p.low)).div(2).sub(width.mul(q.rate).log()).maskedFill(p.low.lt(0), Infinity);
});
