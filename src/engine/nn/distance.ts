/** Distances and angles between vectors as modules. */
import { cosineSimilarity, pairwiseDistance } from "../ops/index.ts";
import type { Tensor } from "../tensor.ts";
import { Module } from "./module.ts";
import { optionalArguments } from "../optionalArguments.ts";

export interface CosineSimilarityOptions {
  /** Dimension of the vectors. Default 1. */
  dim?: number;
  /** Shorter vectors count as this long. Default 1e-8. */
  eps?: number;
}

/** Cosine of the angle between vectors along `dim`. */
export class CosineSimilarity extends Module<[a: Tensor, b: Tensor]> {
  readonly dim: number;
  readonly eps: number;

  constructor(dim?: number | CosineSimilarityOptions, options?: CosineSimilarityOptions) {
    super();
    const chosen = optionalArguments<CosineSimilarityOptions>([dim, options], ["dim"]);
    this.dim = chosen.dim ?? 1;
    this.eps = chosen.eps ?? 1e-8;
  }

  override forward(a: Tensor, b: Tensor): Tensor {
    return cosineSimilarity(a, b, { dim: this.dim, eps: this.eps });
  }
}

export interface PairwiseDistanceOptions {
  /** Which norm. Default 2. */
  p?: number;
  /** Added to each difference. Default 1e-6. */
  eps?: number;
  keepdim?: boolean;
}

/** The p-norm of differences along the last dimension. */
export class PairwiseDistance extends Module<[a: Tensor, b: Tensor]> {
  readonly norm: number;
  readonly eps: number;
  readonly keepdim: boolean;

  constructor(p?: number | PairwiseDistanceOptions, options?: PairwiseDistanceOptions) {
    super();
    const chosen = optionalArguments<PairwiseDistanceOptions>([p, options], ["p"]);
    this.norm = chosen.p ?? 2;
    this.eps = chosen.eps ?? 1e-6;
    this.keepdim = chosen.keepdim ?? false;
  }

  override forward(a: Tensor, b: Tensor): Tensor {
    return pairwiseDistance(a, b, { p: this.norm, eps: this.eps, keepdim: this.keepdim });
  }
}
