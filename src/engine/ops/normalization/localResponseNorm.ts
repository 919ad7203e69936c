/** Normalisation by neighbouring channels. */
import { ArgumentError } from "../../errors.ts";
import type { Tensor } from "../../tensor.ts";
import { pad } from "../padding.ts";
import { mean } from "../reductions.ts";
import { unfold } from "../stridedViews.ts";
import type { Int } from "../types.ts";

/**
 * Divides by (k + alpha · mean of squares over neighbouring channels)^beta. https://papers.nips.cc/paper/2012 (Krizhevsky et al.)
 *
 * Shapes: input `[batch, channels, …]` → the same.
 * @param size how many neighbouring channels
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.local_response_norm.html
 * @api nn.functional.localResponseNorm
 */
export function localResponseNorm(input: Tensor, size: Int, alpha = 1e-4, beta = 0.75, k = 1): Tensor {
  if (input.shape.length < 3)
    throw new ArgumentError(`Expected 3D or higher dimensionality                          input (got ${input.shape.length} dimensions)`);
  if (size <= 0) throw new ArgumentError(`local_response_norm expects a positive size, but got ${size}`);
  const before = new Array<number>(2 * (input.shape.length - 2)).fill(0);
  const padded = pad(input.square(), [...before, Math.floor(size / 2), Math.floor((size - 1) / 2)]);
  return input.div(
    mean(unfold(padded, 1, size, 1), -1)
      .mul(alpha)
      .add(k)
      .pow(beta),
  );
}
