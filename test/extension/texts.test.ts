import assert from "node:assert/strict";
import { exampleSnippet } from "../../src/extension/model/example.ts";
import { formatDuration, formatValue } from "../../src/extension/model/language.ts";
import { panelHtml } from "../../src/extension/model/panelHtml.ts";
import { marks } from "../../src/extension/model/problems.ts";
import { progressShare, progressText, statusText } from "../../src/extension/model/progress.ts";
import { emptySnapshot } from "../../src/extension/model/snapshot.ts";
import type { Problem, Progress } from "../../src/protocol/index.ts";
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
    assert.equal(progressText(progress), "epoch 3/20 · step 1,234 · loss 0.1235 · 1:12 left");
  });

  it("leaves out what the program doesn't show", () => {
    assert.equal(progressText({ epoch: 0, step: 7, stepsPerSecond: 1, elapsed: 1 }), "epoch 1 · step 7");
    assert.equal(progressShare({ epoch: 0, step: 7, stepsPerSecond: 1, elapsed: 1 }), undefined);
  });

  it("knows the share that is done", () => {
    assert.equal(progressShare(progress), 0.125);
  });

  it("says how it ended, and what the loss was", () => {
    const ended = { ...run, state: "finished" as const, endedAt: 65_000, progress };
    assert.equal(statusText(ended), "$(check) trained · loss 0.1235 · 1:05");
    assert.equal(statusText({ ...run, state: "failed", endedAt: 500 }), "$(error) failed · 0:01");
  });

  it("names a loss that is no number", () => {
    assert.match(progressText({ ...progress, loss: NaN }), /loss NaN/);
    assert.equal(formatValue(-Infinity), "−∞");
    assert.equal(formatValue(0.0000123), "1.23e-5");
    assert.equal(formatDuration(3725), "1:02:05");
  });
});

describe("an example instance", () => {
  it("is a line at the end with a place for each argument", () => {
    assert.equal(
      exampleSnippet("class Net {}\n", "Net", ["inFeatures", "classes"]),
      "\nconst example = new Net(${1:inFeatures}, ${2:classes});$0\n",
    );
  });

  it("takes a name that is free, and begins a line of its own", () => {
    assert.equal(exampleSnippet("const example = 1;", "Net", []), "\n\nconst example2 = new Net();$0\n");
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
