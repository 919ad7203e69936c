/** Batch normalisation in eval mode folded into the layer before it. */
import { ArgumentError } from "../../errors.ts";
import { zeros } from "../../ops/creation.ts";
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

/**
 * The weight and bias of a convolution with a batch normalisation folded in.
 * @param convW its weight
 * @param convB its bias
 * @param bnRm the running mean
 * @param bnRv the running variance
 * @param bnEps what is added to the variance
 * @param bnW the normalisation's weight
 * @param bnB the normalisation's bias
 * @param transpose for weights `[in, out, …]`
 * @see https://pytorch.org/docs/stable/generated/torch.nn.utils.fuse_conv_bn_weights.html
 * @api nn.utils.fuseConvBnWeights
 */
export function fuseConvBnWeights(
  convW: Tensor,
  convB: Tensor | null,
  bnRm: Tensor,
  bnRv: Tensor,
  bnEps: number,
  bnW: Tensor | null,
  bnB: Tensor | null,
  transpose = false,
): [weight: Parameter, bias: Parameter] {
  const factor = bnRv
    .add(bnEps)
    .rsqrt()
    .mul(bnW ?? 1);
  const shape = convW.shape.map((_, i) => (i === (transpose ? 1 : 0) ? -1 : 1));
  const folded = (convB ?? zeros(bnRm.shape))
    .sub(bnRm)
    .mul(factor)
    .add(bnB ?? 0);
  return [new Parameter(convW.mul(factor.reshape(shape)).detach()), new Parameter(folded.detach())];
}

/**
 * The same for a linear layer.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.utils.fuse_linear_bn_weights.html
 * @api nn.utils.fuseLinearBnWeights
 */
export function fuseLinearBnWeights(
  linearW: Tensor,
  linearB: Tensor | null,
  bnRm: Tensor,
  bnRv: Tensor,
  bnEps: number,
  bnW: Tensor | null,
  bnB: Tensor | null,
): [weight: Parameter, bias: Parameter] {
  return fuseConvBnWeights(linearW, linearB, bnRm, bnRv, bnEps, bnW, bnB);
}

function fused<M extends AnyModule>(layer: M, norm: AnyModule, transpose: boolean): M {
  const bn = norm as unknown as Normalising;
  if (layer.training || bn.training) throw new ArgumentError("Fusion only for eval!", "AssertionError");
  const copy = deepcopy(layer);
  const own = copy as unknown as Affine;
  [own.weight, own.bias] = fuseConvBnWeights(
    own.weight.detach(),
    own.bias?.detach() ?? null,
    bn.runningMean!,
    bn.runningVar!,
    bn.eps,
    bn.weight,
    bn.bias,
    transpose,
  );
  return copy;
}

/**
 * A copy of a convolution that does the batch normalisation after it as well. Both have to be in eval mode.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.utils.fuse_conv_bn_eval.html
 * @api nn.utils.fuseConvBnEval
 */
export function fuseConvBnEval<M extends AnyModule>(conv: M, bn: AnyModule, transpose = false): M {
  return fused(conv, bn, transpose);
}

/**
 * A copy of a linear layer that does the batch normalisation after it as well. Both have to be in eval mode.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.utils.fuse_linear_bn_eval.html
 * @api nn.utils.fuseLinearBnEval
 */
export function fuseLinearBnEval<M extends AnyModule>(linear: M, bn: AnyModule): M {
  return fused(linear, bn, false);
}
