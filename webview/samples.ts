/** The sampled steps of one model: how many are kept, and which one is meant. */
import type { ModuleStatistics, StepStatistics, TensorStatistics } from "../src/protocol/index.ts";

/** More columns than this can't be told apart in a heatmap. */
const maximumSamples = 200;
/** About 35 MB of histograms. */
const maximumTensors = 100_000;

/**
 * Adds a sample in step order. When there are too many, the one that leaves the smallest gap goes, so that what stays is
 * spread evenly over the run; the first and the newest always stay.
 */
export function addSample(
  samples: readonly StepStatistics[],
  sample: StepStatistics,
  limit = sampleLimit(sample),
): readonly StepStatistics[] {
  const kept = samples.filter((other) => other.step !== sample.step);
  kept.push(sample);
  if (kept.length > 1 && kept[kept.length - 2]!.step > sample.step) kept.sort((a, b) => a.step - b.step);
  while (kept.length > limit) kept.splice(mostCrowded(kept), 1);
  return kept;
}

export function sampleLimit(sample: StepStatistics): number {
  let tensors = 1;
  for (const module of sample.modules) tensors += 2 + 2 * module.parameters.length;
  return Math.min(maximumSamples, Math.max(2, Math.floor(maximumTensors / tensors)));
}

function mostCrowded(samples: readonly StepStatistics[]): number {
  let best = 1;
  let smallest = Infinity;
  for (let i = 1; i < samples.length - 1; i++) {
    const gap = samples[i + 1]!.step - samples[i - 1]!.step;
    if (gap < smallest) {
      smallest = gap;
      best = i;
    }
  }
  return best;
}

/** Index of the sample for a step: the newest for `null`, else the nearest. -1 if there are no samples. */
export function sampleIndex(samples: readonly StepStatistics[], step: number | null): number {
  if (step === null || samples.length === 0) return samples.length - 1;
  let best = 0;
  samples.forEach((sample, i) => {
    if (Math.abs(sample.step - step) < Math.abs(samples[best]!.step - step)) best = i;
  });
  return best;
}

/** The newest sample up to `index` that measured outputs too, and not only what was left when the run paused or ended. */
export function withOutputs(samples: readonly StepStatistics[], index: number): StepStatistics | null {
  return samples.slice(0, index + 1).findLast(({ afterwards }) => !afterwards) ?? samples[index] ?? null;
}

/** Strides of Page Up and Page Down. */
const page = 10;

/** From one sample to the next with a slider's keys; `null` if the key means nothing there. */
export function sampleAfterKey(key: string, index: number, count: number): number | null {
  const within = (next: number) => Math.min(count - 1, Math.max(0, next));
  if (count === 0) return null;
  if (key === "ArrowRight" || key === "ArrowUp") return within(index + 1);
  if (key === "ArrowLeft" || key === "ArrowDown") return within(index - 1);
  if (key === "PageUp") return within(index + page);
  if (key === "PageDown") return within(index - page);
  if (key === "Home") return 0;
  return key === "End" ? count - 1 : null;
}

const byModule = new WeakMap<StepStatistics, Map<number, ModuleStatistics>>();

/** What a sample says of one module. */
export function moduleStatistics(sample: StepStatistics, module: number): ModuleStatistics | undefined {
  let index = byModule.get(sample);
  if (!index) {
    index = new Map(sample.modules.map((entry) => [entry.module, entry]));
    byModule.set(sample, index);
  }
  return index.get(module);
}

/** Names one tensor of a module: `output`, `outputGradient`, `parameter:weight`, `gradient:weight`. */
export type TensorKind = "output" | "outputGradient" | `parameter:${string}` | `gradient:${string}`;

export function tensorStatistics(statistics: ModuleStatistics | undefined, kind: TensorKind): TensorStatistics | undefined {
  if (kind === "output") return statistics?.output;
  if (kind === "outputGradient") return statistics?.outputGradient;
  const separator = kind.indexOf(":");
  const parameter = statistics?.parameters.find((entry) => entry.name === kind.slice(separator + 1));
  return kind.startsWith("parameter") ? parameter?.value : parameter?.gradient;
}

/** Root of the mean square over the finite values, from mean and sample standard deviation. */
export function rootMeanSquare(tensor: TensorStatistics): number {
  const n = tensor.count - tensor.nonFinite;
  if (n <= 0) return NaN;
  const variance = n > 1 ? (tensor.std * tensor.std * (n - 1)) / n : 0;
  return Math.sqrt(tensor.mean * tensor.mean + variance);
}

/** JSON has no NaN and no infinities: they arrive as null. Samples without any are returned as they are. */
export function reviveSample(sample: StepStatistics): StepStatistics {
  const modules = mapChanged(sample.modules, reviveModule);
  return modules === sample.modules ? sample : { ...sample, modules };
}

function reviveModule(module: ModuleStatistics): ModuleStatistics {
  const output = module.output && reviveTensor(module.output);
  const outputGradient = module.outputGradient && reviveTensor(module.outputGradient);
  const parameters = mapChanged(module.parameters, (parameter) => {
    const value = reviveTensor(parameter.value);
    const gradient = parameter.gradient && reviveTensor(parameter.gradient);
    if (value === parameter.value && gradient === parameter.gradient) return parameter;
    return { ...parameter, value, ...(gradient && { gradient }) };
  });
  if (output === module.output && outputGradient === module.outputGradient && parameters === module.parameters) {
    return module;
  }
  return { ...module, ...(output && { output }), ...(outputGradient && { outputGradient }), parameters };
}

function reviveTensor(tensor: TensorStatistics): TensorStatistics {
  const { mean, std, min, max, zeroFraction, histogram } = tensor;
  const numbers: readonly (number | null)[] = [mean, std, min, max, zeroFraction, histogram.low, histogram.high];
  if (!numbers.includes(null)) return tensor;
  return {
    ...tensor,
    mean: mean ?? NaN,
    std: std ?? NaN,
    min: min ?? NaN,
    max: max ?? NaN,
    zeroFraction: zeroFraction ?? NaN,
    histogram: { ...histogram, low: histogram.low ?? NaN, high: histogram.high ?? NaN },
  };
}

function mapChanged<T>(list: readonly T[], change: (item: T) => T): readonly T[] {
  let changed = false;
  const result = list.map((item) => {
    const next = change(item);
    changed ||= next !== item;
    return next;
  });
  return changed ? result : list;
}
