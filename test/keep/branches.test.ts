/** Runs that part from others, as a tree. */
import assert from "node:assert/strict";
import { stepsBefore, treeOf } from "../../src/keep/branches.ts";
import type { KeptRun } from "../../src/keep/keptRuns.ts";

const run = (id: string, parent?: string, more: object = {}) => ({ id, info: { ...(parent && { parent: { run: parent, step: 3 } }), ...more } }) as KeptRun;

describe("a run in other code", () => {
  const runs = [
    run("a"),
    run("unchanged", "a"),
    run("edited", "unchanged", { parent: { run: "unchanged", step: 12, otherCode: true } }),
    run("later", "edited", { parent: { run: "edited", step: 8 } }),
    run("again", "later", { parent: { run: "later", step: 10, otherCode: true } }),
  ];
  const before = (id: string, known = runs): number =>
    stepsBefore(
      runs.find((one) => one.id === id)!,
      (wanted) => known.find((one) => one.id === wanted),
    );

  it("begins behind the steps of all whose weights it goes on with, and so do its own branches", () => {
    assert.deepEqual(
      ["a", "unchanged", "edited", "later", "again"].map((id) => before(id)),
      [0, 0, 12, 12, 22],
    );
  });

  it("begins behind those that it parts from though that run is kept no more", () => {
    assert.equal(before("again", []), 10);
  });
});

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
