/** What modules did in a run's sampled steps, and what it comes to. Pure. */
import type { ModelInfo, StepWork } from "../protocol/index.ts";
import { addStep, type SampleBounds } from "./samples.ts";
import { thinEvenly } from "./thinning.ts";

/** Sampled steps by `ModelInfo.id`, each list in the order of its steps. */
export type Works = ReadonlyMap<number, readonly StepWork[]>;

/** Times are medians over so many sampled steps up to the one that is shown. */
const stepsOfMedian = 9;

export function addWork(works: Works, work: StepWork, bounds: SampleBounds): Works {
  return boundWorks(addStep(works, work), bounds);
}

/** The same within bounds, thinned out evenly over the steps; a step has a row of numbers for each module, as a tensor's statistics are. */
export function boundWorks(works: Works, { tensors, steps }: SampleBounds): Works {
  const limit = (own: readonly StepWork[]): number => Math.min(steps, Math.floor(tensors / works.size / (own.at(-1)?.calls.length || 1)));
  return new Map([...works].map(([model, own]) => [model, thinEvenly(own, limit(own))]));
}

/** What a module did in a step. Times are milliseconds. */
export interface Done {
  readonly forward: number;
  readonly backward: number;
  readonly multiplyAdds: number;
  readonly outputBytes: number;
}

/** Of one module in a step. */
export interface ModuleWork {
  readonly calls: number;
  readonly training: boolean;
  /** What it did itself. */
  readonly own: Done;
  /** The same with everything below it. */
  readonly whole: Done;
}

/** Of a whole step of a model. Times are milliseconds; absent where they aren't known. */
export interface StepSummary {
  readonly step: number;
  /** Sampled steps that the times are medians of. */
  readonly steps: number;
  readonly modules: readonly ModuleWork[];
  /** All gradients, those outside of the model too. */
  readonly backward: number;
  readonly optimizer: number | undefined;
  readonly time: number | undefined;
  readonly samples: number | undefined;
}

const kinds = ["forward", "backward", "multiplyAdds", "outputBytes"] as const satisfies readonly (keyof Done)[];

/**
 * The step `step`, or the nearest before it that was sampled, or else the first; `null`: the newest.
 * @returns undefined where nothing was sampled of the model as it is
 */
export function summarize(works: Works, model: ModelInfo, step: number | null = null): StepSummary | undefined {
  const own = (works.get(model.id) ?? []).filter(({ calls }) => calls.length === model.modules.length);
  const at =
    step === null
      ? own.length - 1
      : Math.max(
          0,
          own.findLastIndex((work) => work.step <= step),
        );
  const shown = own[at];
  if (!shown) return undefined;
  const recent = own.slice(Math.max(0, at + 1 - stepsOfMedian), at + 1);
  const timeOf = (pick: (work: StepWork) => number | undefined): number | undefined => median(recent.flatMap((work) => pick(work) ?? []));
  const done = model.modules.map((_, i): Done => ({
    forward: timeOf(({ forward }) => forward[i])!,
    backward: timeOf(({ backward }) => backward[i])!,
    multiplyAdds: shown.multiplyAdds[i]!,
    outputBytes: shown.outputBytes[i]!,
  }));
  const wholes = withChildren(model, done);
  return {
    step: shown.step,
    steps: recent.length,
    modules: done.map((one, i) => ({ calls: shown.calls[i]!, training: shown.training[i]!, own: one, whole: wholes[i]! })),
    backward: timeOf(({ total }) => total.backward)!,
    optimizer: timeOf(({ total }) => total.optimizer),
    time: timeOf(({ total }) => total.step),
    samples: shown.total.samples,
  };
}

/** Children come after their parents. */
function withChildren({ modules }: ModelInfo, own: readonly Done[]): Done[] {
  const sums = own.map((done) => ({ ...done }));
  for (let i = modules.length - 1; i > 0; i--) {
    const parent = sums[modules[i]!.parent!]!;
    for (const kind of kinds) parent[kind] += sums[i]![kind];
  }
  return sums;
}

function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : sorted.length === 0 ? undefined : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
