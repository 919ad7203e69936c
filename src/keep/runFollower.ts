/** Follows a kept run while another process writes it: on this machine, or on one that shares the folder. */
import { watch, type FSWatcher } from "node:fs";
import { join } from "node:path";
import type { MetricPoint, RunEvent } from "../protocol/index.ts";
import { storedEvent } from "../run/records.ts";
import { reduceSnapshot, type RunSnapshot } from "../run/snapshot.ts";
import { isFinal } from "../run/standing.ts";
import { Throttle } from "../run/throttle.ts";
import { keptRunIn, type KeptRun } from "./keptRuns.ts";
import { names } from "./layout.ts";
import { LineTail } from "./lines.ts";
import { renamed, row, snapshotOf, understood, type Renamed } from "./readRun.ts";

/** Milliseconds between two readings: after a change was told, and in any case, for folders whose changes nobody tells. */
const shortest = 200;
const longest = 1_000;

export class RunFollower {
  readonly #folder: string;
  readonly #tell: (event: RunEvent) => void;
  readonly #events: LineTail;
  readonly #series: LineTail;
  readonly #reading = new Throttle(shortest, () => this.#read());
  readonly #watcher: FSWatcher | undefined;
  readonly #timer: NodeJS.Timeout;
  /** Values of series that were read. */
  #rows = 0;
  #progress = "";
  #run: RunSnapshot;

  /** @param tell hears what becomes known from now on, in order; `run` has what was known by then */
  constructor(kept: KeptRun, tell: (event: RunEvent) => void) {
    this.#folder = kept.folder;
    this.#tell = tell;
    this.#events = new LineTail(join(kept.folder, names.events));
    this.#series = new LineTail(join(kept.folder, names.series));
    this.#run = { ...snapshotOf(kept.info), onlyWatched: true };
    this.#watcher = watched(kept.folder, () => this.#reading.call());
    this.#timer = setInterval(() => this.#reading.call(), longest);
    this.#timer.unref();
    this.#read();
  }

  /** All that is known of it. */
  get run(): RunSnapshot {
    return this.#run;
  }

  dispose(): void {
    this.#reading.dispose();
    this.#watcher?.close();
    clearInterval(this.#timer);
  }

  #read(): void {
    const told = [...this.#events.read()].flatMap((json) => {
      const event = understood(() => storedEvent.decode(json));
      return event ? [event.type === "renamed" ? { ...event, rows: understood(() => renamed.decode(json))?.rows ?? 0 } : event] : [];
    });
    const points = [...this.#series.read()].flatMap((json) => understood(() => row.decode(json)) ?? []);
    this.#takePoints(points, told.filter(isRenamed));
    const kept = keptRunIn(this.#folder);
    const { progress } = kept?.summary ?? {};
    const text = JSON.stringify(progress);
    if (progress && text !== this.#progress) this.#take({ type: "progress", progress });
    this.#progress = text;
    for (const event of told) if (!isRenamed(event)) this.#take(event);
    // It could not say that it is over, or its folder is gone.
    const state = kept?.state ?? "interrupted";
    if (!isFinal(this.#run.state) && state === "interrupted") this.#take({ type: "state", state, at: Date.now() });
    if (isFinal(this.#run.state)) this.dispose();
  }

  /** Each value under the name that its series had then. */
  #takePoints(points: readonly MetricPoint[], renames: readonly (RunEvent & Renamed)[]): void {
    let left = points;
    const upTo = (count: number): void => {
      const now = left.slice(0, Math.max(0, count - this.#rows));
      left = left.slice(now.length);
      this.#rows += now.length;
      if (now.length > 0) this.#take({ type: "metrics", points: now });
    };
    for (const { from, to, rows } of renames) {
      upTo(rows);
      this.#take({ type: "renamed", from, to });
    }
    upTo(Infinity);
  }

  #take(event: RunEvent): void {
    this.#run = reduceSnapshot(this.#run, event);
    this.#tell(event);
  }
}

function isRenamed(event: RunEvent): event is Extract<RunEvent, { type: "renamed" }> & Renamed {
  return event.type === "renamed";
}

/** Where the system can't tell of changes, they are found by looking. */
function watched(folder: string, changed: () => void): FSWatcher | undefined {
  try {
    return watch(folder, changed).on("error", () => {});
  } catch {
    return undefined;
  }
}
