/** The runs that are kept in a folder: which there are, what each told, and what a person says of them. */
import { readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import type { Intervention, MetricPoint, OptimizerInfo, RunState } from "../protocol/index.ts";
import { Malformed, number, record, text, whole, type Codec } from "../run/codec.ts";
import { storedEvent } from "../run/records.ts";
import { emptySnapshot, reduceSnapshot, type RunSnapshot } from "../run/snapshot.ts";
import { isFinal } from "../run/standing.ts";
import { codeFiles, gitState, runInfo, runLabel, runSummary, type CodeFiles, type GitState, type RunInfo, type RunLabel, type RunSummary } from "./keptRun.ts";
import { isRunId, names } from "./layout.ts";
import { readLines } from "./lines.ts";
import { writeWhole } from "./wholeFile.ts";

/** A run on another machine that has written nothing for so many milliseconds is over. */
const silence = 30_000;

export interface KeptRun {
  readonly id: string;
  readonly folder: string;
  readonly info: RunInfo;
  readonly summary: RunSummary;
  readonly label: RunLabel;
  /** `interrupted` where it is over and could not say how it ended. */
  readonly state: RunState;
}

/** Newest first. @param folder of all runs; none where it isn't there */
export function listRuns(folder: string): KeptRun[] {
  let ids: string[];
  try {
    ids = readdirSync(folder).filter(isRunId);
  } catch {
    return [];
  }
  return ids
    .sort()
    .reverse()
    .flatMap((id) => keptRun(folder, id) ?? []);
}

/** @returns nothing where there is none, or none that can be read */
export function keptRun(folder: string, id: string): KeptRun | undefined {
  const own = join(folder, id);
  const info = readJson(join(own, names.run), runInfo);
  if (!info) return undefined;
  const summary = readJson(join(own, names.summary), runSummary) ?? { state: "starting", steps: 0, epochs: 0, series: {} };
  const label = readJson(join(own, names.label), runLabel) ?? {};
  return { id, folder: own, info, summary, label, state: isFinal(summary.state) || isAlive(info, own) ? summary.state : "interrupted" };
}

/** All that the run told, folded as the panel shows it. */
export function readRun(kept: KeptRun): RunSnapshot {
  const { folder, info, summary, state } = kept;
  let run = emptySnapshot({ runId: info.id, file: info.file, mode: "train", startedAt: info.startedAt });
  const renames: Renamed[] = [];
  readLines(join(folder, names.events), (json) => {
    try {
      const event = storedEvent.decode(json);
      if (event.type === "renamed") renames.push(renamed.decode(json));
      else run = reduceSnapshot(run, event);
    } catch (error) {
      // What another version wrote, or a line that was damaged, is left out.
      if (!(error instanceof Malformed)) throw error;
    }
  });
  const points = readSeries(kept, renames);
  if (points.length > 0) run = reduceSnapshot(run, { type: "metrics", points });
  if (summary.progress) run = reduceSnapshot(run, { type: "progress", progress: summary.progress });
  return isFinal(run.state) || state !== "interrupted" ? run : { ...run, state, endedAt: info.startedAt + (summary.progress?.elapsed ?? 0) };
}

/** The optimizers as they were before the first step. */
export function firstOptimizers({ folder }: KeptRun): readonly OptimizerInfo[] {
  let first: readonly OptimizerInfo[] | undefined;
  readLines(join(folder, names.events), (json) => {
    if (first || (json as { readonly type?: unknown }).type !== "optimizers") return;
    const event = storedEvent.decode(json);
    if (event.type === "optimizers") first = event.optimizers;
  });
  return first ?? [];
}

interface Renamed {
  readonly from: string;
  readonly to: string;
  /** Values that were written before it. */
  readonly rows: number;
}

const renamed = record<Renamed>({ from: text, to: text, rows: whole });
const row = record<MetricPoint>({ name: text, step: number, epoch: number, value: number });

/** What a person changed while it ran. */
export function readInterventions({ folder }: KeptRun): readonly Intervention[] {
  const found: Intervention[] = [];
  readLines(join(folder, names.events), (json) => {
    if ((json as { readonly type?: unknown }).type !== "intervention") return;
    const event = storedEvent.decode(json);
    if (event.type === "intervention") found.push(event.intervention);
  });
  return found;
}

/** In their order. @param renames given, under the names that the series have at last; else under those of the time */
export function readSeries({ folder }: KeptRun, renames: readonly Renamed[] = []): MetricPoint[] {
  const points: MetricPoint[] = [];
  let rows = 0;
  readLines(join(folder, names.series), (json) => {
    const point = row.decode(json);
    const at = rows++;
    const name = renames.reduce((own, { from, to, rows: before }) => (own === from && at < before ? to : own), point.name);
    points.push(name === point.name ? point : { ...point, name });
  });
  return points;
}

export function codeOf({ folder }: KeptRun): CodeFiles {
  return readJson(join(folder, names.files), codeFiles) ?? [];
}

export function gitOf({ folder }: KeptRun): GitState | undefined {
  return readJson(join(folder, names.git), gitState);
}

export function setLabel({ folder }: KeptRun, label: RunLabel): void {
  writeWhole(join(folder, names.label), runLabel.encode(label));
}

export function removeRun({ folder }: KeptRun): void {
  rmSync(folder, { recursive: true, force: true });
}

/** The run that a person means: its id or the beginning of it, its name, or `latest`. @param runs newest first */
export function findRun(runs: readonly KeptRun[], word: string): KeptRun | undefined {
  if (word === "latest") return runs[0];
  const exact = runs.find(({ id, label }) => id === word || label.name === word);
  if (exact) return exact;
  const [one, another] = runs.filter(({ id }) => id.startsWith(word) || id.endsWith(`-${word}`));
  return another ? undefined : one;
}

function isAlive({ host, process: pid }: RunInfo, folder: string): boolean {
  if (host !== hostname()) return Date.now() - (statSync(join(folder, names.summary), { throwIfNoEntry: false })?.mtimeMs ?? 0) < silence;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function readJson<T>(path: string, codec: Codec<T>): T | undefined {
  try {
    return codec.decode(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return undefined;
  }
}
