import assert from "node:assert/strict";
import { trainableStatus } from "../../src/run/modules.ts";
import { keyCommand, typeahead, visibleRows, visibleSlice, type Row } from "../../webview/table/rows.ts";
import { digitsModel, largeModel } from "./fakeRun.ts";

const open = visibleRows(digitsModel, {});
const paths = (rows: readonly Row[]) => rows.map((row) => row.module.path);
const at = (path: string, rows = open) => rows.findIndex((row) => row.module.path === path);

describe("the module tree", () => {
  it("lists a small model entirely, depth first, with levels and places as a screen reader says them", () => {
    assert.deepEqual(
      paths(open),
      digitsModel.modules.map(({ path }) => path),
    );
    const relu = open[at("features.3")]!;
    assert.deepEqual([relu.level, relu.position, relu.siblings, relu.hasChildren], [3, 4, 5, false]);
    assert.deepEqual([open[0]!.level, open[0]!.position, open[0]!.siblings], [1, 1, 1]);
  });

  it("hides everything below a closed row, and shows it as it was when opened again", () => {
    const closed = visibleRows(digitsModel, { "model:features": false });
    assert.deepEqual(
      paths(closed).filter((path) => path.startsWith("features")),
      ["features"],
    );
    assert.equal(paths(closed).includes("classifier.4"), true);
    assert.deepEqual(paths(visibleRows(digitsModel, { "model:": false })), [""]);
    assert.deepEqual(paths(visibleRows(digitsModel, { "model:": true, "model:features": true })), paths(open));
  });

  it("opens a large model with only the root's children", () => {
    const model = largeModel(10_000);
    const rows = visibleRows(model, {});
    assert.equal(rows.length, 1000);
    assert.equal(visibleRows(model, { "tower:block0": true }).length, 1009);
  });

  it("never hides the chosen module in a closed row", () => {
    const model = largeModel(10_000);
    const chosen = model.modules.find(({ path }) => path === "block7.4")!;
    assert.equal(visibleRows(model, {}, chosen).filter((row) => row.module === chosen).length, 1);
    assert.equal(visibleRows(model, { "tower:block7": false, "tower:": false }, chosen).filter((row) => row.module === chosen).length, 1);
  });

  it("draws only the rows in sight", () => {
    const { from, to } = visibleSlice(10_000, 22 * 500, 440, 22);
    assert.ok(from <= 500 && from > 480);
    assert.ok(to >= 520 && to < 540);
    assert.deepEqual(visibleSlice(3, 0, 440, 22), { from: 0, to: 3 });
    assert.deepEqual(visibleSlice(0, 900, 440, 22), { from: 0, to: 0 });
  });

  it("says what is frozen, and what is so in part", () => {
    const status = (path: string) => trainableStatus(digitsModel.modules.find((module) => module.path === path)!.counts);
    assert.equal(status("classifier.0"), "frozen");
    assert.equal(status("classifier"), "partial");
    assert.equal(status("features"), "trainable");
    assert.equal(status("flatten"), "none");
  });
});

describe("keys in the module tree", () => {
  const press = (path: string, key: string, rows = open) => keyCommand(rows, at(path, rows), key, 5);
  const focus = (path: string) => ({ type: "focus", index: at(path) });

  it("move up, down, by pages and to the ends, and stop there", () => {
    assert.deepEqual(press("features", "ArrowDown"), focus("features.0"));
    assert.deepEqual(press("features", "ArrowUp"), focus(""));
    assert.deepEqual(press("", "ArrowUp"), focus(""));
    assert.deepEqual(press("classifier.4", "Home"), focus(""));
    assert.deepEqual(press("", "End"), focus("classifier.4"));
    assert.deepEqual(press("", "PageDown"), focus("features.3"));
    assert.deepEqual(press("features.3", "PageUp"), focus(""));
    assert.deepEqual(press("classifier.3", "PageDown"), focus("classifier.4"));
  });

  it("open, go in, close, and go out", () => {
    const closed = visibleRows(digitsModel, { "model:features": false });
    const index = at("features", closed);
    assert.deepEqual(press("features", "ArrowRight", closed), { type: "expand", indices: [index], expanded: true });
    assert.deepEqual(press("features", "ArrowRight"), focus("features.0"));
    assert.deepEqual(press("features", "ArrowLeft"), { type: "expand", indices: [index], expanded: false });
    assert.deepEqual(press("features.2", "ArrowLeft"), focus("features"));
    assert.equal(press("features.2", "ArrowRight"), null);
    assert.equal(keyCommand(visibleRows(digitsModel, { "model:": false }), 0, "ArrowLeft", 5), null);
  });

  it("toggle with the space bar, open all siblings with the star, reveal the source with Enter", () => {
    assert.deepEqual(press("features", " "), { type: "expand", indices: [at("features")], expanded: false });
    const closed = visibleRows(digitsModel, { "model:features": false, "model:classifier": false });
    assert.deepEqual(press("flatten", "*", closed), {
      type: "expand",
      indices: [at("features", closed), at("classifier", closed)],
      expanded: true,
    });
    assert.deepEqual(press("features.1", "Enter"), { type: "reveal", index: at("features.1"), place: "made" });
    assert.deepEqual(keyCommand(open, at("features.1"), "Enter", 5, true), { type: "reveal", index: at("features.1"), place: "called" });
  });

  it("leave other keys to the editor", () => {
    assert.equal(press("features", "F5"), null);
    assert.equal(press("features", "Tab"), null);
  });

  it("find a row by the letters of its name, or else of its type", () => {
    assert.equal(typeahead(open, 0, "c"), at("classifier"));
    assert.equal(typeahead(open, at("features"), "f"), at("flatten"));
    assert.equal(typeahead(open, at("flatten"), "f"), at("features"));
    assert.equal(typeahead(open, at("features"), "fe"), at("features"));
    assert.equal(typeahead(open, 0, "relu"), at("features.1"));
    assert.equal(typeahead(open, 0, "x"), -1);
  });
});
