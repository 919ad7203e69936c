/** Runs that part from others, as a tree. */
import assert from "node:assert/strict";
import { familyOf, stepsBefore, treeOf } from "../../src/keep/branches.ts";
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

  it("is drawn from the first of all: each run behind the one that it parts from, those that part late before those that part early", () => {
    const at = (id: string, parent: string, step: number, startedAt: number) => run(id, parent, { parent: { run: parent, step }, startedAt });
    const runs = [at("d", "b", 12, 5), at("e", "a", 9, 4), at("c", "a", 20, 3), at("b", "a", 9, 2), run("a"), run("other")];
    const ids = (id: string) =>
      familyOf(
        runs.find((one) => one.id === id)!,
        runs,
      ).map((one) => one.id);
    for (const id of ["a", "b", "d"]) assert.deepEqual(ids(id), ["a", "c", "b", "d", "e"]);
    assert.deepEqual(ids("other"), ["other"]);
  });

  it("has those whose parent was deleted, and those of a group, where they would stand without", () => {
    assert.deepEqual(shape([run("c", "gone"), run("b", "a", { group: "seeds-1" }), run("a")]), [["c"], ["b"], ["a"]]);
  });
});
