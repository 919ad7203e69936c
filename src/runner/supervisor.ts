/** Runs one job: bundles the file, hands it to the worker thread, and has the last word over it. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { MetricBuffer, metricPoints } from "../observe/metricBuffer.ts";
import type { Problem, RunEvent, RunRequest, RunState } from "../protocol/index.ts";
import { programHooksKey } from "./annotations.ts";
import { bundle, BundleError, warmUp, type Bundle } from "./bundle.ts";
import { Control } from "./control.ts";
import { bundlingProblem, startOf, threadProblem, timeoutProblem } from "./problems.ts";
import { SourceMap } from "./sourceMap.ts";
import type { Job, Outcome, ThreadMessage } from "./thread.ts";
import { interrupt } from "./whereabouts.ts";

/** How long a program that was told to stop may go on before its thread is terminated; milliseconds. */
const stopGrace = 700;
/** How long a hanging program is asked where it is. */
const interruptPatience = 800;

export interface Places {
  /** URL of the worker thread's script. */
  readonly worker: URL;
  /** URL of the engine, the very file that the worker thread loads. */
  readonly engine: URL;
}

export class Supervisor {
  readonly #places: Places;
  readonly #emit: (event: RunEvent) => void;
  readonly #worker: Worker;
  readonly #control = new Control();
  readonly #metrics = new MetricBuffer();
  readonly #seriesNames: string[] = [];
  readonly #exited: Promise<void>;
  /** Resolves when the thread is ready for a program: with the build of its kernels. */
  readonly ready: Promise<string | undefined>;
  #outcome: Outcome | undefined;
  #threadError: (Error & { code?: string }) | undefined;
  #stopTimer: NodeJS.Timeout | undefined;

  constructor(places: Places, emit: (event: RunEvent) => void) {
    this.#places = places;
    this.#emit = emit;
    this.#worker = new Worker(places.worker, { name: "program" });
    this.ready = new Promise((resolve) => {
      this.#worker.on("message", (message: ThreadMessage) => {
        if (message.type === "ready") resolve(message.kernels);
        else this.#receive(message);
      });
      this.#worker.once("exit", () => resolve(undefined));
    });
    this.#worker.on("error", (error: Error) => (this.#threadError = error));
    this.#exited = new Promise((resolve) => this.#worker.once("exit", () => resolve()));
    warmUp();
  }

  /** Resolves with the final state; the caller announces it. */
  async run(request: RunRequest): Promise<RunState> {
    this.#tellState("starting");
    const made = await this.#bundle(request);
    if (!made) return this.#control.isStopped ? "stopped" : "failed";
    this.#emit({ type: "files", files: made.files });
    const folder = await mkdtemp(join(tmpdir(), "kindling-"));
    try {
      return await this.#runProgram(request, made, folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  pause(): void {
    this.#control.pause();
  }

  resume(): void {
    this.#control.resume();
  }

  stop(): void {
    if (this.#stopTimer) return;
    this.#tellState("stopping");
    this.#control.stop();
    this.#stopTimer = setTimeout(() => void this.#worker.terminate(), stopGrace);
  }

  async #bundle(request: RunRequest): Promise<Bundle | undefined> {
    try {
      process.chdir(request.directory);
      return await bundle(request.file, this.#places.engine.href);
    } catch (error) {
      const files = error instanceof BundleError ? error.files : [request.file];
      this.#emit({ type: "files", files });
      const problems: Problem[] =
        error instanceof BundleError
          ? error.messages.map((message) => bundlingProblem(message, request.file, request.directory))
          : [{ severity: "error", code: "import", message: `The file can't be run: ${(error as Error).message}`, position: startOf(request.file) }];
      for (const problem of problems) this.#emit({ type: "problem", problem });
      return undefined;
    }
  }

  async #runProgram(request: RunRequest, made: Bundle, folder: string): Promise<RunState> {
    const path = join(folder, `${basename(request.file)}.mjs`);
    await writeFile(path, made.code);
    await this.ready;
    const program = pathToFileURL(path).href;
    if (!this.#control.isStopped && !this.#threadError) {
      const job: Job = {
        request,
        program,
        map: made.map,
        annotations: made.annotations,
        control: this.#control.buffer,
        metrics: this.#metrics.buffer,
      };
      this.#tellState("running");
      this.#worker.postMessage(job);
      const limited = request.mode === "inspect" && request.timeLimit > 0;
      const source = new SourceMap(program, made.map);
      const timer = limited ? setTimeout(() => void this.#timeOut(request, source), request.timeLimit) : undefined;
      await this.#exited;
      clearTimeout(timer);
    }
    clearTimeout(this.#stopTimer);
    this.#drain();
    return this.#conclude(request);
  }

  #conclude(request: RunRequest): RunState {
    if (this.#outcome) return this.#outcome;
    if (this.#control.isStopped) return "stopped";
    const error = this.#threadError ?? new Error("its thread is gone");
    this.#emit({ type: "problem", problem: threadProblem(error, request.file) });
    return "failed";
  }

  /** Reports where the program hangs and what models it has built so far, then ends it. */
  async #timeOut(request: RunRequest, source: SourceMap): Promise<void> {
    const frames = await interrupt(`globalThis[Symbol.for(${JSON.stringify(programHooksKey)})].report()`, interruptPatience);
    if (this.#outcome || this.#control.isStopped) return;
    const stack = frames.flatMap(({ url, line, column, functionName }) => {
      const position = url === source.program ? source.locate(line, column) : undefined;
      return position ? [{ function: functionName, position }] : [];
    });
    // Reports that are on their way come before the problem.
    await new Promise((resolve) => setImmediate(resolve));
    this.#outcome = "failed";
    this.#emit({ type: "problem", problem: timeoutProblem(request.file, request.timeLimit, stack) });
    await this.#worker.terminate();
  }

  #receive(message: Exclude<ThreadMessage, { type: "ready" }>): void {
    switch (message.type) {
      case "event":
        this.#emit(message.event);
        break;
      case "series":
        this.#seriesNames[message.index] = message.name;
        break;
      case "points":
        this.#emit({ type: "metrics", points: metricPoints(message.values, this.#seriesNames) });
        break;
      case "paused":
        if (!this.#control.isStopped) this.#tellState(message.paused ? "paused" : "running");
        break;
      case "ended":
        this.#outcome ??= message.outcome;
        break;
    }
  }

  /** What the program measured last, if it was terminated before it could send it. */
  #drain(): void {
    const values = this.#metrics.take();
    if (values) this.#emit({ type: "metrics", points: metricPoints(values, this.#seriesNames) });
  }

  #tellState(state: RunState): void {
    this.#emit({ type: "state", state, at: Date.now() });
  }
}
