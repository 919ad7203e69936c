import { ArgumentError } from "../errors.ts";
import { adamStep, optimizerState, type AdamUpdate } from "../ops/index.ts";
import type { Tensor } from "../tensor.ts";
import { Optimizer, withRate, type OptimizerOptions, type OptimizerParameters, type ParamGroup } from "./optimizer.ts";

export interface AdamOptions extends OptimizerOptions {
  /** Decay rates of the running means of gradient and squared gradient. Default [0.9, 0.999]. */
  betas: readonly [number, number];
  /** Added to the denominator. Default 1e-8. */
  eps: number;
  /** Adam: L2 penalty, default 0. AdamW: decay of the parameter itself, default 0.01. */
  weightDecay: number;
  /** Divide by the largest running mean of squares so far (Reddi et al., 2018). Default false. */
  amsgrad: boolean;
  /** Climb instead of descend. Default false. */
  maximize: boolean;
}

type AdamState = {
  step: number;
  expAvg: Tensor;
  expAvgSq: Tensor;
  /** AMSGrad only. */
  maxExpAvgSq?: Tensor;
};

abstract class AdamBase extends Optimizer<AdamOptions> {
  protected abstract readonly decoupled: boolean;

  protected override updateGroup(group: ParamGroup<AdamOptions>): void {
    const updates: AdamUpdate[] = [];
    for (const parameter of group.params) {
      if (parameter.gradSlot === null) continue;
      let state = this.state.get(parameter) as AdamState | undefined;
      if (state === undefined) {
        state = { step: 0, expAvg: optimizerState(parameter), expAvgSq: optimizerState(parameter) };
        this.state.set(parameter, state);
      }
      if (group.amsgrad) state.maxExpAvgSq ??= optimizerState(parameter);
      state.step++;
      updates.push({ parameter, state });
    }
    if (updates.length > 0) adamStep(updates, group, this.decoupled);
  }

  protected override checkOptions(options: AdamOptions): void {
    super.checkOptions(options);
    if (!(options.eps >= 0)) throw new ArgumentError(`Invalid epsilon value: ${options.eps}`);
    options.betas.forEach((beta, i) => {
      if (!(beta >= 0 && beta < 1)) throw new ArgumentError(`Invalid beta parameter at index ${i}: ${beta}`);
    });
    if (!(options.weightDecay >= 0)) throw new ArgumentError(`Invalid weight_decay value: ${options.weightDecay}`);
  }
}

/** Adam (Kingma & Ba, 2015). Default learning rate 1e-3. */
export class Adam extends AdamBase {
  constructor(params: OptimizerParameters<AdamOptions>, options: Partial<AdamOptions> | number = {}) {
    const { lr = 1e-3, betas = [0.9, 0.999], eps = 1e-8, weightDecay = 0, amsgrad = false, maximize = false } = withRate(options);
    super(params, { lr, betas, eps, weightDecay, amsgrad, maximize });
  }

  protected get decoupled(): boolean {
    return false;
  }
}

/** Adam with decoupled weight decay (Loshchilov & Hutter, 2019). Default learning rate 1e-3. */
export class AdamW extends AdamBase {
  constructor(params: OptimizerParameters<AdamOptions>, options: Partial<AdamOptions> | number = {}) {
    const { lr = 1e-3, betas = [0.9, 0.999], eps = 1e-8, weightDecay = 0.01, amsgrad = false, maximize = false } = withRate(options);
    super(params, { lr, betas, eps, weightDecay, amsgrad, maximize });
  }

  protected get decoupled(): boolean {
    return true;
  }
}
