import assert from "node:assert/strict";
import { progressText, statusText } from "../../src/extension/status/statusText.ts";
import type { Problem, Progress } from "../../src/protocol/index.ts";
import type { Curves } from "../../src/run/curves.ts";
import { Series } from "../../src/run/series.ts";
import { emptySnapshot } from "../../src/run/snapshot.ts";
import { file } from "./samples.ts";

describe("progress", () => {
  const progress: Progress = {
    epoch: 2,
    epochs: 20,
    step: 1234,
    batch: 4,
    batches: 10,
    loss: 0.123456,
    stepsPerSecond: 100,
    remainingSeconds: 72,
    elapsed: 5000,
  };
  const run = emptySnapshot({ runId: "1", file, mode: "train", startedAt: 0 });

  it("says epoch, step, loss and the time left", () => {
    assert.equal(progressText({ ...run, progress }), "epoch 3/20 · step 1,234 · loss 0.1235 · 1:12 left");
  });

  it("says that the program stands in the debugger, which is no stall", () => {
    assert.equal(statusText({ ...run, state: "running", inDebugger: true, progress }), "$(debug-alt) in the debugger · step 1,234 · loss 0.1235");
  });

  it("leaves out what the program doesn't show", () => {
    const bare = { epoch: 0, step: 7, stepsPerSecond: 1, elapsed: 1 };
    assert.equal(progressText({ ...run, progress: bare }), "epoch 1 · step 7");
  });

  it("says how it ended, and what the loss was", () => {
    const ended = { ...run, state: "finished" as const, endedAt: 65_000, progress };
    assert.equal(statusText(ended), "$(check) trained · step 1,234 · loss 0.1235 · 0:05", "by the run's own clock, as in the panel");
    assert.equal(statusText({ ...run, state: "failed", endedAt: 500 }), "$(error) failed · 0:01");
  });

  const losses = (...values: readonly number[]): Curves => new Map([["loss", Series.of(values.map((value, step) => ({ step, epoch: 4, value })))]]);

  it("says the step and the loss that the curve ends with, paused and ended as well", () => {
    const ahead = { ...run, progress, curves: losses(3, 2, 1) };
    assert.equal(progressText(ahead), "epoch 5/20 · step 2 · loss 1.000 · 1:12 left");
    assert.equal(statusText({ ...ahead, state: "paused" }), "$(debug-pause) paused · epoch 5/20 · step 2 · loss 1.000 · 1:12 left");
    assert.equal(statusText({ ...ahead, state: "finished", endedAt: 500 }), "$(check) trained · step 2 · loss 1.000 · 0:05");
  });

  it("doesn't call a run trained whose loss became no number, and says since when", () => {
    const problem: Problem = { severity: "warning", code: "nonFiniteLoss", message: "loss is NaN since step 1", step: 1 };
    const finished = { ...run, state: "finished" as const, endedAt: 1000, problems: [problem] };
    assert.equal(statusText({ ...finished, curves: losses(3, NaN, NaN) }), "$(warning) loss is NaN since step 1 · 0:01");
    assert.equal(statusText({ ...finished, curves: losses(3, Infinity) }), "$(warning) loss is ∞ since step 1 · 0:01");
    assert.match(statusText({ ...finished, state: "running", curves: losses(3, NaN) }), /^\$\(warning\) loss is NaN since step 1 · epoch/);
    assert.match(statusText({ ...finished, progress: { ...progress, step: 3 }, curves: losses(3, NaN, 2) }), /trained · step 2 · loss 2\.000/, "it recovered");
    // Without the runner's word for it, the curve tells.
    assert.match(statusText({ ...finished, problems: [], curves: losses(3, 2, NaN) }), /since step 2/);
  });

  it("doesn't call a run trained that made no step", () => {
    assert.equal(statusText({ ...run, state: "finished", endedAt: 2000 }), "$(info) ran without a training step · 0:02");
  });

  it("tells of a run whose window was closed", () => {
    assert.equal(
      statusText({ ...run, state: "interrupted", curves: losses(3, 2), endedAt: 2000 }),
      "$(debug-disconnect) ended when the window closed · step 1 · loss 2.000",
    );
  });

  it("names a loss that is no number", () => {
    assert.match(progressText({ ...run, progress: { ...progress, loss: NaN } }), /loss NaN/);
    assert.match(progressText({ ...run, progress: { ...progress, loss: -Infinity } }), /loss −∞/);
  });
});
