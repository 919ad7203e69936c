/** Batch normalisation in eval mode folded into the layer before it. */
import { ArgumentError } from "../../errors.ts";
import { zeros } from "../../ops/index.ts";
import type { Tensor } from "../../tensor.ts";
import { deepcopy } from "../deepcopy.ts";
import type { AnyModule } from "../module.ts";
import { Parameter } from "../parameter.ts";

interface Affine {
  weight: Parameter;
  bias: Parameter | null;
}

interface Normalising {
  runningMean: Tensor | null;
  runningVar: Tensor | null;
  weight: Tensor | null;
  bias: Tensor | null;
  eps: number;
  training: boolean;
}

/** The folded weight and bias; `transpose` for weights `[in, out, …]`. */
export function fuseConvBnWeights(
  weight: Tensor, bias: Tensor | null, mean: Tensor, variance: Tensor, eps: number, scale: Tensor | null, shift: Tensor | null, transpose = false,
): [weight: Parameter, bias: Parameter] {
  const factor = variance.add(eps).rsqrt().mul(scale ?? 1);
  const shape = weight.shape.map((_, i) => (i === (transpose ? 1 : 0) ? -1 : 1));
  const folded = (bias ?? zeros(mean.shape)).sub(mean).mul(factor).add(shift ?? 0);
  return [new Parameter(weight.mul(factor.reshape(shape)).detach()), new Parameter(folded.detach())];
}

/** The same for a linear layer. */
export function fuseLinearBnWeights(
  weight: Tensor, bias: Tensor | null, mean: Tensor, variance: Tensor, eps: number, scale: Tensor | null, shift: Tensor | null,
): [weight: Parameter, bias: Parameter] {
  return fuseConvBnWeights(weight, bias, mean, variance, eps, scale, shift);
}

function fused<M extends AnyModule>(layer: M, norm: AnyModule, transpose: boolean): M {
  const bn = norm as unknown as Normalising;
  if (layer.training || bn.training) throw new ArgumentError("Fusion only for eval!", "AssertionError");
  const copy = deepcopy(layer);
  const own = copy as unknown as Affine;
  [own.weight, own.bias] = fuseConvBnWeights(own.weight.detach(), own.bias?.detach() ?? null, bn.runningMean!, bn.runningVar!, bn.eps, bn.weight, bn.bias, transpose);
  return copy;
}

/** A copy of a convolution that does the batch normalisation after it as well. Both have to be in eval mode. */
export function fuseConvBnEval<M extends AnyModule>(conv: M, bn: AnyModule, { transpose = false }: { transpose?: boolean } = {}): M {
  return fused(conv, bn, transpose);
}

/** A copy of a linear layer that does the batch normalisation after it as well. Both have to be in eval mode. */
export function fuseLinearBnEval<M extends AnyModule>(linear: M, bn: AnyModule): M {
  return fused(linear, bn, false);
}
