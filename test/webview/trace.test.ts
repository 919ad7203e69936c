/** "What wrote this?" in a browser: asked of a tensor, waited for, and read line by line. */
import assert from "node:assert/strict";
import { randn, full } from "../../src/engine/index.ts";
import { statistics } from "../../src/engine/ops/statistics.ts";
import type { StepStatistics, StepTrace, ValueRange, Writing } from "../../src/protocol/index.ts";
import type { RunSnapshot } from "../../src/run/snapshot.ts";
import { digitsModel, emptySnapshot, file, samplesOf } from "./fakeRun.ts";
import type { Panel } from "./page.ts";
import { withPages } from "./withPages.ts";

const { id: module, path } = digitsModel.modules.find(({ type }) => type === "Conv2d")!;
const at = (line: number) => ({ file, line, column: 5 });
const range = (min: number, max: number, more: Partial<ValueRange> = {}): ValueRange => ({
  count: 64,
  nan: 0,
  positive: 0,
  negative: 0,
  min,
  max,
  zeros: 0,
  ...more,
});

/** An input, its logarithm, the convolution of that with a weight; the weight's gradient and its update. */
const writings: readonly Writing[] = [
  { kind: "input", name: "input", shape: [64], range: range(0, 9, { zeros: 3 }), inputs: [], position: at(20) },
  { kind: "computed", name: "log", shape: [64], range: range(-2, 2, { negative: 3 }), inputs: [0], position: at(20), began: 1, reason: "It began with `log` of 0." },
  { kind: "parameter", name: `${path}.weight`, shape: [8, 1, 3, 3], range: range(-0.3, 0.3), inputs: [], position: at(21) },
  { kind: "computed", name: "conv2d", shape: [64, 8, 8, 8], range: range(-4, 4, { nan: 12 }), inputs: [1, 2], position: at(21), module: { model: digitsModel.id, id: module, name: path }, began: 1 },
  { kind: "root", name: "backward", shape: [], range: range(1, 1, { count: 1 }), inputs: [3], position: at(30) },
  { kind: "differentiated", name: "conv2d", shape: [8, 1, 3, 3], range: range(NaN, NaN, { nan: 72 }), inputs: [4, 1], position: at(21), began: 1 },
  { kind: "updated", name: "SGD.step", shape: [8, 1, 3, 3], range: range(-0.25, 0.35), inputs: [2, 5], position: at(31), change: range(-0.05, 0.05) },
]; // oxfmt-ignore

const traceOf = (step: number): StepTrace => ({
  step,
  writings,
  tensors: [
    { model: digitsModel.id, module, kind: "output", writing: 3 },
    { model: digitsModel.id, module, kind: "parameter:weight", writing: 6 },
    { model: digitsModel.id, module, kind: "gradient:weight", writing: 5 },
  ],
});

function stepOf(step: number): StepStatistics {
  const measured = (of: ReturnType<typeof randn>) => ({ shape: [...of.shape], ...statistics(of, 40) });
  const parameters = [{ name: "weight", value: measured(randn(8, 9)), gradient: measured(full([8, 9], NaN)) }];
  return { model: digitsModel.id, step, epoch: 0, modules: [{ module, output: measured(randn(64, 8)), parameters }] };
}

describe("what wrote this, in a browser", () => {
  const pages = withPages();
  let panel: Panel;
  beforeEach(async () => (panel = await pages.open()));
  afterEach(async () => {
    assert.deepEqual(panel.errors, []);
    await panel.page.close();
  });

  async function show(more: Partial<RunSnapshot>): Promise<void> {
    const run: RunSnapshot = { ...emptySnapshot(), models: [digitsModel], samples: samplesOf(stepOf(6), stepOf(7)), ...more };
    await panel.send({ type: "snapshot", run }, { type: "select", model: digitsModel.id, module });
    await panel.turnTo("layer");
  }
  const row = (title: string) => panel.page.getByRole("region", { name: title, exact: true });
  const ask = async (title: string) => {
    await row(title).getByTestId("what-wrote-this").click();
    await panel.settle();
  };
  const lines = () => panel.byTestId("writing").allInnerTexts();
  const firsts = async () => (await lines()).map((text) => text.split("\n").filter((part) => part !== "")[0]);
  const steered = async () => (await panel.posted()).flatMap((message) => (message.type === "steer" ? [message.steering] : []));
  const revealed = async () => (await panel.posted()).flatMap((message) => (message.type === "reveal" ? [message.position.line] : []));

  it("asks a paused run for its next step, waits, and shows the answer as it comes", async () => {
    await show({ state: "paused" });
    await ask("output");
    assert.deepEqual(await steered(), [{ type: "trace" }]);
    assert.match(await panel.byTestId("answer").innerText(), /The next step is followed/);
    assert.equal(await panel.byTestId("writings").count(), 0);
    await panel.sendEvents(emptySnapshot().runId, [{ type: "trace", trace: traceOf(8) }]);
    assert.match(await panel.byTestId("answer").innerText(), /In step 8/);
    assert.equal((await lines()).length, 4);
  });

  it("asks nothing where the shown step is known, and anew on demand", async () => {
    await show({ state: "running", trace: traceOf(7) });
    await ask("output");
    assert.deepEqual(await steered(), []);
    assert.match(await panel.byTestId("answer").innerText(), /In step 7/);
    await panel.byTestId("ask-again").click();
    await panel.settle();
    assert.deepEqual(await steered(), [{ type: "trace" }]);
    // The same button closes it.
    await ask("output");
    assert.equal(await panel.byTestId("answer").count(), 0);
  });

  it("opens the way to where NaN began, marks it, and says why", async () => {
    await show({ state: "paused", trace: traceOf(7) });
    await ask("output");
    assert.deepEqual(await firsts(), ["conv2d", "log", "input", `${path}.weight`]);
    assert.equal((await panel.byTestId("reason").innerText()).trim(), "It began with `log` of 0.");
    assert.deepEqual(await panel.byTestId("writing").evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset["beginning"])), [
      "false",
      "true",
      "false",
      "false",
    ]);
    assert.deepEqual(
      (await lines()).map((text) => text.split("\n").filter((part) => part.trim() !== "")),
      [
        ["conv2d", "digits.model.ts:21", path, "64×8×8×8", "−4.000 … 4.000", "12 NaN"],
        ["log", "digits.model.ts:20", "64", "−2.000 … 2.000", "3 −∞"],
        ["input", "digits.model.ts:20", "64", "0 … 9.000", "3 zeros"],
        [`${path}.weight`, "parameter, before the step", "digits.model.ts:21", "8×1×3×3", "−0.3000 … 0.3000"],
      ],
    );
  });

  it("shows of a weight the optimizer's step with what it added, and of its gradient the derivative that gave it", async () => {
    await show({ state: "paused", trace: traceOf(7) });
    await ask("weight");
    assert.deepEqual(await firsts(), ["SGD.step", `${path}.weight`, "backward of conv2d"]);
    assert.match((await lines())[0]!, /changed by −0\.05000 … 0\.05000/);
    await panel.byTestId("writing").nth(2).locator(".twistie").click();
    await panel.settle();
    assert.deepEqual(await firsts(), ["SGD.step", `${path}.weight`, "backward of conv2d", "backward()", "log"]);
  });

  it("goes to the line at a click, and by the keyboard alone", async () => {
    await show({ state: "paused", trace: traceOf(7) });
    await ask("output");
    await panel.byTestId("writing").nth(1).click();
    assert.deepEqual(await revealed(), [20]);
    const tree = panel.byTestId("writings");
    await tree.focus();
    const press = async (...keys: string[]) => {
      for (const key of keys) await panel.page.keyboard.press(key);
      await panel.settle();
    };
    await press("Home", "Enter");
    assert.deepEqual(await revealed(), [20, 21]);
    await press("ArrowDown", "ArrowLeft");
    assert.deepEqual(await firsts(), ["conv2d", "log", `${path}.weight`]);
    await press("ArrowLeft", "ArrowLeft");
    assert.deepEqual(await firsts(), ["conv2d"]);
    await press("ArrowRight", "ArrowRight", "ArrowRight");
    assert.deepEqual(await firsts(), ["conv2d", "log", "input", `${path}.weight`]);
    assert.equal(await panel.page.locator(".writing.focused").getByText("log").count(), 1);
    const active = await tree.getAttribute("aria-activedescendant");
    assert.equal(await panel.page.locator(`[id="${active}"]`).getAttribute("aria-level"), "2");
  });

  it("says how to ask where the run is over, and what wasn't part of the step", async () => {
    await show({ state: "finished" });
    await ask("output");
    assert.match(await panel.byTestId("answer").innerText(), /The run is over\. Rewind it/);
    assert.deepEqual(await steered(), []);
    await panel.sendEvents(emptySnapshot().runId, [{ type: "trace", trace: { ...traceOf(7), tensors: [] } }]);
    assert.match(await panel.byTestId("answer").innerText(), /took no part in that step/);
  });

  it("isn't offered of a run that nobody can ask", async () => {
    await show({ state: "running", onlyWatched: true });
    assert.equal(await panel.byTestId("what-wrote-this").count(), 0);
  });
});
