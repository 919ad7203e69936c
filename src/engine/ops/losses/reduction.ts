/** What becomes of many losses, and what all losses of two tensors are checked for. */
import { sameShape } from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";
import { warnOnce } from "../../warnings.ts";
import { sizeText } from "../format.ts";
import type { LossReduction } from "../types.ts";

/** One number of many losses, or each as it is. */
export function reduceLoss(losses: Tensor, reduction: LossReduction): Tensor {
  if (reduction === "none") return losses;
  if (reduction === "mean") return losses.mean();
  return losses.sum();
}

/** Two shapes that broadcast give every pair of elements a loss, which is hardly ever meant. */
export function warnIfBroadcast(input: Tensor, target: Tensor): void {
  if (sameShape(input.shape, target.shape)) return;
  warnOnce(
    `Using a target size (${sizeText(target.shape)}) that is different to the input size (${sizeText(input.shape)}). ` +
      "This will likely lead to incorrect results due to broadcasting. Please ensure they have the same size.",
  );
}
