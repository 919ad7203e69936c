/** What the page says of steps that were not measured, or are no longer kept. */
import assert from "node:assert/strict";
import type { WatchSettings } from "../../src/protocol/index.ts";
import { storedSnapshot } from "../../src/run/records.ts";
import { reduceSnapshot, shrink, memoryBounds } from "../../src/run/snapshot.ts";
import { digitsModel, emptySnapshot, sampleStep, snapshotAfter, training } from "./fakeRun.ts";
import type { Panel } from "./page.ts";
import { withPages } from "./withPages.ts";

const off: WatchSettings = { what: "off", modules: [], budget: 0.05, everyStep: false };
const run = snapshotAfter(training({ epochs: 2, batches: 10, sampleEvery: 5 }));

describe("how many steps were measured", () => {
  const few = { ...memoryBounds, steps: 20 };
  const model = { ...digitsModel, modules: digitsModel.modules.slice(0, 1) };
  const measured = Array.from({ length: 134 }, (_, i) => 10 * i).reduce(
    (before, step) => reduceSnapshot(before, { type: "statistics", statistics: sampleStep(model, step, 0, 0) }, few),
    emptySnapshot(),
  );

  it("is known of those too that were thinned out, on disk and within smaller bounds as well", () => {
    assert.equal(measured.samples.get(0)!.length, 20);
    const back = storedSnapshot.decode(JSON.parse(JSON.stringify(storedSnapshot.encode(shrink(measured, { ...few, steps: 5 })))));
    assert.deepEqual([back.samples.get(0)!.length, back.measuredSteps!.get(0)], [5, 134]);
  });

  it("counts a step once that is told again, as the last one is when a run pauses", () => {
    const again = reduceSnapshot(measured, { type: "statistics", statistics: { ...sampleStep(model, 1_330, 0, 0), afterwards: true } }, few);
    assert.equal(again.measuredSteps!.get(0), 134);
  });

  it("is nothing that is guessed of a run from before it was counted", () => {
    const { measuredSteps: _, ...older } = measured;
    assert.equal(reduceSnapshot(older, { type: "statistics", statistics: sampleStep(model, 1_340, 0, 0) }, few).measuredSteps, undefined);
  });
});

describe("what was not measured, in the panel", function () {
  this.timeout(60_000);
  const pages = withPages();
  let panel: Panel;
  beforeEach(async () => (panel = await pages.open({ width: 1200 })));
  afterEach(async () => {
    assert.deepEqual(panel.errors, []);
    await panel.page.close();
  });

  it("is said below the slider and where measured things are shown, and measuring is switched on from each of them", async () => {
    await panel.send({ type: "snapshot", run: { ...run, state: "running", watch: off } });
    for (const [tab, place] of [
      ["curves", ".step-notes"],
      ["curves", ".tree-pane"],
      ["layer", ".details-pane"],
      ["gradients", ".flow-pane"],
    ] as const) {
      await panel.turnTo(tab);
      const line = panel.page.locator(place).getByTestId("measuring-off");
      assert.match(await line.innerText(), /^Measuring is off\./, place);
      await line.getByTestId("measure-on").click();
      assert.deepEqual((await panel.posted()).at(-1), { type: "steer", steering: { type: "watch", watch: { ...off, what: "all" } } }, place);
    }
    // Samples are followed all the same.
    await panel.turnTo("data");
    assert.equal(await panel.byTestId("data").getByTestId("measuring-off").count(), 0);
    await panel.sendEvents(run.runId, [{ type: "watch", watch: { ...off, what: "all" } }]);
    await panel.settle();
    assert.equal(await panel.byTestId("measuring-off").count(), 0);
  });

  it("is said of a run that is over, where nothing can be switched on any more", async () => {
    await panel.send({ type: "snapshot", run: { ...run, watch: off } });
    assert.match(await panel.page.locator(".tree-pane").getByTestId("measuring-off").innerText(), /was off/);
    assert.equal(await panel.byTestId("measure-on").count(), 0);
  });

  it("says beside the slider how many measured steps are kept of how many", async () => {
    await panel.send({ type: "snapshot", run });
    assert.equal(await panel.byTestId("steps-kept").count(), 0);
    await panel.send({ type: "snapshot", run: { ...run, measuredSteps: new Map([[0, 1_340]]) } });
    assert.equal(await panel.byTestId("steps-kept").innerText(), `${run.samples.get(0)!.length} of 1,340 measured steps are kept.`);
  });

  it("leaves a single chart as high as reads well in a large window, and many charts all the room", async () => {
    await panel.page.setViewportSize({ width: 2200, height: 1100 });
    const { curves } = run;
    const heights = () => panel.byTestId("curve").evaluateAll((charts) => charts.map((chart) => chart.getBoundingClientRect().height));
    await panel.send({ type: "snapshot", run: { ...run, curves: new Map([["loss", curves.get("loss")!]]) } });
    const [single] = await heights();
    assert.ok(single! <= 460 && single! > 300, `${single}`);
    await panel.send({ type: "snapshot", run: { ...run, curves: new Map(Array.from({ length: 9 }, (_, i) => [`curve${i}`, curves.get("loss")!])) } });
    assert.ok((await heights()).every((height) => height > 150 && height <= 460));
  });
});
