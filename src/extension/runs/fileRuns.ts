/** All that is known of one model file: its last training, its last inspection, and what is in it. Pure. */
import type { ModelClassInfo, ModelInfo, Problem, RunEvent, RunMode } from "../../protocol/index.ts";
import { emptySnapshot, reduceSnapshot, type RunSnapshot } from "../../run/snapshot.ts";
import { isFinal } from "../../run/standing.ts";
import { relocateClass, relocateLine, relocateModel, relocateProblem, relocateValue, type Rename } from "./relocate.ts";

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
  /** What still holds of all that the runs complained of. */
  readonly problems: readonly Problem[];
  /** The files of the training, each with a fingerprint of its text as it was when the training began. */
  readonly sources?: Readonly<Record<string, string>>;
}

export interface RunStart {
  readonly runId: string;
  readonly mode: RunMode;
  readonly startedAt: number;
  /** Nobody asked for it. */
  readonly automatic: boolean;
}

export function beginRun(runs: FileRuns, start: RunStart): FileRuns {
  const snapshot = emptySnapshot({
    runId: start.runId,
    file: runs.file,
    mode: start.mode,
    startedAt: start.startedAt,
  });
  if (start.mode === "train") return withProblems({ ...runs, train: snapshot, shown: "train", sources: {} });
  // An inspection takes no training out of the panel that has anything to show.
  const stays = runs.train && (start.automatic || isTraining(runs) || hasNumbers(runs.train));
  return withProblems({ ...runs, inspect: snapshot, shown: stays ? (runs.shown ?? "train") : "inspect" });
}

/** The text that the training runs is, or is no longer, the text on disk. */
export function markEdited(runs: FileRuns, edited: boolean): FileRuns {
  if (!runs.train || (runs.train.edited ?? false) === edited) return runs;
  const { edited: _, ...train } = runs.train;
  return withProblems({ ...runs, train: edited ? { ...train, edited } : train });
}

/** Chooses what the panel shows. */
export function showRun(runs: FileRuns, mode: RunMode): FileRuns {
  return runs[mode] && runs.shown !== mode ? { ...runs, shown: mode } : runs;
}

/**
 * What the newest run complains of; and what the training does, as long as it is of the text that is there: an
 * inspection goes no further than the first step, so it can't take back what came later.
 */
export function withProblems(runs: FileRuns): FileRuns {
  const { train, inspect } = runs;
  const inspectIsNewer = inspect !== undefined && inspect.startedAt >= (train?.startedAt ?? -Infinity);
  return {
    ...runs,
    problems: [...(train && !(train.edited && inspectIsNewer) ? train.problems : []), ...(inspectIsNewer ? inspect.problems : [])],
  };
}

/** @returns the same object where the event is of a run that is no longer of interest, or came after its end */
export function reduceFileRuns(runs: FileRuns, runId: string, event: RunEvent): FileRuns {
  const run = runOf(runs, runId);
  if (!run || isFinal(run.state)) return runs;
  const snapshot = reduceSnapshot(run, event);
  const isForStructure = event.type === "classes" || event.type === "files";
  if (snapshot === run && !isForStructure) return runs;
  const reduced: FileRuns = { ...runs, [run.mode]: snapshot };
  const next = snapshot.problems === run.problems ? reduced : withProblems(reduced);
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

/** The model file, and what else of the user's takes part in its runs. */
export function filesOf({ file, structure }: FileRuns): readonly string[] {
  return structure?.files.includes(file) ? structure.files : [file, ...(structure?.files ?? [])];
}

/** Whether there is anything in it that only a training brings. */
function hasNumbers({ curves, samples }: RunSnapshot): boolean {
  return curves.size > 0 || samples.size > 0;
}

/** The run that began last. */
export function newestRun({ train, inspect }: FileRuns): RunSnapshot | undefined {
  return train && inspect ? (inspect.startedAt >= train.startedAt ? inspect : train) : (train ?? inspect);
}

/** Whether what is known of the file is of before an error that the newest run stumbled over. */
export function isStale(runs: FileRuns): boolean {
  const run = newestRun(runs);
  return runs.structure !== undefined && run?.state === "failed" && run.models.length === 0;
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
    ...(runs.sources && {
      sources: Object.fromEntries(Object.entries(runs.sources).map(([file, text]) => [rename(file), text])),
    }),
  };
}

function relocateSnapshot(run: RunSnapshot, rename: Rename): RunSnapshot {
  return {
    ...run,
    file: rename(run.file),
    models: run.models.map((model) => relocateModel(model, rename)),
    ...(run.lines && { lines: run.lines.map((line) => relocateLine(line, rename)) }),
    problems: run.problems.map((problem) => relocateProblem(problem, rename)),
    ...(run.values && { values: run.values.map((value) => relocateValue(value, rename)) }),
  };
}
