/** Runs one job in a runner process of its own, as the extension does. */
import { fork, type ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { RunCommand, RunEvent, RunnerMessage, RunRequest, RunState } from "../protocol/index.ts";

export interface RunnerOptions {
  readonly script: URL;
  readonly request: RunRequest;
  readonly onEvent: (event: RunEvent) => void;
  /** Whether what the program prints comes to us (`output`) or goes straight to where our own output goes. */
  readonly capture: boolean;
}

export class RunnerProcess {
  readonly #child: ChildProcess;
  /** Resolves with the final state when the process has ended. */
  readonly ended: Promise<RunState>;

  constructor({ script, request, onEvent, capture }: RunnerOptions) {
    const output = capture ? "pipe" : "inherit";
    // What would have been colourful on the terminal stays so.
    const colours = capture && process.stdout.isTTY && !process.env["NO_COLOR"] ? { FORCE_COLOR: "1" } : {};
    this.#child = fork(fileURLToPath(script), [], {
      serialization: "advanced",
      stdio: ["inherit", output, output, "ipc"],
      env: { ...process.env, ...colours },
    });
    let final: RunState | undefined;
    this.#child.on("message", (message: RunnerMessage) => {
      if (message.type === "ready") return this.send({ type: "run", request });
      const { event } = message;
      if (event.type === "state" && isFinal(event.state)) final = event.state;
      onEvent(event);
    });
    this.ended = new Promise((resolve) => {
      this.#child.on("close", (code, signal) => {
        if (final === undefined) onEvent({ type: "problem", problem: { severity: "error", code: "crash", message: deathMessage(code, signal) } });
        resolve(final ?? "failed");
      });
    });
  }

  /** What the program prints, if it is captured. */
  get output(): { readonly stdout: Readable | null; readonly stderr: Readable | null } {
    return this.#child;
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
