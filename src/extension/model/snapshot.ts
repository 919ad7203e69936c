/** A run as data: what its events add up to. Pure; every change makes a new snapshot. */
import type { RunEvent, RunMode, RunSnapshot, RunState, StepStatistics } from "../../protocol/index.ts";
import { addPoints, boundPoints } from "./points.ts";
import { spread } from "./spread.ts";

/** How much of a run is kept. */
export interface Bounds {
  /** Points of one metric. */
  readonly points: number;
  /** Points of all metrics together. */
  readonly allPoints: number;
  /** Metrics; what comes under further names is not kept. */
  readonly series: number;
  /** Measured tensors of the whole run; one is a histogram and its numbers, about half a kilobyte. */
  readonly tensors: number;
  /** Sampled steps of one model. */
  readonly steps: number;
  readonly notes: number;
  /** Problems; the first are those that tell most. */
  readonly problems: number;
}

export const memoryBounds: Bounds = {
  points: 10_000,
  allPoints: 50_000,
  series: 1_000,
  tensors: 30_000,
  steps: 400,
  notes: 1_000,
  problems: 100,
};

/** For what is written to disk, so that it is written and read without being felt. */
export const diskBounds: Bounds = {
  ...memoryBounds,
  points: 5_000,
  allPoints: 25_000,
  tensors: 3_000,
  steps: 60,
  notes: 200,
};

/** Characters that are kept of a name, and of a text that a program gave. */
const nameLength = 200;
const textLength = 4_000;

export function emptySnapshot(run: { runId: string; file: string; mode: RunMode; startedAt: number }): RunSnapshot {
  return { ...run, state: "starting", models: [], metrics: [], statistics: [], problems: [], notes: [] };
}

export function isFinal(state: RunState): boolean {
  return state === "finished" || state === "stopped" || state === "failed" || state === "interrupted";
}

/** @returns the same object where nothing of the event is kept */
export function reduceSnapshot(run: RunSnapshot, event: RunEvent, bounds: Bounds = memoryBounds): RunSnapshot {
  switch (event.type) {
    case "state":
      return isFinal(event.state) ? { ...run, state: event.state, endedAt: event.at } : { ...run, state: event.state };
    case "models":
      return { ...run, models: event.models };
    case "metrics": {
      const metrics = addPoints(run.metrics, event.points, bounds);
      return metrics === run.metrics ? run : { ...run, metrics };
    }
    case "note": {
      const note = { name: shorten(event.name, nameLength), step: event.step, text: shorten(event.text, textLength) };
      return { ...run, notes: [...run.notes, note].slice(-bounds.notes) };
    }
    case "progress":
      return { ...run, progress: event.progress };
    case "statistics":
      return { ...run, statistics: boundStatistics([...run.statistics, event.statistics], bounds) };
    case "problem": {
      if (run.problems.length >= bounds.problems) return run;
      const problem = { ...event.problem, message: shorten(event.problem.message, textLength) };
      return { ...run, problems: [...run.problems, problem] };
    }
    case "classes":
    case "files":
      return run;
  }
}

/** The same run within smaller bounds. */
export function shrink(run: RunSnapshot, bounds: Bounds): RunSnapshot {
  return {
    ...run,
    metrics: boundPoints(run.metrics, bounds),
    statistics: boundStatistics(run.statistics, bounds),
    notes: run.notes.slice(-bounds.notes),
  };
}

function shorten(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
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
    for (const at of spread(own.length, (index) => own[index]!.step, limit)) kept.add(own[at]!);
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
