/** What is kept of a run's passes, and what of them is written and read. */
import assert from "node:assert/strict";
import type { Pass, PassNode } from "../../src/protocol/index.ts";
import { runEvent } from "../../src/run/records.ts";
import { addPass, countPasses, type SeenPass } from "../../src/run/passes.ts";

const node = (parent: number | null = null): PassNode => ({ kind: "operation", name: "add", parent, shapes: [[2, 3]] });

function pass(id: string, nodes = 3, more: Partial<Pass> = {}): Pass {
  return {
    id,
    kind: "training",
    step: 0,
    nodes: Array.from({ length: nodes }, () => node()),
    edges: [{ from: 0, to: 1, shape: [2, 3], dtype: "float32" }],
    ...more,
  };
}

const failed = (id: string, nodes?: number) => pass(id, nodes, { failure: { node: 0, message: "…", shapes: [] } });
const keep = (...passes: Pass[]): readonly SeenPass[] => passes.reduce<readonly SeenPass[]>((all, one) => addPass(all, one, { passNodes: 10 }), []);
const ids = (passes: readonly SeenPass[]): string[] => passes.map((seen) => seen.pass.id);

describe("the passes that are kept of a run", () => {
  it("are one of each structure, the newest told", () => {
    const later = pass("a", 3, { step: 9 });
    assert.deepEqual(keep(pass("a"), pass("b"), later), [
      { pass: later, times: 1 },
      { pass: pass("b"), times: 1 },
    ]);
  });

  it("keep within their bounds those that came first, and what failed", () => {
    assert.deepEqual(ids(keep(pass("a", 4), pass("b", 4), pass("c", 4), pass("d", 2), failed("e", 50))), ["a", "b", "d", "e"]);
  });

  it("are counted without being another pass, so that nothing is laid out anew", () => {
    const before = keep(pass("a"), pass("b"));
    const after = countPasses(before, [{ id: "b", times: 40, isEstimate: true }]);
    assert.deepEqual(
      after.map(({ times, isEstimate }) => [times, isEstimate]),
      [
        [1, undefined],
        [40, true],
      ],
    );
    assert.equal(after[1]!.pass, before[1]!.pass);
  });

  it("come back from what was written as they were", () => {
    const whole: Pass = {
      ...failed("a"),
      isCut: true,
      nodes: [
        { kind: "call", name: "Linear", parent: null, shapes: [[]], module: { model: 0, id: 3, name: "head" } },
        { ...node(0), state: [[4, 5]] },
        node(1),
      ],
    };
    assert.deepEqual(runEvent.decode(JSON.parse(JSON.stringify(runEvent.encode({ type: "pass", pass: whole })))), { type: "pass", pass: whole });
  });

  it("are refused where their parts don't fit together", () => {
    const read = (broken: Pass) => () => runEvent.decode({ type: "pass", pass: broken });
    assert.throws(read(pass("a", 1)), /fit together/, "an edge to a node that isn't there");
    assert.throws(read({ ...pass("a"), nodes: [node(1), node(), node()] }), /fit together/, "a node before what it is in");
    assert.throws(read({ ...pass("a"), failure: { node: 7, message: "", shapes: [] } }), /fit together/, "a failure nowhere");
  });
});
