/** One runner process: forked, told what to run, listened to, and ended for certain. Knows nothing of VS Code. */
import { fork, type ChildProcess } from "node:child_process";
import { deathProblem, isFault, safeKernels, type RunCommand, type RunEvent, type RunRequest, type RunnerMessage, type RunState } from "../../protocol/index.ts";
import { l10n } from "../model/language.ts";
import { isFinal } from "../model/snapshot.ts";

export interface Launch {
  /** The runner's entry. */
  readonly script: string;
  readonly arguments?: readonly string[];
  readonly environment?: NodeJS.ProcessEnv;
}

export interface RunListener {
  event(event: RunEvent): void;
  /** What the program prints. */
  output(text: string): void;
}

/** How long a process may take to stop, or to end after its last word, before it is killed; milliseconds. */
const graceTime = 1500;

/** The last characters of stderr that are kept, to say why a process died. */
const lastWords = 4000;

type Phase = "starting" | "ready" | "running" | "ended";

export class RunnerProcess {
  #child: ChildProcess;
  #phase: Phase = "starting";
  #request: RunRequest | undefined;
  #listener: RunListener | undefined;
  #stopping = false;
  #final: RunState | undefined;
  #stderr = "";
  #timers: NodeJS.Timeout[] = [];
  #finish: (state: RunState) => void = () => {};
  readonly #log: (text: string) => void;

  /** Resolves when the process has ended, for whatever reason. */
  readonly exited: Promise<void>;
  #exit: () => void = () => {};

  constructor(launch: Launch, log: (text: string) => void) {
    this.#log = log;
    this.exited = new Promise((resolve) => (this.#exit = resolve));
    this.#child = this.#fork(launch, {});
  }

  #fork(launch: Launch, environment: NodeJS.ProcessEnv): ChildProcess {
    const child = fork(launch.script, [...(launch.arguments ?? [])], {
      // The extension host's own flags (a debugger's port above all) are not for its children.
      execArgv: [],
      execPath: process.execPath,
      env: { ...process.env, ELECTRON_RUN_AS_NODE: "1", ...launch.environment, ...environment },
      serialization: "advanced",
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    const started = performance.now();
    child.on("message", (message) => {
      const told = message as RunnerMessage;
      if (told.type === "ready") this.#log(`runner ${child.pid} ready after ${Math.round(performance.now() - started)} ms, with ${told.kernels} kernels`);
      this.#receive(told);
    });
    child.stdout?.setEncoding("utf8").on("data", (text: string) => this.#print(text));
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-lastWords);
      this.#print(text);
    });
    // "error" comes alone where the process could not be started at all; "close" comes after the last output.
    child.once("error", (error) => {
      this.#stderr += error.message;
      if (child.pid === undefined) this.#end(null, null);
    });
    child.once("close", (code, signal) => {
      if (this.#phase === "starting" && !this.#stopping && isFault(signal) && environment !== safeKernels) {
        this.#log(`runner ${child.pid} died of ${signal} while it started; once more with the safe kernels`);
        this.#child = this.#fork(launch, safeKernels);
      } else {
        this.#end(code, signal);
      }
    });
    return child;
  }

  get isAlive(): boolean {
    return this.#phase !== "ended";
  }

  /** Runs the one job. Resolves with the state in which it ended; problems on the way are events. */
  run(request: RunRequest, listener: RunListener): Promise<RunState> {
    this.#request = request;
    this.#listener = listener;
    const done = new Promise<RunState>((resolve) => (this.#finish = resolve));
    if (this.#phase === "ready") this.#start();
    else if (this.#phase === "ended") this.#crash(null, null);
    return done;
  }

  send(command: RunCommand): void {
    if (this.#child.connected) this.#child.send(command, (error) => error && this.#log(`not sent: ${error.message}`));
  }

  /** Asks the run to stop, and kills the process where it doesn't. */
  stop(): void {
    if (this.#stopping || this.#final) return;
    this.#stopping = true;
    this.#tell({ type: "state", state: "stopping", at: Date.now() });
    if (this.#phase !== "running") return this.kill();
    this.send({ type: "stop" });
    this.#killAfter(graceTime);
  }

  /** Ends the process at once; its run counts as stopped. */
  kill(): void {
    this.#stopping = true;
    this.#child.kill("SIGKILL");
  }

  /** Gives the run up with this problem. */
  fail(code: string, message: string): void {
    if (this.#final) return;
    this.#tell({ type: "problem", problem: { severity: "error", code, message } });
    this.#close("failed");
    this.#child.kill("SIGKILL");
  }

  #receive(message: RunnerMessage): void {
    if (message.type === "ready") {
      if (this.#phase !== "starting") return;
      this.#phase = "ready";
      if (this.#request) this.#start();
      return;
    }
    if (this.#final) return;
    const { event } = message;
    if (event.type !== "state") return this.#tell(event);
    if (!isFinal(event.state)) return this.#tell(event);
    this.#close(event.state, event.at);
    this.#killAfter(graceTime);
  }

  #start(): void {
    if (!this.#request) return;
    this.#phase = "running";
    this.send({ type: "run", request: this.#request });
    const { mode, timeLimit } = this.#request;
    if (mode === "inspect" && timeLimit > 0) this.#superviseInspection(timeLimit);
  }

  /** The runner ends an inspection in time by itself; this is for a runner that can't any more. */
  #superviseInspection(timeLimit: number): void {
    const seconds = timeLimit / 1000;
    const message = l10n.t(
      "The file came to no training step within {0} seconds, and its process didn't answer any more, so it was ended.",
      seconds,
    );
    this.#timers.push(setTimeout(() => this.fail("timeout", message), timeLimit + 2 * graceTime));
  }

  #killAfter(time: number): void {
    this.#timers.push(setTimeout(() => this.#child.kill("SIGKILL"), time));
  }

  #print(text: string): void {
    if (this.#listener) this.#listener.output(text);
    else this.#log(text.trimEnd());
  }

  #tell(event: RunEvent): void {
    this.#listener?.event(event);
  }

  #close(state: RunState, at = Date.now()): void {
    this.#final = state;
    this.#tell({ type: "state", state, at });
    this.#finish(state);
  }

  #end(code: number | null, signal: NodeJS.Signals | null): void {
    this.#phase = "ended";
    for (const timer of this.#timers) clearTimeout(timer);
    if (!this.#final && this.#request) {
      if (this.#stopping) this.#close("stopped");
      else this.#crash(code, signal);
    }
    this.#log(`runner ${this.#child.pid ?? "?"} ended (${signal ?? code ?? "not started"})`);
    this.#exit();
  }

  #crash(code: number | null, signal: NodeJS.Signals | null): void {
    this.#tell({ type: "problem", problem: deathProblem(code, signal, this.#stderr) });
    this.#close("failed");
  }
}
