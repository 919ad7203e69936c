/** `nn.utils.parametrizations`: parametrizations that are often wanted. */
import { normalize } from "../../ops/distances.ts";
import { dot, matmul } from "../../ops/matmul.ts";
import type { Int } from "../../ops/types.ts";
import type { Tensor } from "../../tensor.ts";
import { Module, type AnyModule } from "../module.ts";
import { registerParametrization } from "./parametrize.ts";
import { asMatrix, powerIteration, randomDirection } from "./reparameterized.ts";

/** A weight divided by its largest singular value. */
class _SpectralNorm extends Module {
  declare _u: Tensor;
  declare _v: Tensor;
  readonly dim: number;
  readonly nPowerIterations: number;
  readonly eps: number;

  constructor(weight: Tensor, dim: number, nPowerIterations: number, eps: number) {
    super();
    this.dim = dim;
    this.nPowerIterations = nPowerIterations;
    this.eps = eps;
    if (weight.dim() <= 1) return;
    const matrix = asMatrix(weight, dim);
    this.registerBuffer("_u", randomDirection(matrix.shape[0]!, eps));
    this.registerBuffer("_v", randomDirection(matrix.shape[1]!, eps));
    powerIteration(matrix, this._u, this._v, 15, eps);
  }

  override forward(weight: Tensor): Tensor {
    if (weight.dim() === 1) return normalize(weight, 2, 0, this.eps);
    const matrix = asMatrix(weight, this.dim);
    if (this.training) powerIteration(matrix.detach(), this._u, this._v, this.nPowerIterations, this.eps);
    return weight.div(dot(this._u.clone(), matmul(matrix, this._v.clone())));
  }

  rightInverse(value: Tensor): Tensor {
    return value;
  }
}

/**
 * Divides a weight by its largest singular value. https://arxiv.org/abs/1802.05957
 * @param nPowerIterations of each training step
 * @param dim the dimension of outputs: `null` for 0, in transposed convolutions 1
 * @see https://pytorch.org/docs/stable/generated/torch.nn.utils.parametrizations.spectral_norm.html
 * @api nn.utils.parametrizations.spectralNorm
 */
export function spectralNorm<M extends AnyModule>(module: M, name = "weight", nPowerIterations: Int = 1, eps = 1e-12, dim: Int | null = null): M {
  const weight = (module as unknown as Record<string, Tensor>)[name]!;
  const outputs = dim ?? (module.constructor.name.startsWith("ConvTranspose") ? 1 : 0);
  return registerParametrization(module, name, new _SpectralNorm(weight.detach(), outputs, nPowerIterations, eps));
}
