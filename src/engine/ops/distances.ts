/** Distances and angles between vectors. */
import { KindlingError } from "../errors.ts";
import type { Tensor } from "../tensor.ts";
import { add, mul, sub } from "./binary.ts";
import { clamp } from "./clamp.ts";
import { fromTypedArray } from "./creation.ts";
import { distanceAlongLast } from "./products.ts";
import { sum, vectorNorm } from "./reductions.ts";
import { triu } from "./triangular.ts";
import type { Int, Size } from "./types.ts";
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
