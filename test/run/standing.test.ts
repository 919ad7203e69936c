import assert from "node:assert/strict";
import type { Progress, RunEvent } from "../../src/protocol/index.ts";
import { emptySnapshot, memoryBounds, reduceSnapshot, type Bounds, type RunSnapshot } from "../../src/run/snapshot.ts";
import { epochShare, hasStepped, lossTrouble, progressShare, standing } from "../../src/run/standing.ts";

const empty = emptySnapshot({ runId: "1", file: "/net.model.ts", mode: "train", startedAt: 0 });
const finished: RunSnapshot = { ...empty, state: "finished" };
const after = (run: RunSnapshot, event: RunEvent, bounds: Bounds = memoryBounds): RunSnapshot => reduceSnapshot(run, event, bounds);
const losses = (...values: number[]): RunEvent => ({
  type: "metrics",
  points: values.map((value, step) => ({ name: "loss", step, epoch: 0, value })),
});
const progress: Progress = { epoch: 0, step: 3, loss: 9, stepsPerSecond: 1, elapsed: 1 };

describe("where a run stands", () => {
  it("is told from the newest point of the loss, which chart and table end with, however old the progress is", () => {
    assert.deepEqual(standing(after({ ...empty, progress, state: "paused" }, losses(5, 4, 3, 2, 1))), { epoch: 0, step: 4, loss: 1 });
    assert.deepEqual(standing({ ...empty, progress }), { epoch: 0, step: 3, loss: 9 });
    assert.equal(standing(empty), undefined);
  });

  it("is that of the model that trained last, and the first's where several train together", () => {
    const point = (name: string, step: number, value: number) => ({ name, step, epoch: 0, value });
    const both = (...points: ReturnType<typeof point>[]) => standing(after(empty, { type: "metrics", points }))?.loss;
    assert.equal(both(point("loss/netD", 7, 1), point("loss/netG", 7, 2), point("val/loss", 7, 3)), 1);
    assert.equal(both(point("loss/netD", 8, 1), point("loss/netG", 7, 2)), 1);
    assert.equal(both(point("loss/cnn", 7, 1), point("loss/mlp", 20, 2)), 2);
    assert.equal(standing(after(empty, { type: "metrics", points: [point("loss/cnn", 7, 1), point("loss/mlp", 20, 2)] }))?.model, "mlp");
    assert.equal(
      lossTrouble(after(finished, { type: "metrics", points: [point("loss/netD", 7, 1), point("loss/netG", 7, NaN)] })),
      "loss/netG is NaN since step 7",
    );
  });

  it("is without a step where none was taken", () => {
    assert.equal(hasStepped(finished), false);
    assert.equal(hasStepped(after({ ...finished, progress: { ...progress, step: 0 } }, losses(1))), false, "backward() alone is no step");
    assert.equal(hasStepped({ ...finished, progress }), true);
  });

  it("counts epochs and the batches within one", () => {
    const epochs = { ...progress, epoch: 1, epochs: 4 };
    assert.equal(progressShare({ ...epochs, batch: 4, batches: 10 }), 0.375);
    assert.equal(progressShare({ ...epochs, batches: 10 }), 0.25, "no batch of it is done");
    assert.equal(progressShare(epochs), 0.25);
    assert.equal(epochShare({ ...progress, batch: 4, batches: 10 }), 0.5);
  });

  it("claims nothing where the end can't be told", () => {
    assert.equal(progressShare(progress), undefined);
    assert.equal(progressShare({ ...progress, epochs: 0 }), undefined);
    assert.equal(progressShare(undefined), undefined);
    assert.equal(epochShare(progress), undefined);
  });
});

describe("a loss that is no number", () => {
  const told = (name: string, step: number) => ({ severity: "warning", code: "nonFiniteLoss", message: `${name} is NaN since step ${step}`, step }) as const;

  it("is told with its value and the step since which it is none", () => {
    assert.equal(lossTrouble(after(finished, losses(3, 2, NaN, NaN))), "loss is NaN since step 2");
    assert.equal(lossTrouble(after(finished, losses(NaN, NaN))), "loss is NaN since step 0");
    assert.equal(lossTrouble(after(finished, losses(3, Infinity))), "loss is ∞ since step 1");
    assert.equal(lossTrouble({ ...finished, progress: { ...progress, loss: NaN }, problems: [told("loss", 2)] }), "loss is NaN since step 2");
  });

  it("is told by what it was first and what it is now, where it went from one kind to another", () => {
    assert.equal(lossTrouble(after(finished, losses(3, NaN, -Infinity))), "loss became NaN at step 1, now −∞");
    assert.equal(lossTrouble(after(finished, losses(3, 2, Infinity, Infinity, NaN, NaN))), "loss became ∞ at step 2, now NaN");
    assert.equal(lossTrouble(after(finished, losses(NaN, Infinity, NaN))), "loss became NaN at step 0");
    assert.equal(lossTrouble(after(finished, losses(NaN, 1, Infinity))), "loss is ∞ since step 2", "what was before the last number is over");
  });

  it("is told with the step that the run said, where the curve was thinned out there", () => {
    const broken = Array.from({ length: 5000 }, (_, step) => (step < 1200 ? 1 : NaN));
    const run = after({ ...finished, problems: [told("loss", 1200)] }, losses(...broken), { ...memoryBounds, points: 50 });
    assert.equal(lossTrouble(run), "loss is NaN since step 1,200");
  });

  it("is told with the step of this trouble, not of one that is over or of another curve's", () => {
    assert.equal(lossTrouble(after({ ...finished, problems: [told("loss", 1)] }, losses(3, NaN, 2, 1, NaN))), "loss is NaN since step 4");
    assert.equal(lossTrouble(after({ ...finished, problems: [told("valLoss", 0)] }, losses(3, 2, NaN))), "loss is NaN since step 2");
  });

  it("is no trouble where it is a number again, or there is none", () => {
    assert.equal(lossTrouble(after(finished, losses(3, NaN, 2))), undefined);
    assert.equal(lossTrouble(finished), undefined);
  });
});
