/** Runs one job in a runner process of its own, as the extension does. */
import { fork, type ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { isFault, safeKernels, type RunCommand, type RunEvent, type RunnerMessage, type RunRequest, type RunState } from "../protocol/index.ts";

export interface RunnerOptions {
  readonly script: URL;
  readonly request: RunRequest;
  readonly onEvent: (event: RunEvent) => void;
  /** Takes what the program prints; absent, it goes straight to where our own output goes. */
  readonly capture?: (stdout: Readable, stderr: Readable) => void;
}

export class RunnerProcess {
  #child: ChildProcess;
  #kernels: string | undefined;
  /** Resolves with the final state when the process has ended. */
  readonly ended: Promise<RunState>;

  constructor(options: RunnerOptions) {
    let end: (state: RunState) => void;
    this.ended = new Promise((resolve) => (end = resolve));
    this.#child = this.#fork(options, {}, end!);
  }

  #fork(options: RunnerOptions, environment: NodeJS.ProcessEnv, end: (state: RunState) => void): ChildProcess {
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
    let final: RunState | undefined;
    let isReady = false;
    child.on("message", (message: RunnerMessage) => {
      if (message.type === "ready") {
        isReady = true;
        this.#kernels = message.kernels;
        return this.send({ type: "run", request });
      }
      const { event } = message;
      if (event.type === "state" && isFinal(event.state)) final = event.state;
      onEvent(event);
    });
    child.on("close", (code, signal) => {
      if (!isReady && isFault(signal) && environment !== safeKernels) {
        this.#child = this.#fork(options, safeKernels, end);
        return;
      }
      if (final === undefined) onEvent({ type: "problem", problem: { severity: "error", code: "crash", message: deathMessage(code, signal) } });
      end(final ?? "failed");
    });
    return child;
  }

  /** The build of the kernels that it computes with, once it is ready. */
  get kernels(): string | undefined {
    return this.#kernels;
  }

  send(command: RunCommand): void {
    // A process that is just ending needs no command.
    if (this.#child.connected) this.#child.send(command, () => {});
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }
}

function isFinal(state: RunState): boolean {
  return state === "finished" || state === "stopped" || state === "failed";
}

function deathMessage(code: number | null, signal: NodeJS.Signals | null): string {
  return `The process that ran the program ended before the program did (${signal ?? `exit code ${code}`}). It may have run out of memory.`;
}
