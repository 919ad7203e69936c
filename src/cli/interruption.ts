/** Ctrl+C, and the polite request to end: what each asks of a run, and the exit code it leaves. */
import { constants } from "node:os";
import type { RunEnd, RunListener, RunnerProcess } from "../client/runnerProcess.ts";
import type { RunRequest } from "../protocol/index.ts";

const signals = ["SIGINT", "SIGTERM"] as const;

export interface Run {
  /** Starts the process. */
  start(): RunnerProcess;
  readonly request: RunRequest;
  readonly listener: RunListener;
  /** Called at the first signal; the second one ends the run at once. */
  onSignal(runner: RunnerProcess, signal: NodeJS.Signals): void;
  /** Called when the process has ended. */
  onEnd(end: RunEnd, runner: RunnerProcess): void;
}

/** Resolves with the exit code when the process has ended: the signal's if one came, else the program's own. */
export async function exitCodeOf({ start, request, listener, onSignal, onEnd }: Run): Promise<number> {
  let received: NodeJS.Signals | undefined;
  const interrupt = (signal: NodeJS.Signals): void => {
    if (received !== undefined) return runner.kill();
    received = signal;
    onSignal(runner, signal);
  };
  // Before there is a process that a signal to the whole group of processes could end.
  for (const signal of signals) process.on(signal, interrupt);
  const runner = start();
  const end = await runner.run(request, listener);
  await runner.exited;
  for (const signal of signals) process.off(signal, interrupt);
  onEnd(end, runner);
  const signal = received ?? end.signal;
  if (signal !== undefined) return signalExit(signal);
  return end.exitCode ?? (end.state === "finished" ? 0 : 1);
}

/** What a shell makes of a process that died of a signal. */
function signalExit(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}
