import assert from "node:assert/strict";
import { tabAfterKey } from "../../webview/frame/tabs.tsx";
import { layoutFor } from "../../webview/frame/arrangement.ts";
import { initialState, reduce, tabsInSight, tabsOffered, type Action, type PanelState } from "../../webview/state.ts";
import { digitsModel, emptySnapshot } from "./fakeRun.ts";

const run = { ...emptySnapshot(), models: [digitsModel] };
const after = (state: PanelState, ...actions: Action[]) => actions.reduce(reduce, state);
const sized = (width: number, height = 800): Action => ({ type: "layout", layout: layoutFor({ width, height }) });
const at = (width: number, mode: "train" | "inspect" = "train") => after(initialState, sized(width), { type: "snapshot", run: { ...run, mode } });

describe("the panel's tabs", () => {
  it("show the curves of a training first, and of an inspection, which has none, the layer", () => {
    assert.deepEqual(tabsInSight(at(1000)), { main: "curves" });
    assert.deepEqual(tabsInSight(at(1000, "inspect")), { main: "layer" });
    assert.ok(!tabsOffered(at(1000, "inspect")).includes("curves"));
  });

  it("have the modules among them where there is no room for both", () => {
    assert.ok(tabsOffered(at(500)).includes("modules"));
    assert.ok(!tabsOffered(at(700)).includes("modules"), "there is room for the table above the tabs");
    assert.ok(tabsOffered(reduce(at(700), sized(700, 500))).includes("modules"), "in a low panel there is none");
    assert.ok(!tabsOffered(reduce(at(1000), sized(1000, 500))).includes("modules"), "but beside them");
    assert.deepEqual(tabsInSight(at(500)), { main: "curves" });
  });

  it("give the modules' place to another tab when the panel grows wide enough for both", () => {
    const narrow = reduce(at(500), { type: "chooseTab", group: "main", tab: "modules" });
    assert.deepEqual(tabsInSight(narrow), { main: "modules" });
    const grown = reduce(narrow, sized(900));
    assert.deepEqual(tabsInSight(grown), { main: "curves" });
    assert.deepEqual(tabsInSight(reduce(grown, sized(500))), { main: "modules" });
  });

  it("stand side by side in a very wide panel, never twice the same", () => {
    const wide = at(2200);
    assert.deepEqual(tabsInSight(wide), { main: "curves", side: "layer" });
    const swapped = reduce(wide, { type: "chooseTab", group: "main", tab: "layer" });
    assert.deepEqual(tabsInSight(swapped), { main: "layer", side: "curves" });
  });

  it("turn to the layer when a module is chosen while only curves are shown", () => {
    assert.deepEqual(tabsInSight(reduce(at(1000), { type: "chooseModule", module: 3 })), { main: "layer" });
    assert.deepEqual(tabsInSight(reduce(at(1000), { type: "select", model: 0, module: 3 })), { main: "layer" });
  });

  it("stay when the whole model is chosen from outside, and when the layer is in sight already", () => {
    assert.deepEqual(tabsInSight(reduce(at(1000), { type: "select", model: 0, module: 0 })), { main: "curves" });
    assert.deepEqual(tabsInSight(reduce(at(2200), { type: "chooseModule", module: 3 })), { main: "curves", side: "layer" });
  });

  it("stay at the modules while one walks through them", () => {
    const modules = reduce(at(400), { type: "chooseTab", group: "main", tab: "modules" });
    assert.deepEqual(tabsInSight(reduce(modules, { type: "chooseModule", module: 3 })), { main: "modules" });
    assert.deepEqual(tabsInSight(reduce(modules, { type: "select", model: 0, module: 3 })), { main: "layer" });
  });

  it("are walked through with arrows, round and round", () => {
    assert.equal(tabAfterKey("ArrowRight", 2, 3), 0);
    assert.equal(tabAfterKey("ArrowLeft", 0, 3), 2);
    assert.equal(tabAfterKey("Home", 2, 3), 0);
    assert.equal(tabAfterKey("End", 0, 3), 2);
    assert.equal(tabAfterKey("x", 0, 3), null);
  });
});
