import { ArgumentError } from "../errors.ts";
import { optimizerState } from "../ops/index.ts";
import type { Tensor } from "../tensor.ts";
import { Optimizer, withRate, type OptimizerOptions, type OptimizerParameters, type ParamGroup } from "./optimizer.ts";
import { descending } from "./descending.ts";

export interface AdadeltaOptions extends OptimizerOptions {
  /** Decay rate of the running means. Default 0.9. */
  rho: number;
  /** Default 1e-6. */
  eps: number;
  /** L2 penalty. Default 0. */
  weightDecay: number;
  /** Climb instead of descend. Default false. */
  maximize: boolean;
}

/** Steps as large as the last ones were. Default learning rate 1. https://arxiv.org/abs/1212.5701 */
export class Adadelta extends Optimizer<AdadeltaOptions> {
  constructor(params: OptimizerParameters<AdadeltaOptions>, options: Partial<AdadeltaOptions> | number = {}) {
    const { lr = 1, rho = 0.9, eps = 1e-6, weightDecay = 0, maximize = false } = withRate(options);
    super(params, { lr, rho, eps, weightDecay, maximize });
  }

  protected override update(parameter: Tensor, raw: Tensor, group: ParamGroup<AdadeltaOptions>): void {
    const gradient = descending(parameter, raw, group);
    let state = this.state.get(parameter) as { step: number; squareAvg: Tensor; accDelta: Tensor } | undefined;
    if (state === undefined) {
      state = { step: 0, squareAvg: optimizerState(parameter), accDelta: optimizerState(parameter) };
      this.state.set(parameter, state);
    }
    const { lr, rho, eps } = group;
    state.step++;
    state.squareAvg.mul_(rho).addcmul_(gradient, gradient, { value: 1 - rho });
    const delta = state.accDelta.add(eps).sqrt_().div_(state.squareAvg.add(eps).sqrt_()).mul_(gradient);
    state.accDelta.mul_(rho).addcmul_(delta, delta, { value: 1 - rho });
    parameter.add_(delta, { alpha: -lr });
  }

  protected override checkOptions(options: AdadeltaOptions): void {
    super.checkOptions(options);
    if (!(options.rho >= 0 && options.rho <= 1)) throw new ArgumentError(`Invalid rho value: ${options.rho}`);
    if (!(options.eps >= 0)) throw new ArgumentError(`Invalid epsilon value: ${options.eps}`);
    if (!(options.weightDecay >= 0)) throw new ArgumentError(`Invalid weight_decay value: ${options.weightDecay}`);
  }
}
