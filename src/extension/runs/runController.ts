/** Starts, steers and ends runs, one training and one inspection of a file at a time. Knows nothing of VS Code. */
import { randomUUID } from "node:crypto";
import type { RunnerProcess } from "../../client/runnerProcess.ts";
import type { RunEvent, RunMode, RunRequest, RunState, Steering, WeightsRequest } from "../../protocol/index.ts";
import { Emitter } from "../shared/emitter.ts";
import { isPaused, isTraining } from "./fileRuns.ts";
import type { RunStore } from "./runStore.ts";
import type { RunnerPool } from "./runnerPool.ts";

/** What a run of `file` is to be like; the mode is the controller's. */
export type MakeRequest = (file: string, mode: RunMode) => RunRequest;

/** Brings a debugger to the run's process; resolves to whether one came. */
export type AttachDebugger = (run: { readonly file: string; readonly runId: string; readonly inspector: string }) => Promise<boolean>;

export interface TrainingOptions {
  /** Whether the first bad number is looked for however late it comes. */
  readonly findsLate?: boolean;
  /** Another run's weights, that it begins with. */
  readonly weights?: WeightsRequest;
}

export interface Settled {
  /** The file's name of now. */
  readonly file: string;
  readonly runId: string;
  readonly mode: RunMode;
  readonly state: RunState;
}

export interface Output {
  readonly file: string;
  readonly mode: RunMode;
  readonly automatic: boolean;
  readonly text: string;
}

interface StartOptions extends TrainingOptions {
  readonly attach?: AttachDebugger;
  /** In the place of what the settings say. */
  readonly request?: RunRequest;
}

interface Job {
  readonly runId: string;
  readonly mode: RunMode;
  readonly automatic: boolean;
  readonly runner: RunnerProcess;
  readonly done: Promise<RunState>;
  file: string;
}

export class RunController {
  readonly #store: RunStore;
  readonly #pool: RunnerPool;
  readonly #request: MakeRequest;
  readonly #jobs = new Set<Job>();
  /** Files whose inspection nobody asked for; they wait for one another. */
  readonly #waiting = new Set<string>();
  readonly #heard = new Emitter<RunEvent>();
  readonly #settled = new Emitter<Settled>();
  readonly #printed = new Emitter<Output>();
  /** A run reached its final state, after the store was told. */
  readonly onDidSettle = this.#settled.event;
  readonly onDidPrint = this.#printed.event;

  constructor(store: RunStore, pool: RunnerPool, request: MakeRequest) {
    this.#store = store;
    this.#pool = pool;
    this.#request = request;
  }

  isTraining(file: string): boolean {
    return this.#job(file, "train") !== undefined;
  }

  /** Files in training. */
  training(): readonly string[] {
    return [...this.#jobs].filter((job) => job.mode === "train").map((job) => job.file);
  }

  /**
   * Trains the file. A file that is in training already goes on with that one.
   * @throws UntrustedError
   */
  train(file: string, options: TrainingOptions = {}): Promise<RunState> {
    return (this.#job(file, "train") ?? this.#start(file, "train", false, options)).done;
  }

  /**
   * Writes the weights of the file's training, and what its optimizers remember, to `weights`, as soon as it passes between
   * two steps, or at once where it is paused.
   * @returns the number of steps that it had taken
   * @throws Error with the reason in words for the user
   */
  async capture(file: string, weights: string): Promise<number> {
    const job = this.#job(file, "train");
    const ended = (): never => {
      throw new Error("The training ended before its weights could be taken.");
    };
    if (!job) return ended();
    const { failure, step = 0 } = await new Promise<Extract<RunEvent, { type: "captured" }>>((resolve, reject) => {
      const listening = this.#heard.event((event) => {
        if (event.type !== "captured" || event.file !== weights) return;
        listening.dispose();
        resolve(event);
      });
      job.runner.send({ type: "steer", steering: { type: "capture", file: weights } });
      void job.done
        .then(ended)
        .catch(reject)
        .finally(() => listening.dispose());
    });
    if (failure !== undefined) throw new Error(`The weights of the training could not be taken. ${failure}`);
    return step;
  }

  /**
   * Brings a kept run back to one of its steps, in the place of a training of its file. Returns the id of the run.
   * @throws UntrustedError
   */
  replay(request: RunRequest): string {
    return this.#start(request.file, "train", false, { request }).runId;
  }

  /**
   * Trains the file in a debugger. A file that is in training already goes on with that one.
   * @throws UntrustedError
   */
  debug(file: string, attach: AttachDebugger): Promise<RunState> {
    return (this.#job(file, "train") ?? this.#start(file, "train", false, { attach })).done;
  }

  /** The program stands in the debugger, or no longer. */
  standsInDebugger(runId: string, stands: boolean): void {
    this.#store.apply(runId, { type: "debugger", stands });
  }

  /** Stops that run, if it is still under way. */
  stopRun(runId: string): void {
    [...this.#jobs].find((job) => job.runId === runId)?.runner.stop();
  }

  /**
   * Inspects the file, in place of an inspection of it that is under way.
   * @throws UntrustedError
   */
  inspect(file: string): Promise<RunState> {
    this.#waiting.delete(file);
    this.#job(file, "inspect")?.runner.kill();
    return this.#start(file, "inspect", false).done;
  }

  /** Inspects the file as soon as no other file is being inspected without having been asked for. */
  inspectSoon(file: string): void {
    const current = this.#job(file, "inspect");
    this.#waiting.add(file);
    // Its result would be of the old text.
    if (current) current.runner.kill();
    this.#inspectNext();
  }

  /** Stops whatever runs of the file. Resolves when all of it has ended. */
  async stop(file: string): Promise<void> {
    this.#waiting.delete(file);
    const jobs = [...this.#jobs].filter((job) => job.file === file);
    for (const job of jobs) job.runner.stop();
    await Promise.all(jobs.map((job) => job.done));
  }

  pause(file: string): void {
    if (isTraining(this.#store.get(file))) this.#job(file, "train")?.runner.send({ type: "pause" });
  }

  resume(file: string): void {
    if (isPaused(this.#store.get(file))) this.#job(file, "train")?.runner.send({ type: "resume" });
  }

  /** Tells the training something; one that is over hears nothing. */
  steer(file: string, steering: Steering): void {
    if (isTraining(this.#store.get(file))) this.#job(file, "train")?.runner.send({ type: "steer", steering });
  }

  /** Runs go on under a file's new name. */
  rename(from: string, to: string): void {
    this.#store.rename(from, to);
    for (const job of this.#jobs) job.file = this.#fileOf(job);
  }

  /** What ran of a file that is gone is stopped and forgotten. */
  async remove(file: string): Promise<void> {
    await this.stop(file);
    this.#store.remove(file);
  }

  #fileOf(job: Job): string {
    const owner = this.#store.all().find((runs) => runs[job.mode]?.runId === job.runId);
    return owner?.file ?? job.file;
  }

  #job(file: string, mode: RunMode): Job | undefined {
    return [...this.#jobs].findLast((job) => job.file === file && job.mode === mode);
  }

  #inspectNext(): void {
    if ([...this.#jobs].some((job) => job.mode === "inspect" && job.automatic)) return;
    const [file] = this.#waiting;
    if (file === undefined) return this.#pool.warm();
    this.#waiting.delete(file);
    this.#start(file, "inspect", true);
  }

  #start(file: string, mode: RunMode, automatic: boolean, { attach, request: own, ...options }: StartOptions = {}): Job {
    const runId = randomUUID();
    const runner = attach ? this.#pool.debugged((inspector) => attach({ file, runId, inspector })) : this.#pool.take();
    this.#store.begin(file, { runId, mode, startedAt: Date.now(), automatic });
    // One thread: the engine's others would each be a row of the call stack, and a breakpoint holds up only the program's.
    const request = { ...(own ?? this.#request(file, mode)), ...(attach && { debug: true, threads: 1 }), ...options };
    const over = runner.run(request, {
      event: (event) => this.#receive(runId, event),
      output: (text) => this.#printed.fire({ file: job.file, mode, automatic, text }),
    });
    const done = over.then(({ state }) => state);
    const job: Job = { runId, mode, automatic, runner, done, file };
    this.#jobs.add(job);
    void done.then((state) => this.#settle(job, state));
    return job;
  }

  #receive(runId: string, event: RunEvent): void {
    this.#store.apply(runId, event);
    this.#heard.fire(event);
    // A training that has come so far no longer needs all of the machine to begin.
    if (event.type === "metrics") this.#pool.warm();
  }

  #settle(job: Job, state: RunState): void {
    this.#jobs.delete(job);
    this.#settled.fire({ file: job.file, runId: job.runId, mode: job.mode, state });
    this.#inspectNext();
  }
}
