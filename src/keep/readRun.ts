/** What a kept run told, read again. A long one can be read in pieces, so that others have their turn. */
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import type { MetricPoint, OptimizerInfo } from "../protocol/index.ts";
import { Malformed, number, record, text, whole } from "../run/codec.ts";
import type { StepTime } from "../run/comparison.ts";
import { storedEvent } from "../run/records.ts";
import { emptySnapshot, reduceSnapshot, type RunSnapshot } from "../run/snapshot.ts";
import { isFinal } from "../run/standing.ts";
import type { RunInfo } from "./keptRun.ts";
import type { KeptRun } from "./keptRuns.ts";
import { names } from "./layout.ts";
import { linesOf } from "./lines.ts";

export interface ToldRun {
  /** All that it told, folded as the panel shows it. */
  readonly run: RunSnapshot;
  /** The optimizers as they were before the first step. */
  readonly firstOptimizers: readonly OptimizerInfo[];
  /** When some of its steps were. */
  readonly clock: readonly StepTime[];
}

/** Milliseconds of reading after which others have a turn. */
const patience = 8;
/** Values of series that are taken together. */
const batch = 500;

export function readRun(kept: KeptRun): ToldRun {
  const reading = read(kept);
  for (;;) {
    const { done, value } = reading.next();
    if (done) return value;
  }
}

/** The same, while others go on. */
export async function readRunInTurns(kept: KeptRun): Promise<ToldRun> {
  const reading = read(kept);
  for (let since = performance.now(); ;) {
    const { done, value } = reading.next();
    if (done) return value;
    if (performance.now() - since < patience) continue;
    await turn();
    since = performance.now();
  }
}

export interface Renamed {
  readonly from: string;
  readonly to: string;
  /** Values that were written before it. */
  readonly rows: number;
}

export const renamed = record<Renamed>({ from: text, to: text, rows: whole });
export const row = record<MetricPoint>({ name: text, step: number, epoch: number, value: number });
const time = record<StepTime>({ step: number, elapsed: number });

/** Before anything was told. */
export function snapshotOf({ id, file, startedAt, torch }: RunInfo): RunSnapshot {
  const run = emptySnapshot({ runId: id, file, mode: "train", startedAt });
  return torch === undefined ? run : { ...run, onlyWatched: true };
}

/** Yields where it may be interrupted. */
function* read({ folder, info, summary, state }: KeptRun): Generator<void, ToldRun, undefined> {
  let run = snapshotOf(info);
  let firstOptimizers: readonly OptimizerInfo[] | undefined;
  const renames: Renamed[] = [];
  for (const json of linesOf(join(folder, names.events))) {
    const event = understood(() => storedEvent.decode(json));
    if (event?.type === "renamed") renames.push(renamed.decode(json));
    else if (event) run = reduceSnapshot(run, event);
    if (event?.type === "optimizers") firstOptimizers ??= event.optimizers;
    yield;
  }
  for (const points of seriesOf(folder, renames)) {
    run = reduceSnapshot(run, { type: "metrics", points });
    yield;
  }
  const clock: StepTime[] = [];
  for (const json of linesOf(join(folder, names.clock))) {
    const told = understood(() => time.decode(json));
    if (told) clock.push(told);
  }
  if (summary.progress) run = reduceSnapshot(run, { type: "progress", progress: summary.progress });
  if (!isFinal(run.state) && state === "interrupted") run = { ...run, state, endedAt: info.startedAt + (summary.progress?.elapsed ?? 0) };
  return { run, firstOptimizers: firstOptimizers ?? [], clock };
}

/** What another version wrote, or a line that was damaged, is left out. */
export function understood<T>(decode: () => T): T | undefined {
  try {
    return decode();
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

/** In batches, under the names that the series have at last. */
function* seriesOf(folder: string, renames: readonly Renamed[]): Generator<MetricPoint[], void, undefined> {
  let points: MetricPoint[] = [];
  let rows = 0;
  for (const json of linesOf(join(folder, names.series))) {
    const at = rows++;
    const point = understood(() => row.decode(json));
    if (!point) continue;
    const name = renames.reduce((own, { from, to, rows: before }) => (own === from && at < before ? to : own), point.name);
    points.push(name === point.name ? point : { ...point, name });
    if (points.length < batch) continue;
    yield points;
    points = [];
  }
  if (points.length > 0) yield points;
}
