import assert from "node:assert/strict";
import type { Change, Intervention } from "../../src/protocol/index.ts";
import { interventionText, isSteerable, isUndone, placeText, readOption, writeOption } from "../../src/run/interventions.ts";
import { emptySnapshot, reduceSnapshot } from "../../src/run/snapshot.ts";

const rate: Change = { kind: "option", optimizer: 0, group: 0, name: "lr", value: 0.01 };
const made = (id: number, more: Partial<Intervention> = {}): Intervention => ({
  id,
  step: id,
  epoch: 0,
  change: rate,
  target: "lr",
  from: 0.1,
  to: 0.01,
  ...more,
});

describe("what was changed in a run", () => {
  it("is said in words", () => {
    const freeze = { kind: "freeze", model: 0, path: "fc1", frozen: true } as const;
    const texts = [
      made(0),
      made(1, { undoes: 0, from: 0.01, to: 0.1 }),
      made(2, { change: freeze, target: "fc1", from: null, to: true }),
      made(3, { change: { ...freeze, frozen: false }, target: "fc1.weight" }),
      made(4, { change: { kind: "freezeOthers", model: 0, path: "head" }, target: "head" }),
      made(5, { change: { ...rate, name: "betas" }, target: "betas", from: [0.9, 0.999], to: [0.5, 0.9] }),
      made(6, { change: { kind: "dropout", model: 0, path: "", p: 0 }, target: "dropout of model", from: null, to: 0 }),
    ].map(interventionText);
    assert.deepEqual(texts, [
      "lr 0.1 → 0.01",
      "Undid: lr 0.1 → 0.01",
      "Froze fc1",
      "Unfroze fc1.weight",
      "Froze all but head",
      "betas 0.9, 0.999 → 0.5, 0.9",
      "dropout of model several → 0",
    ]);
  });

  it("is undone until that is undone, too", () => {
    const all = [made(0), made(1, { undoes: 0 })];
    assert.deepEqual([isUndone(0, all), isUndone(1, all)], [true, false]);
    assert.equal(isUndone(0, [...all, made(2, { undoes: 1 })]), false);
  });

  it("is read as it is typed, or not at all", () => {
    const cases = [
      ["0.05", 0.1, 0.05],
      ["−1e-3", 0.1, -0.001],
      ["", 0.1, undefined],
      ["fast", 0.1, undefined],
      ["Infinity", 0.1, undefined],
      ["0.5,0.9", [0.9, 0.999], [0.5, 0.9]],
      ["0.5", [0.9, 0.999], undefined],
      ["true", false, true],
      ["yes", false, undefined],
    ] as const;
    for (const [text, present, value] of cases) assert.deepEqual(readOption(text, present), value, text);
    assert.deepEqual([writeOption(1e-7), writeOption([0.9, 0.999]), writeOption(false)], ["1e-7", "0.9, 0.999", "false"]);
  });

  it("stays in the run's record, the latest, and a refusal until the next change", () => {
    let run = emptySnapshot({ runId: "1", file: "/a.model.ts", mode: "train", startedAt: 0 });
    run = reduceSnapshot(run, { type: "refused", message: "No." });
    assert.equal(run.refusal, "No.");
    for (let id = 0; id < 1500; id++) run = reduceSnapshot(run, { type: "intervention", intervention: made(id) });
    assert.deepEqual([run.refusal, run.interventions.length, run.interventions.at(-1)!.id], [undefined, 1000, 1499]);
  });
});

describe("where a run stands", () => {
  it("is known while it is paused, and said", () => {
    const module = { path: "fc1", type: "Linear" };
    assert.equal(placeText({ step: 1200, epoch: 0, waiting: 0 }), "before step 1,200");
    assert.equal(placeText({ step: 5, epoch: 0, waiting: 0, module }), "in step 5, before fc1 (Linear)");
    assert.equal(placeText({ step: 5, epoch: 0, waiting: 0, module: { path: "", type: "Net" } }), "in step 5, before Net");
    let run = emptySnapshot({ runId: "1", file: "/a.model.ts", mode: "train", startedAt: 0 });
    const steerable: boolean[] = [];
    for (const state of ["running", "paused", "running", "finished"] as const) {
      run = reduceSnapshot(run, { type: "place", place: { step: 5, epoch: 0, waiting: 0 } });
      run = reduceSnapshot(run, { type: "state", state, at: 0 });
      steerable.push(isSteerable(run));
      assert.equal(run.place?.step, state === "paused" ? 5 : undefined);
    }
    assert.deepEqual(steerable, [true, true, true, false]);
  });
});
