/** What a kept run told, read again. A long one can be read in pieces, so that others have their turn. */
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import type { MetricPoint, OptimizerInfo, RunEvent } from "../protocol/index.ts";
import { Malformed, number, record, text, whole } from "../run/codec.ts";
import type { StepTime } from "../run/comparison.ts";
import { groupBy } from "../run/groupBy.ts";
import { storedEvent } from "../run/records.ts";
import { emptySnapshot, reduceSnapshot, type RunSnapshot } from "../run/snapshot.ts";
import { isFinal } from "../run/standing.ts";
import { additionsOf, type KeptAddition } from "./additions.ts";
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
function* read(kept: KeptRun): Generator<void, ToldRun, undefined> {
  const { folder, info, summary, state } = kept;
  let run = snapshotOf(info);
  let firstOptimizers: readonly OptimizerInfo[] | undefined;
  const renames: Renamed[] = [];
  for (const event of eventsOf(folder)) {
    if (event.type === "renamed") renames.push(event);
    else run = reduceSnapshot(run, event);
    if (event.type === "optimizers") firstOptimizers ??= event.optimizers;
    yield;
  }
  for (const points of batchesOf(folder, renames)) {
    run = reduceSnapshot(run, { type: "metrics", points });
    yield;
  }
  const clock: StepTime[] = [];
  for (const json of linesOf(join(folder, names.clock))) {
    const told = understood(() => time.decode(json));
    if (told) clock.push(told);
  }
  if (summary.progress) run = reduceSnapshot(run, { type: "progress", progress: summary.progress });
  // It was cut off, or its end could not be written among its events.
  if (!isFinal(run.state) && isFinal(state)) run = { ...run, state, endedAt: summary.endedAt ?? info.startedAt + (summary.progress?.elapsed ?? 0) };
  return { run, firstOptimizers: firstOptimizers ?? [], clock };
}

export type KeptEvent = Exclude<RunEvent, { readonly type: "renamed" }> | ({ readonly type: "renamed" } & Renamed);

/** All but its series. What was added later stands where it would stand had it been told from the beginning. */
export function eventsOf(folder: string): Generator<KeptEvent, void, undefined> {
  return additionsOf(folder).reduce((told, addition) => amid(told, eventsIn(addition.folder)), eventsIn(folder));
}

function* eventsIn(folder: string): Generator<KeptEvent, void, undefined> {
  for (const json of linesOf(join(folder, names.events))) {
    const event = understood(() => storedEvent.decode(json));
    if (event?.type === "renamed") yield { type: "renamed", ...renamed.decode(json) };
    else if (event) yield event;
  }
}

/** By their steps, and before the run's end, which sums up all of it. */
function* amid(told: Generator<KeptEvent, void, undefined>, added: Generator<KeptEvent, void, undefined>): Generator<KeptEvent, void, undefined> {
  let next = added.next();
  for (const event of told) {
    const step = event.type === "state" && isFinal(event.state) ? Infinity : stepOf(event);
    for (; !next.done && step > stepOf(next.value); next = added.next()) yield next.value;
    yield event;
  }
  for (; !next.done; next = added.next()) yield next.value;
}

/** −1 of what belongs to no step. */
function stepOf(event: KeptEvent): number {
  switch (event.type) {
    case "note":
      return event.step;
    case "statistics":
      return event.statistics.step;
    case "changes":
      return event.changes.step;
    case "work":
      return event.work.step;
    default:
      return -1;
  }
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

/** In batches. */
function* batchesOf(folder: string, renames: readonly Renamed[]): Generator<MetricPoint[], void, undefined> {
  let points: MetricPoint[] = [];
  for (const point of seriesOf(folder, renames)) {
    points.push(point);
    if (points.length < batch) continue;
    yield points;
    points = [];
  }
  if (points.length > 0) yield points;
}

/** All values of all series of a run that is not read otherwise. */
export function seriesOfRun(folder: string): Generator<MetricPoint, void, undefined> {
  const renames = [...linesOf(join(folder, names.events), (line) => line.includes('"renamed"'))].flatMap(
    (json) => understood(() => renamed.decode(json)) ?? [],
  );
  return seriesOf(folder, renames);
}

/** All values of all series, under the names that these have at last; those that were added later among them. */
export function seriesOf(folder: string, renames: readonly Renamed[]): Generator<MetricPoint, void, undefined> {
  const additions = additionsOf(folder);
  const own = seriesIn(folder, renames);
  return additions.length === 0 ? own : bySteps(own, additions);
}

function* seriesIn(folder: string, renames: readonly Renamed[]): Generator<MetricPoint, void, undefined> {
  let rows = 0;
  for (const json of linesOf(join(folder, names.series))) {
    const at = rows++;
    const point = understood(() => row.decode(json));
    if (!point) continue;
    const name = renames.reduce((known, { from, to, rows: before }) => (known === from && at < before ? to : known), point.name);
    yield name === point.name ? point : { ...point, name };
  }
}

/** A series that was added takes the place of the one that had less. */
function* bySteps(own: Iterable<MetricPoint>, additions: readonly KeptAddition[]): Generator<MetricPoint, void, undefined> {
  let all: ReadonlyMap<string, readonly MetricPoint[]> = groupBy(own, ({ name }) => name);
  for (const { folder } of additions) all = new Map([...all, ...groupBy(seriesIn(folder, []), ({ name }) => name)]);
  const order = new Set([...additions.at(-1)!.addition.order, ...all.keys()]);
  const left = [...order].flatMap((name) => (all.has(name) ? [{ points: all.get(name)!, next: 0 }] : []));
  const stepOfNext = ({ points, next }: (typeof left)[number]): number => points[next]?.step ?? Infinity;
  for (let step = Math.min(...left.map(stepOfNext)); step < Infinity; step = Math.min(...left.map(stepOfNext))) {
    for (const series of left) while (stepOfNext(series) <= step) yield series.points[series.next++]!;
  }
}
