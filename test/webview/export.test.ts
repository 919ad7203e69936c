/** What can be taken away from the panel: charts as files, and the panel as one page. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { decode } from "fast-png";
import { exportedPage, noteOn } from "../../src/extension/export/exportedPage.ts";
import type { FromPanel } from "../../src/run/panelMessages.ts";
import { Series } from "../../src/run/series.ts";
import { exportCurves, type Drawing } from "../../webview/curves/curveExport.ts";
import { groupCharts } from "../../webview/curves/groups.ts";
import { csvLine, escapeXml } from "../../webview/export/exportable.ts";
import { bins } from "../../webview/charts/bars.ts";
import { exportHistogram, exportHistory, type TensorDrawing } from "../../webview/layer/layerExport.ts";
import type { HistoryView } from "../../webview/state.ts";
import { measure, snapshotAfter, training } from "./fakeRun.ts";
import type { Panel } from "./page.ts";
import { withPages } from "./withPages.ts";

const curve = (values: readonly number[], from = 0) => Series.of(values.map((value, i) => ({ step: from + i, epoch: 0, value })));
const drawing = (curves: Record<string, Series>, more: Partial<Drawing> = {}): Drawing => ({
  chart: groupCharts(new Map(Object.entries(curves)))[0]!,
  range: [0, 3],
  logarithmic: false,
  smoothing: 0,
  epochs: [],
  colour: (name) => name,
  fontFamily: "sans-serif",
  ...more,
});

describe("a chart's file", () => {
  it("has every number in full precision, one row for each step", () => {
    const { csv } = exportCurves("digits", drawing({ loss: curve([1 / 3, NaN, 0.1]), "val/loss": curve([Infinity], 2) }));
    assert.equal(csv(), "step,epoch,loss,val/loss\r\n0,1,0.3333333333333333,\r\n1,1,NaN,\r\n2,1,0.1,Infinity\r\n");
  });

  it("keeps names whole that have commas, quotes and markup", () => {
    assert.equal(csvLine(['say "hi", you', "two\nlines", 1]), '"say ""hi"", you","two\nlines",1\r\n');
    const { svg, name } = exportCurves("digits", drawing({ 'a<b>&"c"/d\u001b': curve([1, 2]) }));
    assert.ok(svg().includes("a&#60;b&#62;&#38;&#34;c&#34;/d\ufffd"));
    assert.ok(!name.includes("/"));
    assert.equal(escapeXml("\u0000x\u{1f600}"), "\ufffdx\u{1f600}");
  });

  it("draws each value where it is, with a gap where there is none", () => {
    const { svg } = exportCurves("digits", drawing({ loss: curve([0, NaN, 1, 0.5]) }));
    const [path] = /d="(M[^"]*)" stroke="--curve-1"/.exec(svg())!.slice(1);
    const points = [...path!.matchAll(/([ML])([\d.]+) ([\d.]+)/g)].map(([, pen, x, y]) => [pen, Number(x), Number(y)] as const);
    assert.deepEqual(
      points.map(([pen]) => pen),
      ["M", "M", "L"],
    );
    const [zero, one, half] = points.map(([, , y]) => y);
    assert.ok(Math.abs(half! - (zero! + one!) / 2) < 0.02 && zero! > one!);
    const [x0, x2, x3] = points.map(([, x]) => x);
    assert.ok(Math.abs((x2! - x0!) / 2 - (x3! - x2!)) < 0.02);
  });

  it("has its axis as it is shown: on a logarithmic one, decades are equally far", () => {
    const { svg } = exportCurves("digits", drawing({ loss: curve([1, 10, 100, 1000]) }, { logarithmic: true }));
    const ys = [...svg().matchAll(/[ML][\d.]+ ([\d.]+)/g)].slice(-4).map(([, y]) => Number(y));
    assert.ok(Math.abs(ys[0]! - ys[1]! - (ys[2]! - ys[3]!)) < 0.05, ys.join());
    for (const label of [">1<", ">10<", ">100<", ">1000<"]) assert.ok(svg().includes(label), label);
  });
});

describe("a tensor's files", () => {
  const values = [-2, -1, -1, 0, 0, 0, 1, 3];
  const look: TensorDrawing = {
    run: "digits",
    title: "head ∂loss/∂output",
    family: "gradient",
    fullRange: false,
    logarithmic: false,
    colour: (name) => name,
    fontFamily: "sans-serif",
  };
  const history = [0, 10, 20].map((step, i) => ({
    step,
    epoch: i,
    tensor: measure(
      values.map((value) => value * (i + 1)),
      [8],
      4,
    ),
  }));
  const { tensor } = history[0]!;
  const over = (view: HistoryView) => exportHistory({ ...look, view, history, range: [0, 20], axis: [-6, 9] });
  const rowsOf = (csv: string) =>
    csv
      .trim()
      .split("\r\n")
      .map((line) => line.split(","));

  it("have each bin with its edges, and every value once", () => {
    const { csv, name } = exportHistogram(look, tensor, 7);
    assert.equal(name, "digits head dloss-doutput step 7");
    const [head, ...rows] = rowsOf(csv());
    assert.deepEqual(head, ["values", "low", "high", "count"]);
    assert.equal(
      rows.reduce((sum, [, , , count]) => sum + Number(count), 0),
      values.length,
    );
    for (const [, low, high, count] of rows.filter(([what]) => what === "bin")) {
      const isLast = Number(high) === tensor.histogram.high;
      const within = values.filter((value) => value !== 0 && value >= Number(low) && (value < Number(high) || (isLast && value === Number(high))));
      assert.equal(Number(count), within.length, `${low} to ${high}`);
    }
    assert.deepEqual(
      rows.find(([what]) => what === "exactly zero"),
      ["exactly zero", "0", "0", "3"],
    );
  });

  it("draw bars as high as they count, on an axis that says how many", () => {
    for (const logarithmic of [false, true]) {
      const text = exportHistogram({ ...look, logarithmic }, tensor, 7).svg();
      const [, path] = /d="(M[^"]*)" fill="--gradient"/.exec(text)!;
      const tops = [...path!.matchAll(/V([\d.]+)H/g)].map(([, y]) => Number(y));
      const counts = Array.from(tensor.histogram.counts);
      const size = logarithmic ? Math.log1p : (count: number) => count;
      tops.forEach((y, i) => assert.ok(Math.abs((380 - y) / (380 - Math.min(...tops)) - size(counts[i]!) / size(Math.max(...counts))) < 0.01));
      assert.ok(text.includes("3 exactly zero (37.5 %)") && text.includes(">1<"), text.slice(0, 1200));
    }
  });

  it("have over the run each measured step's bins, or its percentiles, whole", () => {
    for (const view of ["heatmap", "ridgeline"] as const) {
      const rows = rowsOf(over(view).csv()).slice(1);
      assert.deepEqual(
        rows.map(([step, , low, high, count]) => [step, low, high, count].map(Number)),
        history.flatMap(({ step, tensor: { histogram } }) => bins(histogram).map(({ low, high, count }) => [step, low, high, count])),
      );
    }
    const [head, ...rows] = rowsOf(over("percentiles").csv());
    assert.equal(head!.join(), "step,epoch,mean,std,min,1 %,5 %,25 %,50 %,75 %,95 %,99 %,max,count,exactly zero,NaN or infinite");
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    assert.deepEqual(
      rows.map(([step, epoch, own, , min]) => [step, epoch, own, min].map(Number)),
      [0, 10, 20].map((step, i) => [step, i + 1, mean * (i + 1), -2 * (i + 1)]),
    );
  });

  it("draw the run where its steps and values are", () => {
    const heat = over("heatmap").svg();
    const columns = [...heat.matchAll(/<rect x="([\d.]+)" y="62" width="(\d+)" height="318" fill="--background"/g)].map(
      ([, x, wide]) => Number(x) + Number(wide) / 2,
    );
    // 21 steps on 636 pixels from 64 on; a step stands in the middle of its stretch.
    columns.forEach((x, i) => assert.ok(Math.abs(x - (64 + (636 * (10 * i + 0.5)) / 21)) <= 3, `${x}`));
    assert.equal(columns.length, 3);
    const fanned = over("percentiles").svg();
    const [, median] = /d="(M[^"]*)" stroke="--gradient"/.exec(fanned)!;
    const ys = [...median!.matchAll(/[ML][\d.]+ ([\d.]+)/g)].map(([, y]) => Number(y));
    ys.forEach((y, i) => {
      const value = history[i]!.tensor.percentiles.values[3]!;
      assert.ok(Math.abs(y - (380 - ((value + 6) / 15) * 318)) < 0.1, `${y} for ${value}`);
    });
    assert.equal(
      [
        ...over("ridgeline")
          .svg()
          .matchAll(/fill-opacity="0.35"/g),
      ].length,
      3,
    );
  });
});

describe("taking things away from the panel", function () {
  this.timeout(60_000);
  const pages = withPages();
  let panel: Panel;
  let folder: string;
  const run = {
    ...snapshotAfter([...training({ epochs: 20, batches: 45, sampleEvery: 9 })]),
    printed: { lines: [{ step: 3, text: "</script><b>hi</b>" }], dropped: 0 },
  };
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "kindling-export-"));
  });
  after(() => {
    if (folder) rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    panel = await pages.open({ width: 1200, height: 800 });
    await panel.send({ type: "snapshot", run });
  });
  afterEach(async () => {
    assert.deepEqual(panel.errors, []);
    await panel.page.close();
  });

  async function saved<Type extends FromPanel["type"]>(type: Type): Promise<Extract<FromPanel, { type: Type }>> {
    await panel.page.waitForFunction((wanted) => (window as unknown as { posted: FromPanel[] }).posted.some((message) => message.type === wanted), type);
    return (await panel.posted()).find((message) => message.type === type) as Extract<FromPanel, { type: Type }>;
  }

  it("saves a chart as a table, a drawing, and a picture of that drawing, by keyboard too", async () => {
    const chart = panel.page.locator("[data-testid=curve][data-name=valAccuracy]");
    await chart.getByTestId("export").click();
    await chart.getByTestId("export-csv").click();
    const table = await saved("save");
    assert.equal(table.name, "digits valAccuracy.csv");
    const series = run.curves.get("valAccuracy")!;
    assert.equal(table.text, ["step,epoch,valAccuracy", ...[...series].map(({ step, epoch, value }) => `${step},${epoch + 1},${value}`), ""].join("\r\n"));
    await chart.getByTestId("export").focus();
    await panel.page.keyboard.press("Enter");
    await panel.page.keyboard.press("ArrowDown");
    await panel.page.keyboard.press("Enter");
    const { name, base64 } = await saved("saveBytes");
    assert.equal(name, "digits valAccuracy.png");
    const { width, height, data } = decode(Buffer.from(base64, "base64"));
    assert.deepEqual([width, height], [1440, 840]);
    assert.ok(new Set(data).size > 20, "something is drawn");
    await chart.getByTestId("export").click();
    await panel.page.keyboard.press("Escape");
    assert.equal(await chart.getByTestId("export-svg").count(), 0);
  });

  it("saves a tensor's histogram, and each way to show it over the run, as a table, a drawing and a picture", async () => {
    await panel.byTestId("module-row").nth(2).click();
    await panel.turnTo("layer");
    const output = panel.page.locator(".tensor-row").first();
    const posted = async () => (await panel.posted()).filter((message) => message.type === "save" || message.type === "saveBytes");
    const save = async (part: string, form: string) => {
      const before = (await posted()).length;
      const menu = output.locator(`${part} > .export-menu`);
      await menu.getByTestId("export").click();
      await menu.getByTestId(`export-${form}`).click();
      await panel.page.waitForFunction(
        (count) => (window as unknown as { posted: FromPanel[] }).posted.filter(({ type }) => type === "save" || type === "saveBytes").length > count,
        before,
      );
      const message = (await posted()).at(-1)!;
      return { name: message.name, content: message.type === "save" ? message.text : Buffer.from(message.base64, "base64") };
    };
    const table = await save(".histogram", "csv");
    assert.equal(table.name, "digits features.0 output step 891.csv");
    const counted = String(table.content)
      .trim()
      .split("\r\n")
      .slice(1)
      .reduce((sum, line) => sum + Number(line.split(",")[3]), 0);
    assert.equal(counted, Number(await panel.byTestId("tensor-count").first().getAttribute("data-value")));
    const [svg, png] = [await save(".histogram", "svg"), await save(".histogram", "png")];
    assert.match(String(svg.content), /fill="#[0-9a-f]{6}"/, "the colours are the theme's own");
    assert.ok(new Set(decode(png.content as Buffer).data).size > 20);
    for (const view of ["heatmap", "ridgeline", "percentiles"]) {
      await panel.byTestId(`history-${view}`).click();
      const [drawn, picture] = [await save(".history", "svg"), await save(".history", "png")];
      assert.equal(drawn.name, `digits features.0 output ${view}.svg`);
      assert.ok(drawn.content.length < 2_000_000, `${drawn.content.length} characters`);
      assert.ok(new Set(decode(picture.content as Buffer).data).size > 20, view);
    }
  });

  it("makes one page of the panel that opens without a network and shows the same, and goes on working", async () => {
    await panel.page.getByText("Conv2d").nth(1).click();
    await panel.byTestId("tab-layer").click();
    await panel.byTestId("step-slider").focus();
    for (let i = 0; i < 5; i++) await panel.page.keyboard.press("ArrowLeft");
    await panel.byTestId("export-panel").click();
    const { look } = await saved("export");
    const page = exportedPage(await pages.assets(), { run, look, title: "Kindling: digits", note: noteOn(run, new Date(2026, 10, 27, 15, 40)) });
    assert.ok(Buffer.byteLength(page) <= 2_000_000, `${Buffer.byteLength(page)} bytes`);
    const place = join(folder, "digits.html");
    writeFileSync(place, page);

    const requests: string[] = [];
    const alone = await pages.openAlone(pathToFileURL(place).href, requests);
    await alone.byTestId("step-value").filter({ hasText: /\d/ }).waitFor();
    for (const id of ["step-value", "loss-value", "shown-step", "tensor-count", "module-details"]) {
      const shown = (of: Panel) => of.byTestId(id).evaluateAll((elements) => elements.map(({ textContent }) => textContent));
      assert.deepEqual(await shown(alone), await shown(panel), id);
    }
    const looks = (of: Panel) =>
      of.page.evaluate(() => [getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).getPropertyValue("--curve-1")]);
    assert.deepEqual(await looks(alone), await looks(panel));
    assert.match(await alone.page.locator(".exported-note").innerText(), /^digits\.model\.ts as of 27 November 2026 at 15:40/);
    assert.equal(await alone.byTestId("command-train").isVisible(), false);

    const before = await alone.byTestId("shown-step").getAttribute("data-step");
    await alone.byTestId("step-slider").focus();
    await alone.page.keyboard.press("Home");
    assert.notEqual(await alone.byTestId("shown-step").getAttribute("data-step"), before);
    await alone.byTestId("tab-output").click();
    assert.match(await alone.byTestId("printed-line").first().innerText(), /<\/script><b>hi<\/b>/);
    await alone.byTestId("tab-curves").click();
    const download = alone.page.waitForEvent("download");
    await alone.page.locator("[data-name=loss]").getByTestId("export").click();
    await alone.page.locator("[data-name=loss]").getByTestId("export-csv").click();
    const text = readFileSync(await (await download).path(), "utf8");
    assert.equal(text.split("\r\n").length, 2 + run.curves.get("loss")!.length);
    assert.deepEqual([requests.filter((address) => !/^(file|data|blob):/.test(address)), alone.errors], [[], []]);
    await alone.page.close();
  });
});
