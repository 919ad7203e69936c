import type { Tensor } from "../tensor.ts";

/** The gradient as a step down takes it: turned round to climb, with the penalty of the weights. */
export function descending(parameter: Tensor, gradient: Tensor, group: { readonly maximize: boolean; readonly weightDecay: number }): Tensor {
  const directed = group.maximize ? gradient.neg() : gradient;
  return group.weightDecay === 0 ? directed : directed.add(parameter, { alpha: group.weightDecay });
}
