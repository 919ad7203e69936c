import { adamStep, optimizerState, type AdamUpdate } from "../ops/optimizers.ts";
import type { Tensor } from "../tensor.ts";
import { AdamFamily, runningMeans, type AdamFamilyOptions, type RunningMeans } from "./adamFamily.ts";
import type { OptimizerParameters, ParamGroup } from "./optimizer.ts";

/** @api optim.AdamOptions */
export interface AdamOptions extends AdamFamilyOptions {
  /** Divide by the largest running mean of squares so far (Reddi et al., 2018). Default false. */
  amsgrad: boolean;
  /** Shrink the weights by themselves instead of adding a penalty to their gradient. Default false; AdamW always does. */
  decoupledWeightDecay?: boolean;
}

/** With AMSGrad the largest mean of squares as well. */
type AdamState = RunningMeans & { maxExpAvgSq?: Tensor };

/**
 * Adam: steps by running means of the gradient and of its square (Kingma & Ba, 2015).
 * @param params tensors, or groups `{ params, lr, … }` with options of their own
 * @param lr learning rate
 * @param betas decay rates of the two means
 * @param eps added to the denominator
 * @param weightDecay L2 penalty
 * @param amsgrad divide by the largest mean of squares so far
 * @param options `decoupledWeightDecay`: shrink the weights by themselves instead, as AdamW
 * @throws ArgumentError where an option is out of range
 * @see https://pytorch.org/docs/stable/generated/torch.optim.Adam.html
 * @api optim.Adam
 */
export class Adam extends AdamFamily<AdamOptions> {
  constructor(
    params: OptimizerParameters<AdamOptions>,
    lr = 1e-3,
    betas: readonly [number, number] = [0.9, 0.999],
    eps = 1e-8,
    weightDecay = 0,
    amsgrad = false,
    { maximize = false, decoupledWeightDecay = false }: { maximize?: boolean; decoupledWeightDecay?: boolean } = {},
  ) {
    // In the groups only where it is chosen: checkpoints of PyTorch 1 don't have it.
    super(params, { lr, betas, eps, weightDecay, amsgrad, maximize, ...(decoupledWeightDecay && { decoupledWeightDecay }) });
  }

  protected override updateGroup(group: ParamGroup<AdamOptions>): void {
    const updates: AdamUpdate[] = [];
    for (const parameter of group.params) {
      if (parameter.gradSlot === null) continue;
      const state: AdamState = this.remembered(parameter, group, runningMeans);
      if (group.amsgrad) state.maxExpAvgSq ??= optimizerState(parameter);
      state.step++;
      updates.push({ parameter, state });
    }
    if (updates.length > 0) adamStep(updates, group, this.isDecoupled(group));
  }

  protected isDecoupled(group: ParamGroup<AdamOptions>): boolean {
    return group.decoupledWeightDecay === true;
  }
}

/**
 * Adam with decoupled weight decay: the weights shrink by themselves (Loshchilov & Hutter, 2019).
 * @param params tensors, or groups `{ params, lr, … }` with options of their own
 * @param lr learning rate
 * @param betas decay rates of the running means of gradient and squared gradient
 * @param eps added to the denominator
 * @param weightDecay share of the rate by which weights shrink
 * @param amsgrad divide by the largest mean of squares so far
 * @throws ArgumentError where an option is out of range
 * @see https://pytorch.org/docs/stable/generated/torch.optim.AdamW.html
 * @api optim.AdamW
 */
export class AdamW extends Adam {
  constructor(
    params: OptimizerParameters<AdamOptions>,
    lr = 1e-3,
    betas: readonly [number, number] = [0.9, 0.999],
    eps = 1e-8,
    weightDecay = 1e-2,
    amsgrad = false,
    { maximize = false }: { maximize?: boolean } = {},
  ) {
    super(params, lr, betas, eps, weightDecay, amsgrad, { maximize });
  }

  protected override isDecoupled(): boolean {
    return true;
  }
}
