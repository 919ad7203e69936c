/** What the panel says of a run's health, of networks that really trained. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { rootMeanSquare } from "../../src/run/rootMeanSquare.ts";
import type { RunSnapshot } from "../../src/run/snapshot.ts";
import { repository } from "../harness/temporary.ts";
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
});
