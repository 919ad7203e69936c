/** A run as data: what its events add up to. Pure; every change makes a new snapshot. */
import type { MetricPoint, RunEvent, RunMode, RunSnapshot, RunState, StepStatistics } from "../../protocol/index.ts";

/** How much of a run is kept. */
export interface Bounds {
  /** Points of one metric. */
  readonly points: number;
  /** Measured tensors of the whole run; one is a histogram and its numbers, about half a kilobyte. */
  readonly tensors: number;
  /** Sampled steps of one model. */
  readonly steps: number;
  readonly notes: number;
}

export const memoryBounds: Bounds = { points: 20_000, tensors: 30_000, steps: 400, notes: 1_000 };

/** For what is written to disk, so that it is written and read without being felt. */
export const diskBounds: Bounds = { points: 5_000, tensors: 3_000, steps: 60, notes: 200 };

export function emptySnapshot(run: { runId: string; file: string; mode: RunMode; startedAt: number }): RunSnapshot {
  return { ...run, state: "starting", models: [], metrics: [], statistics: [], problems: [], notes: [] };
}

export function isFinal(state: RunState): boolean {
  return state === "finished" || state === "stopped" || state === "failed";
}

export function reduceSnapshot(run: RunSnapshot, event: RunEvent, bounds: Bounds = memoryBounds): RunSnapshot {
  switch (event.type) {
    case "state":
      return isFinal(event.state) ? { ...run, state: event.state, endedAt: event.at } : { ...run, state: event.state };
    case "models":
      return { ...run, models: event.models };
    case "metrics":
      return { ...run, metrics: boundMetrics([...run.metrics, ...event.points], bounds) };
    case "note":
      return {
        ...run,
        notes: [...run.notes, { name: event.name, step: event.step, text: event.text }].slice(-bounds.notes),
      };
    case "progress":
      return { ...run, progress: event.progress };
    case "statistics":
      return { ...run, statistics: boundStatistics([...run.statistics, event.statistics], bounds) };
    case "problem":
      return { ...run, problems: [...run.problems, event.problem] };
    case "classes":
    case "files":
      return run;
  }
}

/** The same run within smaller bounds. */
export function shrink(run: RunSnapshot, bounds: Bounds): RunSnapshot {
  return {
    ...run,
    metrics: boundMetrics(run.metrics, bounds),
    statistics: boundStatistics(run.statistics, bounds),
    notes: run.notes.slice(-bounds.notes),
  };
}

/** A series with too many points is thinned evenly over its steps, never losing its first and last: the curve keeps its shape. */
function boundMetrics(points: readonly MetricPoint[], bounds: Bounds): readonly MetricPoint[] {
  const sizes = new Map<string, number>();
  for (const { name } of points) sizes.set(name, (sizes.get(name) ?? 0) + 1);
  const full = [...sizes].filter(([, size]) => size > bounds.points).map(([name]) => name);
  if (full.length === 0) return points;
  const kept = new Set<MetricPoint>();
  for (const name of full) {
    const series = points.filter((point) => point.name === name);
    // Room for as many again, so that this work is done once in many events.
    for (const point of spread(series, Math.ceil(bounds.points / 2))) kept.add(point);
  }
  return points.filter((point) => !full.includes(point.name) || kept.has(point));
}

function boundStatistics(samples: readonly StepStatistics[], bounds: Bounds): readonly StepStatistics[] {
  const models = new Map<number, StepStatistics[]>();
  for (const sample of samples) {
    const own = models.get(sample.model);
    if (own) own.push(sample);
    else models.set(sample.model, [sample]);
  }
  const kept = new Set<StepStatistics>();
  let thinned = false;
  for (const own of models.values()) {
    const limit = stepLimit(own, bounds, models.size);
    thinned ||= own.length > limit;
    for (const sample of own.length > limit ? spread(own, limit) : own) kept.add(sample);
  }
  return thinned ? samples.filter((sample) => kept.has(sample)) : samples;
}

function stepLimit(samples: readonly StepStatistics[], bounds: Bounds, models: number): number {
  const last = samples.at(-1);
  const tensors = last ? countTensors(last) : 0;
  return Math.max(2, Math.min(bounds.steps, Math.floor(bounds.tensors / models / Math.max(1, tensors))));
}

function countTensors(sample: StepStatistics): number {
  let count = 0;
  for (const module of sample.modules) {
    count += (module.output ? 1 : 0) + (module.outputGradient ? 1 : 0);
    for (const parameter of module.parameters) count += parameter.gradient ? 2 : 1;
  }
  return count;
}

/** Picks at most `size` items whose steps are spread evenly, the first and the last among them. */
function spread<T extends { readonly step: number }>(items: readonly T[], size: number): readonly T[] {
  const first = items[0];
  const last = items.at(-1);
  if (!first || !last || items.length <= size) return items;
  if (items.length - size === 1) return items.toSpliced(smallestGap(items), 1);
  const width = (last.step - first.step) / Math.max(1, size - 1);
  const kept = new Set<T>([first]);
  let at = 0;
  for (let place = 1; place < size - 1; place++) {
    const step = first.step + place * width;
    const distance = (index: number): number => Math.abs((items[index]?.step ?? Infinity) - step);
    while (distance(at + 1) <= distance(at)) at++;
    kept.add(items[at] ?? last);
  }
  return [...kept.add(last)];
}

/** Index of the item whose absence leaves the smallest gap. */
function smallestGap(items: readonly { readonly step: number }[]): number {
  let best = 1;
  let gap = Infinity;
  for (let i = 1; i < items.length - 1; i++) {
    const width = (items[i + 1]?.step ?? 0) - (items[i - 1]?.step ?? 0);
    if (width < gap) [best, gap] = [i, width];
  }
  return best;
}
