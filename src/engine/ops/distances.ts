/** Distances and angles between vectors. */
import { record, type Operation } from "../autograd/node.ts";
import { KindlingError } from "../errors.ts";
import type { Tensor } from "../tensor.ts";
import { add, mul, sub } from "./binary.ts";
import { clamp } from "./clamp.ts";
import { fromTypedArray } from "./creation.ts";
import { sum } from "./reductions.ts";
import { triu } from "./triangular.ts";
import type { Int, Size } from "./types.ts";
import { vectorNorm } from "./vectorNorm.ts";
import { unsqueeze } from "./views.ts";

/**
 * Cosine of the angle between vectors along `dim`; the inputs broadcast.
 * @param eps shorter vectors count as this long
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.cosine_similarity.html
 * @api nn.functional.cosineSimilarity torch.cosineSimilarity
 */
export function cosineSimilarity(x1: Tensor, x2: Tensor, dim: Int = 1, eps = 1e-8): Tensor {
  // Kept from zero without a trace in the graph.
  const length = (x: Tensor): Tensor => {
    const own = vectorNorm(x, 2, dim, true);
    return add(own, sub(clamp(own.detach(), eps), own.detach()));
  };
  return sum(mul(x1.div(length(x1)), x2.div(length(x2))), dim);
}

/**
 * The p-norm of differences along the last dimension; the inputs broadcast.
 * @param eps added to each difference
 * @param keepdim keep that dimension with size 1
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.pairwise_distance.html
 * @api nn.functional.pairwiseDistance torch.pairwiseDistance
 */
export function pairwiseDistance(x1: Tensor, x2: Tensor, p = 2, eps = 1e-6, keepdim = false): Tensor {
  return vectorNorm(sub(x1, x2).add(eps), p, -1, keepdim);
}

/**
 * Distances (p-norms) between all pairs of different rows.
 *
 * Shapes: input `[rows, features]` → `[rows · (rows − 1) / 2]`.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.pdist.html
 * @api nn.functional.pdist torch.pdist
 */
export function pdist(input: Tensor, p = 2): Tensor {
  if (input.shape.length !== 2) throw new KindlingError(`pdist only supports 2D tensors, got: ${input.shape.length}D`);
  if (!(p >= 0)) throw new KindlingError("pdist only supports non-negative p values");
  const n = input.shape[0]!;
  const upper = triu(fromTypedArray(new Uint8Array(n * n).fill(1), [n, n], { dtype: "uint8" }), 1).bool();
  const differences = sub(unsqueeze(input, 1), unsqueeze(input, 0));
  const chosen = differences.reshape(n * n, -1).index(upper.reshape(n * n));
  return distanceAlongLast(chosen, p);
}

/**
 * The input scaled along `dim` to a p-norm of 1.
 * @param eps smaller norms count as this
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.normalize.html
 * @api nn.functional.normalize
 */
export function normalize(input: Tensor, p = 2, dim: Size = 1, eps = 1e-12): Tensor {
  return input.div(clamp(vectorNorm(input, p, dim, true), eps));
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
 * Distances between all rows of `x1` and all rows of `x2`, batch by batch: [..., p, m] and [..., r, m] → [..., p, r].
 * @param p of which norm
 * @see https://pytorch.org/docs/stable/generated/torch.cdist.html
 * @api torch.cdist
 */
export function cdist(x1: Tensor, x2: Tensor, p = 2): Tensor {
  if (p < 0) throw new KindlingError("cdist only supports non-negative p values");
  if (x1.shape.at(-1) !== x2.shape.at(-1)) {
    throw new KindlingError(`X1 and X2 must have the same number of columns. X1: ${x1.shape.at(-1)} X2: ${x2.shape.at(-1)}`);
  }
  return distanceAlongLast(sub(unsqueeze(x1, -2), unsqueeze(x2, -3)), p);
}

const greatestDifferenceOp: Operation = {
  name: "CdistBackward0",
  backward(node, gradient) {
    const [differences, distance] = [node.saved(0), unsqueeze(node.saved(1), -1)];
    return [unsqueeze(gradient, -1).mul(differences.sign()).mul(differences.abs().eq(distance).float())];
  },
};

/** The p-norm of differences along the last dimension. Equal greatest ones don't share the gradient: each has all of it. */
export function distanceAlongLast(differences: Tensor, p: number): Tensor {
  if (p !== Infinity) return vectorNorm(differences, p, -1);
  const result = vectorNorm(differences.detach(), p, -1);
  return record(greatestDifferenceOp, result, [differences], [differences, result]);
}
