/** Runs beside each other: what their page shows. */
import assert from "node:assert/strict";
import type { ComparedRun } from "../../src/run/comparison.ts";
import { Series } from "../../src/run/series.ts";
import { aligned } from "../../webview/compare/alignment.ts";
import { comparedCharts, traced } from "../../webview/compare/charts.ts";
import { bandOf } from "../../webview/compare/bands.ts";
import { adder, trained } from "./comparedRuns.ts";
import { emptySnapshot } from "./fakeRun.ts";
import type { Panel } from "./page.ts";
import { themes } from "./themes.ts";
import { withPages } from "./withPages.ts";

const series = (values: readonly number[], stride = 1) => Series.of(values.map((value, i) => ({ step: i * stride, epoch: 0, value })));

describe("runs that are aligned", () => {
  const run = (more: Partial<ComparedRun["run"]>, clock: ComparedRun["clock"] = []): ComparedRun => ({
    id: "a",
    title: "a",
    settings: {},
    health: "",
    variant: null,
    seed: null,
    ends: {},
    clock,
    run: { ...emptySnapshot(), ...more },
  });
  const places = (of: Series) => [...of.steps];

  it("by epoch stand where they were in their epochs, however many steps these have", () => {
    const loss = series([1, 1, 1, 1, 1, 1], 5);
    const tenSteps = run({
      curves: new Map([["loss", loss]]),
      epochs: [
        { step: 0, epoch: 0 },
        { step: 10, epoch: 1 },
        { step: 20, epoch: 2 },
      ],
    });
    assert.deepEqual(places(aligned(loss, tenSteps, "epochs")), [0, 500, 1000, 1500, 2000, 2500]);
  });

  it("by time stand where the clock stood, also where a run got slower", () => {
    const loss = series([1, 1, 1, 1, 1], 10);
    const slower = run({ curves: new Map([["loss", loss]]) }, [
      { step: 20, elapsed: 1_000 },
      { step: 40, elapsed: 5_000 },
    ]);
    assert.deepEqual(places(aligned(loss, slower, "seconds")), [0, 500, 1000, 3000, 5000]);
    assert.deepEqual(places(aligned(loss, slower, "steps")), [0, 10, 20, 30, 40]);
  });

  it("by step stand behind the steps of the run whose weights they go on with, though they count their own", () => {
    const loss = series([1, 1, 1]);
    const branch = { ...run({ curves: new Map([["loss", loss]]) }), stepsBefore: 12 };
    assert.deepEqual(places(aligned(loss, branch, "steps")), [12, 13, 14]);
  });
});

describe("a branch beside the run that it parts from", () => {
  const values = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
  const run = (id: string, more: Partial<ComparedRun>, stride = 1): ComparedRun => {
    const curves = new Map([["loss", series(values(0, 20), stride)]]);
    return { id, title: id, settings: {}, health: "", variant: null, seed: null, ends: {}, clock: [], run: { ...emptySnapshot(), curves }, ...more };
  };
  const drawn = (...runs: ComparedRun[]): number[][] => comparedCharts(traced(runs, true), (own) => own)[0]!.lines.map(({ series: own }) => [...own.steps]);

  it("is drawn from the last value that both have: the way to there is drawn once", () => {
    const [trunk, branch] = [run("a", {}), run("b", { branchOf: { run: "a", step: 12 } })];
    const twig = run("c", { branchOf: { run: "b", step: 15 } });
    assert.deepEqual(drawn(trunk, branch, twig), [values(0, 20), values(11, 20), values(14, 20)]);
    // The same for a curve that has no value at each step.
    assert.deepEqual(drawn(run("a", {}, 10), run("b", { branchOf: { run: "a", step: 12 } }, 10))[1]!.slice(0, 2), [10, 20]);
  });

  it("is whole where that run isn't shown, or it parts at once", () => {
    assert.deepEqual(drawn(run("b", { branchOf: { run: "a", step: 12 } })), [values(0, 20)]);
    assert.deepEqual(drawn(run("a", {}), run("b", { branchOf: { run: "a", step: 0 } }))[1], values(0, 20));
  });
});

describe("a band of several curves", () => {
  // numpy.percentile([1, 2, 4, 8, 16], [25, 50, 75]) is 2, 4, 8; of [1, 2, 4, 8] 1.75, 3, 5.
  it("is their median and quartiles at each step, of those that go on that far", () => {
    const { median, low, high } = bandOf([series([1, 1]), series([2, 2]), series([4, 4]), series([8, 8]), series([16])]);
    assert.deepEqual(
      [low, median, high].map(({ values }) => [...values]),
      [
        [2, 1.75],
        [4, 3],
        [8, 5],
      ],
    );
  });

  it("leaves out what is no number", () => {
    assert.deepEqual([...bandOf([series([1, NaN]), series([3, NaN]), series([5, 7])]).median.values], [3, 7]);
  });
});

describe("the page of compared runs", function () {
  this.timeout(120_000);
  const pages = withPages();
  let panel: Panel;
  let runs: ComparedRun[];
  before(async () => (runs = await trained([adder(0.01), adder(0.03, 16), adder(0.01)])));
  afterEach(async () => {
    assert.deepEqual(panel.errors, []);
    await panel.page.close();
  });

  async function show(shown: readonly ComparedRun[] = runs, theme = themes[0]!): Promise<void> {
    panel = await pages.open({ script: "comparison", theme });
    await panel.compare({ type: "compared", runs: shown, sentences: [] });
  }

  const columns = () => panel.page.locator("thead th").filter({ visible: true }).allTextContents();
  const cells = (name: string) =>
    panel.page.evaluate((wanted) => {
      const at = [...document.querySelectorAll(".compare-table thead th")].findIndex(({ textContent }) => textContent === wanted);
      return [...document.querySelectorAll<HTMLTableRowElement>('[data-testid="compared-run"]')].map((row) => row.cells[at]!.textContent);
    }, name);
  const best = (name: string) =>
    panel.page.evaluate((wanted) => {
      const at = [...document.querySelectorAll(".compare-table thead th")].findIndex(({ textContent }) => textContent === wanted);
      return [...document.querySelectorAll<HTMLTableRowElement>('[data-testid="compared-run"]')].map(
        (row) => row.cells[at]!.querySelector('[aria-label="the best"]') !== null,
      );
    }, name);
  const readouts = (chart: string) => panel.page.locator(`[data-testid="curve"][data-name="${chart}"] .readout`).count();

  it("lists what differs and not what is the same, until that is asked for", async () => {
    await show();
    const shown = await columns();
    for (const name of ["Adam lr", "parameters of model", "code of net.model.ts"]) assert.ok(shown.includes(name), name);
    for (const name of ["Adam betas", "kindling", "arguments"]) assert.ok(!shown.includes(name), name);
    assert.deepEqual(await cells("Adam lr"), ["0.01", "0.03", "0.01"]);
    await panel.page.getByText("equal too").click();
    assert.ok((await columns()).includes("Adam betas"));
  });

  it("marks the best of what has a better and a worse: the lower loss, the higher accuracy", async () => {
    await show(runs.slice(0, 2));
    const [slow, fast] = runs.map(({ ends }) => ends);
    assert.deepEqual(await best("val/loss, last"), [slow!["val/loss"]!.last < fast!["val/loss"]!.last, fast!["val/loss"]!.last < slow!["val/loss"]!.last]);
    assert.deepEqual(await best("val/accuracy, best"), [
      slow!["val/accuracy"]!.largest > fast!["val/accuracy"]!.largest,
      fast!["val/accuracy"]!.largest > slow!["val/accuracy"]!.largest,
    ]);
  });

  it("draws a line for each run, which the keys switch off and on", async () => {
    await show();
    assert.equal(await readouts("loss"), 3);
    await panel.page.getByRole("checkbox").nth(1).focus();
    await panel.page.keyboard.press("Space");
    await panel.settle();
    assert.equal(await readouts("loss"), 2);
    await panel.page.keyboard.press("Space");
    await panel.settle();
    assert.equal(await readouts("loss"), 3);
  });

  it("tells the lines of 20 runs apart by colour, and where colours come again by dashes", async () => {
    for (const theme of themes) {
      await show(
        Array.from({ length: 20 }, (_, place) => ({ ...runs[place % 3]!, id: String(place), title: `run ${place}` })),
        theme,
      );
      const looks = await panel.page
        .locator(".compare-table .line-swatch path")
        .evaluateAll((paths) => paths.map((path) => `${getComputedStyle(path).stroke} ${path.getAttribute("stroke-dasharray")}`));
      assert.deepEqual([looks.length, new Set(looks).size], [20, 20]);
      if (theme !== themes.at(-1)) await panel.page.close();
    }
  });

  it("shows the histograms of a module in all runs, and their health", async () => {
    await show();
    await panel.page.getByRole("tab", { name: "Curves" }).focus();
    await panel.page.keyboard.press("ArrowRight");
    await panel.settle();
    assert.equal(await panel.byTestId("compared-histogram").locator(".bars").count(), 3);
    await panel.page.getByLabel("Module").selectOption("model 2");
    await panel.page.getByLabel("Tensor").selectOption("bias");
    await panel.settle();
    assert.equal(await panel.byTestId("compared-histogram").locator(".bars").count(), 3);
    await panel.page.getByRole("tab", { name: "Health" }).click();
    assert.deepEqual(
      (await panel.byTestId("compared-health").locator("dd").allTextContents()).map((text) => text !== ""),
      [true, true, true],
    );
  });

  it("asks for the code of two runs, and for one run", async () => {
    await show();
    await panel.page.getByLabel(`Diff code with ${runs[0]!.title}`).first().click();
    await panel.page.getByLabel(`Show ${runs[2]!.title}`).click();
    assert.deepEqual(((await panel.posted()) as unknown[]).slice(1), [
      { type: "diffCode", first: runs[0]!.id, second: runs[1]!.id },
      { type: "show", run: runs[2]!.id },
    ]);
  });

  it("keeps what was chosen while it is hidden", async () => {
    await show();
    await panel.page.getByLabel("Align by").selectOption("seconds");
    await panel.page.getByRole("checkbox").first().uncheck();
    await panel.page.reload();
    await panel.compare({ type: "compared", runs, sentences: [] });
    assert.equal(await panel.page.getByLabel("Align by").inputValue(), "seconds");
    assert.equal(await readouts("loss"), 2);
  });
});
