import assert from "node:assert/strict";
import type { RunEvent, RunSnapshot } from "../../src/protocol/index.ts";
import { hasStepped, lossTrouble, standing, whyUnmeasured } from "../../webview/standing.ts";
import { initialState, reduce, type RunView } from "../../webview/state.ts";
import { digitsModel, emptySnapshot, overTheWire, sampleStep } from "./fakeRun.ts";

const view = (run: RunSnapshot, ...events: RunEvent[]): RunView => {
  const shown = reduce(initialState, { type: "snapshot", run: overTheWire(run) });
  return reduce(shown, overTheWire({ type: "events" as const, runId: run.runId, events })).run!;
};
const losses = (...values: number[]): RunEvent => ({
  type: "metrics",
  points: values.map((value, step) => ({ name: "loss", step, epoch: 0, value })),
});
const progress = { epoch: 0, step: 3, loss: 9, stepsPerSecond: 1, elapsed: 1 };
const finished = { ...emptySnapshot(), state: "finished" } as const;

describe("where a run stands", () => {
  it("is told from the newest point of the loss, which chart and table end with, however old the progress is", () => {
    assert.deepEqual(standing(view({ ...emptySnapshot(), progress, state: "paused" }, losses(5, 4, 3, 2, 1))), { epoch: 0, step: 4, loss: 1 });
    assert.deepEqual(standing(view({ ...emptySnapshot(), progress })), { epoch: 0, step: 3, loss: 9 });
    assert.equal(standing(view(emptySnapshot())), null);
  });

  it("is without a step where none was taken", () => {
    assert.equal(hasStepped(view(finished)), false);
    assert.equal(hasStepped(view({ ...finished, progress: { ...progress, step: 0 } }, losses(1))), false, "backward() alone is no step");
    assert.equal(hasStepped(view({ ...finished, progress })), true);
  });
});

describe("a loss that is no number", () => {
  it("is told with the step since which it is none", () => {
    assert.equal(lossTrouble(view(finished, losses(3, 2, NaN, NaN))), "loss is NaN since step 2");
    assert.equal(lossTrouble(view(finished, losses(NaN, NaN))), "loss is NaN since step 0");
    const problem = { severity: "warning", code: "nonFiniteLoss", message: "loss is ∞ since step 1,200: lower the learning rate", step: 1200 } as const;
    assert.equal(lossTrouble(view({ ...finished, problems: [problem] }, losses(3, Infinity))), "loss is ∞ since step 1,200");
  });

  it("is no trouble where it is a number again, or there is none", () => {
    assert.equal(lossTrouble(view(finished, losses(3, NaN, 2))), null);
    assert.equal(lossTrouble(view(finished)), null);
  });
});

describe("why a model's inside can't be shown", () => {
  const why = (run: RunSnapshot, ...events: RunEvent[]) => whyUnmeasured(view({ ...run, models: [digitsModel] }, ...events), digitsModel);

  it("is a matter of time only while the run goes on", () => {
    assert.equal(why({ ...emptySnapshot(), state: "running" }), "No step was measured yet.");
    for (const state of ["finished", "stopped", "failed", "interrupted"] as const) {
      assert.doesNotMatch(why({ ...emptySnapshot(), state }, losses(1)), /yet/);
    }
  });

  it("is said of the run that is over", () => {
    assert.match(why(finished), /before its first training step/);
    assert.match(why({ ...finished, progress }, losses(1)), /no model took part in a step/);
    assert.match(why({ ...finished, progress, statistics: [{ ...sampleStep(digitsModel, 0, 0, 0), model: 5 }] }), /model took part in no step/);
    assert.match(why({ ...finished, mode: "inspect" }), /inspection measured no step/);
  });
});
