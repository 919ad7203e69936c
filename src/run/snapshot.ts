/** A run as data: what its events add up to. The extension, the panel and the command line each keep one. Pure; every change makes a new snapshot. */
import type { ModelInfo, Problem, Progress, RunEvent, RunMode, RunState } from "../protocol/index.ts";
import { addPoints, boundCurves, renameCurve, type CurveBounds, type Curves } from "./curves.ts";
import { addEpochs, type EpochStart } from "./epochs.ts";
import { addPrinted, boundPrinted, nothingPrinted, type Printed, type PrintedBounds } from "./printed.ts";
import { addSample, boundSamples, type SampleBounds, type Samples } from "./samples.ts";
import { isFinal } from "./standing.ts";
import { nameLength, shorten, textLength } from "./text.ts";
import { thinEvenly } from "./thinning.ts";

export interface RunSnapshot {
  readonly runId: string;
  readonly file: string;
  readonly mode: RunMode;
  readonly state: RunState;
  /** ms since the epoch */
  readonly startedAt: number;
  readonly endedAt?: number;
  /** The file's text, or an import's, on disk is another than when the run began. */
  readonly edited?: boolean;
  readonly models: readonly ModelInfo[];
  /** What was logged under each name; long curves are thinned out, peaks, dips and holes kept. */
  readonly curves: Curves;
  /** Where epochs began, oldest first; thinned out evenly when there are many. */
  readonly epochs: readonly EpochStart[];
  readonly progress?: Progress;
  /** Sampled steps of each model, oldest first; thinned out evenly when there are many. */
  readonly samples: Samples;
  readonly problems: readonly Problem[];
  readonly notes: readonly Note[];
  readonly printed: Printed;
}

/** Something logged that is no number. */
export interface Note {
  readonly name: string;
  readonly step: number;
  readonly text: string;
}

/** How much of a run is kept. */
export interface Bounds extends CurveBounds, SampleBounds {
  readonly notes: number;
  readonly epochs: number;
  readonly printed: PrintedBounds;
  /** Problems; the first are those that tell most. */
  readonly problems: number;
}

export const memoryBounds: Bounds = {
  points: 10_000,
  allPoints: 50_000,
  series: 1_000,
  tensors: 30_000,
  // More columns than this can't be told apart in a heatmap.
  steps: 200,
  notes: 1_000,
  epochs: 1_000,
  printed: { lines: 2_000, characters: 400_000 },
  problems: 100,
};

export function emptySnapshot(run: Pick<RunSnapshot, "runId" | "file" | "mode" | "startedAt">): RunSnapshot {
  return { ...run, state: "starting", models: [], curves: new Map(), epochs: [], samples: new Map(), problems: [], notes: [], printed: nothingPrinted };
}

/** @returns the same object where nothing of the event is kept */
export function reduceSnapshot(run: RunSnapshot, event: RunEvent, bounds: Bounds = memoryBounds): RunSnapshot {
  switch (event.type) {
    case "state":
      return { ...run, state: event.state, ...(isFinal(event.state) && { endedAt: event.at }) };
    case "models":
      return { ...run, models: event.models };
    case "metrics": {
      const curves = addPoints(run.curves, event.points, bounds);
      return curves === run.curves ? run : { ...run, curves, epochs: addEpochs(run.epochs, event.points, bounds.epochs) };
    }
    case "renamed": {
      const curves = renameCurve(run.curves, event.from, event.to);
      return curves === run.curves ? run : { ...run, curves };
    }
    case "note": {
      const note = { name: shorten(event.name, nameLength), step: event.step, text: shorten(event.text, textLength) };
      return { ...run, notes: [...run.notes, note].slice(-bounds.notes) };
    }
    case "printed":
      return { ...run, printed: addPrinted(run.printed, event.lines, event.skipped, bounds.printed) };
    case "progress":
      return { ...run, progress: event.progress };
    case "statistics":
      return { ...run, samples: addSample(run.samples, event.statistics, bounds) };
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
    curves: boundCurves(run.curves, bounds),
    samples: boundSamples(run.samples, bounds),
    notes: run.notes.slice(-bounds.notes),
    epochs: thinEvenly(run.epochs, bounds.epochs),
    printed: boundPrinted(run.printed, bounds.printed),
  };
}
