import { ArgumentError } from "../errors.ts";
import { optimizerState } from "../ops/optimizers.ts";
import { where } from "../ops/where.ts";
import type { Tensor } from "../tensor.ts";
import { Optimizer, type OptimizerOptions, type OptimizerParameters, type ParamGroup } from "./optimizer.ts";

/** @api optim.RpropOptions */
export interface RpropOptions extends OptimizerOptions {
  /** Factors of the step where the gradient changes its sign, and where it keeps it. Default [0.5, 1.2]. */
  etas: readonly [number, number];
  /** Smallest and largest step. Default [1e-6, 50]. */
  stepSizes: readonly [number, number];
  /** Climb instead of descend. Default false. */
  maximize: boolean;
}

const start = (parameter: Tensor, { lr }: RpropOptions) => ({ step: 0, prev: optimizerState(parameter), stepSize: optimizerState(parameter).fill_(lr) });

/**
 * Resilient backpropagation: only the gradient's sign counts. https://doi.org/10.1109/ICNN.1993.298623
 * @param params tensors, or groups `{ params, lr, … }` with options of their own
 * @param lr the first step
 * @param etas factors of the step where the gradient changes its sign, and where it keeps it
 * @param stepSizes smallest and largest step
 * @throws ArgumentError where an option is out of range
 * @see https://pytorch.org/docs/stable/generated/torch.optim.Rprop.html
 * @api optim.Rprop
 */
export class Rprop extends Optimizer<RpropOptions> {
  constructor(
    params: OptimizerParameters<RpropOptions>,
    lr = 1e-2,
    etas: readonly [number, number] = [0.5, 1.2],
    stepSizes: readonly [number, number] = [1e-6, 50],
    { maximize = false }: { maximize?: boolean } = {},
  ) {
    super(params, { lr, etas, stepSizes, maximize });
  }

  protected override update(parameter: Tensor, raw: Tensor, group: ParamGroup<RpropOptions>): void {
    const state = this.remembered(parameter, group, start);
    const gradient = group.maximize ? raw.neg() : raw;
    const [shrink, grow] = group.etas;
    state.step++;
    const agreement = gradient.mul(state.prev);
    const turned = agreement.lt(0);
    const factor = where(agreement.gt(0), grow, where(turned, shrink, agreement.mul(0).add(1)));
    state.stepSize.mul_(factor).clamp_(group.stepSizes[0], group.stepSizes[1]);
    const kept = where(turned, 0, gradient);
    parameter.sub_(kept.sign().mul(state.stepSize));
    state.prev.copy_(kept);
  }

  protected override checkOptions(options: RpropOptions): void {
    super.checkOptions(options);
    const [shrink, grow] = options.etas;
    if (!(shrink > 0 && shrink < 1 && grow > 1)) throw new ArgumentError(`Invalid eta values: ${shrink}, ${grow}`);
  }
}
