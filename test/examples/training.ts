/** One training of an example, as the editor watches it, about which all is asserted that is promised of it. */
import assert from "node:assert/strict";
import { health } from "../../src/run/health/health.ts";
import { emptySnapshot, reduceSnapshot, type RunSnapshot } from "../../src/run/snapshot.ts";
import { repository } from "../harness/temporary.ts";
import { run, type Job } from "../runner/job.ts";

export interface Training {
  readonly job: Job;
  readonly seconds: number;
  /** What was known of it at its end. */
  readonly end: RunSnapshot;
  /** What was found to be wrong at any time, and after how many steps. */
  readonly findings: readonly (readonly [step: number, finding: unknown])[];
}

/** Trains the file before the tests of the block that this is called in, and holds that it never looks like trouble. */
export function training(file: string): () => Training {
  let trained: Training;

  before(async () => {
    const start = performance.now();
    // As from the command line, not from the file's own folder.
    const job = await run(file, { timeLimit: 0, directory: repository, threads: 0 });
    trained = { job, seconds: (performance.now() - start) / 1000, ...followed(job, file) };
  });

  it("runs to its end and shows no sign of trouble on the way", () => {
    assert.deepEqual(trained.findings, []);
    assert.equal(trained.end.state, "finished");
    assert.notEqual(health(trained.end).state, "error");
  });

  return () => trained;
}

function followed({ events }: Job, file: string): Pick<Training, "end" | "findings"> {
  let snapshot = emptySnapshot({ runId: "1", file, mode: "train", startedAt: 0 });
  const findings = events.flatMap((event) => {
    snapshot = reduceSnapshot(snapshot, event);
    if (event.type !== "changes" && event.type !== "state") return [];
    return health(snapshot).findings.map((finding) => [snapshot.progress?.step ?? 0, finding] as const);
  });
  return { end: snapshot, findings };
}
