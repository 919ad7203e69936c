/** Runs one job in a runner process of its own, as the extension does. */
import { fork, type ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";
import { constants } from "node:os";
import { setImmediate } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { deathProblem, isFault, safeKernels, type RunCommand, type RunEvent, type RunnerMessage, type RunRequest, type RunState } from "../protocol/index.ts";

export interface RunnerOptions {
  readonly script: URL;
  readonly request: RunRequest;
  readonly onEvent: (event: RunEvent) => void;
  /** Takes what the program prints; absent, it goes straight to where our own output goes. */
  readonly capture?: (stdout: Readable, stderr: Readable) => void;
}

/** How a run ended. */
export interface RunEnd {
  readonly state: RunState;
  /** The program's own choice, or what a shell makes of the signal of which its process died. */
  readonly exitCode?: number;
}

export class RunnerProcess {
  #child: ChildProcess;
  #kernels: string | undefined;
  #isStopping = false;
  /** Resolves when the process has ended. */
  readonly ended: Promise<RunEnd>;

  constructor(options: RunnerOptions) {
    let end: (how: RunEnd) => void;
    this.ended = new Promise((resolve) => (end = resolve));
    this.#child = this.#fork(options, {}, end!);
  }

  #fork(options: RunnerOptions, environment: NodeJS.ProcessEnv, end: (how: RunEnd) => void): ChildProcess {
    const { script, request, onEvent, capture } = options;
    const output = capture ? "pipe" : "inherit";
    // What would have been colourful on the terminal stays so.
    const colours = capture && process.stdout.isTTY && !process.env["NO_COLOR"] ? { FORCE_COLOR: "1" } : {};
    const child = fork(fileURLToPath(script), [], {
      serialization: "advanced",
      stdio: ["inherit", output, output, "ipc"],
      env: { ...process.env, ...colours, ...environment },
    });
    capture?.(child.stdout!, child.stderr!);
    let final: RunEnd | undefined;
    let isReady = false;
    child.on("message", (message: RunnerMessage) => {
      if (message.type === "ready") {
        isReady = true;
        this.#kernels = message.kernels;
        return this.#send({ type: "run", request });
      }
      const { event } = message;
      if (event.type === "state" && isFinal(event.state)) final = { state: event.state, ...(event.exitCode === undefined ? {} : { exitCode: event.exitCode }) };
      onEvent(event);
    });
    child.on("close", async (code, signal) => {
      // A signal to the whole group of processes is on its way to this one, too.
      await setImmediate();
      if (!isReady && !this.#isStopping && isFault(signal) && environment !== safeKernels) {
        this.#child = this.#fork(options, safeKernels, end);
        return;
      }
      if (final === undefined && this.#isStopping) final = { state: "stopped" };
      if (final === undefined) onEvent({ type: "problem", problem: deathProblem(code, signal) });
      end(final ?? { state: "failed", ...(signal ? { exitCode: signalExit(signal) } : {}) });
    });
    child.on("error", (error) => {
      if (child.pid !== undefined) return;
      onEvent({ type: "problem", problem: deathProblem(null, null, error.message) });
      end({ state: "failed" });
    });
    return child;
  }

  /** The build of the kernels that it computes with, once it is ready. */
  get kernels(): string | undefined {
    return this.#kernels;
  }

  #send(command: RunCommand): void {
    // A process that is just ending needs no command.
    if (this.#child.connected) this.#child.send(command, () => {});
  }

  /** Asks the run to stop. A process that dies from now on was stopped. */
  stop(): void {
    this.#isStopping = true;
    this.#send({ type: "stop" });
  }

  /** Ends the run at once. */
  kill(): void {
    this.#isStopping = true;
    this.#child.kill("SIGKILL");
  }
}

function isFinal(state: RunState): boolean {
  return state === "finished" || state === "stopped" || state === "failed";
}

/** What a shell makes of a process that died of a signal. */
export function signalExit(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}
