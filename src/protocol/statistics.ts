import type { DeadUnits, UnitStatistics } from "./health.ts";

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
  /** Number of infinite values among them; absent where there is none. */
  readonly infinite?: number | undefined;
  readonly percentiles: Percentiles;
  /** Over the range that nearly all values lie in. */
  readonly histogram: Histogram;
  /** From the smallest value to the largest; absent where `histogram` is that already. */
  readonly fullHistogram?: Histogram | undefined;
}

/** The 1st, 5th, 25th, 50th, 75th, 95th and 99th of the finite values, as NumPy's `percentile`; NaN where there is none. */
export interface Percentiles {
  readonly values: ArrayLike<number>;
  /** Whether they are exact, and not read off a histogram of about 300 bins. */
  readonly exact: boolean;
}

/**
 * Equal-width bins over [low, high], the last one closed, of the finite values that aren't zero; with `below` and `above`,
 * which lie outside, counts add up to the number of these.
 */
export interface Histogram {
  readonly low: number;
  readonly high: number;
  readonly counts: ArrayLike<number>;
  readonly below: number;
  readonly above: number;
}

export interface ParameterStatistics {
  readonly name: string;
  readonly value: TensorStatistics;
  /** Absent where no gradient had arrived. */
  readonly gradient?: TensorStatistics;
  /** Root mean square of what the step then added to it; absent where that wasn't looked at. */
  readonly change?: number;
}

export interface FurtherOutput {
  readonly output: TensorStatistics;
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
  /** The tensors that it returned besides, in their order; at most seven. */
  readonly furtherOutputs?: readonly FurtherOutput[];
  /** Why its output has no gradient in any case: it was computed under `noGrad`, and isn't measured then, or from nothing that is trained. */
  readonly gradientless?: "noGrad" | "untrained";
  /** Place among the calls of the step's modules, from 0; of its last call. */
  readonly call?: number;
  /** Of that output. */
  readonly units?: UnitStatistics;
  /** Its units as a ReLU behind it (or within) left them. */
  readonly rectified?: DeadUnits;
  /** Share, 0 to 1, of what a Sigmoid or Tanh behind it (or within) gave that lies within 1 % of the ends of what that can give. */
  readonly saturated?: number;
  readonly parameters: readonly ParameterStatistics[];
}

/** Names one tensor of a module: `output`, `outputGradient`, `output:1`, `outputGradient:1` (from the second output on), `parameter:weight`, `gradient:weight`. */
export type TensorKind = "output" | "outputGradient" | `output:${number}` | `outputGradient:${number}` | `parameter:${string}` | `gradient:${string}`;

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
  /** What the loss would be for one who guesses by how often each target comes, without a look at the input; where that can be told. */
  readonly guess?: number;
  readonly modules: readonly ModuleStatistics[];
}
