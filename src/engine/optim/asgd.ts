import { optimizerState } from "../ops/optimizers.ts";
import type { Tensor } from "../tensor.ts";
import { descending } from "./descending.ts";
import { Optimizer, type OptimizerOptions, type OptimizerParameters, type ParamGroup } from "./optimizer.ts";
import { checkNotNegative } from "./ranges.ts";

/** @api optim.ASGDOptions */
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

const start = (parameter: Tensor, { lr }: ASGDOptions) => ({ step: 0, eta: Math.fround(lr), mu: 1, ax: optimizerState(parameter) });

/**
 * Averaged stochastic gradient descent; the average is in the state as `ax`. https://dl.acm.org/doi/10.1137/0330046
 * @param params tensors, or groups `{ params, lr, … }` with options of their own
 * @param lr learning rate
 * @param lambd decay of rate and weights
 * @param alpha power of the rate's decay
 * @param t0 step at which averaging begins
 * @param weightDecay L2 penalty
 * @param maximize climb instead of descend
 * @throws ArgumentError where an option is out of range
 * @see https://pytorch.org/docs/stable/generated/torch.optim.ASGD.html
 * @api optim.ASGD
 */
export class ASGD extends Optimizer<ASGDOptions> {
  constructor(params: OptimizerParameters<ASGDOptions>, lr = 1e-2, lambd = 1e-4, alpha = 0.75, t0 = 1e6, weightDecay = 0, maximize = false) {
    super(params, { lr, lambd, alpha, t0, weightDecay, maximize });
  }

  protected override update(parameter: Tensor, raw: Tensor, group: ParamGroup<ASGDOptions>): void {
    const gradient = descending(parameter, raw, group);
    const state = this.remembered(parameter, group, start);
    const { lr, lambd, alpha, t0 } = group;
    state.step++;
    parameter.mul_(1 - lambd * state.eta).add_(gradient, { alpha: -state.eta });
    if (state.mu === 1) state.ax.copy_(parameter);
    else state.ax.add_(parameter.sub(state.ax), { alpha: state.mu });
    // PyTorch keeps both in tensors.
    state.eta = Math.fround(lr / (1 + lambd * lr * state.step) ** alpha);
    state.mu = Math.fround(1 / Math.max(1, state.step - t0));
  }

  protected override checkOptions(options: ASGDOptions): void {
    super.checkOptions(options);
    checkNotNegative(options, "weightDecay");
  }
}
