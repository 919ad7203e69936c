import { ArgumentError } from "../errors.ts";
import { optimizerState } from "../ops/index.ts";
import type { Tensor } from "../tensor.ts";
import { Optimizer, withRate, type OptimizerOptions, type OptimizerParameters, type ParamGroup } from "./optimizer.ts";
import { descending } from "./descending.ts";

export interface ASGDOptions extends OptimizerOptions {
  /** Decay. Default 1e-4. */
  lambd: number;
  /** Power of the rate's decay. Default 0.75. */
  alpha: number;
  /** Step at which averaging begins. Default 1e6. */
  t0: number;
  /** L2 penalty. Default 0. */
  weightDecay: number;
  /** Climb instead of descend. Default false. */
  maximize: boolean;
}

/** Averaged stochastic gradient descent; the average is in the state as `ax`. Default learning rate 1e-2. https://dl.acm.org/doi/10.1137/0330046 */
export class ASGD extends Optimizer<ASGDOptions> {
  constructor(params: OptimizerParameters<ASGDOptions>, options: Partial<ASGDOptions> | number = {}) {
    const { lr = 1e-2, lambd = 1e-4, alpha = 0.75, t0 = 1e6, weightDecay = 0, maximize = false } = withRate(options);
    super(params, { lr, lambd, alpha, t0, weightDecay, maximize });
  }

  protected override update(parameter: Tensor, raw: Tensor, group: ParamGroup<ASGDOptions>): void {
    const gradient = descending(parameter, raw, group);
    let state = this.state.get(parameter) as { step: number; eta: number; mu: number; ax: Tensor } | undefined;
    const { lr, lambd, alpha, t0 } = group;
    if (state === undefined) {
      state = { step: 0, eta: lr, mu: 1, ax: optimizerState(parameter) };
      this.state.set(parameter, state);
    }
    state.step++;
    parameter.mul_(1 - lambd * state.eta).add_(gradient, { alpha: -state.eta });
    if (state.mu === 1) state.ax.copy_(parameter);
    else state.ax.add_(parameter.sub(state.ax), { alpha: state.mu });
    state.eta = lr / (1 + lambd * lr * state.step) ** alpha;
    state.mu = 1 / Math.max(1, state.step - t0);
  }

  protected override checkOptions(options: ASGDOptions): void {
    super.checkOptions(options);
    if (!(options.weightDecay >= 0)) throw new ArgumentError(`Invalid weight_decay value: ${options.weightDecay}`);
  }
}
