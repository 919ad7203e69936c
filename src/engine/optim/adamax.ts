import { optimizerState } from "../ops/optimizers.ts";
import type { Tensor } from "../tensor.ts";
import { AdamFamily, type AdamFamilyOptions } from "./adamFamily.ts";
import { descending } from "./descending.ts";
import type { OptimizerParameters, ParamGroup } from "./optimizer.ts";

/** @api optim.AdamaxOptions */
export interface AdamaxOptions extends AdamFamilyOptions {}

const start = (parameter: Tensor) => ({ step: 0, expAvg: optimizerState(parameter), expInf: optimizerState(parameter) });

/**
 * Adam with the largest gradient in place of the mean of squares. https://arxiv.org/abs/1412.6980
 * @param params tensors, or groups `{ params, lr, … }` with options of their own
 * @param lr learning rate
 * @param betas decay rates of the mean and of the largest gradient
 * @param eps added to the denominator
 * @param weightDecay L2 penalty
 * @throws ArgumentError where an option is out of range
 * @see https://pytorch.org/docs/stable/generated/torch.optim.Adamax.html
 * @api optim.Adamax
 */
export class Adamax extends AdamFamily<AdamaxOptions> {
  constructor(
    params: OptimizerParameters<AdamaxOptions>,
    lr = 2e-3,
    betas: readonly [number, number] = [0.9, 0.999],
    eps = 1e-8,
    weightDecay = 0,
    { maximize = false }: { maximize?: boolean } = {},
  ) {
    super(params, { lr, betas, eps, weightDecay, maximize });
  }

  protected override update(parameter: Tensor, raw: Tensor, group: ParamGroup<AdamaxOptions>): void {
    const gradient = descending(parameter, raw, group);
    const state = this.remembered(parameter, group, start);
    const { lr, betas, eps } = group;
    state.step++;
    state.expAvg.mul_(betas[0]).add_(gradient, { alpha: 1 - betas[0] });
    state.expInf.copy_(state.expInf.mul(betas[1]).maximum(gradient.abs().add(eps)));
    parameter.addcdiv_(state.expAvg, state.expInf, { value: -lr / (1 - betas[0] ** state.step) });
  }
}
