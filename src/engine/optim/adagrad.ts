import { ArgumentError } from "../errors.ts";
import { optimizerState } from "../ops/index.ts";
import type { Tensor } from "../tensor.ts";
import { Optimizer, withRate, type OptimizerOptions, type OptimizerParameters, type ParamGroup } from "./optimizer.ts";
import { descending } from "./descending.ts";

export interface AdagradOptions extends OptimizerOptions {
  /** Default 0. */
  lrDecay: number;
  /** Default 0. */
  initialAccumulatorValue: number;
  /** Added to the denominator. Default 1e-10. */
  eps: number;
  /** L2 penalty. Default 0. */
  weightDecay: number;
  /** Climb instead of descend. Default false. */
  maximize: boolean;
}

/** Divides by the root of the sum of all squares so far. Default learning rate 1e-2. https://jmlr.org/papers/v12/duchi11a.html */
export class Adagrad extends Optimizer<AdagradOptions> {
  constructor(params: OptimizerParameters<AdagradOptions>, options: Partial<AdagradOptions> | number = {}) {
    const { lr = 1e-2, lrDecay = 0, initialAccumulatorValue = 0, eps = 1e-10, weightDecay = 0, maximize = false } = withRate(options);
    super(params, { lr, lrDecay, initialAccumulatorValue, eps, weightDecay, maximize });
  }

  protected override update(parameter: Tensor, raw: Tensor, group: ParamGroup<AdagradOptions>): void {
    const gradient = descending(parameter, raw, group);
    let state = this.state.get(parameter) as { step: number; sum: Tensor } | undefined;
    const { lr, lrDecay, eps, initialAccumulatorValue } = group;
    if (state === undefined) {
      state = { step: 0, sum: optimizerState(parameter).fill_(initialAccumulatorValue) };
      this.state.set(parameter, state);
    }
    state.step++;
    state.sum.addcmul_(gradient, gradient);
    parameter.addcdiv_(gradient, state.sum.sqrt().add_(eps), { value: -lr / (1 + (state.step - 1) * lrDecay) });
  }

  protected override checkOptions(options: AdagradOptions): void {
    super.checkOptions(options);
    if (!(options.lrDecay >= 0)) throw new ArgumentError(`Invalid lr_decay value: ${options.lrDecay}`);
    if (!(options.weightDecay >= 0)) throw new ArgumentError(`Invalid weight_decay value: ${options.weightDecay}`);
    if (!(options.initialAccumulatorValue >= 0)) throw new ArgumentError(`Invalid initial_accumulator_value value: ${options.initialAccumulatorValue}`);
    if (!(options.eps >= 0)) throw new ArgumentError(`Invalid epsilon value: ${options.eps}`);
  }
}
