import assert from "node:assert/strict";
import { exampleSnippet, isUnfinishedExample } from "../../src/extension/model/example.ts";
import { readNumber } from "../../src/extension/model/numberSetting.ts";
import { panelHtml } from "../../src/extension/model/panelHtml.ts";
import { readPanelMessage } from "../../src/extension/model/panelMessages.ts";
import { marks } from "../../src/extension/model/problems.ts";
import { progressText, statusText } from "../../src/extension/model/progress.ts";
import { emptySnapshot } from "../../src/run/snapshot.ts";
import type { Problem, Progress } from "../../src/protocol/index.ts";
import type { Curves } from "../../src/run/curves.ts";
import { Series } from "../../src/run/series.ts";
import { file } from "./samples.ts";

describe("problems", () => {
  const thrown: Problem = {
    severity: "error",
    code: "shape",
    message: "mat1 and mat2 shapes cannot be multiplied (32x20 and 64x3)",
    position: { file: "/models/layers.ts", line: 12, column: 10 },
    module: "head (Linear) of Net",
    stack: [
      { function: "Head.forward", position: { file: "/models/layers.ts", line: 12, column: 10 } },
      { function: "Net.forward", position: { file, line: 30, column: 5 } },
      { function: "", position: { file, line: 40, column: 1 } },
    ],
  };

  it("stand on the user's own line, counted as the editor counts", () => {
    const [mark] = marks([{ file, problems: [thrown] }]).get("/models/layers.ts") ?? [];
    assert.deepEqual(mark?.range, { line: 11, column: 9, endLine: 11, endColumn: 9 });
    assert.equal(mark?.message, `${thrown.message} (in head (Linear) of Net)`);
  });

  it("lead to the calls on the way", () => {
    const [mark] = marks([{ file, problems: [thrown] }]).get("/models/layers.ts") ?? [];
    assert.deepEqual(mark?.related.map(({ message, range }) => [message, range.line]), [
      ["in Net.forward", 29],
      ["called from here", 39],
    ]);
  });

  it("that blame no line stand at the head of the model file", () => {
    const { position: _, ...nowhere } = thrown;
    const [mark] = marks([{ file, problems: [nowhere] }]).get(file) ?? [];
    assert.deepEqual(mark?.range, { line: 0, column: 0, endLine: 0, endColumn: 0 });
  });

  it("reach to the offending text's end where it is known", () => {
    const [mark] = marks([{ file, problems: [{ ...thrown, end: { line: 12, column: 20 } }] }]).get("/models/layers.ts") ?? [];
    assert.deepEqual(mark?.range, { line: 11, column: 9, endLine: 11, endColumn: 19 });
  });

  it("that TypeScript reports as well are left to it", () => {
    assert.equal(marks([{ file, problems: [thrown] }], (problem) => problem === thrown).size, 0);
  });

  it("of a file that two models import are shown once", () => {
    const all = marks([
      { file, problems: [thrown] },
      { file: "/models/other.model.ts", problems: [thrown] },
    ]);
    assert.equal(all.get("/models/layers.ts")?.length, 1);
  });
});

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

  it("leaves out what the program doesn't show", () => {
    const bare = { epoch: 0, step: 7, stepsPerSecond: 1, elapsed: 1 };
    assert.equal(progressText({ ...run, progress: bare }), "epoch 1 · step 7");
  });

  it("says how it ended, and what the loss was", () => {
    const ended = { ...run, state: "finished" as const, endedAt: 65_000, progress };
    assert.equal(statusText(ended), "$(check) trained · step 1,234 · loss 0.1235 · 0:05", "by the run's own clock, as in the panel");
    assert.equal(statusText({ ...run, state: "failed", endedAt: 500 }), "$(error) failed · 0:01");
  });

  const losses = (...values: readonly number[]): Curves =>
    new Map([["loss", Series.of(values.map((value, step) => ({ step, epoch: 4, value })))]]);

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

describe("an example instance", () => {
  it("is a line at the end with a place for each argument", () => {
    assert.equal(
      exampleSnippet("class Net {}\n", "Net", ["inFeatures", "classes"]),
      "\nconst example = new Net(${1:inFeatures}, ${2:classes});$0\n",
    );
  });

  it("is unfinished as long as a place in it has its parameter's name", () => {
    const parameters = ["inFeatures", "classes"];
    const text = "class Net { constructor(inFeatures: number, classes: number) {} }\n";
    const isUnfinished = (call: string): boolean => isUnfinishedExample(`${text}${call}\n`, "Net", parameters);
    assert.ok(isUnfinished("const example = new Net(inFeatures, classes);"));
    assert.ok(isUnfinished("const example2 = new Net(20, classes);"));
    assert.ok(!isUnfinished("const example = new Net(20, 3);"));
    assert.ok(!isUnfinished("const classes = 3;\nconst example = new Net(20, classes);"), "a name that is declared is no place to fill in");
    assert.ok(!isUnfinished('import { a, classes } from "./data.ts";\nconst example = new Net(20, classes);'));
    assert.ok(!isUnfinished("const example = new Net(20, data.classes);"));
    assert.ok(!isUnfinished(""), "it was taken out again");
  });

  it("takes a name that is free, and begins a line of its own", () => {
    assert.equal(exampleSnippet("const example = 1;", "Net", []), "\n\nconst example2 = new Net();$0\n");
  });
});

describe("what the panel's page says", () => {
  it("is taken where it has the agreed form, and nothing else of it", () => {
    const position = { file: "/models/net.model.ts", line: 3, column: 1 };
    assert.deepEqual(readPanelMessage({ type: "ready", more: 1 }), { type: "ready" });
    assert.deepEqual(readPanelMessage({ type: "command", command: "pause" }), { type: "command", command: "pause" });
    assert.deepEqual(readPanelMessage({ type: "reveal", position: { ...position, more: 1 } }), { type: "reveal", position });
  });

  it("is ignored in any other form", () => {
    const reveal = (more: object): unknown => ({ type: "reveal", position: { file: "/a.ts", line: 1, column: 1, ...more } });
    const wrong: unknown[] = [
      undefined, null, 0, "ready", [], ["ready"], {}, { type: "toString" }, { type: ["ready"] },
      { type: "command" }, { type: "command", command: "newModel" }, { type: "command", command: "constructor" },
      { type: "command", command: ["train"] }, { type: "reveal" }, { type: "reveal", position: null },
      reveal({ file: "a.ts" }), reveal({ file: 7 }), reveal({ file: "/a\0.ts" }), reveal({ line: 0 }), reveal({ line: NaN }),
      reveal({ line: "1" }), reveal({ column: 1.5 }), reveal({ column: Infinity }), reveal({ column: null }),
    ];
    for (const value of wrong) assert.equal(readPanelMessage(value), undefined, JSON.stringify(value));
  });
});

describe("a setting that is a number", () => {
  const range = { least: 0, most: 64, isInteger: true, otherwise: 4 };

  it("is used as it is written where it is in range", () => {
    for (const value of [0, 3, 64]) assert.deepEqual(readNumber("kindling.threads", value, range), { value });
  });

  it("is the nearest that is allowed otherwise, with a word of which and what", () => {
    const used = (written: unknown): number => readNumber("kindling.threads", written, range).value;
    assert.deepEqual([-3, 999, 2.6, "many", null, NaN, undefined].map(used), [0, 64, 3, 4, 4, 4, 4]);
    assert.equal(
      readNumber("kindling.threads", 999, range).remark,
      "The setting kindling.threads is 999, but has to be a whole number from 0 to 64: 64 is used.",
    );
  });
});

describe("the panel's page", () => {
  const html = panelHtml({
    script: "https://host/panel.js?a=1&b=2",
    styles: ["https://host/panel.css"],
    source: "https://host",
    nonce: "abc",
    language: "en",
    title: 'A "title"',
  });

  it("runs its own script and no other", () => {
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? "";
    assert.match(policy, /^default-src 'none'; script-src 'nonce-abc';/);
    assert.doesNotMatch(policy, /unsafe/);
    assert.equal(html.match(/<script/g)?.length, 1);
  });

  it("has a root for the page, and no text that breaks out of its place", () => {
    assert.match(html, /<div id="root"><\/div>/);
    assert.match(html, /A &#34;title&#34;/);
    assert.match(html, /panel\.js\?a=1&#38;b=2/);
  });
});
