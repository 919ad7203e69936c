import assert from "node:assert/strict";
import type { RunEvent, SeenValue } from "../../src/protocol/index.ts";
import { runEvent, storedSnapshot } from "../../src/run/records.ts";
import { emptySnapshot, reduceSnapshot } from "../../src/run/snapshot.ts";

const value: SeenValue = {
  kind: "variable",
  text: "h",
  position: { file: "/net.model.ts", line: 3, column: 7 },
  end: { line: 3, column: 8 },
  shapes: [{ tensors: [[32, 64]], isList: false, isBatch: true }],
  times: 2,
  isNews: true,
  uses: [{ line: 4, column: 12 }],
  tensor: {
    dtype: "float32",
    device: "cpu",
    requiresGrad: true,
    measured: { mean: NaN, std: NaN, min: -Infinity, max: 1, zeroFraction: 0, nonFinite: 3, histogram: { low: 0, high: 1, counts: [0, 4] } },
  },
  module: { model: 0, id: 2 },
};

describe("values of an inspection", () => {
  const event: RunEvent = { type: "values", values: [value, { ...value, tensor: { dtype: "bool", device: "cpu", requiresGrad: false } }] };

  it("come out of JSON as they went in", () => {
    assert.deepEqual(runEvent.decode(JSON.parse(JSON.stringify(runEvent.encode(event)))), event);
  });

  it("are part of the run, and kept with it", () => {
    const run = reduceSnapshot(emptySnapshot({ runId: "1", file: "/net.model.ts", mode: "inspect", startedAt: 0 }), event);
    assert.deepEqual(storedSnapshot.decode(JSON.parse(JSON.stringify(storedSnapshot.encode(run)))).values, event.values);
  });

  it("at places that can't be are refused", () => {
    const wrong = { type: "values", values: [{ ...value, end: { line: 0, column: 1 } }] };
    assert.throws(() => runEvent.decode(wrong), /values\.0\.end\.line/);
  });
});
