/** Random zeros. */
import { ArgumentError } from "../errors.ts";
import type { Tensor } from "../tensor.ts";
import { emptyLike } from "./creation.ts";
import { noGrad } from "../autograd/gradMode.ts";

/** In training sets each element to zero with probability `p` and scales the others by 1 / (1 − p); else changes nothing. */
export function dropout(input: Tensor, p = 0.5, training = true): Tensor {
  if (!(p >= 0 && p <= 1)) throw new ArgumentError(`dropout probability has to be between 0 and 1, but got ${p}`);
  if (!training || p === 0 || input.numel() === 0) return input;
  const mask = noGrad(() => emptyLike(input).bernoulli_(1 - p).div_(p === 1 ? 1 : 1 - p));
  return input.mul(mask);
}
