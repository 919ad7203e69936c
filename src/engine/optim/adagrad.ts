import { optimizerState } from "../ops/optimizers.ts";
import type { Tensor } from "../tensor.ts";
import { descending } from "./descending.ts";
import { Optimizer, type OptimizerOptions, type OptimizerParameters, type ParamGroup } from "./optimizer.ts";
import { checkNotNegative } from "./ranges.ts";

/** @api optim.AdagradOptions */
export interface AdagradOptions extends OptimizerOptions {
  /** Makes the rate smaller with each step. Default 0. */
  lrDecay: number;
  /** What the sums of squares begin with. Default 0. */
  initialAccumulatorValue: number;
  /** Added to the denominator. Default 1e-10. */
  eps: number;
  /** L2 penalty. Default 0. */
  weightDecay: number;
  /** Climb instead of descend. Default false. */
  maximize: boolean;
}

const start = (parameter: Tensor, { initialAccumulatorValue }: AdagradOptions) => ({ step: 0, sum: optimizerState(parameter).fill_(initialAccumulatorValue) });

/**
 * Divides by the root of the sum of all squares so far. https://jmlr.org/papers/v12/duchi11a.html
 * @param params tensors, or groups `{ params, lr, … }` with options of their own
 * @param lr learning rate
 * @param lrDecay makes the rate smaller with each step
 * @param weightDecay L2 penalty
 * @param initialAccumulatorValue what the sums of squares begin with
 * @param eps added to the denominator
 * @throws ArgumentError where an option is out of range
 * @see https://pytorch.org/docs/stable/generated/torch.optim.Adagrad.html
 * @api optim.Adagrad
 */
export class Adagrad extends Optimizer<AdagradOptions> {
  constructor(
    params: OptimizerParameters<AdagradOptions>,
    lr = 1e-2,
    lrDecay = 0,
    weightDecay = 0,
    initialAccumulatorValue = 0,
    eps = 1e-10,
    { maximize = false }: { maximize?: boolean } = {},
  ) {
    super(params, { lr, lrDecay, initialAccumulatorValue, eps, weightDecay, maximize });
  }

  protected override update(parameter: Tensor, raw: Tensor, group: ParamGroup<AdagradOptions>): void {
    const gradient = descending(parameter, raw, group);
    const state = this.remembered(parameter, group, start);
    const { lr, lrDecay, eps } = group;
    state.step++;
    state.sum.addcmul_(gradient, gradient);
    parameter.addcdiv_(gradient, state.sum.sqrt().add_(eps), { value: -lr / (1 + (state.step - 1) * lrDecay) });
  }

  protected override checkOptions(options: AdagradOptions): void {
    super.checkOptions(options);
    checkNotNegative(options, "lrDecay", "weightDecay", "initialAccumulatorValue", "eps");
  }
}
