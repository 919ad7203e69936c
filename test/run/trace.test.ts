/** What is kept, written and read of what wrote the tensors of a step. */
import assert from "node:assert/strict";
import type { StepTrace, ValueRange, Writing } from "../../src/protocol/index.ts";
import { runEvent, storedEvent } from "../../src/run/records.ts";
import { emptySnapshot, reduceSnapshot } from "../../src/run/snapshot.ts";

const range: ValueRange = { count: 3, nan: 3, positive: 0, negative: 0, min: NaN, max: NaN, zeros: 0 };
const writing = (...inputs: number[]): Writing => ({ kind: "computed", name: "log", shape: [3], range, inputs });

const trace: StepTrace = {
  step: 7,
  writings: [
    { ...writing(), began: 0, reason: "It began here.", position: { file: "net.model.ts", line: 3, column: 1 } },
    { ...writing(0), kind: "updated", module: { model: 0, id: 2, name: "head" }, change: { ...range, min: -1, max: Infinity } },
  ],
  tensors: [{ model: 0, module: 2, kind: "parameter:weight", writing: 1 }],
  isCut: true,
};

describe("what wrote the tensors of a step", () => {
  it("comes back from what was written as it was, NaN and infinities too", () => {
    for (const codec of [runEvent, storedEvent]) {
      assert.deepEqual(codec.decode(JSON.parse(JSON.stringify(codec.encode({ type: "trace", trace })))), { type: "trace", trace });
    }
  });

  it("is refused where something was made from what came later, or isn't there", () => {
    const read = (broken: Partial<StepTrace>) => () => runEvent.decode({ type: "trace", trace: { ...trace, ...broken } });
    assert.throws(read({ writings: [writing(1), writing()] }), /fit together/);
    assert.throws(read({ writings: [{ ...writing(), began: 1 }, writing()] }), /fit together/);
    assert.throws(read({ tensors: [{ ...trace.tensors[0]!, writing: 2 }] }), /fit together/);
  });

  it("is that of the step that was asked about last", () => {
    const run = emptySnapshot({ runId: "1", file: "net.model.ts", mode: "train", startedAt: 0 });
    const later = { ...trace, step: 9 };
    const after = [trace, later].reduce((before, one) => reduceSnapshot(before, { type: "trace", trace: one }), run);
    assert.equal(after.trace, later);
  });
});
