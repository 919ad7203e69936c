/** What is read on the charts of curves: their axes, their epochs, and what was changed by hand. */
import assert from "node:assert/strict";
import type { Intervention } from "../../src/protocol/index.ts";
import type { RunSnapshot } from "../../src/run/snapshot.ts";
import { interventionMarks, marksAt, marksText } from "../../webview/curves/marks.ts";
import { snapshotAfter, training } from "./fakeRun.ts";
import type { Panel } from "./page.ts";
import { withPages } from "./withPages.ts";

const rate = (step: number, from: number, to: number): Intervention => ({
  id: step,
  step,
  epoch: 0,
  change: { kind: "option", optimizer: 0, group: 0, name: "lr", value: to },
  target: "lr",
  from,
  to,
});

describe("the marks of what was changed by hand", () => {
  const marks = interventionMarks([rate(120, 0.01, 0.001), rate(121, 0.001, 1e-7), { ...rate(500, 0.01, 0.001), undoes: 120 }]);

  it("say what was changed, all that one mark stands for", () => {
    assert.equal(marksText(marksAt(marks, 121, (step) => step)), "step 120: lr 0.01 → 0.001\nstep 121: lr 0.001 → 1e-7");
    assert.equal(marksText(marksAt(marks, 500, (step) => step)), "step 500: Undid: lr 0.001 → 0.01");
  });

  it("say it only to who points at them", () => {
    assert.deepEqual([marksAt(marks, 200, (step) => step), marksAt([], 120, (step) => step)], [[], []]);
    assert.equal(marksAt(marks, 124, (step) => step).length, 2);
  });
});

interface Written {
  readonly canvas: number;
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

interface Line {
  readonly canvas: number;
  readonly x: number;
  readonly top: number;
  readonly bottom: number;
}

describe("the charts of curves", function () {
  this.timeout(60_000);
  const pages = withPages();
  let panel: Panel;
  afterEach(async () => {
    assert.deepEqual(panel.errors, []);
    await panel.page.close();
  });

  const usual = snapshotAfter([...training({ epochs: 20, batches: 45 })], { interventions: [rate(200, 0.01, 0.001), rate(880, 0.001, 0.0001)] });

  async function show(run: RunSnapshot, width = 1200): Promise<void> {
    panel = await pages.open({ width, height: 800 });
    // What is written on the canvases, and every upright line, can't be read from them afterwards.
    await panel.page.evaluate(() => {
      const [written, lines]: [unknown[], unknown[]] = [[], []];
      Object.assign(window, { written, lines });
      const { fillText, moveTo, lineTo } = CanvasRenderingContext2D.prototype;
      const numbers = new Map<HTMLCanvasElement, number>();
      const numberOf = (canvas: HTMLCanvasElement) => numbers.set(canvas, numbers.get(canvas) ?? numbers.size).get(canvas);
      let pen = [0, 0];
      CanvasRenderingContext2D.prototype.fillText = function (text: string, x: number, y: number) {
        const {
          actualBoundingBoxLeft: left,
          actualBoundingBoxRight: right,
          actualBoundingBoxAscent: up,
          actualBoundingBoxDescent: down,
        } = this.measureText(text);
        const { e, f } = this.getTransform();
        written.push({ canvas: numberOf(this.canvas), text, left: e + x - left, right: e + x + right, top: f + y - up, bottom: f + y + down });
        fillText.call(this, text, x, y);
      };
      CanvasRenderingContext2D.prototype.moveTo = function (x, y) {
        pen = [x, y];
        moveTo.call(this, x, y);
      };
      CanvasRenderingContext2D.prototype.lineTo = function (x, y) {
        if (x === pen[0]) lines.push({ canvas: numberOf(this.canvas), x, top: Math.min(y, pen[1]!), bottom: Math.max(y, pen[1]!) });
        pen = [x, y];
        lineTo.call(this, x, y);
      };
    });
    await panel.send({ type: "snapshot", run });
    await panel.turnTo("curves");
  }

  const written = () => panel.page.evaluate(() => (window as unknown as { written: Written[] }).written);
  const lines = () => panel.page.evaluate(() => (window as unknown as { lines: Line[] }).lines);

  it("have axes as wide as their longest number", async () => {
    const tiny = [...training({ epochs: 2, batches: 45 })].map((events) =>
      events.map((event) =>
        event.type === "metrics" ? { ...event, points: event.points.map((point) => ({ ...point, value: 0.00225 + 1e-5 * Math.sin(point.step) })) } : event,
      ),
    );
    await show(snapshotAfter(tiny));
    const all = await written();
    assert.ok(
      all.some(({ text }) => /\de−3$/.test(text) && text.length > 6),
      all.map(({ text }) => text).join(),
    );
    assert.deepEqual(
      all.filter(({ left }) => left < 0).map(({ text }) => text),
      [],
    );
  });

  it("have no line through the number of an epoch", async () => {
    await show(usual);
    const labels = (await written()).filter(({ text }) => text.startsWith("epoch "));
    assert.ok(labels.length > 0);
    // Of the lines that are an epoch's: those begin where the picture does; the grid's are painted over.
    const short = (await lines()).filter(({ top, bottom }) => bottom - top < 12);
    assert.ok(short.length > 0, "epochs without a number have a tick");
    for (const { canvas, text, left, right, top, bottom } of labels) {
      const through = short.filter((line) => line.canvas === canvas && line.x >= left && line.x <= right && line.bottom > top && line.top < bottom);
      assert.deepEqual(through, [], text);
    }
  });

  it("say what was changed by hand to who points at its mark or walks there by keyboard, on the chart where they are", async () => {
    await show(usual);
    const charts = panel.byTestId("curve");
    const label = (chart: number) => charts.nth(chart).getByTestId("mark-label");
    const over = (chart: number) => charts.nth(chart).locator(".u-over");
    const pointAt = async (chart: number, step: number) => {
      const { width } = (await over(chart).boundingBox())!;
      await over(chart).hover({ position: { x: (step / 899) * width, y: 40 } });
      await panel.settle();
    };
    const within = async (chart: number) => {
      const [box, room] = [(await label(chart).boundingBox())!, (await over(chart).boundingBox())!];
      assert.ok(box.x >= room.x && box.x + box.width <= room.x + room.width + 1 && box.y >= room.y, JSON.stringify([box, room]));
    };
    for (const chart of [0, 2]) {
      await pointAt(chart, 200);
      assert.equal(await label(chart).innerText(), "step 200: lr 0.01 → 0.001");
      await within(chart);
      assert.equal(await label(1).isVisible(), false);
    }
    await pointAt(0, 880);
    assert.equal(await label(0).innerText(), "step 880: lr 0.001 → 0.0001");
    await within(0);
    await pointAt(0, 500);
    assert.equal(await label(0).isVisible(), false);

    await panel.page.mouse.move(0, 0);
    await charts.nth(1).locator(".plot").focus();
    await panel.page.keyboard.press("Home");
    // Nine steps each.
    for (let i = 0; i < 22; i++) await panel.page.keyboard.press("ArrowRight");
    await panel.settle();
    assert.equal(await label(1).innerText(), "step 200: lr 0.01 → 0.001");
  });

  for (const width of [320, 480, 560, 700, 1200]) {
    it(`show each number whole at ${width} px`, async () => {
      await show(usual, width);
      await panel.page
        .locator(".u-over")
        .first()
        .hover({ position: { x: 40, y: 40 } });
      await panel.settle();
      const cut = await panel.page
        .locator(".readouts, .readout, .chart-title")
        .evaluateAll((elements) =>
          elements.filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth + 1).map(({ textContent, className }) => `${className}: ${textContent}`),
        );
      assert.deepEqual(cut, []);
    });
  }
});
