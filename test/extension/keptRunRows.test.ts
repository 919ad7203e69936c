import assert from "node:assert/strict";
import type { KeptRun } from "../../src/keep/keptRuns.ts";
import { keptRunRow, markdown, sparkline } from "../../src/extension/keptRuns/keptRunRows.ts";

const at = new Date(2026, 10, 27, 21, 55, 30).getTime();
const kept: KeptRun = {
  id: "20261127-215530-net-1",
  folder: "/p/.kindling/runs/20261127-215530-net-1",
  info: {
    format: 1,
    id: "",
    file: "/p/net.model.ts",
    arguments: [],
    startedAt: at,
    kindling: "0.3.0",
    node: "24.0.0",
    platform: "linux-x64",
    threads: 0,
    process: 1,
    host: "here",
  },
  summary: {
    state: "finished",
    endedAt: at + 4_200,
    steps: 1_800,
    epochs: 20,
    series: { lr: { last: 0.1, least: 0.1, largest: 0.1, outline: [0.1] }, loss: { last: 0.25, least: 0.2, largest: 2, outline: [2, 1, 0.5, 0.2, 0.25] } },
  },
  label: {},
  state: "finished",
};

describe("the row of a kept run", () => {
  it("says when it was, how long, and how its loss went", () => {
    const { label, description, icon, context } = keptRunRow(kept, at);
    assert.match(label, /55/);
    assert.deepEqual([description, icon, context], ["1,800 steps · loss 0.2500 · █▄▂▁▁", "check", "run"]);
    assert.match(keptRunRow(kept, at + 3 * 86_400_000).label, /27/);
  });

  it("goes by its name, and says what is out of the ordinary", () => {
    const { label, description, icon, context } = keptRunRow({ ...kept, state: "interrupted", label: { name: "best", note: "wide", pinned: true } }, at);
    assert.equal(label, "best");
    assert.match(description, /interrupted · 1,800 steps .* · wide$/);
    assert.deepEqual([icon, context], ["pinned", "run.pinned"]);
  });

  it("draws a curve in few characters, with gaps where it is no number", () => {
    assert.equal(sparkline([0, 1, 2, 3, 4, 5, 6, 7]), "▁▂▃▄▅▆▇█");
    assert.equal(sparkline([1, NaN, 1]), "▁ ▁");
    assert.equal(sparkline(Array.from({ length: 64 }, (_, i) => i)).length, 12);
    assert.equal(sparkline([]), "");
  });

  it("is a table in Markdown", () => {
    const lines = markdown(kept).split("\n");
    assert.ok(lines.includes("| loss | 0.2500 | 0.2000 | 2.000 |"), lines.join("\n"));
    assert.ok(lines.some((line) => line.startsWith("finished after 4.2 s, 1,800 steps, 20 epochs")));
  });
});
