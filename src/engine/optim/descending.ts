import type { Tensor } from "../tensor.ts";

interface Descent {
  readonly lr: number;
  readonly maximize: boolean;
  readonly weightDecay: number;
  readonly decoupledWeightDecay?: boolean;
}

/** The gradient as a step down takes it: turned round to climb, with the penalty of the weights. Decoupled, the weights shrink by themselves instead. */
export function descending(parameter: Tensor, gradient: Tensor, { lr, maximize, weightDecay, decoupledWeightDecay = false }: Descent): Tensor {
  const directed = maximize ? gradient.neg() : gradient;
  if (weightDecay === 0) return directed;
  if (!decoupledWeightDecay) return directed.add(parameter, { alpha: weightDecay });
  parameter.mul_(1 - lr * weightDecay);
  return directed;
}
