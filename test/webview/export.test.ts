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
import { snapshotAfter, training } from "./fakeRun.ts";
import { chromiumMissing, PanelPages, type Panel } from "./page.ts";

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

describe("taking things away from the panel", function () {
  this.timeout(60_000);
  let pages: PanelPages;
  let panel: Panel;
  let folder: string;
  const run = {
    ...snapshotAfter([...training({ epochs: 20, batches: 45, sampleEvery: 9 })]),
    printed: { lines: [{ step: 3, text: "</script><b>hi</b>" }], dropped: 0 },
  };
  before(async function () {
    if (chromiumMissing) this.skip();
    pages = await PanelPages.start();
    folder = mkdtempSync(join(tmpdir(), "kindling-export-"));
  });
  after(async () => {
    await pages?.stop();
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
