/**
 * Writes a run down while it goes on: what it tells is on disk a moment later, whoever is killed then. Where it can't be
 * written any more it says so once, and the run goes on.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import type { GivenConstant, MetricPoint, Problem, Progress, RunRequest, RunState, SentEvent } from "../protocol/index.ts";
import { numberOrName } from "../run/codec.ts";
import { storedEvent } from "../run/records.ts";
import { ofTensors, type WorldAnswers } from "./worldAnswers.ts";
import { isFinal } from "../run/standing.ts";
import { CheckpointKeeper, type CheckpointEvent } from "./checkpointKeeper.ts";
import { keepFirstWeights } from "./firstWeights.ts";
import { gitStateOf } from "./git.ts";
import { keepCode } from "./keepCode.ts";
import { format, gitState, runInfo, runSummary, type RunInfo, type RunSummary } from "./keptRun.ts";
import { names, runId } from "./layout.ts";
import { LineFile } from "./lines.ts";
import { Outline } from "./outline.ts";
import { prune } from "./prune.ts";
import { SampleLines, shareOfSamples } from "./sampleLines.ts";
import { writeOver, writeWhole } from "./wholeFile.ts";
import { whyNotWritten } from "./whyNotWritten.ts";

/** Milliseconds that whoever is killed may lose. */
const interval = 250;
/** From one time to the next that a run with nothing to tell (a step takes minutes, or it is paused) says that it is still there. */
const pulse = 10_000;
/** Of the room for all runs, the part that may be taken by what the world answered the program. */
const shareOfWorld = 0.02;
/** And by what it read from tensors. */
const shareOfReadings = 0.02;
/** The parts that a run's checkpoints may take, and a single large one of them. */
const [shareOfCheckpoints, shareOfCheckpoint] = [0.1, 0.5];
/** From one time that is written down to the next. */
const leastGrowth = 1.01;

export interface KeeperOptions {
  readonly request: RunRequest;
  /** Version of Kindling. */
  readonly version: string;
  /** Build of the engine's kernels, once it is known. */
  readonly kernels: Promise<string | undefined>;
  /** `Math.random` begins with it. */
  readonly randomSeed: number;
  /** The texts that run, where they aren't those on disk. */
  readonly texts?: ReadonlyMap<string, string>;
  /** Hears of what could not be kept. */
  tell(problem: Problem): void;
}

export class RunKeeper {
  readonly #options: KeeperOptions;
  readonly #folder: string;
  readonly #series: LineFile;
  readonly #events: LineFile;
  readonly #samples: SampleLines;
  readonly #world: LineFile;
  readonly #readings: LineFile;
  #worldBytes = 0;
  #readingsBytes = 0;
  /** None where they aren't wanted. */
  readonly checkpoints: CheckpointKeeper | undefined;
  readonly #clock: LineFile;
  readonly #outlines = new Map<string, Outline>();
  /** Values of series that were written. */
  #rows = 0;
  #state: RunState = "starting";
  #end: Pick<RunSummary, "endedAt" | "took" | "exitCode"> = {};
  /** By the clock that nobody sets. */
  readonly #begun = performance.now();
  #progress: Progress | undefined;
  /** What was written last of when steps were. */
  #clocked = { step: 0, elapsed: 0 };
  #timer: NodeJS.Timeout | undefined;
  #pulse: NodeJS.Timeout | undefined;
  #kernels: string | undefined;
  #isOver = false;
  /** Up to this step all is written. */
  #written = 0;
  /** The same, where no more can be. */
  #keptUpTo: number | undefined;

  /** @returns nothing where nothing can be written */
  static begin(options: KeeperOptions): RunKeeper | undefined {
    try {
      return new RunKeeper(options);
    } catch (error) {
      options.tell(notKept(error, options.request.file, "This run is not kept"));
      return undefined;
    }
  }

  private constructor(options: KeeperOptions) {
    this.#options = options;
    const { request } = options;
    const { folder, limit } = request.keep!;
    mkdirSync(folder, { recursive: true });
    // Where a project is in git, its runs are not.
    writeFileSync(join(folder, "..", ".gitignore"), "*\n");
    const info = infoOf(options);
    this.#folder = join(folder, info.id);
    mkdirSync(this.#folder);
    try {
      writeWhole(join(this.#folder, names.run), runInfo.encode(info));
    } catch (error) {
      // Nobody would find it, and nothing remove it.
      rmSync(this.#folder, { recursive: true, force: true });
      throw error;
    }
    this.#series = new LineFile(join(this.#folder, names.series));
    this.#events = new LineFile(join(this.#folder, names.events));
    this.#samples = new SampleLines(this.#events, limit * shareOfSamples);
    this.#world = new LineFile(join(this.#folder, names.world));
    this.#readings = new LineFile(join(this.#folder, names.readings));
    this.#clock = new LineFile(join(this.#folder, names.clock));
    if (request.keep!.checkpoints ?? true) this.checkpoints = this.#newCheckpointKeeper(limit);
    this.#writeSummary();
    this.#pulse = setInterval(() => this.#flushSoon(), pulse).unref();
    setImmediate(() => prune(folder, limit, info.id));
    void options.kernels.then((kernels) => (this.#kernels = kernels));
    void this.#keepGit(dirname(request.file));
  }

  /** Resolves when what the run begins with is kept: before it begins, as it may write there. */
  async keepWeights(): Promise<void> {
    const { weights, file } = this.#options.request;
    try {
      if (weights) await keepFirstWeights(this.#folder, weights);
    } catch (error) {
      this.#options.tell(notKept(error, file, "The weights that this run begins with are not kept, so it can't be brought back"));
    }
  }

  event(event: SentEvent): void {
    if (this.#keptUpTo !== undefined) return this.#takeOfLost(event);
    if (this.#isOver) return;
    this.#attempt(() => this.#take(event));
    this.#flushSoon();
  }

  /** What the world answered the program. */
  answers(all: readonly WorldAnswers[]): void {
    if (this.#isOver) return;
    for (const one of all) if (one.what === ofTensors) this.#addReadings(one.answers);
    const room = this.#options.request.keep!.limit * shareOfWorld;
    if (this.#worldBytes > room) return;
    for (const one of all) if (one.what !== ofTensors) this.#worldBytes += this.#world.add(one);
    if (this.#worldBytes > room) this.#world.add({ cut: this.#progress?.step ?? 0 });
    this.#flushSoon();
  }

  /** Where there is no room for more, what was read up to there is still of use. */
  #addReadings(values: readonly unknown[]): void {
    if (this.#readingsBytes <= this.#options.request.keep!.limit * shareOfReadings) this.#readingsBytes += this.#readings.add({ values });
  }

  #flushSoon(): void {
    this.#timer ??= setTimeout(() => this.#attempt(() => this.#flush()), interval).unref();
  }

  /** Nothing more comes. Resolves when all is written; what is no checkpoint is at once. */
  async close(): Promise<void> {
    this.#attempt(() => this.#flush());
    await this.checkpoints?.close();
    this.#attempt(() => this.#flush());
    if (!this.#isOver) this.#stop();
    if (this.#isNothingNew) rmSync(this.#folder, { recursive: true, force: true });
  }

  /** It was another run up to a step, to be looked at, and went no further. */
  get #isNothingNew(): boolean {
    const { replay } = this.#options.request;
    return replay !== undefined && (this.#progress?.step ?? 0) <= replay.step;
  }

  #newCheckpointKeeper(limit: number): CheckpointKeeper {
    return new CheckpointKeeper({
      folder: join(this.#folder, names.checkpoints),
      room: limit * shareOfCheckpoints,
      mostOfOne: limit * shareOfCheckpoint,
      tell: (event) => this.#addEvent(event),
      failed: (error, step) => this.#options.tell(notKept(error, this.#options.request.file, `From step ${step} on no checkpoints of this run are kept`)),
    });
  }

  /** What nobody else is told. */
  #addEvent(event: CheckpointEvent): void {
    if (this.#isOver) return;
    this.#attempt(() => this.#events.add(event));
    this.#flushSoon();
  }

  #take(event: SentEvent): void {
    switch (event.type) {
      case "metrics":
        for (const point of event.points) this.#addPoint(point);
        return;
      case "renamed":
        this.#rename(event.from, event.to);
        // Those before it go by the other name.
        this.#events.add({ ...event, rows: this.#rows });
        return;
      case "progress":
        this.#stands(event);
        return this.#addTime(event.progress);
      case "statistics":
      case "changes":
      case "work":
        return this.#samples.add(event);
      case "files":
        keepCode(this.#folder, event.files, this.#options.texts);
        this.#events.add(storedEvent.encode(event));
        return;
      case "state":
        this.#stands(event);
        this.#events.add(storedEvent.encode(event));
        return;
      // Of the moment, or of a person who looked; who looks again sees it again.
      case "lines":
      case "debugger":
      case "followed":
      case "place":
      case "refused":
      case "captured":
        return;
      default:
        this.#events.add(storedEvent.encode(event));
    }
  }

  #stands(event: SentEvent): void {
    if (event.type === "progress") this.#progress = event.progress;
    if (event.type !== "state") return;
    this.#state = event.state;
    if (isFinal(event.state))
      this.#end = { endedAt: event.at, took: performance.now() - this.#begun, ...(event.exitCode !== undefined && { exitCode: event.exitCode }) };
  }

  /** Of a run that could not be written any more there is at least to be seen that it ended, and how. */
  #takeOfLost(event: SentEvent): void {
    this.#stands(event);
    if (event.type !== "state" || !isFinal(event.state)) return;
    const path = join(this.#folder, names.summary);
    try {
      writeWhole(path, this.#summary);
    } catch {
      writeOver(path, this.#summary);
    }
  }

  #addPoint(point: MetricPoint): void {
    this.#rows++;
    const { name, value } = point;
    this.#series.add({ ...point, value: numberOrName(value) });
    let outline = this.#outlines.get(name);
    if (!outline) this.#outlines.set(name, (outline = new Outline()));
    outline.add(value);
  }

  /** Closer together at the beginning, so that a long run has no more than some thousand. */
  #addTime({ step, elapsed }: Progress): void {
    if (step <= this.#clocked.step || elapsed < this.#clocked.elapsed * leastGrowth) return;
    this.#clocked = { step, elapsed };
    this.#clock.add(this.#clocked);
  }

  #rename(from: string, to: string): void {
    const outline = this.#outlines.get(from);
    if (!outline) return;
    this.#outlines.delete(from);
    this.#outlines.set(to, outline);
  }

  async #keepGit(folder: string): Promise<void> {
    const found = await gitStateOf(folder);
    if (!found || this.#isOver) return;
    this.#attempt(() => {
      writeWhole(join(this.#folder, names.git), gitState.encode(found.state));
      if (found.diff !== "") writeFileSync(join(this.#folder, names.diff), found.diff);
    });
  }

  #flush(): void {
    this.#timer = undefined;
    this.#world.flush();
    this.#readings.flush();
    this.#series.flush();
    this.#events.flush();
    this.#clock.flush();
    this.#writeSummary();
    this.#written = this.#progress?.step ?? 0;
  }

  #writeSummary(): void {
    writeWhole(join(this.#folder, names.summary), this.#summary);
  }

  get #summary(): unknown {
    const kernels = this.#kernels;
    const progress = this.#progress;
    const summary: RunSummary = {
      state: this.#state,
      ...this.#end,
      ...(kernels !== undefined && { kernels }),
      steps: progress?.step ?? 0,
      epochs: progress ? progress.epoch + 1 : 0,
      series: Object.fromEntries([...this.#outlines].map(([name, outline]) => [name, outline.summary])),
      ...(progress && { progress }),
      ...(this.#keptUpTo !== undefined && { keptUpTo: this.#keptUpTo }),
    };
    return runSummary.encode(summary);
  }

  /** What goes wrong in keeping a run is not the run's trouble. */
  #attempt(action: () => void): void {
    if (this.#isOver) return;
    try {
      action();
    } catch (error) {
      this.#stop();
      this.#keptUpTo = this.#written;
      this.#options.tell(notKept(error, this.#options.request.file, `From step ${this.#keptUpTo} on this run is not kept`));
    }
  }

  #stop(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    clearInterval(this.#pulse);
    for (const file of [this.#series, this.#events, this.#world, this.#readings, this.#clock]) file.close();
  }
}

function infoOf({ request, version, randomSeed }: KeeperOptions): RunInfo {
  const { replay } = request;
  const startedAt = Date.now();
  const salt = (process.pid.toString(36) + Math.floor(performance.now() * 1000).toString(36)).slice(-6);
  return {
    format,
    id: runId(startedAt, basename(request.file).replace(/(\.model)?\.ts$/, ""), salt),
    file: request.file,
    arguments: request.programArguments ?? [],
    startedAt,
    kindling: version,
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
    threads: request.threads,
    process: process.pid,
    host: hostname(),
    directory: request.directory,
    randomSeed,
    ...(replay && { parent: { run: basename(replay.folder), step: replay.step } }),
    ...(request.weights?.branchOf && { parent: { ...request.weights.branchOf, otherCode: true } }),
    ...(request.keep?.group !== undefined && { group: request.keep.group }),
    ...(request.seed !== undefined && { seed: request.seed }),
    ...(request.given && givenOf(request.given)),
  };
}

function givenOf(all: readonly GivenConstant[]): Pick<RunInfo, "given" | "givenAt"> {
  return {
    given: Object.fromEntries(all.map(({ name, value }) => [name, value])),
    givenAt: Object.fromEntries(all.map(({ name, start, was }) => [name, { start, was }])),
  };
}

function notKept(error: unknown, file: string, what: string): Problem {
  return {
    severity: "information",
    code: "notKept",
    message: `${what}: ${whyNotWritten(error)}. The training goes on.`,
    position: { file, line: 1, column: 1 },
  };
}
