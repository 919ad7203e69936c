import { ArgumentError } from "../errors.ts";
import { optimizerState } from "../ops/index.ts";
import type { Tensor } from "../tensor.ts";
import { Optimizer, withRate, type OptimizerOptions, type OptimizerParameters, type ParamGroup } from "./optimizer.ts";
import { descending } from "./descending.ts";

export interface NAdamOptions extends OptimizerOptions {
  /** Decay rates of the running means. Default [0.9, 0.999]. */
  betas: readonly [number, number];
  /** Added to the denominator. Default 1e-8. */
  eps: number;
  /** Default 4e-3. */
  momentumDecay: number;
  /** L2 penalty. Default 0. */
  weightDecay: number;
  /** Climb instead of descend. Default false. */
  maximize: boolean;
}

/** Adam with Nesterov's momentum. Default learning rate 2e-3. https://openreview.net/forum?id=OM0jvwB8jIp57ZJjtNEZ */
export class NAdam extends Optimizer<NAdamOptions> {
  constructor(params: OptimizerParameters<NAdamOptions>, options: Partial<NAdamOptions> | number = {}) {
    const { lr = 2e-3, betas = [0.9, 0.999], eps = 1e-8, momentumDecay = 4e-3, weightDecay = 0, maximize = false } = withRate(options);
    super(params, { lr, betas, eps, momentumDecay, weightDecay, maximize });
  }

  protected override update(parameter: Tensor, raw: Tensor, group: ParamGroup<NAdamOptions>): void {
    const gradient = descending(parameter, raw, group);
    let state = this.state.get(parameter) as { step: number; muProduct: number; expAvg: Tensor; expAvgSq: Tensor } | undefined;
    if (state === undefined) {
      state = { step: 0, muProduct: 1, expAvg: optimizerState(parameter), expAvgSq: optimizerState(parameter) };
      this.state.set(parameter, state);
    }
    const { lr, betas, eps, momentumDecay } = group;
    state.step++;
    const weightAt = (step: number): number => betas[0] * (1 - 0.5 * 0.96 ** (step * momentumDecay));
    const [mu, next] = [weightAt(state.step), weightAt(state.step + 1)];
    state.muProduct *= mu;
    state.expAvg.mul_(betas[0]).add_(gradient, { alpha: 1 - betas[0] });
    state.expAvgSq.mul_(betas[1]).addcmul_(gradient, gradient, { value: 1 - betas[1] });
    const denominator = state.expAvgSq.div(1 - betas[1] ** state.step).sqrt_().add_(eps);
    parameter.addcdiv_(gradient, denominator, { value: (-lr * (1 - mu)) / (1 - state.muProduct) });
    // PyTorch 1.13 has the present step's weight twice in the product that looks ahead; its numbers are kept.
    parameter.addcdiv_(state.expAvg, denominator, { value: (-lr * next) / (1 - state.muProduct * mu * next) });
  }

  protected override checkOptions(options: NAdamOptions): void {
    super.checkOptions(options);
    if (!(options.eps >= 0)) throw new ArgumentError(`Invalid epsilon value: ${options.eps}`);
    options.betas.forEach((beta, i) => {
      if (!(beta >= 0 && beta < 1)) throw new ArgumentError(`Invalid beta parameter at index ${i}: ${beta}`);
    });
    if (!(options.weightDecay >= 0)) throw new ArgumentError(`Invalid weight_decay value: ${options.weightDecay}`);
    if (!(options.momentumDecay >= 0)) throw new ArgumentError(`Invalid momentum_decay value: ${options.momentumDecay}`);
  }
}
