/** Runs that part from others, as a tree. */
import assert from "node:assert/strict";
import { treeOf } from "../../src/keep/branches.ts";
import type { KeptRun } from "../../src/keep/keptRuns.ts";

const run = (id: string, parent?: string, more: object = {}) => ({ id, info: { ...(parent && { parent: { run: parent, step: 3 } }), ...more } }) as KeptRun;

describe("the tree of runs", () => {
  const shape = (runs: readonly KeptRun[]): unknown => {
    const { trunks, branches } = treeOf(runs);
    const below = ({ id }: KeptRun): unknown => [id, ...(branches.get(id) ?? []).map(below)];
    return trunks.map(below);
  };

  it("has each run once, under the run that it parts from", () => {
    const runs = [run("e", "b"), run("d", "c"), run("c", "a"), run("b", "a"), run("a"), run("other")];
    assert.deepEqual(shape(runs), [["a", ["c", ["d"]], ["b", ["e"]]], ["other"]]);
  });

  it("has those whose parent was deleted, and those of a group, where they would stand without", () => {
    assert.deepEqual(shape([run("c", "gone"), run("b", "a", { group: "seeds-1" }), run("a")]), [["c"], ["b"], ["a"]]);
  });
});
