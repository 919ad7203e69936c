/** What the watch measures of one tensor. */
export interface TensorStatistics {
  readonly shape: readonly number[];
  /** Number of values. */
  readonly count: number;
  /** Over the finite values; `std` is the sample standard deviation (divides by n − 1), as PyTorch's `std()`. */
  readonly mean: number;
  readonly std: number;
  readonly min: number;
  readonly max: number;
  /** Fraction of all values that are exactly zero, 0 to 1. */
  readonly zeroFraction: number;
  /** Number of NaN and infinite values. */
  readonly nonFinite: number;
  readonly histogram: Histogram;
}

/** Equal-width bins over [low, high], the last one closed; the counts add up to the number of finite values. */
export interface Histogram {
  readonly low: number;
  readonly high: number;
  readonly counts: readonly number[];
}

export interface ParameterStatistics {
  readonly name: string;
  readonly value: TensorStatistics;
  /** Absent where no gradient had arrived. */
  readonly gradient?: TensorStatistics;
}

/** One module in one sampled step. */
export interface ModuleStatistics {
  /** `ModuleInfo.id` */
  readonly module: number;
  /** The first tensor of its last output in that step. */
  readonly output?: TensorStatistics;
  /** Gradient of the loss with respect to that output. */
  readonly outputGradient?: TensorStatistics;
  readonly parameters: readonly ParameterStatistics[];
}

/** All that was measured in one sampled training step of one model. */
export interface StepStatistics {
  /** `ModelInfo.id` */
  readonly model: number;
  /** Step of the run, from 0. Optimizers that step in the same turn of the loop share one. */
  readonly step: number;
  readonly epoch: number;
  /**
   * The step was not chosen to be measured; this is what was still there when the run paused or ended: parameters (after
   * the step, if it was over) and their gradients, no outputs.
   */
  readonly afterwards?: true;
  readonly modules: readonly ModuleStatistics[];
}
