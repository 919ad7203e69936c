import assert from "node:assert/strict";
import { batched, isUrgent } from "../../src/extension/panel/eventBatch.ts";
import type { MetricPoint, RunEvent } from "../../src/protocol/index.ts";
import { emptySnapshot, reduceSnapshot } from "../../src/run/snapshot.ts";

const point = (step: number, value = Math.sin(step), epoch = Math.floor(step / 700), name = "loss"): MetricPoint => ({ name, step, epoch, value });
const metrics = (...points: readonly MetricPoint[]): RunEvent => ({ type: "metrics", points });
const progress = (step: number): RunEvent => ({ type: "progress", progress: { step, epoch: 0, stepsPerSecond: 1 } as never });

const play = (events: readonly RunEvent[]) =>
  events.reduce((run, event) => reduceSnapshot(run, event), emptySnapshot({ runId: "1", file: "/a.model.ts", mode: "train", startedAt: 0 }));

describe("what the panel is sent of a moment's events", () => {
  it("is each of them, in order, where they are few; the same progress isn't told twice", () => {
    const note: RunEvent = { type: "note", name: "remark", step: 1, text: "begun" };
    assert.deepEqual(batched([metrics(point(0)), progress(0), metrics(point(1)), progress(1), note, metrics(point(2))]), {
      events: [metrics(point(0), point(1)), progress(1), note, metrics(point(2))],
      isThinned: false,
    });
  });

  it("has the peaks, dips, holes and the end of a series of very many steps, and where its epochs begin", () => {
    const points = Array.from({ length: 4000 }, (_, step) => point(step));
    points[1234] = point(1234, 99);
    points[2345] = point(2345, -99);
    points[3456] = point(3456, NaN);
    const { events: sent, isThinned } = batched(points.map((one) => metrics(one)));
    assert.ok(isThinned);
    assert.equal(sent.length, 1);
    const kept = sent[0]!.type === "metrics" ? sent[0].points : [];
    assert.ok(kept.length <= 210, `${kept.length} points`);
    for (const step of [0, 1234, 2345, 3456, 3999, 700, 1400, 2100, 2800, 3500]) assert.ok(kept.includes(points[step]!), `step ${step}`);
    assert.deepEqual(play(sent).epochs, play([metrics(...points)]).epochs);
  });

  it("has a series of few points whole beside one of many", () => {
    const accuracies = [10, 20, 30].map((step) => point(step, 0.5, 0, "accuracy"));
    const { events: sent } = batched([metrics(...Array.from({ length: 3000 }, (_, step) => point(step)), ...accuracies)]);
    assert.deepEqual([...play(sent).curves.get("accuracy")!.steps], [10, 20, 30]);
    assert.equal(play(sent).curves.get("loss")!.steps.at(-1), 2999);
  });

  it("waits for nothing that answers a person, or says what went wrong", () => {
    assert.ok(isUrgent({ type: "state", state: "paused", at: 0 }));
    assert.ok(isUrgent({ type: "refused", message: "no" }));
    assert.ok(!isUrgent(metrics(point(0))));
  });
});
