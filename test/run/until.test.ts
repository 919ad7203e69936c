import assert from "node:assert/strict";
import type { RunEvent } from "../../src/protocol/index.ts";
import { runUntil } from "../../src/run/health/until.ts";
import { emptySnapshot, reduceSnapshot } from "../../src/run/snapshot.ts";

describe("a run as it was at a measured step", () => {
  const point = (step: number) => ({ name: "loss", step, epoch: 0, value: 1 / (step + 1) });
  const events: RunEvent[] = [0, 10, 20].flatMap((step): RunEvent[] => [
    { type: "metrics", points: [point(step), point(step + 5)] },
    { type: "statistics", statistics: { model: 0, step, epoch: 0, modules: [] } },
  ]);
  const run = events.reduce((before, event) => reduceSnapshot(before, event), emptySnapshot({ runId: "1", file: "/a.model.ts", mode: "train", startedAt: 0 }));

  it("has what was measured, and the curves, up to there", () => {
    const then = runUntil(run, 10);
    assert.deepEqual(
      then.samples.get(0)!.map(({ step }) => step),
      [0, 10],
    );
    assert.deepEqual([...then.curves.get("loss")!.steps], [0, 5, 10]);
    assert.equal(runUntil(run, null), run);
  });

  it("leaves the run as it is, whatever is done to it", () => {
    const then = runUntil(run, 10);
    reduceSnapshot(then, { type: "metrics", points: [point(11)] });
    assert.deepEqual([...run.curves.get("loss")!.steps], [0, 5, 10, 15, 20, 25]);
  });
});
