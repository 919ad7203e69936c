import assert from "node:assert/strict";
import { emptySnapshot, type RunSnapshot } from "../../src/run/snapshot.ts";
import { whyUnmeasured } from "../../webview/layer/unmeasured.ts";
import { digitsModel, samplesOf, sampleStep } from "./fakeRun.ts";

describe("why a model's inside can't be shown", () => {
  const empty = emptySnapshot({ runId: "1", file: "/net.model.ts", mode: "train", startedAt: 0 });
  const finished: RunSnapshot = { ...empty, state: "finished" };
  const progress = { epoch: 0, step: 3, loss: 9, stepsPerSecond: 1, elapsed: 1 };
  const why = (run: RunSnapshot) => whyUnmeasured({ ...run, models: [digitsModel] }, digitsModel);

  it("is a matter of time only while the run goes on", () => {
    assert.equal(why({ ...empty, state: "running" }), "No step was measured yet.");
    for (const state of ["finished", "stopped", "failed", "interrupted"] as const) assert.doesNotMatch(why({ ...empty, state }), /yet/);
  });

  it("is that nothing is measured at all, while measuring is off", () => {
    const watch = { what: "off", modules: [], budget: 0.05, everyStep: false } as const;
    assert.equal(why({ ...empty, state: "running", watch }), "No step is measured.");
  });

  it("is said of the run that is over", () => {
    assert.match(why(finished), /before its first training step/);
    assert.match(why({ ...finished, progress }), /no model took part in a step/);
    assert.match(why({ ...finished, progress, samples: samplesOf({ ...sampleStep(digitsModel, 0, 0, 0), model: 5 }) }), /model took part in no step/);
    assert.match(why({ ...finished, mode: "inspect" }), /inspection measured no step/);
  });
});
