/** Runs one job: bundles the file, hands it to the thread, and has the last word over it. */
import { randomInt } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Filling } from "../keep/filling.ts";
import type { CheckpointKeeper } from "../keep/checkpointKeeper.ts";
import type { Checkpoint } from "../observe/checkpoints/checkpoint.ts";
import { MetricBuffer, metricPoints } from "../observe/curves/metricBuffer.ts";
import type { MetricPoint, Problem, RunRequest, RunState, SentEvent, Steering } from "../protocol/index.ts";
import { programHooksKey } from "./programHooks.ts";
import { bundle, BundleError, withSourceMap, type Bundle } from "./bundle.ts";
import { CheckpointTray } from "./checkpointTray.ts";
import { Control } from "./control.ts";
import { Letters } from "./mailbox.ts";
import { toldOnTheWay, type Hop, type Past } from "../keep/past.ts";
import type { WorldAnswers } from "../keep/worldAnswers.ts";
import { bundlingProblem, partedProblem, startOf, workerProblem, timeoutProblem } from "./problems.ts";
import { ProgramThread } from "./programThread.ts";
import { ProgramFolder, sweepProgramFolders, unwritableProblem } from "./programFolder.ts";
import { formatCount } from "../run/numbers.ts";
import { SameCourse } from "./sameCourse.ts";
import { BadNumberSearch } from "./search.ts";
import { sent } from "../run/sentEvents.ts";
import { SourceMap } from "./sourceMap.ts";
import type { Alarmed, Job, WorkerMessage } from "./workerMessages.ts";
import { workerStack } from "./workerStack.ts";

/** How long a program that was told to stop may go on before its thread is terminated; milliseconds. */
const stopGrace = 700;
/** How long to wait for the call stack of a program that hangs. */
const stackPatience = 800;

export interface Places {
  /** URL of the worker thread's script. */
  readonly worker: URL;
  /** URL of the script of a process that runs a program once more. */
  readonly again: URL;
  /** URL of the engine, the very file that the worker thread loads. */
  readonly engine: URL;
}

/** How a run ended. */
export interface RunEnd {
  readonly state: RunState;
  /** The program's own choice, where it made one. */
  readonly exitCode?: number;
  /** Why the short way back to a step could not be gone: nothing was told of it. */
  readonly astray?: string;
}

export interface SupervisorOptions {
  readonly places: Places;
  /** Where the program is to run; it is ready, or about to be. */
  readonly thread: ProgramThread;
  readonly emit: (event: SentEvent) => void;
  /** Hears what the world answered the program; where nobody does, it isn't asked. */
  readonly answered?: (answers: readonly WorldAnswers[]) => void;
  /** The kept run that is run again. */
  readonly past?: Past;
  /** Whether the way to its step is computed in full. */
  readonly inFull?: boolean;
  /** It is run again to be filled in. */
  readonly filling?: Filling;
}

export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #thread: ProgramThread;
  readonly #control = new Control();
  readonly #letters = new Letters(this.#control);
  readonly #metrics = new MetricBuffer();
  /** Whether a person changed something in it. */
  #isChanged = false;
  readonly #tray = new CheckpointTray();
  #keeper: CheckpointKeeper | undefined;
  readonly #seriesNames: string[] = [];
  /** Resolves when the run is to stop. */
  readonly #stopped: Promise<void>;
  #tellStopped: () => void = () => {};
  /** `Math.random` begins with it, so that a run can be repeated. */
  readonly randomSeed: number;
  /** What the run has to tell until it is back at its step, and whether it is. */
  #course: SameCourse | undefined;
  #isBack = false;
  /** What of the way to its step needn't be computed. */
  readonly #hops: readonly Hop[];
  /** What can't be told yet, as it is not certain that the short way is the right one. */
  #heldBack: (() => void)[] | undefined;
  /** What the kept run told of steps that are left out. */
  #toldOnTheWay: readonly SentEvent[] = [];
  /** The build that it computes with. */
  #kernels = "";
  #isBundling = false;
  #folder: ProgramFolder | undefined;
  /** What a search for a bad number has to know of the program that runs. */
  #search: ((alarm: Alarmed) => BadNumberSearch) | undefined;
  #searched: Promise<void> | undefined;
  #end: RunEnd | undefined;
  #stopTimer: NodeJS.Timeout | undefined;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    const { thread, past, inFull = false } = options;
    this.#thread = thread;
    thread.listen((message) => this.#receive(message));
    this.#hops = (!inFull && !options.filling && past?.hops) || [];
    if (this.#hops.length > 0) this.#heldBack = [];
    this.randomSeed = past?.kept.info.randomSeed ?? randomInt(1, 2 ** 31);
    this.#stopped = new Promise((resolve) => (this.#tellStopped = resolve));
  }

  /** Whether the thread is still there, or a file that is read for the bundle doesn't come; then only force ends this process. */
  get isBusy(): boolean {
    return this.#isBundling || (this.#folder !== undefined && !this.#thread.hasEnded);
  }

  /** Whether a kept run that is run again has come to its step. */
  get isBack(): boolean {
    return this.#isBack;
  }

  /**
   * Resolves with how it ended; the caller announces it.
   * @param keeper of the run's checkpoints, if they are kept
   */
  async run(request: RunRequest, keeper?: CheckpointKeeper): Promise<RunEnd> {
    this.#keeper = keeper;
    this.#tellState("starting");
    sweepProgramFolders();
    this.#isBundling = true;
    const made = await Promise.race([this.#bundle(request), this.#stopped]);
    if (!made) {
      this.#tellHeldBack();
      return { state: this.#control.isStopped ? "stopped" : "failed" };
    }
    this.#emit({ type: "files", files: made.files });
    for (const problem of made.warnings) this.#emit({ type: "problem", problem });
    await Promise.race([this.#thread.ready, this.#stopped]);
    if (!this.#control.isStopped && !this.#thread.hasEnded) {
      try {
        this.#folder = new ProgramFolder(request.debug ? withSourceMap(made) : made.code);
      } catch (error) {
        this.#emit({ type: "problem", problem: unwritableProblem(error as NodeJS.ErrnoException, request.file) });
        return { state: "failed" };
      }
      await this.#runProgram(request, made, this.#folder.program);
      this.#folder.remove();
    }
    clearTimeout(this.#stopTimer);
    this.#drain();
    return this.#conclude(request);
  }

  pause(): void {
    this.#control.pause();
  }

  resume(): void {
    this.#control.resume();
  }

  /** Tells the program something; it hears it where it passes next, or at once where it is paused. */
  steer(steering: Steering): void {
    this.#letters.post(steering);
  }

  stop(): void {
    if (this.#stopTimer) return;
    this.#tellState("stopping");
    this.#control.stop();
    this.#tellStopped();
    this.#stopTimer = setTimeout(() => void this.#thread.terminate(), stopGrace);
  }

  async #bundle(request: RunRequest): Promise<Bundle | undefined> {
    try {
      process.chdir(request.directory);
      const { filling, past } = this.#options;
      const texts = (filling ?? past)?.texts;
      const given = filling?.given ?? request.given;
      const made = await bundle(request.file, this.#options.places.engine.href, {
        tellsValues: request.mode === "inspect",
        ...(given && { given }),
        ...(texts && { texts }),
      });
      this.#isBundling = false;
      return made;
    } catch (error) {
      // Ctrl+C in a terminal reaches esbuild's process, too; the word to stop is about to come.
      if (!(error instanceof BundleError)) await Promise.race([this.#stopped, delay(stopGrace)]);
      // A file may still be waited for.
      if (this.#control.isStopped) return undefined;
      this.#isBundling = false;
      const files = error instanceof BundleError ? error.files : [request.file];
      this.#emit({ type: "files", files });
      const problems: Problem[] =
        error instanceof BundleError
          ? error.messages.map((message) => bundlingProblem(message, request.file))
          : [{ severity: "error", code: "import", message: `The file can't be run: ${(error as Error).message}`, position: startOf(request.file) }];
      for (const problem of problems) this.#emit({ type: "problem", problem });
      return undefined;
    }
  }

  async #runProgram(request: RunRequest, made: Bundle, program: string): Promise<void> {
    const { randomSeed } = this;
    const described = {
      request,
      randomSeed,
      place: made.place,
      home: new URL(".", this.#options.places.engine).href,
      map: made.map,
      declarations: made.declarations,
    };
    const kernels = (this.#kernels = (await this.#thread.ready) ?? "");
    this.#search = (alarm) =>
      new BadNumberSearch(alarm, { script: this.#options.places.again, job: described, code: made.code, kernels, isChanged: this.#isChanged });
    const job: Job = {
      ...described,
      program,
      ...this.#keeping(request),
      control: this.#control.buffer,
      mailbox: this.#letters.mailbox,
      metrics: this.#metrics.buffer,
      ...(this.#keeper && { checkpoints: this.#tray.buffer }),
    };
    this.#tellState("running");
    this.#thread.run(job);
    // While the thread is at work.
    const last = this.#hops.at(-1);
    if (last) this.#toldOnTheWay = Array.from(toldOnTheWay(this.#options.past!.kept, last.to, request.replay!.step), sent);
    const limited = request.mode === "inspect" && request.timeLimit > 0;
    const source = new SourceMap(program, made.map);
    const timer = limited ? setTimeout(() => void this.#timeOut(request, source), request.timeLimit) : undefined;
    await this.#thread.gone;
    clearTimeout(timer);
    await this.#searched;
  }

  /** What the program's thread needs for the run to be kept, and to be another one's again. */
  #keeping({ keep, replay }: RunRequest): Pick<Job, "keepsAnswers" | "past"> {
    const { answered, past, filling } = this.#options;
    if (past && replay && !filling) this.#course = new SameCourse(past.points, replay.step);
    const end = filling && { isFilled: true, ...(filling.end && { end: filling.end }) };
    return {
      keepsAnswers: answered !== undefined && (keep !== undefined || past !== undefined),
      ...(past &&
        replay && {
          past: {
            world: past.world,
            interventions: past.interventions,
            hashes: past.hashes,
            step: filling?.lastStep ?? replay.step,
            hops: this.#hops,
            lastMeasured: this.#hops.length > 0 ? past.lastMeasured : [],
            ...end,
          },
        }),
    };
  }

  #tellPoints(points: readonly MetricPoint[]): void {
    this.#emit({ type: "metrics", points });
    const reason = this.#course?.parts(points);
    if (reason !== undefined) this.refuse(reason);
  }

  /** Ends a run that is not the same any more as it was then; the first reason counts. */
  refuse(told: string): void {
    if (this.#end || this.#control.isStopped) return;
    const reason = `${told}${this.#otherKernels}`;
    this.#end = { state: "failed", ...(this.#heldBack && { astray: reason }) };
    const { past, filling } = this.#options;
    this.#emit({ type: "problem", problem: filling?.refuse(reason) ?? partedProblem(reason, past!.kept.info.file) });
    void this.#thread.terminate();
  }

  /** The likely reason of other numbers, where there is one: not every Node has every build, and each rounds products its own way. */
  get #otherKernels(): string {
    const { summary, info } = this.#options.past!.kept;
    if (summary.kernels === undefined || summary.kernels === this.#kernels) return "";
    const node = info.node === undefined ? "" : ` in Node ${info.node}`;
    return `; it computed with the ${summary.kernels} kernels${node}, and this is Node ${process.versions.node} with the ${this.#kernels} ones`;
  }

  #emit(event: SentEvent): void {
    if (event.type === "intervention") this.#isChanged = true;
    this.#tell(() => this.#options.emit(event));
  }

  #tell(told: () => void): void {
    if (this.#heldBack) this.#heldBack.push(told);
    else told();
  }

  /** What was held back is right, or the last that there is to tell. */
  #tellHeldBack(): void {
    const waiting = this.#heldBack ?? [];
    this.#heldBack = undefined;
    for (const told of waiting) told();
  }

  #tellShortcut(step: number): void {
    const text = `The steps up to ${formatCount(step)} were not computed again: what the program read then was kept, and so was what it had come to.`;
    this.#emit({ type: "note", name: "rewound", step, text });
  }

  /** Looks where a number that isn't finite comes from, while the run goes on. */
  async #lookFor(alarm: Alarmed): Promise<void> {
    const search = this.#search!(alarm);
    void this.#stopped.then(() => search.end());
    this.#emit({ type: "problem", problem: await search.problem });
  }

  #conclude(request: RunRequest): RunEnd {
    if (this.#end) return this.#end;
    if (this.#control.isStopped) return { state: "stopped" };
    if (this.#heldBack) return { state: "failed", astray: "the program ended on the way" };
    // The program may have left by a door that nobody watches.
    const { exitCode = 1, error } = this.#thread;
    if (exitCode === 0 && !error) return { state: "finished" };
    this.#emit({ type: "problem", problem: workerProblem(error, exitCode, request.file) });
    return { state: "failed" };
  }

  /** Reports where the program hangs and what models it has built so far, then ends it. */
  async #timeOut(request: RunRequest, source: SourceMap): Promise<void> {
    const frames = await workerStack(`globalThis[Symbol.for(${JSON.stringify(programHooksKey)})].report()`, stackPatience);
    if (this.#end || this.#control.isStopped) return;
    const stack = frames.flatMap(({ url, line, column, functionName }) => {
      const position = url === source.program ? source.locate(line, column) : undefined;
      return position ? [{ function: functionName, position }] : [];
    });
    // Reports that are on their way come before the problem.
    await new Promise((resolve) => setImmediate(resolve));
    this.#end = { state: "failed" };
    this.#emit({ type: "problem", problem: timeoutProblem(request.file, request.timeLimit, stack) });
    await this.#thread.terminate();
  }

  #receive(message: WorkerMessage): void {
    switch (message.type) {
      case "begun":
        this.#folder?.remove();
        break;
      case "events":
        for (const event of message.events) this.#emit(event);
        break;
      case "series":
        this.#seriesNames[message.index] = message.name;
        break;
      case "points":
        this.#tellPoints(metricPoints(message.values, this.#seriesNames));
        break;
      case "world":
        this.#tell(() => this.#options.answered?.(message.answers));
        break;
      case "arrived":
        this.#isBack = true;
        if (this.#heldBack) {
          this.#tellHeldBack();
          this.#tellShortcut(this.#hops.at(-1)!.to);
          for (const event of this.#toldOnTheWay) this.#emit(event);
        }
        break;
      case "paused":
        if (this.#isBack) this.#course = undefined;
        if (!this.#control.isStopped && !this.#end) this.#tellState(message.paused ? "paused" : "running");
        break;
      case "alarm":
        this.#searched = this.#lookFor(message);
        break;
      case "checkpoint":
        void this.#keep(message.checkpoint, message.cost);
        break;
      case "ended":
        // A value that is another says more than the parameters that followed from it.
        if (message.parted !== undefined) this.#drain();
        // What was told before it may have been another already, and has ended it then.
        if (this.#heldBack && !this.#control.isStopped)
          this.#end ??= { state: "failed", astray: message.astray ?? message.parted ?? "the program ended on the way" };
        if (message.parted !== undefined) this.refuse(this.#options.filling?.whyOtherParameters(message.parted) ?? message.parted);
        this.#end ??= { state: message.outcome, ...(message.exitCode === undefined ? {} : { exitCode: message.exitCode }) };
        break;
    }
  }

  async #keep(checkpoint: Checkpoint, cost: number): Promise<void> {
    const { spent, isOver } = await this.#keeper!.keep(checkpoint, cost);
    if (isOver) this.#tray.close();
    this.#tray.kept(spent);
  }

  /** What the program measured last, if it was terminated before it could send it. */
  #drain(): void {
    for (const values of [this.#metrics.take(), this.#metrics.takeWaiting()]) {
      if (values) this.#tellPoints(metricPoints(values, this.#seriesNames));
    }
  }

  #tellState(state: RunState): void {
    this.#emit({ type: "state", state, at: Date.now() });
  }
}
