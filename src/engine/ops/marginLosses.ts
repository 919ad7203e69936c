/** Losses of margins, distances and distributions, made of differentiable operations. */
import { ArgumentError, KindlingError, ShapeError } from "../errors.ts";
import { sameShape, shapeText } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { warnOnce } from "../warnings.ts";
import { add, minimum, mul, sub } from "./binary.ts";
import { eq } from "./comparison.ts";
import { where } from "./where.ts";
import { arange, fromTypedArray } from "./creation.ts";
import { gather } from "./scatter.ts";
import { reduceLoss, warnIfBroadcast, type LossOptions } from "./losses.ts";
import { xlogy } from "./binary.ts";
import { clamp } from "./clamp.ts";
import { triu } from "./triangular.ts";
import { logsigmoid } from "./activations.ts";
import { distanceAlongLast } from "./products.ts";
import { toTypedArray } from "./reading.ts";
import { mean, sum, vectorNorm } from "./reductions.ts";
import { unsqueeze } from "./views.ts";

const finish = (losses: Tensor, options: LossOptions): Tensor => reduceLoss(losses, options.reduction ?? "mean");

// --- elementwise ----------------------------------------------------------------------------------------------------

/** ½d² up to `delta`, linear beyond: δ(|d| − ½δ). https://projecteuclid.org/euclid.aoms/1177703732 */
export function huberLoss(input: Tensor, target: Tensor, options: LossOptions & { delta?: number } = {}): Tensor {
  const { delta = 1 } = options;
  if (!(delta > 0)) throw new KindlingError("huber_loss does not support non-positive values for delta.");
  warnIfBroadcast(input, target);
  const distance = input.sub(target).abs();
  return finish(where(distance.le(delta), distance.square().mul(0.5), distance.sub(0.5 * delta).mul(delta)), options);
}

/** Kullback-Leibler divergence of log probabilities from target probabilities (or their logarithms, with `logTarget`). */
export function klDiv(input: Tensor, target: Tensor, options: Omit<LossOptions, "reduction"> & { reduction?: "none" | "mean" | "sum" | "batchmean"; logTarget?: boolean } = {}): Tensor {
  const { reduction = "mean", logTarget = false } = options;
  if (reduction === "mean") {
    warnOnce(
      "reduction: 'mean' divides the total loss by both the batch size and the support size." +
        "'batchmean' divides only by the batch size, and aligns with the KL div math definition." +
        "'mean' will be changed to behave the same as 'batchmean' in the next major release.",
    );
  }
  const losses = logTarget ? mul(target.exp(), sub(target, input)) : sub(xlogy(target, target), mul(target, input));
  if (reduction === "batchmean") return sum(losses).div(input.shape[0] ?? 1);
  return reduceLoss(losses, reduction);
}

/** For counts that follow a Poisson distribution: eˣ − y·x, or x − y·ln(x + eps) without `logInput`. */
export function poissonNllLoss(input: Tensor, target: Tensor, options: LossOptions & { logInput?: boolean; full?: boolean; eps?: number } = {}): Tensor {
  const { logInput = true, full = false, eps = 1e-8 } = options;
  const plain = logInput ? sub(input.exp(), mul(target, input)) : sub(input, mul(target, input.add(eps).log()));
  if (!full) return finish(plain, options);
  const stirling = target.log().mul(target).sub(target).add(target.mul(2 * Math.PI).log().mul(0.5));
  return finish(add(plain, where(target.gt(1), stirling, 0)), options);
}

/** For targets normally distributed around the input with the given variances. */
export function gaussianNllLoss(input: Tensor, target: Tensor, variance: Tensor, options: LossOptions & { full?: boolean; eps?: number } = {}): Tensor {
  const { full = false, eps = 1e-6 } = options;
  let spread = variance;
  if (!sameShape(variance.shape, input.shape)) {
    if (sameShape(variance.shape, input.shape.slice(0, -1))) spread = unsqueeze(variance, -1);
    else if (!(sameShape(variance.shape.slice(0, -1), input.shape.slice(0, -1)) && variance.shape.at(-1) === 1)) throw new ArgumentError("var is of incorrect size");
  }
  if (spread.lt(0).any().item()) throw new ArgumentError("var has negative entry/entries");
  // Kept from zero without a trace in the graph.
  const kept = add(spread, sub(clamp(spread.detach(), eps), spread.detach()));
  const losses = kept.log().add(input.sub(target).square().div(kept)).mul(0.5);
  return finish(full ? losses.add(0.5 * Math.log(2 * Math.PI)) : losses, options);
}

/** ln(1 + e^(−y·x)) for targets of 1 and −1. */
export function softMarginLoss(input: Tensor, target: Tensor, options: LossOptions = {}): Tensor {
  const product = mul(input, target);
  if (!sameShape(product.shape, input.shape)) {
    throw new ShapeError(`output with shape ${shapeText(input.shape)} doesn't match the broadcast shape ${shapeText(product.shape)}`, input.shape, target.shape);
  }
  return finish(logsigmoid(product).neg(), options);
}

/** x where the target is 1, max(0, margin − x) where it is −1. */
export function hingeEmbeddingLoss(input: Tensor, target: Tensor, options: LossOptions & { margin?: number } = {}): Tensor {
  const { margin = 1 } = options;
  const apart = where(eq(target, 1), 0, clamp(input.neg().add(margin), 0));
  return finish(add(apart, where(eq(target, -1), 0, input)), options);
}

/** max(0, −y·(x₁ − x₂) + margin) for targets of 1 (the first should be larger) and −1. */
export function marginRankingLoss(input1: Tensor, input2: Tensor, target: Tensor, options: LossOptions & { margin?: number } = {}): Tensor {
  if (input1.shape.length !== input2.shape.length || input1.shape.length !== target.shape.length) {
    throw new KindlingError(`margin_ranking_loss : All input tensors should have same dimension but got sizes: input1: torch.Size([${input1.shape.join(", ")}]), input2: torch.Size([${input2.shape.join(", ")}]), target: torch.Size([${target.shape.join(", ")}]) `);
  }
  return finish(clamp(mul(target.neg(), sub(input1, input2)).add(options.margin ?? 0), 0), options);
}

// --- classes --------------------------------------------------------------------------------------------------------

/** Σ max(0, margin − x[y] + x[i])ᵖ / classes over the other classes i. */
export function multiMarginLoss(input: Tensor, target: Tensor, options: LossOptions & { p?: 1 | 2; margin?: number; weight?: Tensor } = {}): Tensor {
  const { p = 1, margin = 1, weight } = options;
  if (p !== 1 && p !== 2) throw new ArgumentError("only p == 1 and p == 2 supported");
  const rows = input.shape.length === 1 ? unsqueeze(input, 0) : input;
  const classes = target.shape.length === 0 ? unsqueeze(target, 0) : target;
  const own = gather(rows, 1, unsqueeze(classes, 1));
  const gaps = clamp(rows.sub(own).add(margin), 0);
  const powered = p === 2 ? gaps.square() : gaps;
  const weighted = weight ? mul(powered, unsqueeze(weight.index([classes]), 1)) : powered;
  const isOther = arange(rows.shape[1]!).unsqueeze(0).ne(unsqueeze(classes, 1));
  const losses = sum(where(isOther, weighted, 0), 1).div(rows.shape[1]!);
  return finish(input.shape.length === 1 ? losses.squeeze(0) : losses, options);
}

/** Margins between the classes that apply and those that don't. Targets list the applying classes, ended by −1. */
export function multilabelMarginLoss(input: Tensor, target: Tensor, options: LossOptions = {}): Tensor {
  const rows = input.shape.length === 1 ? unsqueeze(input, 0) : input;
  const lists = target.shape.length === 1 ? unsqueeze(target, 0) : target;
  const [count, classes] = rows.shape as [number, number];
  const wanted = toTypedArray(lists);
  const isTarget = new Float32Array(count * classes);
  for (let row = 0; row < count; row++) {
    for (let k = 0; k < classes && wanted[row * classes + k]! >= 0; k++) isTarget[row * classes + wanted[row * classes + k]!] = 1;
  }
  const applies = fromTypedArray(isTarget, rows.shape);
  // [row, target class, other class]
  const gaps = clamp(unsqueeze(rows, 1).sub(unsqueeze(rows, 2)).add(1), 0);
  const pairs = mul(unsqueeze(applies, 2), unsqueeze(applies.neg().add(1), 1));
  const losses = sum(mul(gaps, pairs), [1, 2]).div(classes);
  return finish(input.shape.length === 1 ? losses.squeeze(0) : losses, options);
}

/** Binary cross entropy of logits with 0/1 targets for each class, averaged over classes. */
export function multilabelSoftMarginLoss(input: Tensor, target: Tensor, options: LossOptions & { weight?: Tensor } = {}): Tensor {
  const losses = add(mul(target, logsigmoid(input)), mul(target.neg().add(1), logsigmoid(input.neg()))).neg();
  return finish(mean(options.weight ? mul(losses, options.weight) : losses, -1), options);
}

// --- distances ------------------------------------------------------------------------------------------------------

/** Cosine of the angle between vectors along `dim`. */
export function cosineSimilarity(a: Tensor, b: Tensor, options: { dim?: number; eps?: number } | number = {}): Tensor {
  const { dim = 1, eps = 1e-8 } = typeof options === "number" ? { dim: options } : options;
  const length = (x: Tensor): Tensor => clamp(vectorNorm(x, 2, dim, true), eps);
  return sum(mul(a.div(length(a)), b.div(length(b))), dim);
}

/** The p-norm of differences along the last dimension; `eps` is added to each difference. */
export function pairwiseDistance(a: Tensor, b: Tensor, options: { p?: number; eps?: number; keepdim?: boolean } | number = {}): Tensor {
  const { p = 2, eps = 1e-6, keepdim = false } = typeof options === "number" ? { p: options } : options;
  return vectorNorm(sub(a, b).add(eps), p, -1, keepdim);
}

/** Distances (p-norms) between all pairs of different rows, as a vector. */
export function pdist(input: Tensor, p = 2): Tensor {
  if (input.shape.length !== 2) throw new KindlingError(`pdist only supports 2D tensors, got: ${input.shape.length}D`);
  const n = input.shape[0]!;
  const upper = triu(fromTypedArray(new Uint8Array(n * n).fill(1), [n, n], { dtype: "uint8" }), 1).bool();
  const differences = sub(unsqueeze(input, 1), unsqueeze(input, 0));
  const chosen = differences.reshape(n * n, -1).index(upper.reshape(n * n));
  return distanceAlongLast(chosen, p);
}

/** 1 − cos for targets of 1, max(0, cos − margin) for targets of −1. */
export function cosineEmbeddingLoss(input1: Tensor, input2: Tensor, target: Tensor, options: LossOptions & { margin?: number } = {}): Tensor {
  const { margin = 0 } = options;
  const dim = target.shape.length === 0 ? 0 : 1;
  const EPSILON = 1e-12;
  const dotted = sum(mul(input1, input2), dim);
  const lengths = mul(sum(input1.square(), dim).add(EPSILON), sum(input2.square(), dim).add(EPSILON)).sqrt();
  const cosine = dotted.div(lengths);
  const together = where(eq(target, 1), cosine.neg().add(1), 0);
  const apart = where(eq(target, -1), clamp(cosine.sub(margin), 0), 0);
  return finish(add(together, apart), options);
}

export interface TripletOptions extends LossOptions {
  margin?: number;
  /** Also take the distance between positive and negative, if that is smaller. Default false. */
  swap?: boolean;
}

/** max(0, d(anchor, positive) − d(anchor, negative) + margin) with p-norms. http://www.bmva.org/bmvc/2016/papers/paper119/index.html */
export function tripletMarginLoss(anchor: Tensor, positive: Tensor, negative: Tensor, options: TripletOptions & { p?: number; eps?: number } = {}): Tensor {
  const { p = 2, eps = 1e-6 } = options;
  return tripletMarginWithDistanceLoss(anchor, positive, negative, { ...options, distanceFunction: (a, b) => pairwiseDistance(a, b, { p, eps }) });
}

/** The same with any distance of two tensors. */
export function tripletMarginWithDistanceLoss(
  anchor: Tensor, positive: Tensor, negative: Tensor,
  options: TripletOptions & { distanceFunction?: ((a: Tensor, b: Tensor) => Tensor) | null } = {},
): Tensor {
  const { margin = 1, swap = false } = options;
  const distance = options.distanceFunction ?? ((a, b) => pairwiseDistance(a, b));
  const near = distance(anchor, positive);
  const plain = distance(anchor, negative);
  const far = swap ? minimum(plain, distance(positive, negative)) : plain;
  return finish(clamp(sub(near, far).add(margin), 0), options);
}

/** `input` scaled along `dim` to a p-norm of 1; norms below `eps` count as `eps`. */
export function normalize(input: Tensor, options: { p?: number; dim?: number; eps?: number } = {}): Tensor {
  const { p = 2, dim = 1, eps = 1e-12 } = options;
  return input.div(clamp(vectorNorm(input, p, dim, true), eps));
}
