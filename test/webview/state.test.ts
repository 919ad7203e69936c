import assert from "node:assert/strict";
import type { MetricPoint, RunEvent, StepStatistics } from "../../src/protocol/index.ts";
import type { ToPanel } from "../../src/run/panelMessages.ts";
import { reduceSnapshot, type RunSnapshot } from "../../src/run/snapshot.ts";
import { recall, remember } from "../../webview/memory.ts";
import { initialState, reduce, shownModel, shownModule, shownSamples, stepRange, type Action, type PanelState } from "../../webview/state.ts";
import { plainSamples } from "../fixtures/plainSamples.ts";
import { digitsModel, emptySnapshot, largeModel, overTheWire, samplesOf, sampleStep, snapshotAfter, training } from "./fakeRun.ts";

const after = (state: PanelState, ...actions: Action[]) => actions.reduce(reduce, state);
const showing = (run: RunSnapshot) => reduce(initialState, { type: "snapshot", run });
const events = (...list: RunEvent[]): ToPanel => ({ type: "events", runId: "run-1", events: list });
const point = (name: string, step: number, value: number): MetricPoint => ({ name, step, epoch: 0, value });
const withPoints = (run: RunSnapshot, points: readonly MetricPoint[]) => reduceSnapshot(run, { type: "metrics", points });
const second = { ...digitsModel, id: 1, name: "teacher" };

describe("the panel's state", () => {
  it("shows the same run whether it came as one snapshot or event by event", () => {
    const all = [...training({ epochs: 2, batches: 10, sampleEvery: 5 })];
    const live = all.reduce((state, list) => reduce(state, events(...list)), showing(emptySnapshot()));
    const whole = showing(snapshotAfter(all));
    assert.equal(live.run?.state, "finished");
    assert.deepEqual([...live.run!.curves.keys()], ["loss", "lr", "valAccuracy", "valLoss"]);
    for (const [name, curve] of whole.run!.curves) {
      assert.deepEqual([...live.run!.curves.get(name)!.values], [...curve.values]);
      assert.deepEqual([...live.run!.curves.get(name)!.steps], [...curve.steps]);
    }
    assert.deepEqual(live.run!.samples, whole.run!.samples);
    assert.deepEqual(live.run!.progress, whole.run!.progress);
  });

  it("takes no events of another run", () => {
    const state = showing(emptySnapshot());
    const other: Action = { type: "events", runId: "run-0", events: [{ type: "state", state: "failed", at: 5 }] };
    assert.equal(reduce(state, other), state);
  });

  it("keeps earlier states as they were when curves grow", () => {
    const one = after(showing(emptySnapshot()), events({ type: "metrics", points: [point("loss", 0, 3)] }));
    const left = after(one, events({ type: "metrics", points: [point("loss", 1, 2)] }));
    const right = after(one, events({ type: "metrics", points: [point("loss", 1, 1)] }));
    assert.deepEqual([...one.run!.curves.get("loss")!.values], [3]);
    assert.deepEqual([...left.run!.curves.get("loss")!.values], [3, 2]);
    assert.deepEqual([...right.run!.curves.get("loss")!.values], [3, 1]);
  });

  it("has NaN and infinities as the run told them, although they came as JSON", () => {
    const sample = sampleStep(digitsModel, 0, 0, 0);
    const broken = {
      ...sample,
      modules: sample.modules.map((module) => ({ ...module, output: { ...module.output!, mean: NaN, std: Infinity, min: -Infinity } })),
    };
    const values = [NaN, Infinity, -Infinity, 1];
    const run = { ...emptySnapshot(), models: [digitsModel] };
    const told: RunEvent[] = [
      { type: "metrics", points: values.map((value, step) => point("loss", step, value)) },
      { type: "progress", progress: { epoch: 0, step: 1, loss: -Infinity, stepsPerSecond: 1, elapsed: 1 } },
      { type: "statistics", statistics: broken },
    ];
    const live = after(showing(run), overTheWire(events(...told)));
    const whole = after(initialState, overTheWire({ type: "snapshot", run: told.reduce<RunSnapshot>((one, event) => reduceSnapshot(one, event), run) }));
    for (const state of [live, whole]) {
      assert.deepEqual([...state.run!.curves.get("loss")!.values], values);
      assert.equal(state.run!.progress!.loss, -Infinity);
      assert.deepEqual(plainSamples(samplesOf(...shownSamples(state))), plainSamples(samplesOf(broken)));
    }
  });

  it("gathers problems and notes in the order in which they came", () => {
    const state = after(
      showing(emptySnapshot()),
      events({ type: "problem", problem: { severity: "warning", code: "a", message: "first" } }),
      events({ type: "problem", problem: { severity: "error", code: "b", message: "second" } }, { type: "note", name: "device", step: 3, text: "cpu" }),
    );
    assert.deepEqual(
      state.run!.problems.map((problem) => problem.message),
      ["first", "second"],
    );
    assert.deepEqual(state.run!.notes, [{ name: "device", step: 3, text: "cpu" }]);
  });
});

describe("the chosen model and module", () => {
  const both = { ...emptySnapshot(), models: [digitsModel, second] };

  it("are the model that is being measured and its first module with parameters, until the user chooses", () => {
    const state = showing({ ...both, samples: samplesOf(sampleStep(second, 0, 0, 0)) });
    assert.equal(shownModel(state)?.name, "teacher");
    assert.equal(shownModule(state)?.path, "features.0");
  });

  it("are the largest model while none is measured", () => {
    const large = { ...largeModel(100), id: 1 };
    assert.equal(shownModel(showing({ ...emptySnapshot(), models: [digitsModel, large] }))?.name, "tower");
  });

  it("stay the chosen ones when the file is run again", () => {
    const chosen = after(showing(both), { type: "chooseModel", model: 1 }, { type: "chooseModule", module: 9 });
    assert.equal(shownModule(chosen)?.path, digitsModel.modules[9]!.path);
    const again = reduce(chosen, { type: "snapshot", run: { ...both, runId: "run-2" } });
    assert.equal(shownModel(again)?.name, "teacher");
    assert.equal(shownModule(again)?.path, digitsModel.modules[9]!.path);
  });

  it("fall back when the chosen module is gone after an edit", () => {
    const chosen = after(showing(both), { type: "chooseModule", module: 9 });
    const without = { ...digitsModel, modules: digitsModel.modules.slice(0, 4) };
    const edited = reduce(chosen, { type: "snapshot", run: { ...both, runId: "run-2", models: [without] } });
    assert.equal(shownModule(edited)?.path, "features.0");
  });

  it("can be chosen from outside, which opens the rows above", () => {
    const closed = after(showing(both), { type: "expand", keys: ["teacher:classifier", "teacher:"], expanded: false });
    const state = reduce(closed, { type: "select", model: 1, module: 9 });
    assert.equal(shownModule(state)?.path, "classifier.0");
    assert.equal(shownModel(state)?.name, "teacher");
    assert.deepEqual(state.choices.expanded, { "teacher:classifier": true, "teacher:": true });
  });

  it("go over to a row that is closed above it, so that what is chosen stays in sight", () => {
    const chosen = after(showing(both), { type: "chooseModule", module: 9 });
    assert.equal(shownModule(chosen)?.path, "classifier.0");
    const closed = reduce(chosen, { type: "expand", keys: ["model:classifier"], expanded: false });
    assert.equal(shownModule(closed)?.path, "classifier");
    assert.equal(closed.choices.expanded["model:classifier"], false);
    const elsewhere = reduce(chosen, { type: "expand", keys: ["model:features"], expanded: false });
    assert.equal(shownModule(elsewhere)?.path, "classifier.0");
  });

  it("leave the rows open that were opened for it when the choice goes on", () => {
    const model = largeModel(10_000);
    const state = showing({ ...emptySnapshot(), models: [model] });
    const first = shownModule(state)!;
    assert.equal(first.path, "block0.0");
    const next = reduce(state, { type: "chooseModule", module: model.modules.find(({ path }) => path === "block1")!.id });
    assert.equal(next.choices.expanded["tower:block0"], true);
  });

  it("ignore a choice of what isn't there", () => {
    const state = showing(both);
    assert.equal(reduce(state, { type: "select", model: 7, module: 0 }), state);
    assert.equal(reduce(initialState, { type: "select", model: 0, module: 0 }), initialState);
  });
});

describe("the shown step", () => {
  const sampled = (step: number) => sampleStep({ ...digitsModel, modules: digitsModel.modules.slice(0, 1) }, step, 0, 0);
  const run = { ...emptySnapshot(), models: [digitsModel], samples: samplesOf(...[0, 10, 20].map(sampled)) };

  it("follows the newest until the user moves it", () => {
    const state = showing(run);
    assert.equal(state.choices.step, null);
    const moved = reduce(state, { type: "chooseStep", step: 10 });
    assert.equal(moved.choices.step, 10);
    assert.equal(reduce(moved, events({ type: "statistics", statistics: sampled(30) })).choices.step, 10);
  });

  it("follows the newest again once it is moved to the end", () => {
    const moved = after(showing(run), { type: "chooseStep", step: 0 }, { type: "chooseStep", step: 19 });
    assert.equal(moved.choices.step, null);
  });

  it("follows the newest in a new run", () => {
    const moved = after(showing(run), { type: "chooseStep", step: 0 }, { type: "zoom", range: [2, 9] });
    assert.equal(reduce(moved, { type: "snapshot", run }).choices.step, 0, "the same run keeps it");
    const next = reduce(moved, { type: "snapshot", run: { ...run, runId: "run-2" } });
    assert.equal(next.choices.step, null);
    assert.equal(next.zoom, null);
  });

  it("lies on an axis that all charts share", () => {
    const state = after(showing(run), events({ type: "metrics", points: [point("loss", 0, 1), point("loss", 44, 1)] }));
    assert.deepEqual(stepRange(state), [0, 44]);
    assert.deepEqual(stepRange(reduce(state, { type: "zoom", range: [5, 9] })), [5, 9]);
    assert.deepEqual(stepRange(initialState), [0, 1]);
  });

  it("rests on its axis while a long run goes on", () => {
    const range = (last: number) => stepRange(after(showing(run), events({ type: "metrics", points: [point("loss", 0, 1), point("loss", last, 1)] })));
    assert.deepEqual(range(1001), range(1007));
    const over = after(showing({ ...run, state: "finished" }), events({ type: "metrics", points: [point("loss", 0, 1), point("loss", 1001, 1)] }));
    assert.deepEqual(stepRange(over), [0, 1001], "and ends with the run");
    for (const last of [999, 12_345, 300_001]) {
      const [first, end] = range(last);
      assert.ok(first === 0 && end >= last && end <= last * 1.04, `${end}`);
    }
  });
});

describe("what the page remembers", () => {
  const full = after(showing(snapshotAfter(training({ epochs: 20, batches: 45, sampleEvery: 5 }))), {
    type: "chooseModule",
    module: 4,
  });
  const reload = (state: PanelState) => reduce(initialState, recall(JSON.parse(JSON.stringify(remember(state))))!);

  it("brings back the run, the choices and the chosen module's histograms at once", () => {
    const state = reload(reduce(full, { type: "choose", choices: { smoothing: 0.9, tableWidth: 0.3 } }));
    assert.equal(state.run?.file, full.run?.file);
    assert.equal(state.choices.smoothing, 0.9);
    assert.equal(state.choices.tableWidth, 0.3);
    assert.equal(shownModule(state)?.id, 4);
    const newest = shownSamples(state).at(-1)!;
    const told = (sample: StepStatistics) => plainSamples(samplesOf({ ...sample, modules: sample.modules.filter(({ module }) => module === 4) }));
    assert.deepEqual(told(newest), told(shownSamples(full).at(-1)!));
    assert.equal(newest.modules.length, digitsModel.modules.length);
    assert.ok(shownSamples(state).length > 20);
    assert.equal(shownSamples(state)[0]!.step, 0);
  });

  it("keeps the loss's peak and dip and its last value", () => {
    const loss = [...full.run!.curves.get("loss")!.values];
    const kept = [...reload(full).run!.curves.get("loss")!.values];
    assert.ok(kept.length <= 400 && kept.length < loss.length);
    assert.equal(Math.max(...kept), Math.max(...loss));
    assert.equal(Math.min(...kept), Math.min(...loss));
    assert.equal(kept.at(-1), loss.at(-1));
  });

  it("stays small for a huge model and a long run", () => {
    const points = Array.from({ length: 100_000 }, (_, step) => point("loss", step, Math.sin(step)));
    const model = largeModel(10_000);
    const huge = showing(withPoints({ ...emptySnapshot(), models: [model] }, points));
    assert.ok(JSON.stringify(remember(huge)).length < 100_000);
    assert.ok(JSON.stringify(remember(full)).length < 600_000);
  });

  it("is shown as ended with the window when the extension knows of no run any more", () => {
    const running = { ...full, run: { ...full.run!, state: "running" as const } };
    const state = reduce(reload(running), { type: "snapshot", run: null });
    assert.equal(state.run?.state, "interrupted");
    assert.equal(state.run?.file, full.run?.file);
  });

  it("still knows that the file was edited since", () => {
    assert.equal(reload(showing({ ...emptySnapshot(), edited: true })).run?.edited, true);
    assert.equal(reload(showing(emptySnapshot())).run?.edited, undefined);
  });

  it("gives way to what the extension sends", () => {
    const state = reduce(reload(full), { type: "snapshot", run: { ...emptySnapshot(), runId: "run-9" } });
    assert.equal(state.run?.runId, "run-9");
    assert.equal(state.isRemembered, false);
    assert.equal(reduce(state, { type: "snapshot", run: null }).run, null);
  });

  it("is nothing for a new page, for memories of another version and for damaged ones", () => {
    assert.equal(recall(undefined), null);
    assert.equal(recall(null), null);
    assert.equal(recall({ ...(remember(full) as object), run: { runId: "half" } }), null);
    assert.equal(recall({ ...(remember(full) as object), version: 1 }), null);
  });
});
