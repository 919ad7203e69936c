import { ArgumentError } from "../errors.ts";
import { optimizerState } from "../ops/index.ts";
import type { Tensor } from "../tensor.ts";
import { Optimizer, withRate, type OptimizerOptions, type OptimizerParameters, type ParamGroup } from "./optimizer.ts";
import { descending } from "./descending.ts";

export interface AdamaxOptions extends OptimizerOptions {
  /** Decay rates of the running means. Default [0.9, 0.999]. */
  betas: readonly [number, number];
  /** Added to the denominator. Default 1e-8. */
  eps: number;
  /** L2 penalty. Default 0. */
  weightDecay: number;
  /** Climb instead of descend. Default false. */
  maximize: boolean;
}

/** Adam with the largest gradient in place of the mean of squares. Default learning rate 2e-3. https://arxiv.org/abs/1412.6980 */
export class Adamax extends Optimizer<AdamaxOptions> {
  constructor(params: OptimizerParameters<AdamaxOptions>, options: Partial<AdamaxOptions> | number = {}) {
    const { lr = 2e-3, betas = [0.9, 0.999], eps = 1e-8, weightDecay = 0, maximize = false } = withRate(options);
    super(params, { lr, betas, eps, weightDecay, maximize });
  }

  protected override update(parameter: Tensor, raw: Tensor, group: ParamGroup<AdamaxOptions>): void {
    const gradient = descending(parameter, raw, group);
    let state = this.state.get(parameter) as { step: number; expAvg: Tensor; expInf: Tensor } | undefined;
    if (state === undefined) {
      state = { step: 0, expAvg: optimizerState(parameter), expInf: optimizerState(parameter) };
      this.state.set(parameter, state);
    }
    const { lr, betas, eps } = group;
    state.step++;
    state.expAvg.mul_(betas[0]).add_(gradient, { alpha: 1 - betas[0] });
    state.expInf.copy_(state.expInf.mul(betas[1]).maximum(gradient.abs().add(eps)));
    parameter.addcdiv_(state.expAvg, state.expInf, { value: -lr / (1 - betas[0] ** state.step) });
  }

  protected override checkOptions(options: AdamaxOptions): void {
    super.checkOptions(options);
    if (!(options.eps >= 0)) throw new ArgumentError(`Invalid epsilon value: ${options.eps}`);
    options.betas.forEach((beta, i) => {
      if (!(beta >= 0 && beta < 1)) throw new ArgumentError(`Invalid beta parameter at index ${i}: ${beta}`);
    });
    if (!(options.weightDecay >= 0)) throw new ArgumentError(`Invalid weight_decay value: ${options.weightDecay}`);
  }
}
