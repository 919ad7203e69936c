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
import { linesOf, parsed } from "./lines.ts";

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

/**
 * Which of a run's curves are read, by all else that it told: to read a long one is most of the work.
 * @param last what it ended with; undefined of a run that could not say so
 */
export type WantedCurves = (run: RunSnapshot, name: string, last: number | undefined) => boolean;

/** @param isWanted without, all are */
export function readRun(kept: KeptRun, isWanted?: WantedCurves): ToldRun {
  const reading = read(kept, isWanted);
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
const named = record<Pick<MetricPoint, "name">>({ name: text });
const time = record<StepTime>({ step: number, elapsed: number });

/** Before anything was told. */
export function snapshotOf({ id, file, startedAt, torch }: RunInfo): RunSnapshot {
  const run = emptySnapshot({ runId: id, file, mode: "train", startedAt });
  return torch === undefined ? run : { ...run, onlyWatched: true };
}

/** Yields where it may be interrupted. */
function* read(kept: KeptRun, isWanted?: WantedCurves): Generator<void, ToldRun, undefined> {
  const { folder, info, summary, state } = kept;
  let run = snapshotOf(info);
  let firstOptimizers: readonly OptimizerInfo[] | undefined;
  let end: KeptEvent | undefined;
  const renames: Renamed[] = [];
  for (const event of eventsOf(folder)) {
    if (event.type === "renamed") renames.push(event);
    else if (event.type === "state" && isFinal(event.state)) end = event;
    else run = reduceSnapshot(run, event);
    if (event.type === "optimizers") firstOptimizers ??= event.optimizers;
    yield;
  }
  if (summary.progress) run = reduceSnapshot(run, { type: "progress", progress: summary.progress });
  const told = run;
  const isRead = isWanted && ((name: string): boolean => isWanted(told, name, end && summary.series[name]?.last));
  if (!end || !isRead || Object.keys(summary.series).some(isRead)) {
    for (const points of batchesOf(folder, renames, isRead)) {
      run = reduceSnapshot(run, { type: "metrics", points });
      yield;
    }
  }
  // What it comes to is told from its curves, too.
  if (end) run = reduceSnapshot(run, end);
  const clock: StepTime[] = [];
  for (const json of linesOf(join(folder, names.clock))) {
    const told = understood(() => time.decode(json));
    if (told) clock.push(told);
  }
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
export function stepOf(event: KeptEvent): number {
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
function* batchesOf(folder: string, renames: readonly Renamed[], isWanted?: (name: string) => boolean): Generator<MetricPoint[], void, undefined> {
  let points: MetricPoint[] = [];
  for (const point of seriesOf(folder, renames, isWanted)) {
    points.push(point);
    if (points.length < batch) continue;
    yield points;
    points = [];
  }
  if (points.length > 0) yield points;
}

/** All values of a series of a run that is not read otherwise. */
export function seriesOfRun(folder: string, wanted: string): Generator<MetricPoint, void, undefined> {
  const renames = [...linesOf(join(folder, names.events), (line) => line.includes('"renamed"'))].flatMap(
    (json) => understood(() => renamed.decode(json)) ?? [],
  );
  return seriesOf(folder, renames, (name) => name === wanted);
}

/** All values of all series, or of those that are wanted, under the names that these have at last; those that were added later among them. */
export function seriesOf(folder: string, renames: readonly Renamed[], isWanted?: (name: string) => boolean): Generator<MetricPoint, void, undefined> {
  const additions = additionsOf(folder).filter(({ addition }) => Object.keys(addition.series).length > 0);
  const own = seriesIn(folder, renames, isWanted);
  return additions.length === 0 ? own : bySteps(own, additions, isWanted);
}

function* seriesIn(folder: string, renames: readonly Renamed[], isWanted?: (name: string) => boolean): Generator<MetricPoint, void, undefined> {
  let at = -1;
  const nameAtLast = (name: string): string => renames.reduce((known, { from, to, rows }) => (known === from && at < rows ? to : known), name);
  const nameIn = nameReader();
  const lines = linesOf(join(folder, names.series), (line) => {
    at++;
    const name = isWanted && nameIn(line);
    return !isWanted || (name !== undefined && isWanted(nameAtLast(name)));
  });
  for (const json of lines) {
    const point = understood(() => row.decode(json));
    if (point) yield renames.length === 0 ? point : { ...point, name: nameAtLast(point.name) };
  }
}

/** Of a line as it is written the name of its series, without reading the rest of it. */
function nameReader(): (line: string) => string | undefined {
  const known = new Map<string, string | undefined>();
  return (line) => {
    const beginning = line.slice(0, line.indexOf(',"step":'));
    if (!known.has(beginning)) known.set(beginning, understood(() => named.decode(parsed(`${beginning}}`)))?.name);
    return known.get(beginning);
  };
}

/** A series that was added takes the place of the one that had less. */
function* bySteps(
  own: Iterable<MetricPoint>,
  additions: readonly KeptAddition[],
  isWanted?: (name: string) => boolean,
): Generator<MetricPoint, void, undefined> {
  let all: ReadonlyMap<string, readonly MetricPoint[]> = groupBy(own, ({ name }) => name);
  for (const { folder } of additions) all = new Map([...all, ...groupBy(seriesIn(folder, [], isWanted), ({ name }) => name)]);
  const order = new Set([...additions.at(-1)!.addition.order, ...all.keys()]);
  const left = [...order].flatMap((name) => (all.has(name) ? [{ points: all.get(name)!, next: 0 }] : []));
  const stepOfNext = ({ points, next }: (typeof left)[number]): number => points[next]?.step ?? Infinity;
  for (let step = Math.min(...left.map(stepOfNext)); step < Infinity; step = Math.min(...left.map(stepOfNext))) {
    for (const series of left) while (stepOfNext(series) <= step) yield series.points[series.next++]!;
  }
}
