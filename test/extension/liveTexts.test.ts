import assert from "node:assert/strict";
import { liveTexts, type Texts } from "../../src/extension/live/liveTexts.ts";
import type { FileRuns } from "../../src/extension/runs/fileRuns.ts";
import type { LineNews } from "../../src/protocol/index.ts";
import { emptySnapshot, reduceSnapshot, type RunSnapshot } from "../../src/run/snapshot.ts";
import { file } from "./samples.ts";

describe("values behind the lines", () => {
  const unedited: Texts = { isEdited: () => false, now: (position) => position };
  const edited: Texts = { isEdited: () => true, now: (position) => ({ ...position, line: position.line + 1 }) };
  const at = (line: number, column = 3, where = file) => ({ file: where, line, column });
  const loss = (line: number, value: number, column = 3): LineNews => ({ kind: "loss", position: at(line, column), value });

  function trained(lines: readonly LineNews[], more: Partial<RunSnapshot> = {}): FileRuns {
    const begin: RunSnapshot = { ...emptySnapshot({ runId: "1", file, mode: "train", startedAt: 5 }), state: "running" };
    return { file, problems: [], train: { ...reduceSnapshot(begin, { type: "lines", lines }), ...more } };
  }
  const shown = (runs: readonly FileRuns[], texts = unedited, of = file): string[] =>
    liveTexts(of, runs, texts).texts.map(({ line, text }) => `${line}: ${text.replaceAll("\u00a0", " ")}`);

  it("are the loss, what was logged, and the epoch of how many, each at its own line", () => {
    const values = [
      { name: "accuracy", value: 0.98125 },
      { name: "best", value: 1 / 3 },
    ];
    const lines: LineNews[] = [
      { kind: "epoch", position: at(4), index: 2, count: 10 },
      loss(7, 0.12345),
      { kind: "logged", position: at(9), values },
      { kind: "turn", position: at(12), index: 1199, count: 5000 },
    ];
    assert.deepEqual(shown([trained(lines)]), ["4: epoch  3 of 10", "7: loss 0.1235", "9: accuracy 0.9812     best 0.3333", "12: iteration 1,200 of 5,000"]);
  });

  it("are several on one line, from left to right", () => {
    assert.deepEqual(shown([trained([loss(3, 2, 40), loss(3, 1, 5)])]), ["3: loss 1.000      loss 2.000"]);
  });

  it("keep what stands behind them in its place, whatever the number", () => {
    const places = [0.5, -1.25e-7, 12345.6, NaN, -Infinity, 0].map((value) => shown([trained([loss(3, value, 5), loss(3, 8, 9)])])[0]!.indexOf("8"));
    assert.equal(new Set(places).size, 1);
    const epoch = (index: number) => shown([trained([{ kind: "epoch", position: at(3), index, count: 1000 }])])[0]!.length;
    assert.equal(epoch(0), epoch(999));
  });

  it("are the newest of each line", () => {
    const run = trained([loss(3, 1)]);
    const train = reduceSnapshot(run.train!, { type: "lines", lines: [loss(3, 0.5)] });
    assert.deepEqual(shown([{ ...run, train }]), ["3: loss 0.5000"]);
  });

  it("stay after the training, as past ones, until the text changes", () => {
    const over = trained([loss(3, 1)], { state: "finished" });
    assert.deepEqual(shown([over]), ["3: loss 1.000"]);
    assert.deepEqual([liveTexts(file, [over], unedited).isPast, liveTexts(file, [trained([loss(3, 1)])], unedited).isPast], [true, false]);
    assert.deepEqual(shown([over], edited), []);
    assert.deepEqual(shown([trained([loss(3, 1)], { state: "finished", edited: true })]), []);
  });

  it("of a training that goes on move with their lines, as past ones", () => {
    const running = trained([loss(3, 1)]);
    assert.deepEqual(shown([running], edited), ["4: loss 1.000"]);
    assert.ok(liveTexts(file, [running], edited).isPast);
    assert.deepEqual(shown([running], { ...edited, now: () => undefined }), []);
  });

  it("of an imported file are those of the training that goes on, else of the last one", () => {
    const shared = "/models/trainer.ts";
    const of = (name: string, value: number, startedAt: number, state: RunSnapshot["state"]): FileRuns => {
      const runs = trained([{ kind: "loss", position: at(2, 1, shared), value }], { startedAt, state });
      return { ...runs, file: name };
    };
    assert.deepEqual(shown([of("a", 1, 1, "running"), of("b", 2, 2, "finished")], unedited, shared), ["2: loss 1.000"]);
    assert.deepEqual(shown([of("a", 1, 1, "finished"), of("b", 2, 2, "finished")], unedited, shared), ["2: loss 2.000"]);
    assert.deepEqual(shown([of("a", 1, 1, "running")]), []);
  });
});
