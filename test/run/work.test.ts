import assert from "node:assert/strict";
import type { ModelInfo, ModuleInfo, RunEvent, StepWork } from "../../src/protocol/index.ts";
import { runEvent, runSnapshot } from "../../src/run/records.ts";
import { emptySnapshot, memoryBounds, reduceSnapshot } from "../../src/run/snapshot.ts";
import { summarize } from "../../src/run/work.ts";

const counts = { total: 0, trainable: 0, frozen: 0 };

/** A root, and two modules below it, the second in the first. */
const model = {
  id: 0,
  name: "net",
  isVariable: true,
  modules: [null, 0, 1].map((parent, id): ModuleInfo => ({
    id,
    parent,
    name: `${id}`,
    path: `${id}`,
    type: "T",
    extra: "",
    parameters: [],
    buffers: [],
    counts,
    training: true,
  })),
} satisfies ModelInfo;

function work(step: number, forward: readonly number[], total: Partial<StepWork["total"]> = {}): StepWork {
  return {
    model: 0,
    step,
    training: [true, true, false],
    calls: [1, 1, 2],
    forward,
    backward: forward.map((time) => 2 * time),
    multiplyAdds: [0, 10, 20],
    outputBytes: [0, 4, 8],
    total: { backward: 100, ...total },
  };
}

function runOf(works: readonly StepWork[], bounds = memoryBounds) {
  const events = works.map((one): RunEvent => ({ type: "work", work: one }));
  return events.reduce((run, event) => reduceSnapshot(run, event, bounds), emptySnapshot({ runId: "1", file: "/a.model.ts", mode: "train", startedAt: 0 }));
}

describe("what modules did", () => {
  it("adds up along the tree, each module's own and that with everything below it", () => {
    const { modules } = summarize(runOf([work(0, [1, 2, 4])]).works, model)!;
    assert.deepEqual(
      modules.map(({ own, whole }) => [own.forward, whole.forward, own.multiplyAdds, whole.multiplyAdds, whole.outputBytes]),
      [
        [1, 7, 0, 30, 12],
        [2, 6, 10, 30, 12],
        [4, 4, 20, 20, 8],
      ],
    );
    assert.deepEqual(
      modules.map(({ calls, training }) => [calls, training]),
      [
        [1, true],
        [1, true],
        [2, false],
      ],
    );
  });

  it("takes as long as in the middle one of the last sampled steps, and is else that of the shown step", () => {
    const times = [50, 1, 2, 9, 3, 4, 5, 6, 7, 8];
    const { works } = runOf(times.map((time, step) => work(10 * step, [time, 0, 0], { step: time })));
    const newest = summarize(works, model)!;
    assert.deepEqual([newest.step, newest.steps, newest.modules[0]!.own.forward, newest.time], [90, 9, 5, 5]);
    // Of 50, 1, 2, 9.
    const earlier = summarize(works, model, 35)!;
    assert.deepEqual([earlier.step, earlier.steps, earlier.modules[0]!.own.forward], [30, 4, 5.5]);
    assert.equal(summarize(works, model, -1)!.step, 0);
  });

  it("is unknown where nothing was sampled, or another tree was", () => {
    assert.equal(summarize(new Map(), model), undefined);
    assert.equal(summarize(runOf([work(0, [1, 2, 4])]).works, { ...model, modules: model.modules.slice(0, 2) }), undefined);
    assert.equal(summarize(runOf([work(0, [1, 2, 4])]).works, model)!.optimizer, undefined);
  });

  it("is kept of as many steps as samples are, the first and the last among them", () => {
    const { works } = runOf(
      Array.from({ length: 300 }, (_, step) => work(step, [1, 2, 4])),
      { ...memoryBounds, steps: 20 },
    );
    const kept = works.get(0)!.map(({ step }) => step);
    assert.deepEqual([kept.length, kept[0], kept.at(-1)], [20, 0, 299]);
  });

  it("is written and read, and refused where a column is missing", () => {
    const run = runOf([work(0, [1, 2, 4], { optimizer: 3, samples: 8 })]);
    assert.deepEqual(runSnapshot.decode(JSON.parse(JSON.stringify(runSnapshot.encode(run)))), run);
    const short = { type: "work", work: { ...work(0, [1, 2, 4]), calls: [1] } };
    assert.throws(() => runEvent.decode(short), /columns are not of one length/);
  });
});
