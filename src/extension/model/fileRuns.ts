/** All that is known of one model file: its last training, its last inspection, and what is in it. Pure. */
import type { ModelClassInfo, ModelInfo, Problem, RunEvent, RunMode, RunSnapshot } from "../../protocol/index.ts";
import { relocateClass, relocateModel, relocateProblem, type Rename } from "./relocate.ts";
import { emptySnapshot, isFinal, reduceSnapshot } from "./snapshot.ts";

/** What the newest run that got far enough said is in the file. A later run that fails early leaves it as it was. */
export interface Structure {
  readonly models: readonly ModelInfo[];
  readonly classes: readonly ModelClassInfo[];
  /** The user's files that took part. */
  readonly files: readonly string[];
  /** When the run began that said so, ms since the epoch. */
  readonly at: number;
}

export interface FileRuns {
  readonly file: string;
  readonly train?: RunSnapshot;
  readonly inspect?: RunSnapshot;
  /** Which of the two the panel shows. */
  readonly shown?: RunMode;
  readonly structure?: Structure;
  /** Of every run since the last one began. */
  readonly problems: readonly Problem[];
}

export interface RunStart {
  readonly runId: string;
  readonly mode: RunMode;
  readonly startedAt: number;
  /** Nobody asked for it: it must not take a training out of the panel. */
  readonly automatic: boolean;
}

export function beginRun(runs: FileRuns, start: RunStart): FileRuns {
  const snapshot = emptySnapshot({
    runId: start.runId,
    file: runs.file,
    mode: start.mode,
    startedAt: start.startedAt,
  });
  const shown = start.automatic && runs.train ? (runs.shown ?? "train") : start.mode;
  return { ...runs, [start.mode]: snapshot, shown, problems: [] };
}

/** @returns the same object where the event is of a run that is no longer of interest, or came after its end */
export function reduceFileRuns(runs: FileRuns, runId: string, event: RunEvent): FileRuns {
  const run = runOf(runs, runId);
  if (!run || isFinal(run.state)) return runs;
  const next: FileRuns = { ...runs, [run.mode]: reduceSnapshot(run, event) };
  if (event.type === "problem") return { ...next, problems: [...runs.problems, event.problem] };
  const structure = reduceStructure(runs.structure, run, event);
  return structure ? { ...next, structure } : next;
}

function reduceStructure(old: Structure | undefined, run: RunSnapshot, event: RunEvent): Structure | undefined {
  // An inspection that began after a training knows the file as it is now; the training still has the old text.
  if (old && old.at > run.startedAt) return old;
  if (event.type === "state") {
    const nothing = event.state === "finished" && run.models.length === 0;
    return nothing ? { models: [], classes: old?.classes ?? [], files: old?.files ?? [], at: run.startedAt } : old;
  }
  const base = old ?? { models: [], classes: [], files: [], at: run.startedAt };
  switch (event.type) {
    case "models":
      return { ...base, at: run.startedAt, models: event.models };
    case "classes":
      return { ...base, at: run.startedAt, classes: event.classes };
    case "files":
      return { ...base, at: run.startedAt, files: event.files };
    default:
      return old;
  }
}

export function runOf(runs: FileRuns, runId: string): RunSnapshot | undefined {
  return [runs.train, runs.inspect].find((run) => run?.runId === runId);
}

/** The run that the panel shows. */
export function shownRun(runs: FileRuns): RunSnapshot | undefined {
  return runs.shown ? runs[runs.shown] : undefined;
}

export function isTraining(runs: FileRuns | undefined): boolean {
  return runs?.train !== undefined && !isFinal(runs.train.state);
}

export function isInspecting(runs: FileRuns | undefined): boolean {
  return runs?.inspect !== undefined && !isFinal(runs.inspect.state);
}

export function isPaused(runs: FileRuns | undefined): boolean {
  return runs?.train?.state === "paused";
}

export function relocateFileRuns(runs: FileRuns, rename: Rename): FileRuns {
  return {
    ...runs,
    file: rename(runs.file),
    ...(runs.train && { train: relocateSnapshot(runs.train, rename) }),
    ...(runs.inspect && { inspect: relocateSnapshot(runs.inspect, rename) }),
    ...(runs.structure && {
      structure: {
        ...runs.structure,
        models: runs.structure.models.map((model) => relocateModel(model, rename)),
        classes: runs.structure.classes.map((info) => relocateClass(info, rename)),
        files: runs.structure.files.map(rename),
      },
    }),
    problems: runs.problems.map((problem) => relocateProblem(problem, rename)),
  };
}

function relocateSnapshot(run: RunSnapshot, rename: Rename): RunSnapshot {
  return {
    ...run,
    file: rename(run.file),
    models: run.models.map((model) => relocateModel(model, rename)),
    problems: run.problems.map((problem) => relocateProblem(problem, rename)),
  };
}
