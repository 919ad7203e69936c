import assert from "node:assert/strict";
import type { MetricPoint, RunEvent } from "../../src/protocol/index.ts";
import { storedSnapshot } from "../../src/run/records.ts";
import { emptySnapshot, memoryBounds, reduceSnapshot, shrink, type Bounds, type RunSnapshot } from "../../src/run/snapshot.ts";
import { file, sample } from "../extension/samples.ts";

const empty = emptySnapshot({ runId: "1", file, mode: "train", startedAt: 0 });
const at = (step: number) => ({ step, epoch: 0, value: step });
const point = (step: number, name = "loss"): MetricPoint => ({ name, ...at(step) });
const stepsOf = (run: RunSnapshot, model = 0): number[] => (run.samples.get(model) ?? []).map(({ step }) => step);
const small: Bounds = {
  points: 100,
  allPoints: 1000,
  series: 10,
  tensors: 1000,
  steps: 50,
  passNodes: 100,
  notes: 3,
  interventions: 10,
  epochs: 6,
  printed: { lines: 4, characters: 100 },
  problems: 5,
};

function play(events: Iterable<RunEvent>, bounds: Bounds): RunSnapshot {
  let run = empty;
  for (const event of events) run = reduceSnapshot(run, event, bounds);
  return run;
}

describe("what is kept of a run", () => {
  it("has the samples in step order, each step once", () => {
    const events = [5, 1, 3, 3].map((step): RunEvent => ({ type: "statistics", statistics: sample(step) }));
    assert.deepEqual(stepsOf(play(events, small)), [1, 3, 5]);
  });

  it("keeps its peaks, its dips and where it was no number, however long the run was", () => {
    const odd = new Map([
      [1234, 1e9],
      [2345, -1e9],
      [3456, NaN],
    ]);
    const events = Array.from({ length: 5000 }, (_, step): RunEvent => ({
      type: "metrics",
      points: [{ ...point(0), step, value: odd.get(step) ?? Math.sin(step) }],
    }));
    const kept = [...play(events, small).curves.get("loss")!];
    for (const [step, value] of odd) assert.deepEqual(kept.find((one) => one.step === step)?.value, value);
  });

  it("has a curve under its new name, in its place, and no other name is taken from it", () => {
    const run = play(
      [
        { type: "metrics", points: [point(0), point(0, "lr"), point(0, "mine")] },
        { type: "renamed", from: "loss", to: "loss/netD" },
        { type: "renamed", from: "lr", to: "mine" },
        { type: "renamed", from: "none", to: "other" },
        { type: "metrics", points: [point(1, "loss/netD")] },
      ],
      small,
    );
    assert.deepEqual(
      [...run.curves].map(([name, series]) => [name, series.length]),
      [
        ["loss/netD", 2],
        ["lr", 1],
        ["mine", 1],
      ],
    );
  });

  it("has the first step of each epoch, of each model's training, and some of very many", () => {
    const epoch = (step: number, number: number, name = "loss"): MetricPoint => ({ name, step, epoch: number, value: 1 });
    const both = [epoch(0, 0), epoch(1, 0), epoch(2, 1), epoch(2, 1, "val/loss"), epoch(1, 0, "val/loss"), epoch(3, 0, "loss/mlp"), epoch(4, 1, "loss/mlp")];
    assert.deepEqual(
      play(
        both.map((point) => ({ type: "metrics", points: [point] })),
        small,
      ).epochs,
      [
        { step: 0, epoch: 0 },
        { step: 2, epoch: 1 },
        { step: 3, epoch: 0 },
        { step: 4, epoch: 1 },
      ],
    );
    const many = Array.from({ length: 400 }, (_, i): RunEvent => ({ type: "metrics", points: [epoch(10 * i, i)] }));
    const kept = play(many, small).epochs;
    assert.ok(kept.length <= 6 && kept[0]!.epoch === 0 && kept.at(-1)!.epoch === 399, JSON.stringify(kept));
    assert.ok(kept.every(({ step, epoch: number }) => step === 10 * number));
    assert.ok(
      kept.slice(1, -1).every(({ epoch: number }) => (number + 1) % 50 === 0),
      JSON.stringify(kept),
    );
    const trainings = Array.from({ length: 400 }, (_, i): RunEvent => ({ type: "metrics", points: [epoch(2 * i, 0), epoch(2 * i + 1, 1)] }));
    assert.ok(play(trainings, small).epochs.length <= 6);
  });

  it("is all of it, as long as it is short", () => {
    const run = play(
      [
        { type: "state", state: "running", at: 1 },
        { type: "metrics", points: [point(0), point(0, "lr")] },
        { type: "note", name: "remark", step: 0, text: "begun" },
        { type: "statistics", statistics: sample(0) },
        { type: "state", state: "finished", at: 9 },
      ],
      small,
    );
    assert.deepEqual(
      [...run.curves].map(([name, series]) => [name, [...series]]),
      [
        ["loss", [at(0)]],
        ["lr", [at(0)]],
      ],
    );
    assert.equal(run.samples.get(0)?.length, 1);
    assert.equal(run.state, "finished");
    assert.equal(run.endedAt, 9);
  });

  it("is the whole curve from its first to its last point, however long the run was", () => {
    const events = Array.from({ length: 5000 }, (_, step): RunEvent => ({ type: "metrics", points: [point(step)] }));
    const steps = [...play(events, small).curves.get("loss")!].map(({ step }) => step);
    assert.ok(steps.length <= small.points, `${steps.length} points`);
    assert.deepEqual([steps[0], steps.at(-1)], [0, 4999]);
    const gaps = steps.slice(1).map((step, index) => step - steps[index]!);
    assert.ok(Math.max(...gaps) <= 5000 / (small.points / 8), `a hole of ${Math.max(...gaps)} steps`);
  });

  it("is of every series, also of those with few points", () => {
    const many: RunEvent = { type: "metrics", points: Array.from({ length: 500 }, (_, step) => point(step)) };
    const { curves } = play([{ type: "metrics", points: [point(7, "accuracy")] }, many], small);
    assert.deepEqual([...curves.get("accuracy")!], [at(7)]);
  });

  it("is the measured steps, thinned out evenly", () => {
    const events = Array.from({ length: 1000 }, (_, step): RunEvent => ({ type: "statistics", statistics: sample(step) }));
    const steps = stepsOf(play(events, small));
    assert.equal(steps.length, small.steps);
    assert.equal(steps[0], 0);
    assert.equal(steps.at(-1), 999);
    const gaps = steps.slice(1).map((step, index) => step - (steps[index] ?? 0));
    assert.ok(Math.max(...gaps) <= 3 * (1000 / small.steps), `a hole of ${Math.max(...gaps)} steps`);
  });

  it("is fewer steps where a model has many tensors, and at least the first and the last", () => {
    const events = [0, 1, 2, 3].map((step): RunEvent => ({ type: "statistics", statistics: sample(step, 900) }));
    assert.deepEqual(stepsOf(play(events, small)), [0, 3]);
  });

  it("is of each model by itself", () => {
    const events = Array.from({ length: 200 }, (_, step): RunEvent => ({ type: "statistics", statistics: sample(step, 1, step % 2) }));
    const run = play(events, small);
    for (const id of [0, 1]) assert.equal(stepsOf(run, id).at(-1), 198 + id);
  });

  it("is no more than so many curves, points, notes and problems, whatever a program says", () => {
    const names = Array.from({ length: 500 }, (_, index) => point(index, `curve ${index}`));
    const { curves } = play([{ type: "metrics", points: names }], small);
    assert.deepEqual(
      [...curves.keys()],
      names.slice(0, small.series).map(({ name }) => name),
      "the curves that came first",
    );
    const events = Array.from({ length: 400 }, (_, step): RunEvent => ({ type: "metrics", points: names.slice(0, 10).map(({ name }) => point(step, name)) }));
    const run = play(events, small);
    const total = [...run.curves.values()].reduce((sum, { length }) => sum + length, 0);
    assert.ok(total <= small.allPoints, `${total} points`);
    for (const [name, { steps }] of run.curves) assert.deepEqual([steps[0], steps.at(-1)], [0, 399], name);
    const long = "x".repeat(1_000_000);
    const words = play(
      Array.from({ length: 20 }, (): RunEvent[] => [
        { type: "note", name: long, step: 0, text: long },
        { type: "problem", problem: { severity: "error", code: "thrown", message: long } },
        { type: "metrics", points: [point(0, long)] },
      ]).flat(),
      small,
    );
    const size = JSON.stringify(storedSnapshot.encode(words)).length;
    assert.equal(words.notes.length, small.notes);
    assert.equal(words.problems.length, small.problems);
    assert.ok(size < 100_000, `${size} characters`);
  });

  it("changes nothing where nothing is kept, so that nobody is told", () => {
    const full = play([{ type: "metrics", points: Array.from({ length: 10 }, (_, index) => point(0, String(index))) }], small);
    assert.equal(reduceSnapshot(full, { type: "metrics", points: [point(0, "one more")] }, small), full);
    const more = reduceSnapshot(full, { type: "metrics", points: [point(1, "3")] }, small);
    assert.equal(more.curves.get("3")?.length, 2);
    assert.equal(more.curves.get("2"), full.curves.get("2"), "nor is a curve that got no point another one");
  });

  it("does nothing for names beyond its bound, of which there may be 200,000", () => {
    const batch = (number: number): RunEvent => ({
      type: "metrics",
      points: Array.from({ length: 1000 }, (_, index) => point(number, `curve ${1000 * number + index}`)),
    });
    const full = reduceSnapshot(empty, batch(0), memoryBounds);
    assert.equal(full.curves.size, memoryBounds.series);
    for (let number = 1; number < 200; number++) assert.equal(reduceSnapshot(full, batch(number), memoryBounds), full);
  });

  it("can be made smaller for the disk", () => {
    const long = play(
      Array.from({ length: 90 }, (_, step): RunEvent => ({ type: "statistics", statistics: sample(step) })),
      { ...small, steps: 100 },
    );
    const steps = stepsOf(shrink(long, { ...small, steps: 10 }));
    assert.equal(steps.length, 10);
    assert.deepEqual([steps[0], steps.at(-1)], [0, 89]);
  });
});
