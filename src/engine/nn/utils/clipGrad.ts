/** `nn.utils`: keeping gradients within bounds. */
import { noGrad } from "../../autograd/gradMode.ts";
import { ArgumentError, KindlingError } from "../../errors.ts";
import { valueInWords } from "../../forms/kinds.ts";
import { tensor } from "../../ops/creation.ts";
import { stack } from "../../ops/join.ts";
import { sumOfSquares } from "../../ops/vectorNorm.ts";
import { Tensor } from "../../tensor.ts";

/**
 * Scales all gradients by one factor so that their joint norm is at most `maxNorm`.
 * @param normType which norm; `Infinity` for the largest absolute value
 * @param errorIfNonfinite throw where the norm is NaN or infinite
 * @returns the norm before
 * @see https://pytorch.org/docs/stable/generated/torch.nn.utils.clip_grad_norm_.html
 * @api nn.utils.clipGradNorm_
 */
export function clipGradNorm_(parameters: Iterable<Tensor> | Tensor, maxNorm: number, normType = 2, errorIfNonfinite = false): Tensor {
  return noGrad(() => {
    const gradients = gradientsOf(parameters);
    if (gradients.length === 0) return tensor(0);
    const norm = jointNorm(gradients, normType);
    if (errorIfNonfinite && !Number.isFinite(norm)) {
      throw new KindlingError(
        `The total norm of order ${normType} for gradients from \`parameters\` is non-finite, so it cannot be clipped. ` +
          "To disable this error and scale the gradients by the non-finite norm anyway, set `errorIfNonfinite: false`",
      );
    }
    const factor = Math.min(1, maxNorm / Math.fround(norm + 1e-6));
    // A factor of 1 changes nothing.
    if (factor !== 1) for (const gradient of gradients) gradient.mul_(factor);
    return tensor(norm);
  });
}

function jointNorm(gradients: readonly Tensor[], normType: number): number {
  if (normType !== 2)
    return stack(gradients.map((gradient) => gradient.norm(normType)))
      .norm(normType)
      .item();
  return Math.fround(Math.sqrt(gradients.reduce((sum, gradient) => sum + sumOfSquares(gradient), 0)));
}

/**
 * Clamps every gradient value to [−clipValue, clipValue].
 * @see https://pytorch.org/docs/stable/generated/torch.nn.utils.clip_grad_value_.html
 * @api nn.utils.clipGradValue_
 */
export function clipGradValue_(parameters: Iterable<Tensor> | Tensor, clipValue: number): void {
  noGrad(() => {
    for (const gradient of gradientsOf(parameters)) gradient.clamp_(-clipValue, clipValue);
  });
}

function gradientsOf(parameters: Iterable<Tensor> | Tensor): Tensor[] {
  const list = parameters instanceof Tensor ? [parameters] : [...parameters];
  const wrong = list.find((each) => !(each instanceof Tensor));
  if (wrong !== undefined) throw new ArgumentError(`gradients of parameters are clipped, but one of the parameters is ${valueInWords(wrong)}`, "TypeError");
  return list.flatMap((parameter) => parameter.gradSlot ?? []);
}
