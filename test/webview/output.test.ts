/** What the program printed, as the panel shows it. */
import assert from "node:assert/strict";
import type { PrintedLine, RunEvent } from "../../src/protocol/index.ts";
import { matching, printedStep, windowOf } from "../../webview/output/shownLines.ts";
import { emptySnapshot, snapshotAfter, training } from "./fakeRun.ts";
import type { Panel } from "./page.ts";
import { withPages } from "./withPages.ts";

const line = (step: number, text: string, isError = false): PrintedLine => ({ step, text, ...(isError && { isError }) });
const printed = (...lines: PrintedLine[]): RunEvent => ({ type: "printed", lines, skipped: 0 });

describe("printed lines", () => {
  const lines = [line(0, "Epoch 0: loss 2.3"), line(10, "epoch 1: loss 1.1"), line(10, "saved"), line(20, "EPOCH 2: loss 0.7")];

  it("are found by all words of a search, whatever their case and order", () => {
    assert.deepEqual(matching(lines, "epoch LOSS"), [lines[0], lines[1], lines[3]]);
    assert.deepEqual(matching(lines, "1.1 epoch"), [lines[1]]);
    assert.deepEqual(matching(lines, " "), lines);
    assert.deepEqual(matching(lines, "none"), []);
  });

  it("of a step are the last that were printed by then", () => {
    assert.deepEqual([printedStep(lines, 5), printedStep(lines, 10), printedStep(lines, 1e9), printedStep([], 3)], [0, 10, 20, undefined]);
  });

  it("are drawn only where they are in sight", () => {
    assert.deepEqual(windowOf(2_000, 18, 18_000, 360), { from: 992, to: 1028 });
    assert.deepEqual(windowOf(3, 18, 0, 360), { from: 0, to: 3 });
    assert.deepEqual(windowOf(0, 18, 500, 360), { from: 0, to: 0 });
  });
});

describe("the panel's output", function () {
  this.timeout(60_000);
  const pages = withPages();
  let panel: Panel;
  beforeEach(async () => {
    panel = await pages.open({ width: 1200, height: 700 });
    const lines = Array.from({ length: 300 }, (_, i) => line(i, `step ${i}: loss ${(1 / (i + 1)).toFixed(3)}`));
    const run = snapshotAfter([...training({ epochs: 8, batches: 45, sampleEvery: 15 })]);
    await panel.send({ type: "snapshot", run: { ...run, state: "running", printed: { lines: [...lines, line(300, "careful", true)], dropped: 1_234 } } });
  });
  afterEach(async () => {
    assert.deepEqual(panel.errors, []);
    await panel.page.close();
  });

  const shown = () => panel.byTestId("printed-line").allInnerTexts();
  const open = () => panel.byTestId("output-strip").click();

  it("shows the newest line at the foot, and all of them, the newest in sight, in their tab", async () => {
    assert.match(await panel.byTestId("output-strip").innerText(), /careful/);
    await open();
    assert.match((await shown()).at(-1)!, /careful/);
    assert.ok((await shown()).length < 60, "only those in sight are drawn");
    assert.equal(await panel.byTestId("printed-count").innerText(), "301 lines, the 1,234 before them are not kept");
    assert.equal(await panel.page.locator(".printed-line.error").count(), 1);
    assert.equal(await panel.byTestId("output-strip").count(), 0);
  });

  it("follows what is printed, unless the user has scrolled up", async () => {
    await open();
    await panel.sendEvents("run-1", [printed(line(301, "newer"))]);
    assert.match((await shown()).at(-1)!, /newer/);
    const list = panel.page.locator(".printed");
    const inSight = () => list.evaluate((element) => element.scrollTop + element.clientHeight >= element.scrollHeight - 1);
    assert.ok(await inSight());
    await list.evaluate((element) => (element.scrollTop = 900));
    await panel.settle();
    await panel.sendEvents("run-1", [printed(line(302, "newest"))]);
    assert.equal(await list.evaluate((element) => element.scrollTop), 900);
    assert.match((await shown()).join("\n"), /step 50:/);
  });

  it("leads from a line to its step, and marks the lines of the step that is looked at", async () => {
    await open();
    await panel.page.getByRole("searchbox").fill("step 30:");
    await panel.byTestId("printed-line").first().click();
    const marked = () => panel.page.locator(".printed-line.current").getAttribute("data-step");
    assert.equal(await marked(), "30");
    await panel.page.getByRole("searchbox").fill("");
    await panel.page.locator(".printed").focus();
    await panel.page.keyboard.press("Home");
    await panel.page.keyboard.press("ArrowDown");
    await panel.page.keyboard.press("Enter");
    assert.equal(await marked(), "1");
  });

  it("says that nothing was printed", async () => {
    const run = snapshotAfter([...training({ epochs: 1, batches: 10 })]);
    await panel.send({ type: "snapshot", run: { ...run, runId: "other", printed: emptySnapshot().printed } });
    await panel.byTestId("tab-output").click();
    assert.match(await panel.page.locator(".output-pane").innerText(), /Nothing was printed/);
  });
});
