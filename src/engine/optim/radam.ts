import { ArgumentError } from "../errors.ts";
import { optimizerState } from "../ops/index.ts";
import type { Tensor } from "../tensor.ts";
import { Optimizer, withRate, type OptimizerOptions, type OptimizerParameters, type ParamGroup } from "./optimizer.ts";
import { descending } from "./descending.ts";

export interface RAdamOptions extends OptimizerOptions {
  /** Decay rates of the running means. Default [0.9, 0.999]. */
  betas: readonly [number, number];
  /** Added to the denominator. Default 1e-8. */
  eps: number;
  /** L2 penalty. Default 0. */
  weightDecay: number;
  /** Climb instead of descend. Default false. */
  maximize: boolean;
}

/** Adam that waits until its variance can be trusted. Default learning rate 1e-3. https://arxiv.org/abs/1908.03265 */
export class RAdam extends Optimizer<RAdamOptions> {
  constructor(params: OptimizerParameters<RAdamOptions>, options: Partial<RAdamOptions> | number = {}) {
    const { lr = 1e-3, betas = [0.9, 0.999], eps = 1e-8, weightDecay = 0, maximize = false } = withRate(options);
    super(params, { lr, betas, eps, weightDecay, maximize });
  }

  protected override update(parameter: Tensor, raw: Tensor, group: ParamGroup<RAdamOptions>): void {
    const gradient = descending(parameter, raw, group);
    let state = this.state.get(parameter) as { step: number; expAvg: Tensor; expAvgSq: Tensor } | undefined;
    if (state === undefined) {
      state = { step: 0, expAvg: optimizerState(parameter), expAvgSq: optimizerState(parameter) };
      this.state.set(parameter, state);
    }
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

  protected override checkOptions(options: RAdamOptions): void {
    super.checkOptions(options);
    if (!(options.eps >= 0)) throw new ArgumentError(`Invalid epsilon value: ${options.eps}`);
    options.betas.forEach((beta, i) => {
      if (!(beta >= 0 && beta < 1)) throw new ArgumentError(`Invalid beta parameter at index ${i}: ${beta}`);
    });
    if (!(options.weightDecay >= 0)) throw new ArgumentError(`Invalid weight_decay value: ${options.weightDecay}`);
  }
}
