/** What the panel says of a run's health, of networks that really trained. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { rootMeanSquare } from "../../src/run/rootMeanSquare.ts";
import type { RunSnapshot } from "../../src/run/snapshot.ts";
import { repository } from "../harness/temporary.ts";
import { digitsModel, emptySnapshot, measure, samplesOf, sampleStep } from "./fakeRun.ts";
import type { Panel } from "./page.ts";
import { eventsOf, snapshotOf } from "./realRun.ts";
import { withPages } from "./withPages.ts";

const networks = join(repository, "test/webview/networks");

describe("health in the panel", function () {
  this.timeout(60_000);
  const pages = withPages();
  let panel: Panel;
  let dead: RunSnapshot;
  let well: RunSnapshot;

  before(async () => {
    const snapshot = async (path: string): Promise<RunSnapshot> => snapshotOf(path, await eventsOf(path));
    dead = await snapshot(join(networks, "dead-relu.model.ts"));
    well = await snapshot(join(repository, "examples/simple-classifier.model.ts"));
  });

  beforeEach(async () => (panel = await pages.open()));
  afterEach(async () => {
    assert.deepEqual(panel.errors, [], "the page complained, or broke its content security policy");
    await panel.page.close();
  });

  const text = (id: string) => panel.byTestId(id).first().innerText();
  const row = (path: string) => panel.page.locator(`[data-testid=module-row][data-path="${path}"]`);

  it("is one sentence on top that says where, leads there, and has behind it what to try", async () => {
    await panel.send({ type: "snapshot", run: dead });
    assert.equal(await panel.byTestId("health").getAttribute("data-state"), "error");
    assert.equal(await text("health-sentence"), "layer2: all 64 units have been zero behind its ReLU for every sample since step 0. No gradient passes.");
    await panel.byTestId("health-sentence").click();
    assert.equal(await row("layer2").getAttribute("aria-selected"), "true");
    assert.equal(await panel.byTestId("health-list").count(), 0);
    await panel.byTestId("health-more").focus();
    await panel.page.keyboard.press("Enter");
    assert.match(await text("health-list"), /look at how its weights and bias begin/);
    assert.equal(await panel.byTestId("health-more").getAttribute("aria-expanded"), "true");
    const layer2 = dead.models[0]!.modules.find(({ path }) => path === "layer2")!;
    const links = panel.byTestId("health-finding").first();
    await links.locator("[data-testid=go-to-called]").click();
    assert.deepEqual((await panel.posted()).at(-1), { type: "reveal", position: layer2.calledAt });
    await links.locator("[data-testid=go-to-made]").click();
    assert.deepEqual((await panel.posted()).at(-1), { type: "reveal", position: layer2.constructedAt });
    if (process.env["PICTURES"]) await panel.page.screenshot({ path: `${process.env["PICTURES"]}/health-links.png` });
  });

  it("is not contradicted by the sign of the run's end, which is in the words' own colour and no praise, however it went", async () => {
    for (const run of [dead, well]) {
      await panel.send({ type: "snapshot", run });
      const state = panel.byTestId("run-state");
      assert.equal(await state.innerText(), "Finished");
      const [sign, words] = await state.locator(":scope > *").evaluateAll((parts) => parts.map((part) => getComputedStyle(part).color));
      assert.equal(sign, words);
      assert.equal(await state.locator(".codicon-pass, .codicon-pass-filled").count(), 0);
    }
  });

  it("says of a module how it was in the step that is shown", async () => {
    await panel.send({ type: "snapshot", run: dead });
    await row("layer2").click();
    await panel.turnTo("layer");
    const fact = (id: string) => panel.byTestId("layer-facts").locator(`[data-fact=${id}]`).first().innerText();
    assert.equal(await fact("zero"), "64 of 64");
    assert.equal(await fact("dead"), "64 of 64 since step 0");
    assert.equal(await fact("change"), "0.0 %");
    assert.equal(await fact("gradient"), "0");
  });

  it("marks modules as they were at the step that is shown, and tells it for the tree to do the same", async () => {
    await panel.send({ type: "snapshot", run: dead });
    const signs = panel.byTestId("health-sign");
    assert.equal(await signs.count(), 1);
    await panel.byTestId("step-slider").focus();
    await panel.page.keyboard.press("Home");
    await panel.settle();
    assert.equal(await signs.count(), 0, "nothing is dead after one step");
    assert.match(await text("health-sentence"), /^Until step 0: Too short to tell whether it learns: .* in 1 step\.$/);
    await panel.page.keyboard.press("End");
    await panel.settle();
    assert.equal(await signs.count(), 1);
    assert.match(await text("health-sentence"), /^layer2: all 64 units/);
    const told = (await panel.posted()).filter(({ type }) => type === "shownStep");
    assert.deepEqual(told, [
      { type: "shownStep", step: 0 },
      { type: "shownStep", step: null },
    ]);
  });

  it("marks the rows of the modules that show a sign, by shape and in words, and no others", async () => {
    await panel.send({ type: "snapshot", run: dead });
    const marked = panel.page.locator("[data-testid=module-row]:has([data-testid=health-sign])");
    assert.deepEqual(await marked.evaluateAll((rows) => rows.map((one) => one.getAttribute("data-path"))), ["layer2"]);
    assert.equal(await row("layer2").locator(".codicon-error").count(), 1);
    assert.match((await row("layer2").getAttribute("aria-label"))!, /all 64 units have been zero/);
  });

  it("marks a row that is closed over one that shows a sign", async () => {
    await panel.send({ type: "snapshot", run: dead });
    await row("").click();
    await panel.page.keyboard.press("ArrowLeft");
    assert.match((await row("").getAttribute("aria-label"))!, /Something below it shows a sign of trouble/);
  });

  it("says that a network learns, from which loss to which", async () => {
    await panel.send({ type: "snapshot", run: well });
    assert.equal(await panel.byTestId("health").getAttribute("data-state"), "well");
    assert.match(await text("health-sentence"), /^Learns: loss 1\.\d+ → 0\.\d+ in 200 steps\.$/);
    assert.match((await panel.byTestId("health-sentence").getAttribute("title"))!, /medians: of the first 5 steps/);
    assert.equal(await panel.byTestId("health-sign").count(), 0);
    assert.equal(await panel.byTestId("health-more").count(), 0);
  });

  it("shows the gradient at each module in a chart that keys walk through, and in a table", async () => {
    await panel.send({ type: "snapshot", run: well });
    await panel.turnTo("gradients");
    await panel.byTestId("gradient-flow").focus();
    await panel.page.keyboard.press("Home");
    const model = well.models[0]!;
    const sample = well.samples.get(model.id)!.findLast(({ afterwards }) => !afterwards)!;
    const called = sample.modules.filter(({ outputGradient, call }) => outputGradient && call !== undefined).sort((a, b) => a.call! - b.call!);
    const first = called.find(({ module }) => model.modules.every(({ parent }) => parent !== module))!;
    assert.equal(await row(model.modules[first.module]!.path).getAttribute("aria-selected"), "true");
    assert.match((await panel.byTestId("gradient-flow").getAttribute("aria-valuetext"))!, /^\S+ \(Linear\): ∂loss\/∂output [\d.]+/);
    await panel.byTestId("flow-as-table").click();
    const shown = await panel.page
      .locator("[data-testid=flow-table] tbody tr")
      .evaluateAll((rows) => rows.map((one) => Number(one.querySelector("td")!.getAttribute("data-value"))));
    const leaves = called.filter(({ module, parameters }) => parameters.length > 0 || model.modules.every(({ parent }) => parent !== module));
    assert.deepEqual(
      shown,
      leaves.map(({ outputGradient }) => rootMeanSquare(outputGradient!)),
    );
  });

  /** The digits in a step in which some gradients are no numbers. */
  async function showBroken(): Promise<void> {
    const sample = sampleStep(digitsModel, 30, 2, 0.2);
    const of = (path: string, values: readonly number[]) => ({ path, outputGradient: measure(values, [values.length]) });
    const broken = [
      of("features.0", [1, NaN, Infinity, 2]),
      of("features.1", [NaN, NaN]),
      of("classifier.2", [1, -Infinity, 2]),
      // Nothing but zeros is no sign of a broken one.
      of("classifier.4", [0, 0, 0]),
    ];
    const modules = sample.modules.map((one) => {
      const outputGradient = broken.find(({ path }) => path === digitsModel.modules[one.module]!.path)?.outputGradient;
      return outputGradient ? { ...one, outputGradient } : one;
    });
    await panel.send({ type: "snapshot", run: { ...emptySnapshot(), state: "finished", models: [digitsModel], samples: samplesOf({ ...sample, modules }) } });
    await panel.turnTo("gradients");
  }

  it("marks a gradient that is not a number, or infinite, above the chart and says so in words; it is neither left out nor zero", async () => {
    await showBroken();
    const marks = panel.byTestId("flow-broken");
    assert.deepEqual(await marks.allTextContents(), ["∂loss/∂output: not a number", "∂loss/∂output: infinite"]);
    // Above the plot's highest line, and each where its module is.
    const highest = Math.min(...(await panel.page.locator(".flow-grid").evaluateAll((lines) => lines.map((line) => line.getBoundingClientRect().top))));
    for (const mark of await marks.all()) assert.ok((await mark.locator("path").boundingBox())!.y < highest);
    const numbers = await panel.page.locator(".flow-plot circle.flow-mark.output").count();
    assert.equal(numbers, digitsModel.modules.filter(({ id }) => !digitsModel.modules.some(({ parent }) => parent === id)).length - 3);
    assert.match(await panel.page.locator(".flow-legend").innerText(), /not a number\s+infinite/);
    await row("classifier.2").click();
    assert.match(await text("flow-readout"), /^classifier\.2 \(ReLU\): ∂loss\/∂output infinite, gradient/);
    await panel.byTestId("flow-as-table").click();
    const shown = new Map(
      await panel.page
        .locator("[data-testid=flow-table] tbody tr")
        .evaluateAll((rows) => rows.map((one) => [one.querySelector("th")!.innerText, one.querySelector("td")!.innerText] as const)),
    );
    assert.deepEqual(
      ["features.0", "features.1", "classifier.2", "classifier.4"].map((path) => shown.get(path)),
      ["not a number", "not a number", "infinite", "0"],
    );
  });

  it("has what is not a number in the chart's files too", async () => {
    await showBroken();
    const menu = panel.page.locator(".flow-pane .export-menu");
    for (const form of ["csv", "svg"]) {
      await menu.getByTestId("export").click();
      await menu.getByTestId(`export-${form}`).click();
    }
    await panel.settle();
    const [csv, svg] = (await panel.posted()).flatMap((message) => (message.type === "save" ? [message.text] : []));
    const rows = csv!.split("\r\n").map((line) => line.split(","));
    assert.deepEqual(
      ["features.0", "classifier.2", "classifier.4"].map((path) => rows.find(([first]) => first === path)![2]),
      ["NaN", "Infinity", "0"],
    );
    assert.ok(svg!.includes("∂loss/∂output: not a number") && svg!.includes("∂loss/∂output: infinite"));
  });
});
