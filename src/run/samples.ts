/** What was measured in a run's sampled steps, by model, within bounds. */
import type { StepStatistics } from "../protocol/index.ts";
import { thinEvenly } from "./thinning.ts";

/** Sampled steps by `ModelInfo.id`, each list in the order of its steps. */
export type Samples = ReadonlyMap<number, readonly StepStatistics[]>;

export interface SampleBounds {
  /** Measured tensors of the whole run; one is a histogram and its numbers, about a third of a kilobyte. */
  readonly tensors: number;
  /** Sampled steps of one model. */
  readonly steps: number;
}

/** A step that was there already is replaced. */
export function addSample(samples: Samples, sample: StepStatistics, bounds: SampleBounds): Samples {
  const own = (samples.get(sample.model) ?? []).filter(({ step }) => step !== sample.step);
  const at = own.findLastIndex(({ step }) => step < sample.step) + 1;
  return boundSamples(new Map(samples).set(sample.model, own.toSpliced(at, 0, sample)), bounds);
}

/** The same samples within bounds, thinned out evenly over the steps; of each model the first and the last always stay. */
export function boundSamples(samples: Samples, { tensors, steps }: SampleBounds): Samples {
  const limit = (own: readonly StepStatistics[]): number => {
    const size = Math.max(1, own.length === 0 ? 0 : countTensors(own.at(-1)!));
    return Math.min(steps, Math.floor(tensors / samples.size / size));
  };
  return new Map([...samples].map(([model, own]) => [model, thinEvenly(own, limit(own))]));
}

function countTensors({ modules }: StepStatistics): number {
  let count = 0;
  for (const { output, outputGradient, parameters } of modules) {
    count += (output ? 1 : 0) + (outputGradient ? 1 : 0);
    for (const { gradient } of parameters) count += gradient ? 2 : 1;
  }
  return count;
}
