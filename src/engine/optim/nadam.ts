import type { Tensor } from "../tensor.ts";
import { AdamFamily, runningMeans, type AdamFamilyOptions } from "./adamFamily.ts";
import { descending } from "./descending.ts";
import type { OptimizerParameters, ParamGroup } from "./optimizer.ts";
import { checkNotNegative } from "./ranges.ts";

/** @api optim.NAdamOptions */
export interface NAdamOptions extends AdamFamilyOptions {
  /** How fast the momentum's weight grows. Default 4e-3. */
  momentumDecay: number;
  /** Shrink the weights by themselves instead of adding a penalty to their gradient. Default false. */
  decoupledWeightDecay: boolean;
}

const start = (parameter: Tensor) => ({ ...runningMeans(parameter), muProduct: 1 });

/**
 * Adam with Nesterov's momentum. https://openreview.net/forum?id=OM0jvwB8jIp57ZJjtNEZ
 * @param params tensors, or groups `{ params, lr, … }` with options of their own
 * @param lr learning rate
 * @param betas decay rates of the running means of gradient and squared gradient
 * @param eps added to the denominator
 * @param weightDecay L2 penalty
 * @param momentumDecay how fast the momentum's weight grows
 * @param decoupledWeightDecay shrink the weights by themselves instead, as AdamW
 * @throws ArgumentError where an option is out of range
 * @see https://pytorch.org/docs/stable/generated/torch.optim.NAdam.html
 * @api optim.NAdam
 */
export class NAdam extends AdamFamily<NAdamOptions> {
  constructor(
    params: OptimizerParameters<NAdamOptions>,
    lr = 2e-3,
    betas: readonly [number, number] = [0.9, 0.999],
    eps = 1e-8,
    weightDecay = 0,
    momentumDecay = 4e-3,
    decoupledWeightDecay = false,
    { maximize = false }: { maximize?: boolean } = {},
  ) {
    super(params, { lr, betas, eps, weightDecay, momentumDecay, decoupledWeightDecay, maximize });
  }

  protected override update(parameter: Tensor, raw: Tensor, group: ParamGroup<NAdamOptions>): void {
    const gradient = descending(parameter, raw, group);
    const state = this.remembered(parameter, group, start);
    const { lr, betas, eps, momentumDecay } = group;
    state.step++;
    const weightAt = (step: number): number => betas[0] * (1 - 0.5 * 0.96 ** (step * momentumDecay));
    const [mu, next] = [weightAt(state.step), weightAt(state.step + 1)];
    // PyTorch keeps it in a tensor.
    state.muProduct = Math.fround(state.muProduct * mu);
    state.expAvg.mul_(betas[0]).add_(gradient, { alpha: 1 - betas[0] });
    state.expAvgSq.mul_(betas[1]).addcmul_(gradient, gradient, { value: 1 - betas[1] });
    const denominator = state.expAvgSq
      .div(1 - betas[1] ** state.step)
      .sqrt_()
      .add_(eps);
    parameter.addcdiv_(gradient, denominator, { value: (-lr * (1 - mu)) / (1 - state.muProduct) });
    // PyTorch 1.13 has the present step's weight twice in the product that looks ahead; its numbers are kept.
    parameter.addcdiv_(state.expAvg, denominator, { value: (-lr * next) / (1 - state.muProduct * mu * next) });
  }

  protected override checkOptions(options: NAdamOptions): void {
    super.checkOptions(options);
    checkNotNegative(options, "momentumDecay");
  }
}
