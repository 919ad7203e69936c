/** A run as data: what its events add up to. The extension, the panel and the command line each keep one. Pure; every change makes a new snapshot. */
import type {
  Intervention,
  LineNews,
  ModelInfo,
  OptimizerInfo,
  Place,
  Problem,
  Progress,
  RunEvent,
  RunMode,
  RunState,
  SeenValue,
  StepTrace,
  TakenWeights,
  WatchSettings,
} from "../protocol/index.ts";
import { addPoints, boundCurves, renameCurve, type CurveBounds, type Curves } from "./curves.ts";
import { addEpochs, thinEpochs, type EpochStart } from "./epochs.ts";
import { addPrinted, boundPrinted, nothingPrinted, type Printed, type PrintedBounds } from "./printed.ts";
import { healthProblems } from "./health/problems.ts";
import { follow, type AllFollowed } from "./followed.ts";
import { withNews } from "./lines.ts";
import { isFinal } from "./standing.ts";
import { nameLength, shorten, textLength } from "./text.ts";
import { addPass, boundPasses, countPasses, type PassBounds, type SeenPass } from "./passes.ts";
import { addChanges, addSample, boundSamples, countStep, type MeasuredSteps, type SampleBounds, type Samples } from "./samples.ts";
import { addWork, boundWorks, type Works } from "./work.ts";

export interface RunSnapshot {
  readonly runId: string;
  readonly file: string;
  readonly mode: RunMode;
  readonly state: RunState;
  /** ms since the epoch */
  readonly startedAt: number;
  readonly endedAt?: number;
  /** Its process is none of Kindling's: it is looked at, and can't be told anything. */
  readonly onlyWatched?: true;
  /** The file's text, or an import's, on disk is another than when the run began. */
  readonly edited?: boolean;
  readonly models: readonly ModelInfo[];
  /** What was logged under each name; long curves are thinned out, peaks, dips and holes kept. */
  readonly curves: Curves;
  /** Where epochs began, oldest first; those of round numbers when there are many. */
  readonly epochs: readonly EpochStart[];
  readonly progress?: Progress;
  /** The newest of each line that tells something, in the order in which they were met; absent of a run from before there were any. */
  readonly lines?: readonly LineNews[];
  /** Sampled steps of each model, oldest first; those of round numbers when there are many. */
  readonly samples: Samples;
  /** How many there were; absent of a run from before these were counted. */
  readonly measuredSteps?: MeasuredSteps;
  /** Of each structure one, in the order in which they were met. */
  readonly passes: readonly SeenPass[];
  /** What modules did in sampled steps, thinned out as the samples are. */
  readonly works: Works;
  /** What wrote the tensors of a step that was asked about, the last one. */
  readonly trace?: StepTrace;
  /** What was told of the samples that are followed through the models. */
  readonly followed: AllFollowed;
  readonly problems: readonly Problem[];
  readonly notes: readonly Note[];
  readonly printed: Printed;
  readonly optimizers: readonly OptimizerInfo[];
  /** What a person changed in the run, oldest first. */
  readonly interventions: readonly Intervention[];
  /** What it began with, of another run's weights. */
  readonly weights?: TakenWeights;
  /** Why what was asked for last could not be done. */
  readonly refusal?: string;
  /** What is watched, where that was chosen while it ran. */
  readonly watch?: WatchSettings;
  /** Where it stands, while it is paused. */
  readonly place?: Place;
  /** It stands at a breakpoint, or between two steps of the debugger's. */
  readonly inDebugger?: boolean;
  /** What the tensors in the program's lines were like, where it was inspected. */
  readonly values?: readonly SeenValue[];
}

/** Something logged that is no number. */
export interface Note {
  readonly name: string;
  readonly step: number;
  readonly text: string;
}

/** How much of a run is kept. */
export interface Bounds extends CurveBounds, SampleBounds, PassBounds {
  readonly notes: number;
  readonly epochs: number;
  readonly printed: PrintedBounds;
  /** Problems; the first are those that tell most. */
  readonly problems: number;
  /** Interventions, the latest. */
  readonly interventions: number;
}

export const memoryBounds: Bounds = {
  points: 10_000,
  allPoints: 50_000,
  series: 1_000,
  tensors: 60_000,
  // More columns than this can't be told apart in a heatmap.
  steps: 200,
  passNodes: 12_000,
  notes: 1_000,
  epochs: 1_000,
  printed: { lines: 2_000, characters: 400_000 },
  problems: 100,
  interventions: 1_000,
};

export function emptySnapshot(run: Pick<RunSnapshot, "runId" | "file" | "mode" | "startedAt">): RunSnapshot {
  return {
    ...run,
    state: "starting",
    models: [],
    curves: new Map(),
    epochs: [],
    samples: new Map(),
    measuredSteps: new Map(),
    works: new Map(),
    followed: new Map(),
    passes: [],
    problems: [],
    notes: [],
    printed: nothingPrinted,
    optimizers: [],
    interventions: [],
  };
}

/** @returns the same object where nothing of the event is kept */
export function reduceSnapshot(run: RunSnapshot, event: RunEvent, bounds: Bounds = memoryBounds): RunSnapshot {
  switch (event.type) {
    case "state": {
      const { place, inDebugger: _, ...rest } = run;
      if (isFinal(event.state)) return ended({ ...rest, state: event.state, endedAt: event.at }, bounds);
      return { ...rest, state: event.state, ...(event.state === "paused" && place && { place }) };
    }
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
    case "lines":
      return { ...run, lines: withNews(run.lines ?? [], event.lines) };
    case "statistics":
      return {
        ...run,
        samples: addSample(run.samples, event.statistics, bounds),
        ...(run.measuredSteps && { measuredSteps: countStep(run.measuredSteps, run.samples, event.statistics) }),
      };
    case "pass":
      return { ...run, passes: addPass(run.passes, event.pass, bounds) };
    case "passCounts":
      return { ...run, passes: countPasses(run.passes, event.counts) };
    case "work":
      return { ...run, works: addWork(run.works, event.work, bounds) };
    case "trace":
      return { ...run, trace: event.trace };
    case "followed":
      return { ...run, followed: follow(run.followed, event.news) };
    case "changes": {
      const samples = addChanges(run.samples, event.changes);
      return samples === run.samples ? run : { ...run, samples };
    }
    case "problem":
      return withProblems(run, [event.problem], bounds);
    case "optimizers":
      return { ...run, optimizers: event.optimizers };
    case "intervention": {
      const { refusal: _, ...rest } = run;
      return { ...rest, interventions: [...run.interventions, event.intervention].slice(-bounds.interventions) };
    }
    case "refused":
      return { ...run, refusal: shorten(event.message, textLength) };
    case "weights":
      return { ...run, weights: event.weights };
    case "watch":
      return { ...run, watch: event.watch };
    case "place":
      return { ...run, place: event.place };
    case "debugger": {
      const { inDebugger: _, ...rest } = run;
      return event.stands ? { ...rest, inDebugger: true } : rest;
    }
    case "values":
      return { ...run, values: event.values };
    case "classes":
    case "files":
    case "captured":
    case "onnx":
      return run;
  }
}

/** What it comes to is said once it is over. */
function ended(run: RunSnapshot, bounds: Bounds): RunSnapshot {
  return run.mode === "train" ? withProblems(run, healthProblems(run), bounds) : run;
}

/** The first are those that tell most. */
function withProblems(run: RunSnapshot, told: readonly Problem[], bounds: Bounds): RunSnapshot {
  const problems = told.slice(0, Math.max(0, bounds.problems - run.problems.length));
  if (problems.length === 0) return run;
  return { ...run, problems: [...run.problems, ...problems.map((problem) => ({ ...problem, message: shorten(problem.message, textLength) }))] };
}

/** The same run within smaller bounds. */
export function shrink(run: RunSnapshot, bounds: Bounds): RunSnapshot {
  return {
    ...run,
    curves: boundCurves(run.curves, bounds),
    samples: boundSamples(run.samples, bounds),
    passes: boundPasses(run.passes, bounds),
    works: boundWorks(run.works, bounds),
    notes: run.notes.slice(-bounds.notes),
    epochs: thinEpochs(run.epochs, bounds.epochs),
    printed: boundPrinted(run.printed, bounds.printed),
  };
}
