/** Normalisation by the root of mean squares. */
import type { Shape } from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";
import { mul } from "../binary.ts";
import { mean } from "../reductions.ts";
import { checkNormalizedShape } from "./layerNorm.ts";

const FLOAT32_EPSILON = 1.1920928955078125e-7;

/**
 * x / √(mean(x²) + eps) · weight over the last dimensions. https://arxiv.org/abs/1910.07467
 *
 * Shapes: input `[…, ...normalizedShape]` → the same; weight `normalizedShape`.
 * @param eps added to the mean of squares; default the distance between 1 and the next float32, 1.19e-7
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.rms_norm.html
 * @api nn.functional.rmsNorm
 */
export function rmsNorm(input: Tensor, normalizedShape: Shape, weight: Tensor | null = null, eps: number | null = null): Tensor {
  checkNormalizedShape(input, normalizedShape, { weight });
  const dims = normalizedShape.map((_, i) => i - normalizedShape.length);
  const result = mul(
    input,
    mean(input.square(), dims, true)
      .add(eps ?? FLOAT32_EPSILON)
      .rsqrt(),
  );
  return weight ? mul(result, weight) : result;
}
