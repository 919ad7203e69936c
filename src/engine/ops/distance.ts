/** Distances: of two tensors, and of all pairs of rows. */
import { record, type Operation } from "../autograd/node.ts";
import { KindlingError } from "../errors.ts";
import type { Tensor } from "../tensor.ts";
import { sub } from "./binary.ts";
import { vectorNorm } from "./vectorNorm.ts";
import { unsqueeze } from "./views.ts";

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
