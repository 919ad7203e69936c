import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { RunEvent } from "../../src/protocol/index.ts";
import { digitsModel, emptySnapshot, file, largeModel, samplesOf, sampleStep, snapshotAfter, training } from "./fakeRun.ts";
import type { Panel } from "./page.ts";
import { withPages } from "./withPages.ts";

const events = [...training({ epochs: 4, batches: 10, sampleEvery: 5 })];
const running = snapshotAfter(events.slice(0, 25));
const small = { ...digitsModel, modules: digitsModel.modules.slice(0, 3) };

describe("the panel in a browser", function () {
  this.timeout(60_000);
  const pages = withPages();
  let panel: Panel;

  beforeEach(async () => (panel = await pages.open()));
  afterEach(async () => {
    assert.deepEqual(panel.errors, [], "the page complained, or broke its content security policy");
    await panel.page.close();
  });

  const text = (id: string) => panel.byTestId(id).innerText();
  const attribute = (id: string, name: string) => panel.byTestId(id).first().getAttribute(name);
  const click = (name: string) => panel.page.getByRole("button", { name, exact: true }).first().click();

  it("asks for a snapshot, and offers to train or inspect while there is none", async () => {
    assert.deepEqual(await panel.posted(), [{ type: "ready" }]);
    await panel.send({ type: "snapshot", run: null });
    await click("Train");
    await click("Inspect");
    assert.deepEqual((await panel.posted()).slice(1), [
      { type: "command", command: "train" },
      { type: "command", command: "inspect" },
    ]);
  });

  it("offers the buttons that fit the run's state, and keeps the focus on them", async () => {
    await panel.send({ type: "snapshot", run: running });
    const state = (next: "paused" | "running" | "finished"): RunEvent => ({ type: "state", state: next, at: 1 });
    await panel.page.getByRole("button", { name: "Pause", exact: true }).focus();
    await panel.page.keyboard.press("Enter");
    await panel.sendEvents("run-1", [state("paused")]);
    assert.equal(await text("run-state"), "Paused after step 23");
    await panel.page.keyboard.press("Enter");
    await panel.sendEvents("run-1", [state("running")]);
    await click("Stop");
    await panel.sendEvents("run-1", [state("finished")]);
    await panel.page.keyboard.press("Enter");
    assert.deepEqual(
      (await panel.posted()).flatMap((message) => (message.type === "command" ? [message.command] : [])),
      ["pause", "resume", "stop", "inspect"],
    );
  });

  it("lists the modules with type, output shape, parameters and what is frozen", async () => {
    await panel.send({ type: "snapshot", run: running });
    assert.equal(await attribute("total-parameters", "data-count"), "18474");
    const row = panel.page.locator('[data-path="classifier.0"][role=row]');
    assert.equal(await row.getAttribute("data-count"), "16448");
    assert.equal(await row.getAttribute("aria-label"), "0, Linear, output 64 by 64, 16,448 parameters, frozen");
    assert.match((await panel.page.locator('[data-path="classifier"]').getAttribute("aria-label"))!, /partly frozen/);
    assert.equal(await panel.byTestId("module-row").count(), digitsModel.modules.length);
  });

  it("is walked through with the keyboard, and leads to the source", async () => {
    await panel.send({ type: "snapshot", run: running });
    await panel.byTestId("module-tree").focus();
    for (const key of ["Home", "ArrowDown", "ArrowRight", "ArrowDown"]) await panel.page.keyboard.press(key);
    await panel.settle();
    assert.equal(await attribute("module-details", "data-path"), "features.1");
    const active = await attribute("module-tree", "aria-activedescendant");
    assert.equal(await panel.page.locator(`#${active}`).getAttribute("data-path"), "features.1");
    await panel.page.keyboard.press("Enter");
    const relu = digitsModel.modules.find(({ path }) => path === "features.1")!;
    assert.deepEqual((await panel.posted()).at(-1), { type: "reveal", position: relu.constructedAt });
    await panel.page.keyboard.type("classifier");
    await panel.settle();
    assert.equal(await attribute("module-details", "data-path"), "classifier");
  });

  it("shows histograms whose counts add up to the tensor's size, as bars and as a table", async () => {
    await panel.send({ type: "snapshot", run: running });
    await panel.turnTo("layer");
    const weight = panel.page.locator('[data-testid=histogram][data-kind="gradient:weight"]');
    assert.equal(await weight.getAttribute("data-count"), "72");
    assert.equal(await weight.getByTestId("histogram-total").getAttribute("data-total"), "72");
    assert.equal(await panel.page.locator('[data-kind="output"] .bars .outline').count(), 1);
    await panel.byTestId("histogram-tables").click();
    await panel.settle();
    const counts = await weight.getByTestId("bin-count").evaluateAll((cells) => cells.map((cell) => Number(cell.getAttribute("data-value"))));
    assert.equal(counts.length, 40);
    assert.equal(
      counts.reduce((a, b) => a + b, 0),
      72,
    );
    assert.equal(await weight.getByTestId("histogram-total").innerText(), "72");
  });

  it("stays at the step that was chosen while new ones arrive, until told to follow", async () => {
    await panel.send({
      type: "snapshot",
      run: { ...running, models: [small], samples: samplesOf(...[0, 5, 10].map((step) => sampleStep(small, step, 0, 0))) },
    });
    await panel.turnTo("layer");
    assert.equal(await attribute("shown-step", "data-step"), "10");
    await panel.byTestId("step-slider").focus();
    await panel.page.keyboard.press("ArrowLeft");
    await panel.sendEvents("run-1", [{ type: "statistics", statistics: sampleStep(small, 15, 0, 0) }]);
    assert.equal(await attribute("shown-step", "data-step"), "5");
    await click("newest");
    await panel.sendEvents("run-1", [{ type: "statistics", statistics: sampleStep(small, 20, 0, 0) }]);
    assert.equal(await attribute("shown-step", "data-step"), "20");
  });

  it("has a slider whose ticks are the measured steps, wherever they lie", async () => {
    const samples = samplesOf(...[0, 1, 2, 40, 41, 300].map((step) => sampleStep(small, step, 0, 0)));
    await panel.send({ type: "snapshot", run: { ...running, models: [small], samples } });
    await panel.turnTo("layer");
    const slider = panel.byTestId("step-slider");
    assert.equal(await panel.page.locator(".step-ticks path").getAttribute("d"), "M0 0V1M1 0V1M2 0V1M40 0V1M41 0V1M300 0V1");
    await slider.focus();
    for (const expected of ["41", "40", "2", "1"]) {
      await panel.page.keyboard.press("ArrowLeft");
      await panel.settle();
      assert.equal(await attribute("shown-step", "data-step"), expected);
      assert.equal(await slider.inputValue(), expected);
    }
    await slider.fill("35");
    await panel.settle();
    assert.equal(await slider.inputValue(), "40");
    assert.match(await text("shown-step"), /^Step 40/);
    await slider.fill("36");
    assert.equal(await slider.inputValue(), "40", "snaps back to the step that it was at");
  });

  it("shows the histograms of the step that was clicked in the loss curve", async () => {
    await panel.send({ type: "snapshot", run: running });
    const box = (await panel.page.locator("[data-name=loss] .u-over").boundingBox())!;
    await panel.page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    await panel.settle();
    await panel.turnTo("layer");
    assert.equal(await attribute("shown-step", "data-step"), "10");
  });

  it("zooms all charts to the steps that were dragged over, and back", async () => {
    await panel.send({ type: "snapshot", run: running });
    const box = (await panel.page.locator("[data-name=loss] .u-over").boundingBox())!;
    const y = box.y + box.height / 2;
    await panel.page.mouse.move(box.x + box.width * 0.25, y);
    await panel.page.mouse.down();
    await panel.page.mouse.move(box.x + box.width * 0.75, y, { steps: 4 });
    await panel.page.mouse.up();
    await panel.settle();
    await panel.turnTo("layer");
    const labels = panel.page.locator(".history .axis").first();
    assert.match(await labels.innerText(), /step 5\s+18/);
    await panel.turnTo("curves");
    await click("Show all steps");
    await panel.turnTo("layer");
    assert.match(await labels.innerText(), /step 0\s+20/);
  });

  it("shows the same after a reload, before the extension has answered", async () => {
    await panel.send({ type: "snapshot", run: running });
    await panel.page.locator('[data-path="classifier.4"]').click();
    await panel.settle();
    const before = [await text("loss-value"), await panel.page.locator(".statistics").first().innerText()];
    await panel.page.reload();
    await panel.byTestId("run-state").waitFor();
    assert.equal(await attribute("module-details", "data-path"), "classifier.4");
    assert.deepEqual([await text("loss-value"), await panel.page.locator(".statistics").first().innerText()], before);
    await panel.send({ type: "snapshot", run: null });
    assert.equal(await text("run-state"), "Ended when the window closed after step 23");
  });

  it("does not move its header when the numbers change", async () => {
    await panel.send({ type: "snapshot", run: running });
    const places = () => panel.page.locator(".figure dt").evaluateAll((labels) => labels.map((label) => label.getBoundingClientRect().x));
    const before = await places();
    const progress = { epoch: 3, epochs: 20, step: 98_766, batch: 1, batches: 2, stepsPerSecond: 4321, elapsed: 1 };
    const points = [{ name: "loss", step: 98_765, epoch: 3, value: -0.00123 }];
    await panel.sendEvents("run-1", [
      { type: "metrics", points },
      { type: "progress", progress: { ...progress, remainingSeconds: 3_599 } },
    ]);
    assert.equal(await text("loss-value"), "−0.001230");
    assert.deepEqual(await places(), before);
  });

  it("says the same step and loss in header, chart and table, paused in the middle of a run too", async () => {
    await panel.send({ type: "snapshot", run: running });
    const points = [24, 25, 26].map((step) => ({ name: "loss", step, epoch: 2, value: step / 1000 }));
    await panel.sendEvents("run-1", [{ type: "metrics", points }]);
    await panel.sendEvents("run-1", [{ type: "state", state: "paused", at: 1 }]);
    assert.equal(await text("step-value"), "26");
    assert.equal(await text("loss-value"), "0.02600");
    assert.equal(await panel.page.locator("[data-name=loss] .value").first().innerText(), "0.02600");
    await click("Show curves as tables");
    await panel.settle();
    assert.match(await panel.page.locator("[data-name=loss] tbody tr").first().innerText(), /^26\s+3\s+0\.02600$/);
  });

  it("says since when the loss is NaN", async () => {
    const broken = Array.from({ length: 5 }, (_, i) => 5 + i);
    await panel.send({ type: "snapshot", run: snapshotAfter(training({ epochs: 1, batches: 10, broken })) });
    assert.equal(await text("loss-value"), "NaN");
    assert.equal(await text("health-sentence"), "The loss is NaN since step 5.");
    await click("Show curves as tables");
    await panel.settle();
    const newest = panel.page.locator("[data-name=loss] tbody tr").first();
    assert.match(await newest.innerText(), /9\s+1\s+NaN/);
  });

  it("shows a loss that became NaN, infinite and minus infinite as that, live, in a snapshot, and after a reload", async () => {
    const values = [1, NaN, Infinity, -Infinity];
    const told: RunEvent[] = [
      { type: "state", state: "running", at: 1 },
      { type: "models", models: [digitsModel] },
      ...values.map((value, step): RunEvent => ({ type: "metrics", points: [{ name: "loss", step, epoch: 0, value }] })),
    ];
    const holds = async () => {
      assert.equal(await text("loss-value"), "−∞");
      assert.equal(await text("health-sentence"), "The loss became NaN at step 1, now −∞.");
      const rows = await panel.page.locator("[data-name=loss] tbody tr").allInnerTexts();
      assert.deepEqual(
        rows.map((row) => row.split(/\s+/).at(-1)),
        ["−∞", "∞", "NaN", "1.000"],
      );
    };
    await panel.send({ type: "snapshot", run: emptySnapshot() });
    await panel.sendEvents("run-1", told);
    await click("Show curves as tables");
    await panel.settle();
    await holds();
    await panel.page.reload();
    await panel.byTestId("run-state").waitFor();
    await holds();
    await panel.send({ type: "snapshot", run: snapshotAfter([told]) });
    await holds();
  });

  it("marks on the chart where the loss became NaN, not all that follows", async () => {
    const columns = async (broken: readonly number[]) => {
      await panel.send({
        type: "snapshot",
        run: { ...snapshotAfter(training({ epochs: 1, batches: 400, sampleEvery: 500, broken })), runId: `of ${broken.length}` },
      });
      return panel.page.locator("[data-name=loss] .plot canvas").evaluate((canvas: HTMLCanvasElement) => {
        const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
        const error = getComputedStyle(document.body).getPropertyValue("--error").slice(1);
        const [red, green, blue] = [0, 2, 4].map((at) => Number.parseInt(error.slice(at, at + 2), 16));
        const marked = new Set<number>();
        for (let i = 0; i < data.length; i += 4) {
          if (data[i] === red && data[i + 1] === green && data[i + 2] === blue && data[i + 3] === 255) marked.add((i / 4) % canvas.width);
        }
        return marked.size;
      });
    };
    assert.equal(await columns([]), 0);
    const one = await columns([100]);
    assert.ok(one > 0 && one < 15, `${one} columns`);
    assert.equal(await columns(Array.from({ length: 300 }, (_, i) => 100 + i)), one);
  });

  it("says of a run that trained nothing that it did not", async () => {
    await panel.send({ type: "snapshot", run: { ...running, state: "finished" } });
    assert.equal(await text("run-state"), "Finished");
    await panel.send({ type: "snapshot", run: { ...emptySnapshot(), runId: "run-2", state: "finished", models: [small] } });
    assert.equal(await text("run-state"), "Ran without a training step");
    assert.match(await panel.page.locator(".charts .hint").innerText(), /has no loss/);
    await panel.turnTo("layer");
    assert.match(await text("unmeasured"), /ended before its first training step/);
  });

  it("tells when the window closed on the run, and offers to train again", async () => {
    await panel.send({ type: "snapshot", run: { ...running, state: "interrupted" } });
    assert.equal(await text("run-state"), "Ended when the window closed after step 23");
    assert.equal(await panel.page.locator("[role=progressbar], .codicon-modifier-spin").count(), 0);
    assert.equal(await panel.byTestId("command-train").isEnabled(), true);
  });

  it("says that the file was edited since the run started, and restarts it", async () => {
    await panel.send({ type: "snapshot", run: running });
    assert.equal(await panel.byTestId("edited").count(), 0);
    await panel.send({ type: "snapshot", run: { ...running, edited: true } });
    assert.equal(await text("edited"), "Edited since it started · Restart · Restart with these weights");
    await click("Restart");
    assert.deepEqual((await panel.posted()).at(-1), { type: "command", command: "train" });
  });

  it("holds its progress still while paused", async () => {
    const { epochs: _, ...endless } = running.progress!;
    await panel.send({ type: "snapshot", run: { ...running, progress: endless, state: "paused" } });
    const playing = () => panel.page.evaluate(() => document.getAnimations().filter((animation) => animation.playState === "running").length);
    assert.equal(await playing(), 0);
    await panel.sendEvents("run-1", [{ type: "state", state: "running", at: 1 }]);
    assert.ok((await playing()) > 0);
  });

  it("shows outputs of the newest step that measured them where the end of the run left only parameters", async () => {
    const whole = sampleStep(small, 15, 1, 0);
    const modules = whole.modules.map(({ module, parameters }) => ({ module, parameters }));
    const samples = samplesOf(whole, { ...whole, step: 23, afterwards: true as const, modules });
    await panel.send({ type: "snapshot", run: { ...running, state: "finished", models: [small], samples } });
    await panel.turnTo("layer");
    assert.match(await text("shown-step"), /^Step 23/);
    assert.equal(await panel.page.locator('[data-kind="output"] .outline').count(), 1);
    assert.equal(await panel.page.locator(".activation .tensor-note").innerText(), "of step 15");
    assert.equal(await panel.page.locator(".parameter .tensor-note").count(), 0);
    assert.ok((await panel.page.locator(".flow-bar").count()) > 0);
  });

  it("has a dash, not NaN, for the deviation of a single value", async () => {
    const single = sampleStep(small, 0, 0, 0);
    const modules = single.modules.map((module) => ({ ...module, output: { ...module.output!, count: 1, std: NaN } }));
    await panel.send({ type: "snapshot", run: { ...running, models: [small], samples: samplesOf({ ...single, modules }) } });
    await panel.turnTo("layer");
    const deviation = panel.page.locator(".statistics > div", { hasText: "std" }).first();
    assert.equal((await deviation.innerText()).replace(/\s+/, " "), "std –");
    assert.match((await deviation.getAttribute("title"))!, /fewer than two values/);
  });

  it("tells what is frozen in part from what is frozen by shape", async () => {
    await panel.send({ type: "snapshot", run: running });
    const mark = (path: string) =>
      panel.page.locator(`[data-path="${path}"] .signs .codicon`).evaluateAll(([icon]) => icon && [icon.className, getComputedStyle(icon).opacity]);
    assert.deepEqual(await mark("classifier.0"), ["codicon codicon-lock", "1"]);
    assert.deepEqual(await mark("classifier"), ["codicon codicon-color-mode", "1"]);
    assert.equal(await mark("features"), undefined);
  });

  it("has a failure as a banner on top that leads to its line, to those that called it, and to further problems", async () => {
    const at = (line: number) => ({ file, line, column: 12 });
    const failure: RunEvent = {
      type: "problem",
      problem: {
        severity: "error",
        code: "shape",
        message: "mat1 and mat2 shapes cannot be multiplied",
        position: at(24),
        stack: [
          { function: "forward", position: at(24) },
          { function: "train", position: at(40) },
        ],
      },
    };
    const warning: RunEvent = { type: "problem", problem: { severity: "warning", code: "other", message: "look at this", position: at(3) } };
    await panel.send({ type: "snapshot", run: running });
    await panel.sendEvents("run-1", [warning, failure, { type: "state", state: "failed", at: 1 }]);
    assert.equal(await text("run-state"), "Failed after step 23");
    const banner = panel.page.getByRole("alert");
    assert.match(await banner.innerText(), /^mat1 and mat2 shapes cannot be multiplied\s+digits.model.ts:24\s+called by train digits.model.ts:40$/);
    const [top, body] = [await banner.boundingBox(), await panel.page.locator("main").boundingBox()];
    assert.ok(top!.y + top!.height <= body!.y, "above everything but the header");
    await panel.byTestId("problem-jump").click();
    assert.deepEqual((await panel.posted()).at(-1), { type: "reveal", position: at(24) });
    await banner.getByRole("button", { name: "digits.model.ts:40" }).click();
    assert.deepEqual((await panel.posted()).at(-1), { type: "reveal", position: at(40) });
    await panel.byTestId("more-problems").click();
    await panel.page.getByText("look at this").waitFor();
    await panel.page.getByRole("button", { name: "digits.model.ts:3" }).click();
    assert.deepEqual((await panel.posted()).at(-1), { type: "reveal", position: at(3) });
  });

  it("shows first what breaks the training, whatever was complained of before", async () => {
    const at = (line: number) => ({ file, line, column: 12 });
    const complaint: RunEvent = { type: "problem", problem: { severity: "warning", code: "other", message: "look at this", position: at(3) } };
    const message = "loss became NaN at step 12. It began with `log` of 0 in `head`: 3 of 64 values are 0.";
    const broken: RunEvent = {
      type: "problem",
      problem: { severity: "warning", code: "nonFiniteLoss", message, module: "head (Head) of Net", step: 12, position: at(24) },
    };
    await panel.send({ type: "snapshot", run: running });
    await panel.sendEvents("run-1", [complaint, broken]);
    assert.match(
      await panel.byTestId("problem").innerText(),
      /^loss became NaN at step 12\. It began with `log` of 0 in `head`: 3 of 64 values are 0\.\s+digits\.model\.ts:24$/,
    );
  });

  it("leads from a failure to the lines that make and call the module that it is in", async () => {
    const [root, ...others] = digitsModel.modules;
    const called = { file, line: 50, column: 9 };
    const models = [{ ...digitsModel, modules: [root!, ...others.map((one) => (one.path === "features.0" ? { ...one, calledAt: called } : one))] }];
    const first = others.find(({ path }) => path === "features.0")!;
    const problem = { severity: "error", code: "shape", message: "it does not fit", module: `features.0 (${first.type}) of ${root!.type}` } as const;
    await panel.send({ type: "snapshot", run: { ...running, models } });
    await panel.sendEvents("run-1", [{ type: "problem", problem }]);
    const banner = panel.page.getByRole("alert");
    await banner.locator("[data-testid=go-to-made]").click();
    assert.deepEqual((await panel.posted()).at(-1), { type: "reveal", position: first.constructedAt });
    await banner.locator("[data-testid=go-to-called]").click();
    assert.deepEqual((await panel.posted()).at(-1), { type: "reveal", position: called });
  });

  it("tells which module the user chose, and not which one it was told to show", async () => {
    await panel.send({ type: "snapshot", run: running });
    const chosen = async () => (await panel.posted()).filter((message) => message.type === "chosen");
    const id = (path: string) => digitsModel.modules.find((one) => one.path === path)!.id;
    await panel.send({ type: "select", model: 0, module: id("classifier") });
    await panel.settle();
    assert.equal(await attribute("module-details", "data-path"), "classifier");
    assert.deepEqual(await chosen(), []);
    await panel.page.locator('[data-testid=module-row][data-path="features.1"]').click();
    assert.deepEqual(await chosen(), [{ type: "chosen", model: 0, module: id("features.1") }]);
  });

  it("says what it waits for while there is no model, and how it ended without one", async () => {
    await panel.send({ type: "snapshot", run: emptySnapshot() });
    assert.equal(await text("no-model"), "Reading the file.");
    await panel.sendEvents("run-1", [{ type: "state", state: "running", at: 1 }]);
    assert.equal(await text("no-model"), "Waiting for the first forward pass, which shows the model.");
    assert.equal(await text("run-state"), "Waiting for the first step");
    await panel.sendEvents("run-1", [{ type: "state", state: "failed", at: 2 }]);
    assert.equal(await text("no-model"), "Failed before the first forward pass.");
    assert.equal(await text("run-state"), "Failed");
  });

  it("has its tabs as one tab stop, turned with the arrow keys, and keeps the choice through a reload", async () => {
    await panel.send({ type: "snapshot", run: running });
    await panel.page.getByRole("tab", { name: "Curves" }).focus();
    await panel.page.keyboard.press("ArrowRight");
    await panel.settle();
    assert.equal(await panel.page.locator(":focus").innerText(), "Layer");
    assert.equal(await panel.page.getByRole("tab", { selected: true }).innerText(), "Layer");
    assert.equal(await panel.page.getByRole("tabpanel", { name: "Layer" }).locator("[data-testid=module-details]").count(), 1);
    assert.equal(await panel.page.locator("[role=tab][tabindex='0']").count(), 1);
    await panel.page.reload();
    await panel.byTestId("module-details").waitFor();
  });

  it("moves the lines between its parts with the keyboard, and puts them back", async () => {
    await panel.send({ type: "snapshot", run: running });
    const line = panel.page.getByRole("separator", { name: "Width of the module table" });
    const width = () => panel.page.locator("#pane-table").evaluate((pane) => pane.getBoundingClientRect().width);
    const before = await width();
    await line.focus();
    await panel.page.keyboard.press("ArrowRight");
    await panel.settle();
    assert.equal(Math.round((await width()) - before), 22, "two hundredths of 1,100 pixels");
    assert.equal(await line.getAttribute("aria-valuenow"), String(Math.round((100 * (await width())) / 1100)));
    await panel.page.keyboard.press("Enter");
    await panel.settle();
    assert.equal(await width(), before);
  });

  it("lets the user choose among several models", async () => {
    const teacher = { ...small, id: 1, name: "teacher" };
    await panel.send({ type: "snapshot", run: { ...running, models: [digitsModel, teacher] } });
    assert.equal(await attribute("total-parameters", "data-count"), "18474");
    await panel.byTestId("model-picker").selectOption({ label: "teacher (DigitsNet)" });
    await panel.settle();
    assert.equal(await panel.byTestId("module-row").count(), 3);
  });

  it("draws only the rows in sight of ten thousand modules, and reaches them all", async () => {
    const model = largeModel(10_000);
    await panel.send({ type: "snapshot", run: { ...emptySnapshot(), state: "running", models: [model] } });
    await panel.byTestId("module-tree").focus();
    for (const key of ["Home", "ArrowRight", "*", "End", "ArrowLeft"]) await panel.page.keyboard.press(key);
    await panel.settle();
    assert.equal(await attribute("module-details", "data-path"), "block998");
    const rows = await panel.byTestId("module-row").count();
    assert.ok(rows > 20 && rows < 80, `${rows} rows`);
    assert.ok(await panel.page.locator('[data-path="block998"][role=row]').isVisible());
  });
});

describe("an open panel while a run goes on", function () {
  this.timeout(60_000);
  const pages = withPages();
  let panel: Panel;

  beforeEach(async () => {
    panel = await pages.open();
    await panel.send({ type: "snapshot", run: snapshotAfter([...training({ epochs: 23, batches: 45, sampleEvery: 500 })].slice(0, 1003)) });
  });
  afterEach(() => panel.page.close());

  /** How often each chart was drawn while the run told its loss in 120 messages within two seconds. */
  const drawings = () =>
    panel.page.evaluate(async () => {
      const counts: Record<string, number> = { loss: 0, valAccuracy: 0 };
      const { clearRect } = CanvasRenderingContext2D.prototype;
      CanvasRenderingContext2D.prototype.clearRect = function (...box) {
        const name = this.canvas.closest<HTMLElement>("[data-name]")?.dataset["name"];
        // Each drawing begins with all of it; a label clears only its own place.
        if (name !== undefined && box[2] === this.canvas.width) counts[name] = (counts[name] ?? 0) + 1;
        clearRect.apply(this, box);
      };
      const begin = performance.now();
      for (let i = 0; i < 120; i++) {
        const points = [{ name: "loss", step: 1001 + i / 100, epoch: 22, value: 1 }];
        window.postMessage({ type: "events", runId: "run-1", events: [{ type: "metrics", points }] }, "*");
        await new Promise((done) => setTimeout(done, begin + (2_000 * (i + 1)) / 120 - performance.now()));
      }
      return { counts, seconds: (performance.now() - begin) / 1000 };
    });

  it("draws a growing curve a few times a second, and the others not at all", async () => {
    const { counts, seconds } = await drawings();
    assert.ok(counts["loss"]! >= 2 && counts["loss"]! <= 5 * seconds, `${counts["loss"]} drawings in ${seconds} seconds`);
    assert.equal(counts["valAccuracy"], 0);
  });

  it("draws no chart that is scrolled out of sight", async () => {
    await panel.page.setViewportSize({ width: 400, height: 420 });
    await panel.page.locator("[data-name=valAccuracy]").scrollIntoViewIfNeeded();
    await panel.page.waitForFunction(
      () => document.querySelector("[data-name=loss]")!.getBoundingClientRect().bottom <= document.querySelector(".charts")!.getBoundingClientRect().top,
    );
    await panel.settle();
    assert.equal((await drawings()).counts["loss"], 0);
  });

  it("has nothing on it that moves by itself", async () => {
    assert.equal(await panel.page.evaluate(() => document.getAnimations().filter(({ playState }) => playState === "running").length), 0);
  });
});

describe("the panel's colours", () => {
  it("are the editor's own and no others", () => {
    const folder = fileURLToPath(new URL("../../webview/", import.meta.url));
    const sources = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => /\.(css|tsx?)$/.test(name));
    assert.ok(sources.length > 20);
    for (const name of sources) {
      const found = readFileSync(folder + name, "utf8").match(/#[0-9a-f]{3,8}\b(?!-)|\b(rgb|hsl)a?\(/gi) ?? [];
      assert.deepEqual(found, [], name);
    }
  });
});
