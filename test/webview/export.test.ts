/** What can be taken away from the panel: charts as files, and the panel as one page. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { decode } from "fast-png";
import type { Locator } from "playwright-core";
import { exportedPage, noteOn } from "../../src/extension/export/exportedPage.ts";
import type { Tally, TensorStatistics } from "../../src/protocol/index.ts";
import type { FromPanel } from "../../src/run/panelMessages.ts";
import { rootMeanSquare } from "../../src/run/rootMeanSquare.ts";
import { Series } from "../../src/run/series.ts";
import { exportCurves, type Drawing } from "../../webview/curves/curveExport.ts";
import { groupCharts } from "../../webview/curves/groups.ts";
import { csvLine, escapeXml } from "../../webview/export/exportable.ts";
import { exportConfusion } from "../../webview/data/confusionExport.ts";
import { gradientPath } from "../../webview/health/flow.ts";
import { exportFlow } from "../../webview/health/flowExport.ts";
import { bins } from "../../webview/charts/bars.ts";
import { exportHistogram, exportHistory, type TensorDrawing } from "../../webview/layer/layerExport.ts";
import type { HistoryView } from "../../webview/state.ts";
import { digitsModel, familyAround, measure, sampleStep, snapshotAfter, training } from "./fakeRun.ts";
import { assertClose } from "../fixtures/closeTo.ts";
import type { Panel } from "./page.ts";
import { withPages } from "./withPages.ts";

const curve = (values: readonly number[], from = 0) => Series.of(values.map((value, i) => ({ step: from + i, epoch: 0, value })));
const drawing = (curves: Record<string, Series>, more: Partial<Drawing> = {}): Drawing => ({
  chart: groupCharts(new Map(Object.entries(curves)))[0]!,
  range: [0, 3],
  logarithmic: false,
  smoothing: 0,
  across: { name: "steps", title: "Step", per: 1, text: String },
  epochs: [],
  interventions: [],
  trunk: null,
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

  it("marks what was changed by hand where it was, with its words, as the page does", () => {
    const interventions = [
      { step: 1, label: "lr 0.1 → 0.01" },
      { step: 2, label: 'Froze "a"' },
      { step: 2, label: "Undid: froze b" },
      { step: 9, label: "out of sight" },
    ];
    const { svg } = exportCurves("digits", drawing({ loss: curve([0, 3, 1, 0.5]) }, { interventions }));
    const groups = [...svg().matchAll(/<title>([^<]*)<\/title><path d="M([\d.]+) [\d.]+V380"/g)].map(([, words, x]) => [words, Number(x)] as const);
    assert.deepEqual(
      groups.map(([words]) => words),
      ["lr 0.1 → 0.01", "Froze &#34;a&#34;; Undid: froze b"],
    );
    // Three steps on 636 pixels from 64 on.
    groups.forEach(([, x], i) => assert.ok(Math.abs(x - (64 + (636 * (i + 1)) / 3)) < 0.1, `${x}`));
    for (const [words] of groups) assert.ok(svg().includes(`>${words}</text>`), words);
  });

  it("draws pale what the run shares with the one that it parts from, as the page does", () => {
    const { svg } = exportCurves("digits", drawing({ loss: curve([0, 3, 1, 0.5]) }, { trunk: 1 }));
    const parts = [...svg().matchAll(/<clipPath id="(trunk|own)"><rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)"/g)];
    assert.deepEqual(
      parts.map(([, id, x, width]) => [id, x, width]),
      [
        ["trunk", "64", "212"],
        ["own", "276", "424"],
      ],
    );
    assert.match(svg(), /clip-path="url\(#trunk\)" opacity="0\.4">\n<path d="M/);
    assert.doesNotMatch(exportCurves("digits", drawing({ loss: curve([0, 1]) })).svg(), /trunk/);
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
  const over = (view: HistoryView, measured = 3) => exportHistory({ ...look, view, history, measured, range: [0, 20], axis: [-6, 9] });
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

  it("say how many of the measured steps they show, where these are not all", () => {
    for (const view of ["heatmap", "ridgeline", "percentiles"] as const) {
      assert.match(over(view, 1_340).svg(), /\b3 of 1,340 measured steps/, view);
      assert.match(over(view).svg(), /\b3 measured steps/, view);
    }
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

describe("the gradient flow's files", () => {
  const step = sampleStep(digitsModel, 30, 2, 0.2);
  const points = gradientPath(digitsModel, step);
  const { csv, svg, name } = exportFlow({ run: "digits", step: 30, points, colour: (one) => one, fontFamily: "sans-serif" });

  /** What the page says of a module, reckoned from what was measured of it: √(mean² + variance). */
  const measured = (path: string) => step.modules.find(({ module }) => digitsModel.modules[module]!.path === path)!;
  const strength = (...tensors: readonly TensorStatistics[]): number => {
    const squares = tensors.reduce((sum, { mean, std, count }) => sum + count * mean ** 2 + (count - 1) * std ** 2, 0);
    return Math.sqrt(squares / tensors.reduce((sum, { count }) => sum + count, 0));
  };

  it("have each module's gradients in full precision, in the order of their calls", () => {
    assert.equal(name, "digits gradient flow step 30");
    const [head, ...rows] = csv()
      .trim()
      .split("\r\n")
      .map((line) => line.split(","));
    assert.deepEqual(head, ["module", "type", "∂loss/∂output", "vanishes below", "explodes above", "gradient of the weights"]);
    assert.deepEqual(
      rows.map(([path, type]) => [path, type]),
      digitsModel.modules.filter(({ id }) => !digitsModel.modules.some(({ parent }) => parent === id)).map(({ path, type }) => [path, type]),
    );
    for (const [path, , output, , , weights] of rows) {
      const { outputGradient, parameters } = measured(path!);
      assertClose(Number(output), strength(outputGradient!));
      const gradients = parameters.flatMap(({ gradient }) => gradient ?? []);
      if (gradients.length === 0) assert.equal(weights, "", path);
      else assertClose(Number(weights), strength(...gradients));
    }
  });

  it("draw each of them where it is on an axis of powers of ten, with the first and the last module's name", () => {
    const text = svg();
    const ys = [...text.matchAll(/<circle cx="[\d.]+" cy="([\d.]+)"/g)].map(([, y]) => Number(y));
    const logarithms = points.map(({ output }) => Math.log10(output!));
    assert.equal(ys.length, points.length);
    const perDecade = (ys[0]! - ys.at(-1)!) / (logarithms.at(-1)! - logarithms[0]!);
    ys.forEach((y, i) => assert.ok(Math.abs(ys[0]! - y - perDecade * (logarithms[i]! - logarithms[0]!)) < 0.1, `${i}`));
    assert.ok(perDecade > 0);
    for (const words of [">features.0<", ">classifier.4<", "Gradient flow, step 30", "∂loss/∂output", "vanishing", "exploding"]) {
      assert.ok(text.includes(words), words);
    }
  });
});

const evaluation = { model: 0, pass: "evaluation", meaning: "classes", isPartial: false, worst: [] } as const;

describe("a confusion matrix's files", () => {
  const tally: Tally = { ...evaluation, epoch: 2, step: 90, count: 1_250, right: 1_207, confusion: { classes: 3, counts: [1_200, 0, 10, 30, 5, 0, 3, 0, 2] } };
  const look = { colour: (one: string) => one, fontFamily: "sans-serif" };
  const { csv, svg, name } = exportConfusion({ run: "digits", title: "Evaluation, epoch 3", tally, confusion: tally.confusion!, ...look });

  it("have every count, labels downwards and what the model said to the right", () => {
    assert.equal(name, "digits confusion evaluation epoch 3");
    assert.equal(csv(), "label,said 0,said 1,said 2\r\n0,1200,0,10\r\n1,30,5,0\r\n2,3,0,2\r\n");
  });

  it("shade each cell by its share of the label, with its number in it, and say how many of each label are right", () => {
    const text = svg();
    const shades = [...text.matchAll(/fill="--curve-[12]" fill-opacity="([\d.]+)"/g)].map(([, shade]) => Number(shade));
    const shares = [1_200 / 1_210, 0, 10 / 1_210, 30 / 35, 5 / 35, 0, 3 / 5, 0, 2 / 5];
    shades.forEach((shade, i) => assert.ok(Math.abs(shade / 0.6 - shares[i]!) < 0.02, `${i}: ${shade}`));
    assert.equal(shades.length, 9);
    for (const words of [">1,200<", ">99.2 %<", ">14.3 %<", ">40.0 %<", "label ↓", "said →"]) assert.ok(text.includes(words), words);
  });

  it("name yes and no where there are only these", () => {
    const binary: Tally = { ...tally, meaning: "binary", confusion: { classes: 2, counts: [1, 2, 3, 4] } };
    assert.equal(
      exportConfusion({ run: "r", title: "", tally: binary, confusion: binary.confusion!, ...look }).csv(),
      "label,said no,said yes\r\nno,1,2\r\nyes,3,4\r\n",
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

  it("saves all points of a curve of which it was sent a part", async () => {
    const loss = run.curves.get("loss")!;
    const part = new Map(run.curves).set("loss", Series.of([...loss].filter(({ step }) => step % 2 === 0)));
    await panel.send({ type: "snapshot", run: { ...run, curves: part } }, { type: "thinned" });
    const chart = panel.page.locator("[data-testid=curve][data-name=loss]");
    await chart.getByTestId("export").click();
    await chart.getByTestId("export-csv").click();
    await saved("whole");
    await panel.send({ type: "snapshot", run });
    assert.equal((await saved("save")).text.trim().split("\r\n").length, 1 + loss.length);
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

  /** Chooses a form in the menu within an element. */
  async function save(within: Locator, form: string): Promise<void> {
    await within.getByTestId("export").click();
    await within.getByTestId(`export-${form}`).click();
  }

  it("saves the gradient flow as a table, a drawing and a picture", async () => {
    await panel.turnTo("gradients");
    const pane = panel.page.locator(".flow-pane");
    await save(pane, "csv");
    const table = await saved("save");
    assert.equal(table.name, "digits gradient flow step 891.csv");
    const first = run.samples
      .get(0)!
      .at(-1)!
      .modules.find(({ module }) => digitsModel.modules[module]!.path === "features.0")!;
    const [path, , output] = table.text.split("\r\n")[1]!.split(",");
    assert.deepEqual([path, Number(output)], ["features.0", rootMeanSquare(first.outputGradient!)]);
    await save(pane, "png");
    const { name, base64 } = await saved("saveBytes");
    assert.equal(name, "digits gradient flow step 891.png");
    assert.ok(new Set(decode(Buffer.from(base64, "base64")).data).size > 20, "something is drawn");
  });

  it("saves the confusion matrix as a table and a picture", async () => {
    const tally: Tally = { ...evaluation, epoch: 1, step: 60, count: 10, right: 9, confusion: { classes: 2, counts: [6, 1, 0, 3] } };
    await panel.sendEvents(run.runId, [{ type: "followed", news: { kind: "tally", tally } }]);
    await panel.turnTo("data");
    await panel.byTestId("view-confusion").click();
    await save(panel.byTestId("tally-evaluation"), "csv");
    const table = await saved("save");
    assert.deepEqual([table.name, table.text], ["digits confusion evaluation epoch 2.csv", "label,said 0,said 1\r\n0,6,1\r\n1,0,3\r\n"]);
    await save(panel.byTestId("tally-evaluation"), "png");
    assert.ok(new Set(decode(Buffer.from((await saved("saveBytes")).base64, "base64")).data).size > 20, "something is drawn");
  });

  it("saves the module table as Markdown, and its numbers as they were measured, not as they are rounded", async () => {
    await panel.byTestId("columns-menu").click();
    for (const id of ["output", "parameters", "share", "forward", "gradient"]) {
      if (!(await panel.byTestId(`column-${id}`).isChecked())) await panel.byTestId(`column-${id}`).click();
    }
    await panel.page.keyboard.press("Escape");
    const bar = panel.page.locator(".table-bar");
    assert.equal(await bar.getByTestId("export-svg").count(), 0);
    await save(bar, "csv");
    const { name, text } = await saved("save");
    assert.equal(name, "digits model modules.csv");
    const [head, ...rows] = text
      .trim()
      .split("\r\n")
      .map((line) => line.split(","));
    const cell = (path: string, column: string) => rows.find(([first]) => first === path)![head!.indexOf(column)];
    assert.equal(rows.length, digitsModel.modules.length);
    assert.deepEqual([cell("classifier.0", "Parameters"), cell("classifier.0", "Output")], ["16448", "64×64"]);
    assert.equal(Number(cell("classifier.0", "Share")), 16_448 / 18_474);
    assert.ok(Math.abs(Number(cell("features", "Forward (ms)")) - 0.5) < 1e-9);
    const { outputGradient } = run.samples
      .get(0)!
      .at(-1)!
      .modules.find(({ module }) => digitsModel.modules[module]!.path === "classifier.0")!;
    assert.equal(Number(cell("classifier.0", "Gradient")), rootMeanSquare(outputGradient!));
    await save(bar, "md");
    await panel.settle();
    const last = (await panel.posted()).at(-1)!;
    assert.ok(last.type === "save" && last.name === "digits model modules.md" && last.text.startsWith("| Module |"));
  });

  it("makes one page of the panel that opens without a network and shows the same, and goes on working", async () => {
    await panel.page.getByText("Conv2d").nth(1).click();
    await panel.byTestId("tab-layer").click();
    await panel.byTestId("step-slider").focus();
    for (let i = 0; i < 5; i++) await panel.page.keyboard.press("ArrowLeft");
    await panel.byTestId("export-panel").click();
    const { look } = await saved("export");
    const page = exportedPage(await pages.assets(), { run, family: null, look, title: "Kindling: digits", note: noteOn(run, new Date(2026, 10, 27, 15, 40)) });
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
    assert.deepEqual([await alone.byTestId("command-train").isVisible(), await alone.byTestId("branches").count()], [false, 0]);

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

  it("has nothing to steer with in the page of a run that was under way", async () => {
    const running = { ...run, state: "running" as const };
    await panel.send({ type: "snapshot", run: running });
    await panel.byTestId("export-panel").click();
    const { look } = await saved("export");
    const place = join(folder, "running.html");
    writeFileSync(place, exportedPage(await pages.assets(), { run: running, family: null, look, title: "Kindling: digits", note: "" }));
    const alone = await pages.openAlone(pathToFileURL(place).href, []);
    await alone.byTestId("step-value").filter({ hasText: /\d/ }).waitFor();
    for (const id of ["step-batch", "freeze", "tab-control"]) {
      assert.deepEqual([(await panel.byTestId(id).count()) > 0, await alone.byTestId(id).count()], [true, 0], id);
    }
    await alone.page.close();
  });

  it("has the tree of branches in that page as it stood, to be read and not to be clicked", async () => {
    // The shown run goes on in other code: the loss of before is drawn before its own.
    const family = familyAround("code", { until: 0, curves: new Map([["loss", curve([5, 4, 3], -3)]]) });
    await panel.send({ type: "family", runId: run.runId, family });
    await panel.byTestId("export-panel").click();
    const { look } = await saved("export");
    const place = join(folder, "branches.html");
    writeFileSync(place, exportedPage(await pages.assets(), { run, family, look, title: "Kindling: digits", note: "" }));
    const alone = await pages.openAlone(pathToFileURL(place).href, []);
    const rows = (of: Panel) =>
      of
        .byTestId("branch")
        .evaluateAll((all) => all.map((one) => [one.textContent, one.getAttribute("aria-current"), (one as HTMLElement).offsetTop] as const));
    await alone.byTestId("branches").waitFor();
    const [shown, inEditor] = [await rows(alone), await rows(panel)];
    assert.deepEqual(
      shown.map(([text, current]) => [text, current]),
      [
        ["09:41:07loss 0.2314", null],
        ["slower at the endstep 600lr 0.1 → 0.01loss 0.1207", null],
        ["09:52:40step 300Froze features.0, lr 0.1 → 0.05loss 0.2314", null],
        ["10:03:12step 500other codeloss 0.09520", "true"],
      ],
    );
    const below = (all: typeof shown) => all.map(([, , top]) => top - all[0]![2]);
    assert.deepEqual(below(shown), below(inEditor));

    const branches = alone.byTestId("branches");
    assert.deepEqual(await branches.getByRole("button").evaluateAll((all) => all.map((one) => one.getAttribute("data-testid"))), ["branches-toggle"]);
    const row = alone.byTestId("branch").first();
    assert.deepEqual(
      [await row.getAttribute("title"), await row.evaluate((one) => getComputedStyle(one).cursor)],
      ["09:41:07\nfinished after step 900\nloss 0.2314", "auto"],
    );
    await row.click();
    await alone.page.keyboard.press("ArrowDown");
    await alone.byTestId("branches-toggle").click();
    assert.equal(await alone.byTestId("branch").count(), 1);

    await alone.byTestId("tab-curves").click();
    const download = alone.page.waitForEvent("download");
    await save(alone.page.locator("[data-name=loss]"), "csv");
    const lines = readFileSync(await (await download).path(), "utf8").split("\r\n");
    assert.deepEqual(
      lines.slice(1, 4).map((line) => line.split(",").slice(0, 3)),
      [
        ["-3", "1", "5"],
        ["-2", "1", "4"],
        ["-1", "1", "3"],
      ],
    );
    assert.deepEqual(alone.errors, []);
    await alone.page.close();
  });
});
