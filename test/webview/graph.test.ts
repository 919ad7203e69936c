/** The graph's tab in a browser. */
import assert from "node:assert/strict";
import type { Pass, RunEvent } from "../../src/protocol/index.ts";
import { digitsModel, emptySnapshot, file } from "./fakeRun.ts";
import type { Panel } from "./page.ts";
import { longChain, PassBuilder, residualTower } from "./passes.ts";
import { withPages } from "./withPages.ts";

/** One pass of the digits network, as the runner tells it. */
function digitsPass(kind: Pass["kind"] = "training"): Pass {
  const builder = new PassBuilder([32, 16, 8, 8]);
  const called = (path: string) => {
    const info = digitsModel.modules.find((module) => module.path === path)!;
    return { model: 0, id: info.id, name: path === "" ? digitsModel.name : info.name };
  };
  const input = builder.node("input", "input", { shape: [32, 1, 8, 8] });
  const model = builder.node("call", "DigitsNet", { module: called("") });
  const features = builder.node("call", "Sequential", { parent: model, module: called("features") });
  let at = builder.layer("Conv2d", called("features.0"), features, input);
  at = builder.layer("ReLU", called("features.1"), features, at);
  at = builder.layer("Flatten", called("flatten"), model, at);
  at = builder.node("operation", "tanh", { parent: model, line: 44 }, at);
  if (kind === "training") builder.node("loss", "crossEntropy", { shape: [] }, at);
  else builder.node("output", "output", {}, at);
  return builder.pass(kind, { kind });
}

const run = { ...emptySnapshot(), models: [digitsModel] };
const seen = (...passes: Pass[]) => passes.map((pass, i) => ({ pass, times: 10 * (i + 1) }));

describe("the graph in a browser", function () {
  this.timeout(60_000);
  const pages = withPages();
  let panel: Panel;

  beforeEach(async () => (panel = await pages.open({ width: 1200, height: 900 })));
  afterEach(async () => {
    assert.deepEqual(panel.errors, [], "the page complained, or broke its content security policy");
    await panel.page.close();
  });

  async function open(...passes: Pass[]): Promise<void> {
    await panel.send({ type: "snapshot", run: { ...run, passes: seen(...passes) } });
    await panel.byTestId("tab-graph").click();
    await panel.settle();
  }

  const block = (title: string) => panel.page.locator(`[data-testid="graph-block"][data-title="${title}"]`);
  const titles = async (): Promise<string[]> =>
    (await panel.byTestId("graph-block").evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset["title"]!))).toSorted();
  const text = (id: string) => panel.byTestId(id).innerText();
  const chosenRow = () => panel.page.locator('[data-testid="module-row"][aria-selected="true"]').getAttribute("data-path");

  it("waits for the first pass, and shows it as soon as it is told", async () => {
    await open();
    assert.match(await text("graph-waiting"), /first pass/);
    const event: RunEvent = { type: "pass", pass: digitsPass() };
    await panel.sendEvents(run.runId, [event]);
    assert.deepEqual(await titles(), ["0", "1", "crossEntropy", "features", "flatten", "input", "model", "tanh"]);
    await panel.sendEvents(run.runId, [{ type: "passCounts", counts: [{ id: "training", times: 812 }] }]);
    assert.equal(await text("graph-pass"), "Training · 812 times");
  });

  it("writes the shape on each tensor's way", async () => {
    await open(digitsPass());
    const labels = await panel.page.locator(".graph-picture .label").allTextContents();
    assert.deepEqual(labels.toSorted(), ["32×16×8×8", "32×16×8×8", "32×16×8×8", "32×16×8×8", "32×1×8×8"]);
  });

  it("shares what is chosen with the table, both ways", async () => {
    await open(digitsPass());
    await block("flatten").click();
    assert.equal(await chosenRow(), "flatten");
    // An operation belongs to the module whose forward runs it.
    await block("tanh").click();
    assert.equal(await chosenRow(), "");
    await panel.page.locator('[data-testid="module-row"][data-path="features.0"]').click();
    await panel.settle();
    assert.equal(await block("0").locator(".chosen").count(), 1);
    assert.equal(await panel.byTestId("tab-graph").getAttribute("aria-selected"), "true");
  });

  it("goes to the line of an operation, or to where a module was made, by double click and by Enter", async () => {
    await open(digitsPass());
    await block("tanh").dblclick();
    await block("flatten").click();
    await panel.page.keyboard.press("Enter");
    const revealed = (await panel.posted()).flatMap((message) => (message.type === "reveal" ? [message.position.line] : []));
    assert.deepEqual(revealed, [44, digitsModel.modules.find(({ path }) => path === "flatten")!.constructedAt!.line]);
  });

  it("goes to the line that calls the module by Shift+Enter, and has it in the editor's own menu", async () => {
    const calledAt = { file: "/models/digits.model.ts", line: 31, column: 12 };
    const models = [{ ...digitsModel, modules: digitsModel.modules.map((one) => (one.path === "flatten" ? { ...one, calledAt } : one)) }];
    await open(digitsPass());
    await panel.sendEvents("run-1", [{ type: "models", models }]);
    await panel.settle();
    await block("flatten").click();
    await panel.page.keyboard.press("Shift+Enter");
    assert.deepEqual((await panel.posted()).at(-1), { type: "reveal", position: calledAt });
    const menu = async (): Promise<unknown> => JSON.parse((await panel.byTestId("graph-canvas").getAttribute("data-vscode-context")) ?? "null");
    await block("flatten").click({ button: "right" });
    const { constructedAt: made } = models[0]!.modules.find(({ path }) => path === "flatten")!;
    const wanted = { webviewSection: "module", name: "flatten", isMade: true, made, isCalled: true, called: calledAt, preventDefaultContextMenuItems: true };
    assert.deepEqual(await menu(), wanted);
  });

  it("folds and opens by its arrow, and stays in place meanwhile", async () => {
    await open(digitsPass());
    const before = (await block("features").boundingBox())!;
    await panel.page.mouse.click(before.x + 14, before.y + 12);
    await panel.settle();
    assert.deepEqual(await titles(), ["crossEntropy", "features", "flatten", "input", "model", "tanh"]);
    const after = (await block("features").boundingBox())!;
    assert.ok(Math.abs(after.x - before.x) < 2 && Math.abs(after.y - before.y) < 2, JSON.stringify([before, after]));
    await panel.page.mouse.click(after.x + 14, after.y + 12);
    await panel.settle();
    assert.ok((await titles()).includes("1"));
  });

  it("is walked through, opened and folded by keyboard alone, and says where one is", async () => {
    await open(residualTower(6));
    await panel.byTestId("graph-canvas").focus();
    const press = async (...keys: string[]) => {
      for (const key of keys) await panel.page.keyboard.press(key);
      await panel.settle();
    };
    await press("Home", "ArrowDown", "ArrowRight");
    assert.match(await panel.byTestId("graph-current").textContent().then(String), /^Block × 6/);
    await press("ArrowRight");
    assert.match(await panel.byTestId("graph-current").textContent().then(String), /18 operations.*open/s);
    assert.equal(await panel.page.locator('[data-testid="graph-block"][data-kind="call"]').count(), 7);
    await press("ArrowRight");
    assert.match(await panel.byTestId("graph-current").textContent().then(String), /^0: Block\. In: 32 by 8/);
    await press("ArrowLeft", "ArrowLeft");
    assert.equal(await panel.page.locator('[data-testid="graph-block"][data-kind="call"]').count(), 1);
  });

  it("finds blocks that are folded away, opens what is around them, and counts them", async () => {
    await open(residualTower(6));
    await panel.byTestId("graph-search").fill("relu");
    assert.equal(await text("graph-found"), "6");
    await panel.page.keyboard.press("Enter");
    await panel.settle();
    assert.equal(await text("graph-found"), "1 of 6");
    assert.equal(await block("relu").count(), 1);
    await panel.page.keyboard.press("Enter");
    await panel.settle();
    assert.equal(await text("graph-found"), "2 of 6");
    await panel.byTestId("graph-search").fill("no such thing");
    assert.equal(await text("graph-found"), "none");
  });

  it("shows passes that differ apart", async () => {
    await open(digitsPass(), digitsPass("evaluation"));
    const picker = panel.byTestId("graph-pass");
    assert.deepEqual(await picker.locator("option").allInnerTexts(), ["Training · 10 times", "Evaluation · 20 times"]);
    assert.equal(await block("crossEntropy").count(), 1);
    await picker.selectOption("evaluation");
    await panel.settle();
    assert.equal(await block("crossEntropy").count(), 0);
    assert.equal(await block("output").count(), 1);
  });

  it("marks where a pass failed, with the shapes that met, and leads to the line", async () => {
    const { nodes, edges } = digitsPass();
    const failing = nodes.findIndex(({ name }) => name === "Flatten");
    const pass: Pass = {
      id: "failed",
      kind: "forward",
      step: 0,
      nodes: nodes.slice(0, failing + 2),
      edges: edges.filter(({ to }) => to <= failing + 1),
      failure: {
        node: failing,
        message: "mat1 and mat2 shapes cannot be multiplied (32x72 and 128x10)",
        shapes: [
          [32, 72],
          [128, 10],
        ],
      },
    };
    const problem = { severity: "error", code: "shape", message: "…", position: { file, line: 23, column: 9 } } as const;
    await panel.send({ type: "snapshot", run: { ...run, state: "failed", passes: seen(digitsPass(), pass), problems: [problem] } });
    await panel.byTestId("tab-graph").click();
    await panel.settle();
    assert.match(await text("graph-failure"), /ended at flatten \(Flatten\): 32×72 and 128×10 don't go together/);
    assert.equal(await block("flatten").locator(".box.failed").count(), 1);
    assert.equal(await block("flatten").locator(".caption").textContent(), "32×72 and 128×10");
    assert.equal(await block("0").locator(".box.failed").count(), 0);
    await panel.byTestId("graph-failure-line").click();
    assert.ok((await panel.posted()).some((message) => message.type === "reveal" && message.position.line === 23));
  });

  it("is a table, too, with where each tensor comes from and goes to", async () => {
    await open(digitsPass());
    await panel.byTestId("graph-table-toggle").click();
    const rows = await panel.page
      .locator('[data-testid="graph-table"] tbody tr')
      .evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent)));
    assert.deepEqual(
      rows.find(([name]) => name === "1"),
      ["1", "ReLU", "0", "features", ""],
    );
    assert.deepEqual(
      rows.find(([name]) => name === "tanh"),
      ["tanh", "operation", "flatten", "model", "32×16×8×8"],
    );
  });

  it("is taken away as a drawing that needs no style sheet, and as a table of its tensors", async () => {
    await open(digitsPass());
    const save = async (form: string) => {
      await panel.page.getByRole("button", { name: "Save the graph as a file" }).click();
      await panel.byTestId(`export-${form}`).click();
      return (await panel.posted()).findLast((message) => message.type === "save")!.text;
    };
    const svg = await save("svg");
    const alone = await panel.page.context().browser()!.newPage();
    await alone.setContent(svg);
    assert.deepEqual((await alone.locator("text").allTextContents()).filter((text) => text === "tanh" || text === "32×1×8×8").toSorted(), ["32×1×8×8", "tanh"]);
    const colours = await alone.locator("rect").evaluateAll((all) => all.map((one) => one.getAttribute("fill")));
    assert.ok(
      colours.every((colour) => colour !== null && !colour.includes("var(")),
      colours.join(),
    );
    await alone.close();
    const [head, ...rows] = (await save("csv")).trimEnd().split("\r\n");
    assert.equal(head, "from,to,shape,dtype,gradient");
    assert.deepEqual(rows.toSorted(), [
      "input,model,32×1×8×8,float32,",
      "model,crossEntropy,32×16×8×8,float32,",
      "model/features,model/flatten,32×16×8×8,float32,",
      "model/features/0,model/features/1,32×16×8×8,float32,",
      "model/flatten,model/tanh,32×16×8×8,float32,",
    ]);
  });

  it("moves by dragging and wheel, grows at the pointer, and comes back whole", async () => {
    await open(digitsPass());
    const place = async () => (await block("tanh").boundingBox())!;
    const begin = await place();
    const canvas = (await panel.byTestId("graph-canvas").boundingBox())!;
    const corner = { x: canvas.x + 20, y: canvas.y + 20 };
    await panel.page.mouse.move(corner.x, corner.y);
    await panel.page.mouse.down();
    await panel.page.mouse.move(corner.x + 50, corner.y + 30);
    await panel.page.mouse.up();
    const dragged = await place();
    assert.deepEqual([Math.round(dragged.x - begin.x), Math.round(dragged.y - begin.y)], [50, 30]);
    await panel.page.mouse.wheel(0, 40);
    await panel.settle();
    assert.equal(Math.round((await place()).y - dragged.y), -40);
    await panel.byTestId("graph-canvas").focus();
    await panel.page.keyboard.press("+");
    await panel.settle();
    assert.ok((await place()).width > begin.width * 1.1);
    await panel.page.keyboard.press("0");
    await panel.settle();
    for (const one of await panel.byTestId("graph-block").all()) {
      const { x, y, width, height } = (await one.boundingBox())!;
      assert.ok(x >= canvas.x && y >= canvas.y && x + width <= canvas.x + canvas.width && y + height <= canvas.y + canvas.height);
    }
  });

  it("draws of a thousand operations only those in sight, and all of them from afar in a few strokes", async () => {
    await open(longChain(1_000));
    await panel.page.waitForFunction(() => document.querySelectorAll('[data-testid="graph-block"]').length > 0, null, { timeout: 40_000 });
    const near = await panel.byTestId("graph-block").count();
    assert.ok(near > 5 && near < 80, `${near} blocks`);
    await panel.byTestId("graph-fit").click();
    await panel.settle();
    assert.ok((await panel.page.locator(".graph-picture *").count()) < 40);
    const outlines = await panel.page.locator(".graph-picture .outline:not(.open)").first().getAttribute("d");
    assert.equal(outlines!.split("z").length - 1, 1_001);
  });

  it("fits into narrow panels", async () => {
    await panel.page.setViewportSize({ width: 320, height: 600 });
    await open(digitsPass());
    const overflow = await panel.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.equal(overflow, 0);
    const canvas = (await panel.byTestId("graph-canvas").boundingBox())!;
    assert.ok(canvas.height > 250 && canvas.width > 300, JSON.stringify(canvas));
  });
});
