import assert from "node:assert/strict";
import {
  beginRun,
  markEdited,
  reduceFileRuns,
  showRun,
  shownRun,
  type FileRuns,
  type RunStart,
} from "../../src/extension/model/fileRuns.ts";
import { emptySnapshot, memoryBounds, reduceSnapshot, shrink, type Bounds } from "../../src/extension/model/snapshot.ts";
import { Store } from "../../src/extension/model/store.ts";
import type { MetricPoint, RunEvent, RunSnapshot } from "../../src/protocol/index.ts";
import { built, file, model, module, sample } from "./samples.ts";

const start = (runId: string, mode: "train" | "inspect", startedAt: number, automatic = false): RunStart => ({
  runId,
  mode,
  startedAt,
  automatic,
});
const empty = emptySnapshot({ runId: "1", file, mode: "train", startedAt: 0 });
const point = (step: number, name = "loss"): MetricPoint => ({ name, step, epoch: 0, value: step });
const small: Bounds = { points: 100, allPoints: 1000, series: 10, tensors: 1000, steps: 50, notes: 3, problems: 5 };

function play(events: Iterable<RunEvent>, bounds: Bounds): RunSnapshot {
  let run = empty;
  for (const event of events) run = reduceSnapshot(run, event, bounds);
  return run;
}

describe("what is kept of a run", () => {
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
    assert.deepEqual(run.metrics, [point(0), point(0, "lr")]);
    assert.equal(run.statistics.length, 1);
    assert.equal(run.state, "finished");
    assert.equal(run.endedAt, 9);
  });

  it("is the whole curve from its first to its last point, however long the run was", () => {
    const events = Array.from({ length: 5000 }, (_, step): RunEvent => ({ type: "metrics", points: [point(step)] }));
    const { metrics } = play(events, small);
    assert.ok(metrics.length <= small.points, `${metrics.length} points`);
    assert.equal(metrics[0]?.step, 0);
    assert.equal(metrics.at(-1)?.step, 4999);
    const gaps = metrics.slice(1).map(({ step }, index) => step - (metrics[index]?.step ?? 0));
    assert.ok(Math.max(...gaps) <= 250, `a hole of ${Math.max(...gaps)} steps`);
  });

  it("is of every series, also of those with few points", () => {
    const many: RunEvent = { type: "metrics", points: Array.from({ length: 500 }, (_, step) => point(step)) };
    const { metrics } = play([{ type: "metrics", points: [point(7, "accuracy")] }, many], small);
    assert.deepEqual(metrics.filter(({ name }) => name === "accuracy"), [point(7, "accuracy")]);
  });

  it("is the measured steps, thinned out evenly", () => {
    const events = Array.from({ length: 1000 }, (_, step): RunEvent => ({ type: "statistics", statistics: sample(step) }));
    const { statistics } = play(events, small);
    const steps = statistics.map(({ step }) => step);
    assert.equal(steps.length, small.steps);
    assert.equal(steps[0], 0);
    assert.equal(steps.at(-1), 999);
    const gaps = steps.slice(1).map((step, index) => step - (steps[index] ?? 0));
    assert.ok(Math.max(...gaps) <= 3 * (1000 / small.steps), `a hole of ${Math.max(...gaps)} steps`);
  });

  it("is fewer steps where a model has many tensors, and at least the first and the last", () => {
    const events = [0, 1, 2, 3].map((step): RunEvent => ({ type: "statistics", statistics: sample(step, 900) }));
    assert.deepEqual(play(events, small).statistics.map(({ step }) => step), [0, 3]);
  });

  it("is of each model by itself", () => {
    const events = Array.from({ length: 200 }, (_, step): RunEvent => ({ type: "statistics", statistics: sample(step, 1, step % 2) }));
    const { statistics } = play(events, small);
    for (const id of [0, 1]) assert.equal(statistics.filter((one) => one.model === id).at(-1)?.step, 198 + id);
  });

  it("is no more than so many curves, points, notes and problems, whatever a program says", () => {
    const names = Array.from({ length: 500 }, (_, index) => point(index, `curve ${index}`));
    const { metrics } = play([{ type: "metrics", points: names }], small);
    assert.deepEqual(metrics, names.slice(0, small.series), "the curves that came first");
    const events = Array.from({ length: 400 }, (_, step): RunEvent => ({ type: "metrics", points: names.slice(0, 10).map(({ name }) => point(step, name)) }));
    const run = play(events, small);
    assert.ok(run.metrics.length <= small.allPoints, `${run.metrics.length} points`);
    for (const { name } of names.slice(0, 10)) {
      const steps = run.metrics.filter((one) => one.name === name).map(({ step }) => step);
      assert.deepEqual([steps[0], steps.at(-1)], [0, 399], name);
    }
    const long = "x".repeat(1_000_000);
    const words = play(
      Array.from({ length: 20 }, (): RunEvent[] => [
        { type: "note", name: long, step: 0, text: long },
        { type: "problem", problem: { severity: "error", code: "thrown", message: long } },
        { type: "metrics", points: [point(0, long)] },
      ]).flat(),
      small,
    );
    assert.equal(words.notes.length, small.notes);
    assert.equal(words.problems.length, small.problems);
    assert.ok(JSON.stringify(words).length < 100_000, `${JSON.stringify(words).length} characters`);
  });

  it("changes nothing where nothing is kept, so that nobody is told", () => {
    const full = play([{ type: "metrics", points: Array.from({ length: 10 }, (_, index) => point(0, String(index))) }], small);
    assert.equal(reduceSnapshot(full, { type: "metrics", points: [point(0, "one more")] }, small), full);
    assert.equal(reduceSnapshot(full, { type: "metrics", points: [point(1, "3")] }, small).metrics.length, 11);
  });

  it("takes less than 5 ms a batch to keep, with 200,000 names", () => {
    const curves = Array.from({ length: 200 }, (_, batch): RunEvent[] => [
      { type: "metrics", points: Array.from({ length: 1000 }, (_, index) => point(batch, `curve ${1000 * batch + index}`)) },
    ]);
    const notes = Array.from({ length: 200 }, (_, batch) =>
      Array.from({ length: 100 }, (_, index): RunEvent => ({ type: "note", name: `note ${100 * batch + index}`, step: batch, text: "so it is" })));
    const allAtOnce: RunEvent[] = [{ type: "metrics", points: curves.flat().flatMap((event) => (event.type === "metrics" ? event.points : [])) }];
    const once = (): number => {
      let run = empty;
      const times = [...curves, ...notes, allAtOnce].map((batch) => {
        const begin = performance.now();
        for (const event of batch) run = reduceSnapshot(run, event, memoryBounds);
        return performance.now() - begin;
      });
      // The machine has other things to do now and then; a reducer that is too slow is so in many batches.
      return times.sort((a, b) => a - b)[Math.floor(0.95 * times.length)] ?? NaN;
    };
    const best = Math.min(once(), once(), once());
    assert.ok(best < 5, `${best} ms`);
  });

  it("can be made smaller for the disk", () => {
    const long = play(
      Array.from({ length: 90 }, (_, step): RunEvent => ({ type: "statistics", statistics: sample(step) })),
      { ...small, steps: 100 },
    );
    const { statistics } = shrink(long, { ...small, steps: 10 });
    assert.ok(statistics.length <= 10);
    assert.deepEqual([statistics[0]?.step, statistics.at(-1)?.step], [0, 89]);
  });
});

describe("what is known of a file", () => {
  const nothing: FileRuns = { file, problems: [] };
  const models: RunEvent = { type: "models", models: [model("net", [module(0, null, "net")])] };

  const metrics: RunEvent = { type: "metrics", points: [point(0)] };
  const finished: RunEvent = { type: "state", state: "finished", at: 2 };
  const trained = [metrics, finished].reduce((runs, event) => reduceFileRuns(runs, "1", event), beginRun(nothing, start("1", "train", 1)));

  it("shows a training in the panel, and no inspection takes it away, asked for or not", () => {
    for (const automatic of [true, false]) {
      const runs = beginRun(trained, start("2", "inspect", 3, automatic));
      assert.equal(shownRun(runs)?.runId, "1");
      assert.equal(runs.train?.metrics.length, 1);
      assert.equal(runs.inspect?.runId, "2");
    }
  });

  it("shows the one or the other run, as the user likes", () => {
    const both = beginRun(trained, start("2", "inspect", 3));
    const inspection = showRun(both, "inspect");
    assert.equal(shownRun(inspection)?.runId, "2");
    assert.equal(shownRun(beginRun(inspection, start("3", "inspect", 4)))?.runId, "3");
    assert.equal(shownRun(showRun(inspection, "train"))?.runId, "1");
    assert.equal(showRun(trained, "inspect"), trained, "there is none");
  });

  it("shows an inspection where the training brought nothing", () => {
    const failed = reduceFileRuns(beginRun(nothing, start("1", "train", 1)), "1", { type: "state", state: "failed", at: 2 });
    assert.equal(shownRun(beginRun(failed, start("2", "inspect", 3)))?.runId, "2");
  });

  it("keeps what the training complains of through an inspection of the same text, and not of an edited one", () => {
    const problem: RunEvent = { type: "problem", problem: { severity: "warning", code: "nonFiniteLoss", message: "loss is NaN since step 3", step: 3 } };
    const sick = reduceFileRuns(beginRun(nothing, start("1", "train", 1)), "1", problem);
    const inspected = beginRun(sick, start("2", "inspect", 2));
    assert.deepEqual(inspected.problems.map(({ code }) => code), ["nonFiniteLoss"]);
    const edited = markEdited(inspected, true);
    assert.equal(edited.train?.edited, true);
    assert.deepEqual(edited.problems, []);
    const back = markEdited(edited, false);
    assert.deepEqual(back.problems.map(({ code }) => code), ["nonFiniteLoss"]);
    assert.ok(!("edited" in (back.train ?? {})));
    assert.equal(markEdited(back, false), back);
  });

  it("keeps the counts of the last good run when the next one fails", () => {
    let runs = reduceFileRuns(beginRun(nothing, start("1", "inspect", 1)), "1", models);
    runs = beginRun(runs, start("2", "inspect", 2));
    runs = reduceFileRuns(runs, "2", { type: "state", state: "failed", at: 3 });
    assert.equal(runs.structure?.models[0]?.name, "net");
  });

  it("knows that a file has no model any more", () => {
    let runs = reduceFileRuns(beginRun(nothing, start("1", "inspect", 1)), "1", models);
    runs = beginRun(runs, start("2", "inspect", 2));
    runs = reduceFileRuns(runs, "2", { type: "state", state: "finished", at: 3 });
    assert.deepEqual(runs.structure?.models, []);
  });

  it("believes the inspection of the saved text, not the training of an older one", () => {
    let runs = beginRun(nothing, start("1", "train", 1));
    runs = beginRun(runs, start("2", "inspect", 2, true));
    runs = reduceFileRuns(runs, "2", { type: "classes", classes: [built("Net", 1, 5)] });
    runs = reduceFileRuns(runs, "1", { type: "classes", classes: [built("Net", 1, 4)] });
    assert.deepEqual(runs.structure?.classes, [built("Net", 1, 5)]);
  });

  it("has only the problems since its last run began", () => {
    const event: RunEvent = { type: "problem", problem: { severity: "error", code: "thrown", message: "no" } };
    let runs = reduceFileRuns(beginRun(nothing, start("1", "inspect", 1)), "1", event);
    assert.equal(runs.problems.length, 1);
    runs = beginRun(runs, start("2", "train", 2));
    assert.deepEqual(runs.problems, []);
  });

  it("takes nothing from a run that was replaced or has ended", () => {
    let runs = beginRun(nothing, start("1", "inspect", 1));
    runs = beginRun(runs, start("2", "inspect", 2));
    assert.equal(reduceFileRuns(runs, "1", models), runs);
    const ended = reduceFileRuns(runs, "2", { type: "state", state: "stopped", at: 3 });
    assert.equal(reduceFileRuns(ended, "2", models), ended);
  });
});

describe("the store", () => {
  it("finds the model files that import a file, and the file itself first", () => {
    const store = new Store();
    for (const [index, name] of ["/a.model.ts", "/b.model.ts"].entries()) {
      store.begin(name, start(String(index), "inspect", index));
      store.apply(String(index), { type: "files", files: [name, "/a.model.ts", "/layers.ts"] });
    }
    assert.deepEqual(store.using("/layers.ts").map(({ file }) => file), ["/b.model.ts", "/a.model.ts"]);
    assert.deepEqual(store.using("/a.model.ts").map(({ file }) => file), ["/a.model.ts", "/b.model.ts"]);
  });

  it("follows a renamed folder, with all places in its files", () => {
    const store = new Store();
    store.begin("/old/net.model.ts", start("1", "train", 1));
    store.apply("1", { type: "problem", problem: { severity: "error", code: "thrown", message: "no", position: { file: "/old/net.model.ts", line: 1, column: 1 } } });
    store.rename("/old", "/new");
    store.apply("1", { type: "files", files: ["/old/net.model.ts", "/older/data.ts"] });
    const runs = store.get("/new/net.model.ts");
    assert.equal(runs?.problems[0]?.position?.file, "/new/net.model.ts");
    assert.deepEqual(runs?.structure?.files, ["/new/net.model.ts", "/older/data.ts"]);
    assert.equal(store.get("/old/net.model.ts"), undefined);
  });
});
