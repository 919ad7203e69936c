import { ArgumentError } from "../errors.ts";
import { optimizerState } from "../ops/index.ts";
import type { Tensor } from "../tensor.ts";
import { Optimizer, withRate, type OptimizerOptions, type OptimizerParameters, type ParamGroup } from "./optimizer.ts";
import { descending } from "./descending.ts";

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

/** Divides by a running root of mean squares. Default learning rate 1e-2. https://www.cs.toronto.edu/~tijmen/csc321/slides/lecture_slides_lec6.pdf */
export class RMSprop extends Optimizer<RMSpropOptions> {
  constructor(params: OptimizerParameters<RMSpropOptions>, options: Partial<RMSpropOptions> | number = {}) {
    const { lr = 1e-2, alpha = 0.99, eps = 1e-8, momentum = 0, centered = false, weightDecay = 0, maximize = false } = withRate(options);
    super(params, { lr, alpha, eps, momentum, centered, weightDecay, maximize });
  }

  protected override update(parameter: Tensor, raw: Tensor, group: ParamGroup<RMSpropOptions>): void {
    const gradient = descending(parameter, raw, group);
    let state = this.state.get(parameter) as { step: number; squareAvg: Tensor; momentumBuffer?: Tensor; gradAvg?: Tensor } | undefined;
    const { lr, alpha, eps, momentum, centered } = group;
    if (state === undefined) {
      state = { step: 0, squareAvg: optimizerState(parameter) };
      if (momentum > 0) state.momentumBuffer = optimizerState(parameter);
      if (centered) state.gradAvg = optimizerState(parameter);
      this.state.set(parameter, state);
    }
    state.step++;
    state.squareAvg.mul_(alpha).addcmul_(gradient, gradient, { value: 1 - alpha });
    let square = state.squareAvg;
    if (state.gradAvg) {
      state.gradAvg.mul_(alpha).add_(gradient, { alpha: 1 - alpha });
      square = square.sub(state.gradAvg.square());
    }
    const denominator = square.sqrt().add_(eps);
    if (state.momentumBuffer) {
      state.momentumBuffer.mul_(momentum).addcdiv_(gradient, denominator);
      parameter.add_(state.momentumBuffer, { alpha: -lr });
    } else {
      parameter.addcdiv_(gradient, denominator, { value: -lr });
    }
  }

  protected override checkOptions(options: RMSpropOptions): void {
    super.checkOptions(options);
    if (!(options.eps >= 0)) throw new ArgumentError(`Invalid epsilon value: ${options.eps}`);
    if (!(options.momentum >= 0)) throw new ArgumentError(`Invalid momentum value: ${options.momentum}`);
    if (!(options.weightDecay >= 0)) throw new ArgumentError(`Invalid weight_decay value: ${options.weightDecay}`);
    if (!(options.alpha >= 0)) throw new ArgumentError(`Invalid alpha value: ${options.alpha}`);
  }
}
