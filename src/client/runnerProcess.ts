/** One runner process, as the extension and the command line have it: forked, told what to run, listened to, and ended for certain. */
import { fork, type ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";
import { setImmediate } from "node:timers";
import { debugArgument, type RunCommand, type RunEvent, type RunRequest, type RunnerMessage, type RunState } from "../protocol/index.ts";
import { received } from "../run/sentEvents.ts";
import { isFinal } from "../run/standing.ts";
import { deathProblem } from "./death.ts";
import { isFault, safeKernels } from "./safeKernels.ts";

export interface RunnerOptions {
  /** Path of the runner's entry. */
  readonly script: string;
  readonly arguments?: readonly string[];
  /** In addition to this process's own. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Flags of Node's; by default those of this process. */
  readonly flags?: readonly string[];
  /** What the program reads: what this process does, or nothing. */
  readonly input: "inherit" | "ignore";
  /** Where the program prints: where this process does, to the listener as text, or to whom that function leads both streams. */
  readonly output: "inherit" | "listener" | ((stdout: Readable, stderr: Readable) => void);
  /** Milliseconds that it may take to stop, or to end after its last word, before it is killed. By default it is waited for. */
  readonly patience?: number;
  /** Path of a program that it runs while it waits for its job, to be quicker then: what is done for the first time takes long. */
  readonly rehearsal?: string;
  /**
   * Of a process that is debugged: brings a debugger to the inspector at this address, before the process gets its job.
   * Resolves to whether one came.
   */
  readonly attach?: (inspector: string) => Promise<boolean>;
  readonly log?: (text: string) => void;
}

export interface RunListener {
  event(event: RunEvent): void;
  /** What the program prints, where that goes to the listener. */
  output?(text: string): void;
}

/** How a run ended. */
export interface RunEnd {
  readonly state: RunState;
  /** The program's own choice, where it made one. */
  readonly exitCode?: number;
  /** Of which its process died, where it died without a last word. */
  readonly signal?: NodeJS.Signals;
}

interface Job {
  readonly request: RunRequest;
  readonly listener: RunListener;
  readonly finish: (end: RunEnd) => void;
}

/** The last characters of stderr that are kept, to say why a process died. */
const lastWords = 4000;

export class RunnerProcess {
  readonly #options: RunnerOptions;
  #child: ChildProcess;
  #phase: "starting" | "ready" | "running" | "ended" = "starting";
  #kernels: string | undefined;
  #job: Job | undefined;
  #isStopping = false;
  /** The run is over; its process may still be there. */
  #isOver = false;
  #stderr = "";
  readonly #timers: NodeJS.Timeout[] = [];

  /** Resolves when the process has ended, for whatever reason. */
  readonly exited: Promise<void>;
  #exit: () => void = () => {};

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.exited = new Promise((resolve) => (this.#exit = resolve));
    this.#child = this.#fork({});
  }

  #fork(kernels: Readonly<Record<string, string>>): ChildProcess {
    const { script, arguments: words = [], environment, flags, input, output, attach } = this.#options;
    const printed = output === "inherit" ? "inherit" : "pipe";
    const child = fork(script, [...words, ...(attach ? [debugArgument] : [])], {
      ...(flags && { execArgv: [...flags] }),
      env: { ...process.env, ...environment, ...kernels },
      serialization: "advanced",
      stdio: [input, printed, printed, "ipc"],
    });
    const started = performance.now();
    child.on("message", (message: RunnerMessage) => {
      if (message.type === "event") this.#receive(received(message.event));
      else if (message.type === "rehearsed") this.#log(`runner ${child.pid} rehearsed, ${Math.round(performance.now() - started)} ms after its start`);
      else void this.#becomeReady(message, performance.now() - started);
    });
    this.#listen(child);
    // "error" comes alone where the process could not be started at all; "close" comes after the last output.
    child.once("error", (error) => {
      this.#stderr += error.message;
      if (child.pid === undefined) this.#end(null, null);
    });
    // A signal to the whole group of processes is on its way to this one, too; it is no death then.
    child.once("close", (code, signal) =>
      setImmediate(() => {
        if (this.#phase === "starting" && !this.#isStopping && isFault(signal) && kernels !== safeKernels) {
          this.#log(`runner ${child.pid} died of ${signal} while it started; once more with the safe kernels`);
          this.#child = this.#fork(safeKernels);
        } else {
          this.#end(code, signal);
        }
      }),
    );
    return child;
  }

  #listen({ stdout, stderr }: ChildProcess): void {
    const { output } = this.#options;
    if (output === "listener") for (const stream of [stdout!, stderr!]) stream.setEncoding("utf8").on("data", (text: string) => this.#print(text));
    if (typeof output === "function") output(stdout!, stderr!);
    stderr?.on("data", (chunk: Buffer | string) => (this.#stderr = (this.#stderr + String(chunk)).slice(-lastWords)));
  }

  get isAlive(): boolean {
    return this.#phase !== "ended";
  }

  /** The build of the kernels that it computes with, once it is ready. */
  get kernels(): string | undefined {
    return this.#kernels;
  }

  /** Runs the one job, as soon as the process is ready. Resolves when the run is over; problems on the way, and the end, are events. */
  run(request: RunRequest, listener: RunListener): Promise<RunEnd> {
    const over = new Promise<RunEnd>((finish) => (this.#job = { request, listener, finish }));
    if (this.#phase === "ready") this.#start();
    else if (this.#phase === "ended") this.#conclude(null, null);
    return over;
  }

  send(command: RunCommand): void {
    // A process that is just ending needs no command.
    if (this.#child.connected) this.#child.send(command, (error) => error && this.#log(`not sent: ${error.message}`));
  }

  /** Asks the run to stop. A process that dies from now on was stopped. */
  stop(): void {
    if (this.#isStopping || this.#isOver) return;
    this.#isStopping = true;
    this.#tell({ type: "state", state: "stopping", at: Date.now() });
    if (this.#phase !== "running") return this.kill();
    this.send({ type: "stop" });
    this.#killLater();
  }

  /** Ends the process at once; its run counts as stopped. */
  kill(): void {
    this.#isStopping = true;
    this.#child.kill("SIGKILL");
  }

  async #becomeReady({ kernels, inspector }: Extract<RunnerMessage, { type: "ready" }>, time: number): Promise<void> {
    this.#log(`runner ${this.#child.pid} ready after ${Math.round(time)} ms, ${inspector === undefined ? `with ${kernels} kernels` : "for a debugger"}`);
    if (inspector !== undefined && !(await this.#options.attach!(inspector))) this.kill();
    // It may have been stopped, or have died, meanwhile.
    if (this.#isStopping || this.#phase === "ended") return;
    this.#kernels = kernels;
    this.#phase = "ready";
    if (this.#job) this.#start();
    else if (this.#options.rehearsal !== undefined) this.send({ type: "rehearse", file: this.#options.rehearsal });
  }

  #start(): void {
    const { request } = this.#job!;
    this.#phase = "running";
    this.send({ type: "run", request });
    if (request.mode === "inspect" && request.timeLimit > 0) this.#superviseInspection(request.timeLimit);
  }

  /** The runner ends an inspection in time by itself; this is for a runner that can't any more. */
  #superviseInspection(timeLimit: number): void {
    const { patience } = this.#options;
    if (patience === undefined) return;
    const message = `The file came to no training step within ${timeLimit / 1000} seconds, and its process didn't answer any more, so it was ended.`;
    const giveUp = (): void => {
      if (this.#isOver) return;
      this.#tell({ type: "problem", problem: { severity: "error", code: "timeout", message } });
      this.#close({ state: "failed" });
      this.#child.kill("SIGKILL");
    };
    this.#timers.push(setTimeout(giveUp, timeLimit + 2 * patience));
  }

  #killLater(): void {
    const { patience } = this.#options;
    if (patience !== undefined) this.#timers.push(setTimeout(() => this.#child.kill("SIGKILL"), patience));
  }

  #receive(event: RunEvent): void {
    if (this.#isOver) return;
    if (event.type !== "state" || !isFinal(event.state)) return this.#tell(event);
    const { state, at, exitCode } = event;
    this.#close({ state, ...(exitCode !== undefined && { exitCode }) }, at);
    this.#killLater();
  }

  #tell(event: RunEvent): void {
    this.#job?.listener.event(event);
  }

  #print(text: string): void {
    if (this.#job) this.#job.listener.output?.(text);
    else this.#log(text.trimEnd());
  }

  #log(text: string): void {
    this.#options.log?.(text);
  }

  #close(end: RunEnd, at = Date.now()): void {
    this.#isOver = true;
    this.#tell({ type: "state", state: end.state, at });
    this.#job?.finish(end);
  }

  #end(code: number | null, signal: NodeJS.Signals | null): void {
    if (this.#phase === "ended") return;
    this.#phase = "ended";
    for (const timer of this.#timers) clearTimeout(timer);
    if (this.#job && !this.#isOver) this.#conclude(code, signal);
    this.#log(`runner ${this.#child.pid ?? "?"} ended (${signal ?? code ?? "not started"})`);
    this.#exit();
  }

  /** Of a run whose process is gone without a last word. */
  #conclude(code: number | null, signal: NodeJS.Signals | null): void {
    if (this.#isStopping) return this.#close({ state: "stopped" });
    // Ctrl+C reaches the whole group of processes, this one perhaps before it can listen, and perhaps before the parent is told.
    if (signal === "SIGINT" || signal === "SIGTERM") return this.#close({ state: "stopped", signal });
    this.#tell({ type: "problem", problem: deathProblem(code, signal, this.#stderr) });
    this.#close({ state: "failed", ...(signal && { signal }) });
  }
}
