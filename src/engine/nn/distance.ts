/** Distances and angles between vectors as modules. */
import { cosineSimilarity, pairwiseDistance } from "../ops/distances.ts";
import type { Int } from "../ops/types.ts";
import type { Tensor } from "../tensor.ts";
import { Module } from "./module.ts";

/**
 * Cosine of the angle between vectors along `dim`.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.CosineSimilarity.html
 * @api nn.CosineSimilarity
 */
export class CosineSimilarity extends Module<[x1: Tensor, x2: Tensor]> {
  readonly dim: number;
  readonly eps: number;

  /**
   * @param dim of the vectors
   * @param eps shorter vectors count as this long
   */
  constructor(dim: Int = 1, eps = 1e-8) {
    super();
    this.dim = dim;
    this.eps = eps;
  }

  override forward(x1: Tensor, x2: Tensor): Tensor {
    return cosineSimilarity(x1, x2, this.dim, this.eps);
  }
}

/**
 * The p-norm of differences along the last dimension.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.PairwiseDistance.html
 * @api nn.PairwiseDistance
 */
export class PairwiseDistance extends Module<[x1: Tensor, x2: Tensor]> {
  readonly norm: number;
  readonly eps: number;
  readonly keepdim: boolean;

  /**
   * @param p which norm
   * @param eps added to each difference
   */
  constructor(p = 2, eps = 1e-6, keepdim = false) {
    super();
    this.norm = p;
    this.eps = eps;
    this.keepdim = keepdim;
  }

  override forward(x1: Tensor, x2: Tensor): Tensor {
    return pairwiseDistance(x1, x2, this.norm, this.eps, this.keepdim);
  }
}
