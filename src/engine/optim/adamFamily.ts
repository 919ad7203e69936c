import { optimizerState } from "../ops/optimizers.ts";
import type { Tensor } from "../tensor.ts";
import { Optimizer, type OptimizerOptions } from "./optimizer.ts";
import { checkBetas, checkNotNegative } from "./ranges.ts";

export interface AdamFamilyOptions extends OptimizerOptions {
  /** Decay rates of the running means of gradient and squared gradient. Default [0.9, 0.999]. */
  betas: readonly [number, number];
  /** Added to the denominator. Default 1e-8. */
  eps: number;
  /** L2 penalty; decoupled, decay of the parameter itself. Default 0, of AdamW 0.01. */
  weightDecay: number;
  /** Climb instead of descend. Default false. */
  maximize: boolean;
}

/** What Adam and its relatives share: their options' ranges. */
export abstract class AdamFamily<Options extends AdamFamilyOptions> extends Optimizer<Options> {
  protected override checkOptions(options: Options): void {
    super.checkOptions(options);
    checkNotNegative(options, "eps", "weightDecay");
    checkBetas(options.betas);
  }
}

export type RunningMeans = {
  step: number;
  /** Of the gradient. */
  expAvg: Tensor;
  /** Of its square. */
  expAvgSq: Tensor;
};

/** Before a parameter's first step. */
export function runningMeans(parameter: Tensor): RunningMeans {
  return { step: 0, expAvg: optimizerState(parameter), expAvgSq: optimizerState(parameter) };
}
