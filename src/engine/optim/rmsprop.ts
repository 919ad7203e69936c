import { optimizerState } from "../ops/optimizers.ts";
import type { Tensor } from "../tensor.ts";
import { descending } from "./descending.ts";
import { Optimizer, type OptimizerOptions, type OptimizerParameters, type ParamGroup } from "./optimizer.ts";
import { checkNotNegative } from "./ranges.ts";

/** @api optim.RMSpropOptions */
export interface RMSpropOptions extends OptimizerOptions {
  /** Decay rate of the running mean. Default 0.99. */
  alpha: number;
  /** Added to the denominator. Default 1e-8. */
  eps: number;
  /** Default 0. */
  momentum: number;
  /** Take the variance in place of the mean of squares. Default false. */
  centered: boolean;
  /** L2 penalty. Default 0. */
  weightDecay: number;
  /** Climb instead of descend. Default false. */
  maximize: boolean;
}

type RMSpropState = { step: number; squareAvg: Tensor; momentumBuffer?: Tensor; gradAvg?: Tensor };

function start(parameter: Tensor): RMSpropState {
  return { step: 0, squareAvg: optimizerState(parameter) };
}

/**
 * Divides by a running root of mean squares. https://www.cs.toronto.edu/~tijmen/csc321/slides/lecture_slides_lec6.pdf
 * @param params tensors, or groups `{ params, lr, … }` with options of their own
 * @param lr learning rate
 * @param alpha decay rate of the running mean
 * @param eps added to the denominator
 * @param weightDecay L2 penalty
 * @param momentum how much of the last step is kept
 * @param centered take the variance in place of the mean of squares
 * @param maximize climb instead of descend
 * @throws ArgumentError where an option is out of range
 * @see https://pytorch.org/docs/stable/generated/torch.optim.RMSprop.html
 * @api optim.RMSprop
 */
export class RMSprop extends Optimizer<RMSpropOptions> {
  constructor(
    params: OptimizerParameters<RMSpropOptions>,
    lr = 1e-2,
    alpha = 0.99,
    eps = 1e-8,
    weightDecay = 0,
    momentum = 0,
    centered = false,
    maximize = false,
  ) {
    super(params, { lr, alpha, eps, momentum, centered, weightDecay, maximize });
  }

  protected override update(parameter: Tensor, raw: Tensor, group: ParamGroup<RMSpropOptions>): void {
    const gradient = descending(parameter, raw, group);
    const state = this.remembered(parameter, group, start);
    const { lr, alpha, eps, momentum, centered } = group;
    state.step++;
    state.squareAvg.mul_(alpha).addcmul_(gradient, gradient, { value: 1 - alpha });
    let square = state.squareAvg;
    if (centered) {
      state.gradAvg ??= optimizerState(parameter);
      state.gradAvg.mul_(alpha).add_(gradient, { alpha: 1 - alpha });
      square = square.sub(state.gradAvg.square());
    }
    const denominator = square.sqrt().add_(eps);
    if (momentum > 0) {
      state.momentumBuffer ??= optimizerState(parameter);
      state.momentumBuffer.mul_(momentum).addcdiv_(gradient, denominator);
      parameter.add_(state.momentumBuffer, { alpha: -lr });
    } else {
      parameter.addcdiv_(gradient, denominator, { value: -lr });
    }
  }

  protected override checkOptions(options: RMSpropOptions): void {
    super.checkOptions(options);
    checkNotNegative(options, "eps", "momentum", "weightDecay", "alpha");
  }
}
