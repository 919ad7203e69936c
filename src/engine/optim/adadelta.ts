import { ArgumentError } from "../errors.ts";
import { optimizerState } from "../ops/optimizers.ts";
import type { Tensor } from "../tensor.ts";
import { descending } from "./descending.ts";
import { Optimizer, type OptimizerOptions, type OptimizerParameters, type ParamGroup } from "./optimizer.ts";
import { checkNotNegative } from "./ranges.ts";

/** @api optim.AdadeltaOptions */
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

const start = (parameter: Tensor) => ({ step: 0, squareAvg: optimizerState(parameter), accDelta: optimizerState(parameter) });

/**
 * Steps as large as the last ones were. https://arxiv.org/abs/1212.5701
 * @param params tensors, or groups `{ params, lr, … }` with options of their own
 * @param lr learning rate
 * @param rho decay rate of the running means
 * @param eps added to the denominator
 * @param weightDecay L2 penalty
 * @throws ArgumentError where an option is out of range
 * @see https://pytorch.org/docs/stable/generated/torch.optim.Adadelta.html
 * @api optim.Adadelta
 */
export class Adadelta extends Optimizer<AdadeltaOptions> {
  constructor(params: OptimizerParameters<AdadeltaOptions>, lr = 1, rho = 0.9, eps = 1e-6, weightDecay = 0, { maximize = false }: { maximize?: boolean } = {}) {
    super(params, { lr, rho, eps, weightDecay, maximize });
  }

  protected override update(parameter: Tensor, raw: Tensor, group: ParamGroup<AdadeltaOptions>): void {
    const gradient = descending(parameter, raw, group);
    const state = this.remembered(parameter, group, start);
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
    checkNotNegative(options, "eps", "weightDecay");
  }
}
