import assert from "node:assert/strict";
import type { StepStatistics, TensorStatistics } from "../../src/protocol/index.ts";
import { Series } from "../../src/run/series.ts";
import type { RunSnapshot } from "../../src/run/snapshot.ts";
import { digitsModel, emptySnapshot, file, samplesOf, sampleStep, snapshotAfter, training } from "./fakeRun.ts";
import type { Panel } from "./page.ts";
import { withPages } from "./withPages.ts";

const run = snapshotAfter(training({ epochs: 4, batches: 10, sampleEvery: 5 }));

/** As wide as numbers get. */
function wide(sample: StepStatistics): StepStatistics {
  const widen = (tensor: TensorStatistics): TensorStatistics => ({
    ...tensor,
    mean: -1.23456e-10,
    std: 1.23456e10,
    min: -1.23456e10,
    max: -1.23456e-10,
    nonFinite: 0,
    zeroFraction: 0.99999,
  });
  const modules = sample.modules.map(({ module, output, outputGradient }) => ({
    module,
    ...(output && { output: widen(output) }),
    ...(outputGradient && { outputGradient: widen(outputGradient) }),
    parameters: [],
  }));
  return { ...sample, modules };
}

const problem = {
  severity: "warning",
  code: "nonFiniteLoss",
  message: "loss is NaN since step 38: lower the learning rate",
  step: 38,
  position: { file, line: 4, column: 1 },
} as const;

const views: Readonly<Record<string, RunSnapshot>> = {
  "a run in the middle": { ...run, state: "running", samples: samplesOf(...[0, 1].map((step) => wide(sampleStep(digitsModel, step, 0, 0)))) },
  "a loss that is NaN in an edited file": { ...snapshotAfter(training({ epochs: 4, batches: 10, broken: [38, 39] })), edited: true, problems: [problem] },
  "a run that the window ended": { ...run, state: "interrupted" },
  "an inspection": { ...run, mode: "inspect", curves: new Map() },
};

describe("the panel's layout", function () {
  this.timeout(60_000);
  const pages = withPages();

  for (const width of [260, 320, 480, 700, 1100, 1400, 2200]) {
    for (const [name, snapshot] of Object.entries(views)) {
      it(`at ${width} pixels, of ${name}: nothing overlaps and nothing is cut off`, async () => {
        const panel = await pages.open({ width, height: 900 });
        await panel.send({ type: "snapshot", run: snapshot });
        for (const tab of await panel.offeredTabs()) {
          await panel.turnTo(tab);
          assert.deepEqual(await misplaced(panel), [], tab);
        }
        await panel.page.close();
      });
    }
  }

  it("at 320 pixels, as tables: nothing overlaps and nothing is cut off", async () => {
    const panel = await pages.open({ width: 320, height: 900 });
    await panel.send({ type: "snapshot", run: views["a run in the middle"]! });
    for (const [tab, label] of [
      ["curves", "Show curves as tables"],
      ["layer", "Show histograms as tables"],
    ] as const) {
      await panel.turnTo(tab);
      await panel.page.getByLabel(label).click();
      assert.deepEqual(await misplaced(panel), []);
    }
    await panel.page.close();
  });

  for (const [last, width] of [
    [899, 320],
    [1000, 480],
    [12_000, 1100],
    [2_000_000, 800],
  ] as const) {
    it(`cuts no label off the axes of ${last} steps at ${width} pixels`, async () => {
      const panel = await pages.open({ width, height: 900 });
      await panel.page.evaluate(() => {
        const { fillText } = CanvasRenderingContext2D.prototype;
        const cut: string[] = [];
        let drawn = 0;
        Object.assign(window, { labels: () => ({ cut, drawn }) });
        CanvasRenderingContext2D.prototype.fillText = function (text, x, y, ...rest) {
          const { actualBoundingBoxLeft: left, actualBoundingBoxRight: right } = this.measureText(text);
          const from = this.getTransform().transformPoint({ x: x - left, y }).x;
          const to = this.getTransform().transformPoint({ x: x + right, y }).x;
          if (from < 0 || to > this.canvas.width) cut.push(text);
          drawn++;
          fillText.call(this, text, x, y, ...rest);
        };
      });
      const loss = Series.of([0, 0.5, 1].map((share) => ({ step: Math.round(share * last), epoch: 0, value: 1 - 0.9 * share })));
      await panel.send({ type: "snapshot", run: { ...run, curves: new Map([["loss", loss]]), samples: new Map() } });
      const { cut, drawn } = await panel.page.evaluate(() => (window as unknown as { labels: () => { cut: string[]; drawn: number } }).labels());
      assert.ok(drawn > 3, `${drawn} labels`);
      assert.deepEqual(cut, []);
      await panel.page.close();
    });
  }

  it("shows a learning rate that never changed as a number, and as a chart once it has", async () => {
    const panel = await pages.open();
    const curves = new Map([["lr", Series.of([{ step: 0, epoch: 0, value: 0.001 }])]]);
    await panel.send({ type: "snapshot", run: { ...emptySnapshot(), state: "running", models: [digitsModel], curves } });
    assert.equal(await panel.byTestId("constant").innerText(), "lr 0.001");
    assert.equal(await panel.page.locator("[data-name=lr] .plot").count(), 0);
    await panel.sendEvents("run-1", [{ type: "metrics", points: [{ name: "lr", step: 40, epoch: 0, value: 0.0001 }] }]);
    assert.equal(await panel.byTestId("constant").count(), 0);
    assert.equal(await panel.page.locator("[data-name=lr] .plot").count(), 1);
    await panel.page.close();
  });

  it("draws a learning rate as a line up to the newest step, also while running", async () => {
    const panel = await pages.open();
    const loss = Series.of(Array.from({ length: 100 }, (_, step) => ({ step, epoch: 0, value: 1 })));
    const curves = new Map([
      [
        "lr",
        Series.of([
          { step: 0, epoch: 0, value: 0.002 },
          { step: 1, epoch: 0, value: 0.001 },
        ]),
      ],
      ["loss", loss],
    ]);
    await panel.send({ type: "snapshot", run: { ...emptySnapshot(), state: "running", models: [digitsModel], curves } });
    const share = await panel.page.locator("[data-name=lr] .plot").evaluate((plot) => {
      const canvas = plot.querySelector("canvas")!;
      const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
      const style = getComputedStyle(document.body);
      const colour = style.getPropertyValue("--curve-2");
      const columns = new Set<number>();
      for (let i = 0; i < data.length; i += 4) {
        const hex = [data[i]!, data[i + 1]!, data[i + 2]!].map((channel) => channel.toString(16).padStart(2, "0")).join("");
        if (`#${hex}` === colour && data[i + 3]! > 100) columns.add((i / 4) % canvas.width);
      }
      return columns.size / (plot.querySelector(".u-over")!.clientWidth * devicePixelRatio);
    });
    assert.ok(share > 0.95, `a line over ${(100 * share).toFixed(0)} % of the chart`);
    await panel.page.close();
  });

  it("gives several parameter groups a legend that can be read", async () => {
    const panel = await pages.open({ width: 320, height: 900 });
    const names = ["lr/0", "lr/1", "lr/encoder.layers.0.attention.weight", "lr/head"];
    const rates = names.map((name) => [name, Series.of([0.000123, 0.000456].map((value, step) => ({ step, epoch: 0, value })))] as const);
    await panel.send({ type: "snapshot", run: { ...run, curves: new Map([...run.curves, ...rates].filter(([name]) => name !== "lr")) } });
    const legend = panel.page.locator("[data-name=lr] .readout");
    await legend.first().scrollIntoViewIfNeeded();
    assert.deepEqual(
      (await legend.allInnerTexts()).map((text) => text.split("\n")[0]),
      ["group 0", "group 1", "encoder.layers.0.attention.weight", "head"],
    );
    const widths = await legend.evaluateAll((items) => items.map((item) => [...item.children].every((child) => child.getBoundingClientRect().width > 7)));
    assert.deepEqual(widths, [true, true, true, true]);
    await panel.page.close();
  });

  it("keeps its series' colours where the system replaces all others", async () => {
    const panel = await pages.open();
    await panel.page.emulateMedia({ forcedColors: "active" });
    await panel.send({ type: "snapshot", run });
    const [swatch, wanted, background] = await panel.page
      .locator(".line-swatch")
      .first()
      .evaluate((element) => {
        const { stroke } = getComputedStyle(element);
        const probe = document.body.appendChild(document.createElement("p"));
        probe.style.setProperty("forced-color-adjust", "none");
        probe.style.color = "var(--curve-1)";
        return [stroke, getComputedStyle(probe).color, getComputedStyle(document.body).backgroundColor];
      });
    assert.equal(swatch, wanted);
    assert.notEqual(swatch, background);
    await panel.page.close();
  });
});

/** What leaves the page sideways or lies over its neighbour, in words. */
function misplaced(panel: Panel): Promise<string[]> {
  return panel.page.evaluate(() => {
    const found: string[] = [];
    const boxOf = (element: Element) => {
      const range = document.createRange();
      range.selectNodeContents(element);
      return range.getBoundingClientRect();
    };
    for (const element of document.querySelectorAll(
      ".figure, .statistics > div, .readout, .step-bar > *, .notice, .run-state, .header button, .table-summary > *, .axis > *",
    )) {
      if (!element.checkVisibility()) continue;
      const { left, right } = element.getBoundingClientRect();
      if (left < 0 || right > innerWidth + 0.5) found.push(`${element.textContent} leaves the page`);
    }
    for (const number of document.querySelectorAll(".figure")) {
      if (!number.checkVisibility()) continue;
      const [own, all] = [number.getBoundingClientRect(), number.parentElement!.getBoundingClientRect()];
      if (own.left < all.left - 0.5 || own.right > all.right + 0.5) found.push(`${number.textContent} is cut off`);
    }
    for (const pair of document.querySelectorAll(".figure, .statistics > div, .table-summary")) {
      if (!pair.checkVisibility()) continue;
      const boxes = [...pair.children].filter((child) => child.checkVisibility()).map(boxOf);
      boxes.forEach((box, i) => {
        const next = boxes[i + 1];
        if (next && next.left < box.right && next.top < box.bottom - 1 && next.bottom > box.top + 1) found.push(`${pair.textContent}: one over the other`);
      });
    }
    for (const row of document.querySelectorAll(".statistics, .numbers")) {
      const items = [...row.children].filter((child) => child.checkVisibility());
      items.forEach((item, i) => {
        const [box, next] = [boxOf(item), items[i + 1]?.getBoundingClientRect()];
        if (next && Math.abs(next.top - item.getBoundingClientRect().top) < 2 && box.right > next.left + 0.5)
          found.push(`${item.textContent} over ${items[i + 1]!.textContent}`);
      });
    }
    return found;
  });
}
