import assert from "node:assert/strict";
import type { KeptRun } from "../../src/keep/keptRuns.ts";
import { distinctTitles, groupRow, keptRunRow, markdown, sparkline } from "../../src/extension/keptRuns/keptRunRows.ts";

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
    assert.deepEqual([icon, context], ["pinned", "run.pinned.open"]);
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

describe("the row of a group of kept runs", () => {
  const of = (info: Partial<KeptRun["info"]>, state: KeptRun["state"] = "finished", loss = 0.25): KeptRun => ({
    ...kept,
    info: { ...kept.info, group: "sweep-1", ...info },
    state,
    summary: { ...kept.summary, state, series: { loss: { last: loss, least: loss, largest: 2, outline: [2, loss] } } },
  });

  it("says what varies, how many there are and where they ended", () => {
    const runs = [of({ given: { lr: "0.01" }, seed: 2 }), of({ given: { lr: "0.01" }, seed: 1 }, "finished", 0.5), of({ given: { lr: "0.1" }, seed: 1 })];
    const { label, description, context } = groupRow(runs, at);
    assert.deepEqual([label, context], ["lr 0.1, 0.01 · 2 seeds", "group"]);
    assert.match(description, / · 3 runs · loss 0\.2500 … 0\.5000$/);
  });

  it("says how many still run, and how many did not come to their end", () => {
    assert.match(groupRow([of({ seed: 2 }, "running"), of({ seed: 1 }, "failed")], at).description, /1 of 2 runs running · 1 not finished/);
  });

  it("leaves to its runs what was given to each", () => {
    assert.equal(keptRunRow(of({ given: { lr: "0.1" }, seed: 3 }), at).label, "lr 0.1 · seed 3");
    assert.equal(new Set(distinctTitles([of({ seed: 1 }), { ...of({ seed: 1 }), id: "other-2" }])).size, 2);
  });
});
