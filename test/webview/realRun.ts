/** Runs as the runner really tells them. Needs `npm run build`. */
import { dirname, join } from "node:path";
import { RunnerProcess } from "../../src/client/runnerProcess.ts";
import { defaultSampling, type RunEvent } from "../../src/protocol/index.ts";
import type { RunMode } from "../../src/protocol/index.ts";
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

/** What the run's first `share` of its events adds up to. */
export function snapshotOf(file: string, events: readonly RunEvent[], share = 1, mode: RunMode = "train"): RunSnapshot {
  const told = events.slice(0, Math.ceil(share * events.length));
  return told.reduce<RunSnapshot>((run, event) => reduceSnapshot(run, event), emptySnapshot({ runId: "run-1", file, mode, startedAt: 0 }));
}
