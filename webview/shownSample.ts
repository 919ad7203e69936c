/** Which of a model's sampled steps is shown, and what it says of a module. */
export { rootMeanSquare } from "../src/run/rootMeanSquare.ts";
import type { ModuleStatistics, StepStatistics, TensorKind, TensorStatistics } from "../src/protocol/index.ts";

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

export function tensorStatistics(statistics: ModuleStatistics | undefined, kind: TensorKind): TensorStatistics | undefined {
  if (kind === "output") return statistics?.output;
  if (kind === "outputGradient") return statistics?.outputGradient;
  const separator = kind.indexOf(":");
  const [what, which] = [kind.slice(0, separator), kind.slice(separator + 1)];
  const further = statistics?.furtherOutputs?.[Number(which) - 1];
  if (what === "output") return further?.output;
  if (what === "outputGradient") return further?.gradient;
  const parameter = statistics?.parameters.find((entry) => entry.name === which);
  return what === "parameter" ? parameter?.value : parameter?.gradient;
}
