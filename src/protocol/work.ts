/**
 * What a model's modules did in one sampled step. The lists have one entry for each of `ModelInfo.modules`: what the module
 * did itself, without the modules that it called.
 */
export interface StepWork {
  /** `ModelInfo.id` */
  readonly model: number;
  /** Step of the run, from 0. */
  readonly step: number;
  /** Whether each module was in training at the end of the step, as `train()` and `eval()` set it. */
  readonly training: readonly boolean[];
  /** How often each module was called. */
  readonly calls: readonly number[];
  /** Milliseconds in its `forward`, and in the gradients of the operations that its `forward` recorded. */
  readonly forward: readonly number[];
  readonly backward: readonly number[];
  /** As `observe/measuring/multiplyAdds.ts` counts them; of the forward pass. */
  readonly multiplyAdds: readonly number[];
  /** Memory of what it returned; what several modules return counts once, for the innermost, and a view of the input not at all. */
  readonly outputBytes: readonly number[];
  /** Of the whole step. */
  readonly total: StepTimes;
}

/** Milliseconds of the program's own, without what watching took and without pauses. */
export interface StepTimes {
  /** Gradients of all operations, those outside of the model (the loss) too. */
  readonly backward: number;
  /** Absent where the step didn't come to it, or was taken by hand. */
  readonly optimizer?: number;
  /** From the end of the step before, with the loading of data; absent where that isn't known. */
  readonly step?: number;
  /** Samples in the batch, where a `DataLoader` tells. */
  readonly samples?: number;
}
