import assert from "node:assert/strict";
import type { StepWork } from "../../src/protocol/index.ts";
import type { RunSnapshot } from "../../src/run/snapshot.ts";
import { digitsModel, emptySnapshot, largeModel, samplesOf, sampleStep, snapshotAfter, stepWork, training } from "./fakeRun.ts";
import type { Panel } from "./page.ts";
import { withPages } from "./withPages.ts";

const run: RunSnapshot = { ...snapshotAfter(training({ epochs: 2, batches: 10, sampleEvery: 5 })), state: "running" };

describe("the module table in a browser", function () {
  this.timeout(60_000);
  const pages = withPages();
  let panel: Panel;

  beforeEach(async () => {
    panel = await pages.open();
    await panel.send({ type: "snapshot", run });
  });
  afterEach(async () => {
    assert.deepEqual(panel.errors, []);
    await panel.page.close();
  });

  const paths = () => panel.byTestId("module-row").evaluateAll((rows) => rows.map((row) => row.getAttribute("data-path")));
  const cell = (path: string, column: string) => panel.page.locator(`[data-testid=module-row][data-path="${path}"] [data-column=${column}]`);
  const show = async (...columns: readonly string[]) => {
    await panel.byTestId("columns-menu").click();
    for (const column of columns) await panel.byTestId(`column-${column}`).check();
    await panel.page.keyboard.press("Escape");
  };
  const press = async (...keys: readonly string[]) => {
    for (const key of keys) await panel.page.keyboard.press(key);
  };

  it("is a tree grid whose headings and cells a screen reader can name", async () => {
    const grid = panel.page.getByRole("treegrid", { name: "Modules of model" });
    const headings = await grid.getByRole("columnheader").allInnerTexts();
    assert.equal(headings[0], "Module");
    assert.ok(headings.includes("Parameters"));
    const row = grid.getByRole("row", { name: /^0, Conv2d/ }).first();
    assert.equal(await row.getByRole("gridcell").count(), headings.length - 1);
    assert.equal(await row.getByRole("rowheader").innerText(), "0");
    assert.equal(await row.getAttribute("aria-level"), "3");
    assert.equal(await grid.getAttribute("aria-rowcount"), String(digitsModel.modules.length + 1));
  });

  it("says what a step does, module by module and altogether", async () => {
    await show("multiplyAdds", "memory", "forward", "backward", "time", "calls", "mode", "input");
    assert.equal(await cell("features.2", "multiplyAdds").innerText(), "4.72 M");
    assert.equal(await cell("features.2", "memory").innerText(), "262 kB");
    assert.equal(await cell("features", "forward").innerText(), "500 µs");
    assert.equal(await cell("features", "backward").innerText(), "1.00 ms");
    assert.equal(await cell("features", "time").innerText(), "30.0 %");
    assert.equal(await cell("features", "calls").innerText(), "1");
    assert.equal(await cell("features", "mode").innerText(), "train");
    assert.match((await panel.byTestId("step-time").innerText()).replace("\n", " "), /Step 5\.00 ms/);
    assert.equal(await panel.byTestId("multiply-adds").getAttribute("data-count"), "6107136");
  });

  it("shows the times of the step that is shown", async () => {
    const slow = (step: number, time: number): StepWork => ({ ...stepWork(digitsModel, step), forward: digitsModel.modules.map(() => time) });
    const samples = samplesOf(...[0, 10, 20].map((step) => sampleStep(digitsModel, step, 0, 0)));
    await panel.send({ type: "snapshot", run: { ...run, samples, works: new Map([[0, [slow(0, 1), slow(10, 3), slow(20, 9)]]]) } });
    await show("forward");
    assert.equal(await cell("flatten", "forward").innerText(), "3.00 ms");
    await panel.turnTo("layer");
    await panel.byTestId("step-slider").focus();
    await press("Home");
    await panel.settle();
    assert.equal(await cell("flatten", "forward").innerText(), "1.00 ms");
  });

  it("has the columns that were chosen, also after it was loaded anew, and as many as fit again", async () => {
    await show("calls", "state");
    await panel.byTestId("columns-menu").click();
    await panel.byTestId("column-gradient").uncheck();
    await press("Escape");
    const headings = () => panel.page.getByRole("columnheader").allInnerTexts();
    const chosen = await headings();
    assert.ok(chosen.includes("Calls") && chosen.includes("State") && !chosen.includes("Gradient"));
    assert.equal(await cell("classifier.0", "state").innerText(), "frozen");
    await panel.page.evaluate(() => window.dispatchEvent(new Event("pagehide")));
    await panel.page.reload();
    await panel.send({ type: "snapshot", run });
    assert.deepEqual(await headings(), chosen);
    await panel.byTestId("columns-menu").click();
    await panel.byTestId("column-automatic").check();
    assert.ok((await headings()).includes("Gradient"));
  });

  it("opens the list of columns by the keyboard, and closes it when it is left", async () => {
    await panel.byTestId("columns-menu").focus();
    await press("Enter");
    assert.ok(await panel.byTestId("column-automatic").evaluate((box) => box === document.activeElement));
    await press("Tab", "Space", "Escape");
    assert.equal(await panel.byTestId("column-type").count(), 0);
    assert.ok(await panel.byTestId("columns-menu").evaluate((button) => button === document.activeElement));
    await press("Enter");
    await panel.byTestId("table-search").focus();
    assert.equal(await panel.byTestId("column-type").count(), 0);
  });

  it("is searched with Ctrl+F: by name, type and state, with the rows above", async () => {
    await panel.byTestId("module-tree").focus();
    await press("Control+f");
    await panel.page.keyboard.type("conv");
    assert.deepEqual(await paths(), ["", "features", "features.0", "features.2"]);
    assert.equal(await panel.byTestId("table-found").innerText(), "2 modules");
    assert.deepEqual(await panel.page.locator("mark").allInnerTexts(), ["Conv", "Conv"]);
    await press("Enter");
    assert.equal(await panel.page.locator("[aria-selected=true][role=row]").getAttribute("data-path"), "features.0");
    assert.ok(await panel.byTestId("module-tree").evaluate((grid) => grid === document.activeElement));
    await panel.byTestId("table-search").fill("frozen");
    assert.deepEqual(await paths(), ["", "classifier", "classifier.0"]);
    await panel.byTestId("table-search").fill("nowhere");
    assert.equal(await panel.page.locator(".tree-empty").innerText(), "No module matches.");
    await press("Escape");
    assert.equal((await paths()).length, digitsModel.modules.length);
  });

  it("is sorted by a heading: each module alone, the other way round, and the tree again", async () => {
    const heading = panel.byTestId("heading-parameters");
    const sorting = () => panel.page.locator("[role=columnheader].cell-parameters").getAttribute("aria-sort");
    await heading.click();
    assert.deepEqual((await paths()).slice(0, 3), ["classifier.0", "features.2", "classifier.4"]);
    assert.equal(await panel.page.locator('[data-path="classifier.0"] [role=rowheader]').innerText(), "classifier.0");
    assert.equal(await sorting(), "descending");
    await heading.click();
    assert.deepEqual((await paths()).slice(0, 2), ["features.0", "classifier.1"]);
    assert.equal(await sorting(), "ascending");
    await heading.click();
    assert.deepEqual(
      await paths(),
      digitsModel.modules.map(({ path }) => path),
    );
    await panel.byTestId("heading-name").focus();
    await press("ArrowRight", "Enter");
    assert.equal(await panel.page.locator("[role=columnheader].cell-type").getAttribute("aria-sort"), "ascending");
  });

  it("is copied as Markdown, as it is shown", async () => {
    await panel.byTestId("table-search").fill("conv");
    await panel.byTestId("copy-table").click();
    const copied = (await panel.posted()).find((message) => message.type === "copy")!;
    const lines = copied.text.split("\n");
    assert.match(lines[0]!, /^\| Module \| Type \|/);
    assert.deepEqual(
      lines.slice(2, 6).map((line) => line.split(" | ").slice(0, 2).join(" ")),
      ["| model DigitsNet", "| features Sequential", "| features.0 Conv2d", "| features.2 Conv2d"],
    );
    await panel.send({ type: "copyTable" });
    assert.deepEqual((await panel.posted()).at(-1), copied);
    assert.ok(copied.text.includes("- Parameters: 18,474") && copied.text.includes("- Multiply-adds: 6.11 M"));
  });

  it("keeps names in place when it is scrolled sideways, and headings when it is scrolled down", async () => {
    await show("hyperparameters", "input", "share", "state", "multiplyAdds", "memory", "forward", "backward", "time", "mode", "calls");
    await panel.page.setViewportSize({ width: 1100, height: 320 });
    await panel.settle();
    const before = await panel.page.locator('[data-path="features.1"] .cell-name').boundingBox();
    const heading = await panel.byTestId("heading-name").boundingBox();
    const [sideways, down] = await panel.byTestId("module-tree").evaluate((grid) => {
      grid.scrollLeft = 400;
      grid.scrollTop = 44;
      return [grid.scrollLeft, grid.scrollTop];
    });
    assert.ok(sideways > 300 && down === 44, `${sideways}, ${down}`);
    await panel.settle();
    const after = await panel.page.locator('[data-path="features.1"] .cell-name').boundingBox();
    assert.deepEqual([after!.x, after!.y], [before!.x, before!.y - 44]);
    assert.deepEqual(await panel.byTestId("heading-name").boundingBox(), heading);
    const overlap = await panel.page.evaluate(() => {
      const { left, top, height } = document.querySelector('[data-path="features.1"] .cell-name')!.getBoundingClientRect();
      return document.elementFromPoint(left + 100, top + height / 2)!.closest(".cell-name") !== null;
    });
    assert.ok(overlap, "what is scrolled lies over the names");
  });

  it("sorts and searches ten thousand modules without a stall", async () => {
    const model = largeModel(10_000);
    await panel.send({ type: "snapshot", run: { ...emptySnapshot(), state: "running", models: [model], works: new Map([[0, [stepWork(model, 0)]]]) } });
    const longest = await panel.page.evaluate(async () => {
      const frame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      const timed = async (act: () => void): Promise<number> => {
        const begin = performance.now();
        act();
        await frame();
        return performance.now() - begin;
      };
      const box = document.querySelector<HTMLInputElement>("[data-testid=table-search]")!;
      const type = (text: string) => {
        box.value = text;
        box.dispatchEvent(new Event("input", { bubbles: true }));
      };
      const heading = document.querySelector<HTMLElement>("[data-testid=heading-parameters]")!;
      const rounds: number[] = [];
      for (let i = 0; i < 3; i++) {
        rounds.push(
          Math.max(await timed(() => heading.click()), await timed(() => type("relu 7")), await timed(() => type("")), await timed(() => heading.click())),
        );
        await timed(() => heading.click());
      }
      return Math.min(...rounds);
    });
    assert.ok(longest < 500, `${longest} ms`);
    assert.ok((await panel.byTestId("module-row").count()) < 80);
  });
});
