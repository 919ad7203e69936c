import type { Tensor } from "../tensor.ts";
import { AdamFamily, runningMeans, type AdamFamilyOptions } from "./adamFamily.ts";
import { descending } from "./descending.ts";
import type { OptimizerParameters, ParamGroup } from "./optimizer.ts";

/** @api optim.RAdamOptions */
export interface RAdamOptions extends AdamFamilyOptions {
  /** Shrink the weights by themselves instead of adding a penalty to their gradient. Default false. */
  decoupledWeightDecay: boolean;
}

/**
 * Adam that waits until its variance can be trusted. https://arxiv.org/abs/1908.03265
 * @param params tensors, or groups `{ params, lr, … }` with options of their own
 * @param lr learning rate
 * @param betas decay rates of the running means of gradient and squared gradient
 * @param eps added to the denominator
 * @param weightDecay L2 penalty
 * @param decoupledWeightDecay shrink the weights by themselves instead, as AdamW
 * @throws ArgumentError where an option is out of range
 * @see https://pytorch.org/docs/stable/generated/torch.optim.RAdam.html
 * @api optim.RAdam
 */
export class RAdam extends AdamFamily<RAdamOptions> {
  constructor(
    params: OptimizerParameters<RAdamOptions>,
    lr = 1e-3,
    betas: readonly [number, number] = [0.9, 0.999],
    eps = 1e-8,
    weightDecay = 0,
    decoupledWeightDecay = false,
    { maximize = false }: { maximize?: boolean } = {},
  ) {
    super(params, { lr, betas, eps, weightDecay, decoupledWeightDecay, maximize });
  }

  protected override update(parameter: Tensor, raw: Tensor, group: ParamGroup<RAdamOptions>): void {
    const gradient = descending(parameter, raw, group);
    const state = this.remembered(parameter, group, runningMeans);
    const { lr, betas, eps } = group;
    state.step++;
    state.expAvg.mul_(betas[0]).add_(gradient, { alpha: 1 - betas[0] });
    state.expAvgSq.mul_(betas[1]).addcmul_(gradient, gradient, { value: 1 - betas[1] });
    const correction = 1 - betas[1] ** state.step;
    const longest = 2 / (1 - betas[1]) - 1;
    const length = longest - (2 * state.step * betas[1] ** state.step) / correction;
    const rate = -lr / (1 - betas[0] ** state.step);
    if (length <= 5) {
      parameter.add_(state.expAvg, { alpha: rate });
      return;
    }
    const rectified = Math.sqrt(((length - 4) * (length - 2) * longest) / ((longest - 4) * (longest - 2) * length));
    parameter.addcdiv_(state.expAvg, state.expAvgSq.sqrt().add_(eps), { value: rate * rectified * Math.sqrt(correction) });
  }
}
