import assert from "node:assert/strict";
import { beginRun, markEdited, reduceFileRuns, showRun, shownRun, type FileRuns, type RunStart } from "../../src/extension/runs/fileRuns.ts";
import { RunStore } from "../../src/extension/runs/runStore.ts";
import type { RunEvent } from "../../src/protocol/index.ts";
import { built, file, model, module } from "./samples.ts";

const start = (runId: string, mode: "train" | "inspect", startedAt: number, automatic = false): RunStart => ({
  runId,
  mode,
  startedAt,
  automatic,
});
describe("what is known of a file", () => {
  const nothing: FileRuns = { file, problems: [] };
  const models: RunEvent = { type: "models", models: [model("net", [module(0, null, "net")])] };

  const metrics: RunEvent = { type: "metrics", points: [{ name: "loss", step: 0, epoch: 0, value: 0 }] };
  const finished: RunEvent = { type: "state", state: "finished", at: 2 };
  const trained = [metrics, finished].reduce((runs, event) => reduceFileRuns(runs, "1", event), beginRun(nothing, start("1", "train", 1)));

  it("shows a training in the panel, and no inspection takes it away, asked for or not", () => {
    for (const automatic of [true, false]) {
      const runs = beginRun(trained, start("2", "inspect", 3, automatic));
      assert.equal(shownRun(runs)?.runId, "1");
      assert.equal(runs.train?.curves.size, 1);
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
    assert.deepEqual(
      inspected.problems.map(({ code }) => code),
      ["nonFiniteLoss"],
    );
    const edited = markEdited(inspected, true);
    assert.equal(edited.train?.edited, true);
    assert.deepEqual(edited.problems, []);
    const back = markEdited(edited, false);
    assert.deepEqual(
      back.problems.map(({ code }) => code),
      ["nonFiniteLoss"],
    );
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
    const store = new RunStore();
    for (const [index, name] of ["/a.model.ts", "/b.model.ts"].entries()) {
      store.begin(name, start(String(index), "inspect", index));
      store.apply(String(index), { type: "files", files: [name, "/a.model.ts", "/layers.ts"] });
    }
    assert.deepEqual(
      store.using("/layers.ts").map(({ file }) => file),
      ["/b.model.ts", "/a.model.ts"],
    );
    assert.deepEqual(
      store.using("/a.model.ts").map(({ file }) => file),
      ["/a.model.ts", "/b.model.ts"],
    );
  });

  it("follows a renamed folder, with all places in its files", () => {
    const store = new RunStore();
    store.begin("/old/net.model.ts", start("1", "train", 1));
    store.apply("1", {
      type: "problem",
      problem: { severity: "error", code: "thrown", message: "no", position: { file: "/old/net.model.ts", line: 1, column: 1 } },
    });
    store.rename("/old", "/new");
    store.apply("1", { type: "files", files: ["/old/net.model.ts", "/older/data.ts"] });
    const runs = store.get("/new/net.model.ts");
    assert.equal(runs?.problems[0]?.position?.file, "/new/net.model.ts");
    assert.deepEqual(runs?.structure?.files, ["/new/net.model.ts", "/older/data.ts"]);
    assert.equal(store.get("/old/net.model.ts"), undefined);
  });
});
