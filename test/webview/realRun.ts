/** Runs as the runner really tells them. Needs `npm run build`. */
import { dirname, join } from "node:path";
import { RunnerProcess } from "../../src/client/runnerProcess.ts";
import { defaultSampling, type RunEvent } from "../../src/protocol/index.ts";
import type { RunMode, RunRequest } from "../../src/protocol/index.ts";
import { emptySnapshot, reduceSnapshot, type RunSnapshot } from "../../src/run/snapshot.ts";
import { repository } from "../harness/temporary.ts";

/** Everything that a run of that file tells, to its end. */
export async function eventsOf(file: string, mode: RunMode = "train"): Promise<readonly RunEvent[]> {
  const events: RunEvent[] = [];
  const runner = new RunnerProcess({ script: join(repository, "dist/runner/main.js"), input: "ignore", output: "listener" });
  const request = { file, mode, directory: dirname(file), sampling: defaultSampling, timeLimit: 0, threads: 1 };
  await runner.run(request, { event: (event) => void events.push(event) });
  await runner.exited;
  return events;
}

/** The same of a run that is paused at once, and asked what wrote the tensors of its next step. */
export async function eventsAskedOf(file: string): Promise<readonly RunEvent[]> {
  const events: RunEvent[] = [];
  const runner = new RunnerProcess({ script: join(repository, "dist/runner/main.js"), input: "ignore", output: "listener" });
  const request: RunRequest = { file, mode: "train", directory: dirname(file), sampling: defaultSampling, timeLimit: 0, threads: 1 };
  const event = (told: RunEvent): void => {
    events.push(told);
    if (told.type !== "state" || told.state !== "paused") return;
    const isAnswered = events.some(({ type }) => type === "trace");
    runner.send(isAnswered ? { type: "stop" } : { type: "steer", steering: { type: "trace" } });
  };
  const end = runner.run(request, { event });
  runner.send({ type: "pause" });
  await end;
  await runner.exited;
  return events;
}

/** What the run's first `share` of its events adds up to. */
export function snapshotOf(file: string, events: readonly RunEvent[], share = 1, mode: RunMode = "train"): RunSnapshot {
  const told = events.slice(0, Math.ceil(share * events.length));
  return told.reduce<RunSnapshot>((run, event) => reduceSnapshot(run, event), emptySnapshot({ runId: "run-1", file, mode, startedAt: 0 }));
}
