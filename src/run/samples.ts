/** What was measured in a run's sampled steps, by model, within bounds. */
import type { ModuleStatistics, StepChanges, StepStatistics } from "../protocol/index.ts";
import { formatCount, plural } from "./numbers.ts";
import { thinEvenly } from "./thinning.ts";

/** Sampled steps by `ModelInfo.id`, each list in the order of its steps. */
export type Samples = ReadonlyMap<number, readonly StepStatistics[]>;

export interface SampleBounds {
  /** Measured tensors of the whole run; one is a histogram and its numbers, about a third of a kilobyte. */
  readonly tensors: number;
  /** Sampled steps of one model. */
  readonly steps: number;
}

export function addSample(samples: Samples, sample: StepStatistics, bounds: SampleBounds): Samples {
  return boundSamples(addStep(samples, sample), bounds);
}

/** How many steps of each model were measured, by `ModelInfo.id`: more than samples where these were thinned out. */
export type MeasuredSteps = ReadonlyMap<number, number>;

/** @param samples those before this one: a step that is told again is measured once */
export function countStep(counts: MeasuredSteps, samples: Samples, { model, step }: StepStatistics): MeasuredSteps {
  if (samples.get(model)?.some((one) => one.step === step)) return counts;
  return new Map(counts).set(model, (counts.get(model) ?? 0) + 1);
}

/** `200 of 1,340 measured steps`; `12 measured steps` where that is all. */
export function keptText(kept: number, measured: number): string {
  return measured > kept ? `${formatCount(kept)} of ${plural(measured, "measured step")}` : plural(kept, "measured step");
}

/** What was measured in one more step of a model, in the order of the steps; a step that was there already is replaced. */
export function addStep<T extends { readonly model: number; readonly step: number }>(
  byModel: ReadonlyMap<number, readonly T[]>,
  measured: T,
): ReadonlyMap<number, readonly T[]> {
  const own = (byModel.get(measured.model) ?? []).filter(({ step }) => step !== measured.step);
  const at = own.findLastIndex(({ step }) => step < measured.step) + 1;
  return new Map(byModel).set(measured.model, own.toSpliced(at, 0, measured));
}

/** Puts what a step changed to what was measured of it before; what isn't kept of it is left out. */
export function addChanges(samples: Samples, { model, step, parameters }: StepChanges): Samples {
  const own = samples.get(model) ?? [];
  const at = own.findLastIndex((sample) => sample.step === step);
  if (at < 0) return samples;
  const changes = new Map(parameters.map(({ module, name, change }) => [`${module}.${name}`, change]));
  const modules = own[at]!.modules.map((statistics) => withChanges(statistics, changes));
  return new Map(samples).set(model, own.with(at, { ...own[at]!, modules }));
}

function withChanges(statistics: ModuleStatistics, changes: ReadonlyMap<string, number>): ModuleStatistics {
  const parameters = statistics.parameters.map((parameter) => {
    const change = changes.get(`${statistics.module}.${parameter.name}`);
    return change === undefined ? parameter : { ...parameter, change };
  });
  return { ...statistics, parameters };
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
  for (const { output, outputGradient, furtherOutputs = [], parameters } of modules) {
    count += (output ? 1 : 0) + (outputGradient ? 1 : 0);
    for (const { gradient } of furtherOutputs) count += gradient ? 2 : 1;
    for (const { gradient } of parameters) count += gradient ? 2 : 1;
  }
  return count;
}
