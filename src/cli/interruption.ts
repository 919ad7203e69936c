/** Ctrl+C, and the polite request to end: what each asks of a run, and the exit code it leaves. */
import { signalExit, type RunEnd, type RunnerProcess } from "./runnerProcess.ts";

const signals = ["SIGINT", "SIGTERM"] as const;

/**
 * Resolves with the exit code when the run has ended: the signal's if one came, else the program's own.
 * @param start starts the run
 * @param onSignal called at the first signal; the second one ends the run at once
 */
export async function exitCodeOf(start: () => RunnerProcess, onSignal: (runner: RunnerProcess) => void, onEnd: (end: RunEnd, runner: RunnerProcess) => void): Promise<number> {
  let received: NodeJS.Signals | undefined;
  const interrupt = (signal: NodeJS.Signals): void => {
    if (received !== undefined) return runner.kill();
    received = signal;
    onSignal(runner);
  };
  // Before there is a process that a signal to the whole group of processes could end.
  for (const signal of signals) process.on(signal, interrupt);
  const runner = start();
  const end = await runner.ended;
  for (const signal of signals) process.off(signal, interrupt);
  onEnd(end, runner);
  if (received !== undefined) return signalExit(received);
  return end.exitCode ?? (end.state === "finished" ? 0 : 1);
}
