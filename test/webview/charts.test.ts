import assert from "node:assert/strict";
import fc from "fast-check";
import type { MetricPoint } from "../../src/protocol/index.ts";
import { addPoints } from "../../src/run/curves.ts";
import { indexAt, Series } from "../../src/run/series.ts";
import { memoryBounds } from "../../src/run/snapshot.ts";
import { barHeights, bins, outline, total } from "../../webview/charts/bars.ts";
import { groupCharts, isLogarithmic } from "../../webview/curves/groups.ts";
import { thinEpochs, type EpochStart } from "../../src/run/epochs.ts";
import { epochLabel, epochMarks } from "../../webview/curves/epochMarks.ts";
import { fan } from "../../webview/charts/fan.ts";
import { columnsAt, opacities, outside, stepAtShare, stepShare } from "../../webview/charts/heatmap.ts";
import { ridgeAt, ridges } from "../../webview/charts/ridges.ts";
import { fullAxis, usualAxis } from "../../webview/charts/valueAxis.ts";
import { isDense } from "../../src/run/series.ts";
import { Smoothed } from "../../webview/curves/smooth.ts";
import { balancedColumns } from "../../webview/curves/curves.tsx";

const series = (values: readonly number[], stepsPerEpoch = Infinity) =>
  Series.of(values.map((value, step) => ({ step, epoch: Math.floor(step / stepsPerEpoch), value })));
const curvesOf = (points: readonly MetricPoint[]) => addPoints(new Map(), points, memoryBounds);

describe("smoothing", () => {
  it("is an exponential average without the pull towards zero at the start", () => {
    const [a, b, c] = new Smoothed(0.5).of(series([4, 2, 8]));
    assert.equal(a, 4);
    assert.ok(Math.abs(b! - (0.5 * 0.5 * 4 + 0.5 * 2) / 0.75) < 1e-12);
    assert.ok(Math.abs(c! - (0.125 * 4 + 0.25 * 2 + 0.5 * 8) / 0.875) < 1e-12);
  });

  it("goes on after a NaN as if it had not been there, and leaves a hole", () => {
    const smooth = new Smoothed(0.9).of(series([1, NaN, 1, Infinity, 1]));
    assert.deepEqual([...smooth].map(Number.isNaN), [false, true, false, true, false]);
    assert.ok(Math.abs(smooth[4]! - 1) < 1e-12);
  });

  it("gives the same whether a curve came at once or bit by bit", () => {
    const values = Array.from({ length: 1000 }, (_, i) => Math.sin(i));
    const smoother = new Smoothed(0.8);
    let grown = Series.empty;
    for (const [step, value] of values.entries()) {
      grown = grown.append([{ step, epoch: 0, value }]);
      smoother.of(grown);
    }
    assert.deepEqual([...smoother.of(grown)], [...new Smoothed(0.8).of(series(values))]);
  });

  it("begins anew for another curve", () => {
    const smoother = new Smoothed(0.8);
    smoother.of(series([100, 100, 100]));
    assert.deepEqual(
      [...smoother.of(series([1, 1]))].map((value) => value.toFixed(9)),
      ["1.000000000", "1.000000000"],
    );
  });

  it("is not for one value per epoch", () => {
    assert.equal(isDense(series([1, 2, 3], 1)), false);
    assert.equal(isDense(series([1, 2, 3], 3)), true);
    assert.equal(isDense(Series.empty), false);
  });
});

describe("charts", () => {
  it("are one for each metric, loss and learning rate first, all parameter groups' rates together", () => {
    const point = (name: string, step: number, epoch: number) => ({ name, step, epoch, value: 1 });
    const curves = curvesOf(["accuracy", "lr/0", "lr/1", "loss"].flatMap((name) => [point(name, 0, 0), point(name, 1, 0)]));
    const charts = groupCharts(curves);
    assert.deepEqual(
      charts.map(({ name }) => name),
      ["loss", "lr", "accuracy"],
    );
    assert.deepEqual(
      charts[1]!.lines.map(({ name }) => name),
      ["lr/0", "lr/1"],
    );
    assert.notEqual(charts[1]!.lines[0]!.colour, charts[1]!.lines[1]!.colour);
    assert.deepEqual(
      charts.map(({ lines }) => lines[0]!.smooth),
      [true, false, true],
    );
    assert.deepEqual(groupCharts(new Map()), []);
  });

  it("call parameter groups by their names, or by their place in the optimizer's paramGroups", () => {
    const points = ["lr/0", "lr/1", "lr/backbone", "lr/head.weight"].map((name) => ({ name, step: 0, epoch: 0, value: 1 }));
    const [rates] = groupCharts(curvesOf(points));
    assert.deepEqual(
      rates!.lines.map(({ label }) => label),
      ["group 0", "group 1", "backbone", "head.weight"],
    );
  });

  const chartsOf = (...names: string[]) =>
    groupCharts(curvesOf(names.flatMap((name) => [0, 1].map((step) => ({ name, step, epoch: 0, value: 1 + step }))))).map(({ title, lines }) => [
      title,
      ...lines.map(({ label }) => label),
    ]);

  it("hold curves that differ by the data they were taken on, and no others", () => {
    assert.deepEqual(chartsOf("train/acc", "val/acc", "test/acc", "value"), [
      ["acc", "train", "val", "test"],
      ["value", "value"],
    ]);
    assert.deepEqual(chartsOf("trainAcc", "valAcc"), [["acc", "train", "val"]]);
    assert.deepEqual(chartsOf("acc", "val_acc"), [["acc", "acc", "val"]]);
    assert.deepEqual(chartsOf("valAcc"), [["valAcc", "valAcc"]], "alone it keeps its name");
    assert.deepEqual(chartsOf("my_acc", "myAcc", "val_my_acc"), [
      ["my_acc", "my_acc", "val"],
      ["myAcc", "myAcc"],
    ]);
    assert.deepEqual(chartsOf("my_acc", "myAcc"), [
      ["my_acc", "my_acc"],
      ["myAcc", "myAcc"],
    ]);
    assert.deepEqual(chartsOf("val_acc", "valAcc"), [["acc", "val_acc", "valAcc"]], "whole names where the data doesn't tell them apart");
    assert.deepEqual(chartsOf("train_val_gap", "val_gap", "trainable", "able"), [
      ["train_val_gap", "train_val_gap"],
      ["val_gap", "val_gap"],
      ["trainable", "trainable"],
      ["able", "able"],
    ]);
  });

  it("hold all losses of the training, of the validation, and those that the program calls so", () => {
    assert.deepEqual(chartsOf("loss", "val/loss"), [["loss", "train", "val"]]);
    assert.deepEqual(chartsOf("loss", "validationLoss", "loss (logged)"), [["loss", "train", "val", "logged"]]);
    assert.deepEqual(chartsOf("loss/netD", "loss/netG", "val/loss/netG"), [["loss", "netD", "netG", "val netG"]]);
    assert.deepEqual(chartsOf("loss"), [["loss", "loss"]]);
  });

  it("have a logarithmic axis where a curve of positive values spans three decades, unless the user says otherwise", () => {
    const chart = (...values: number[]) => groupCharts(curvesOf(values.map((value, step) => ({ name: "loss", step, epoch: 0, value }))))[0]!;
    assert.equal(isLogarithmic(chart(1000, 10, 1), {}), true);
    assert.equal(isLogarithmic(chart(999, 10, 1), {}), false);
    assert.equal(isLogarithmic(chart(1000, 0, 1), {}), false);
    assert.equal(isLogarithmic(chart(1000, -1), {}), false);
    assert.equal(isLogarithmic(chart(1e9, NaN, 1), {}), true);
    assert.equal(isLogarithmic(chart(NaN), {}), false);
    assert.equal(isLogarithmic(chart(1000, 1), { loss: false }), false);
    assert.equal(isLogarithmic(chart(2, 1), { loss: true }), true);
  });

  it("show a learning rate that never changes as a number", () => {
    const rate = (...values: number[]) => groupCharts(curvesOf(values.map((value, step) => ({ name: "lr", step, epoch: 0, value }))))[0]!.isConstant;
    assert.deepEqual([rate(0.1), rate(0.1, 0.1), rate(0.1, 0.01), rate(0.1, NaN)], [true, true, false, false]);
    const [accuracy] = groupCharts(curvesOf([0, 1].map((step) => ({ name: "accuracy", step, epoch: 0, value: 1 }))));
    assert.equal(accuracy!.isConstant, false);
  });

  it("mark epochs where there is room for their names, at round numbers", () => {
    const marked = (count: number, width = 600) => {
      const starts = Array.from({ length: count }, (_, epoch) => ({ step: epoch, epoch }));
      return epochMarks(starts, [0, count], width).labelled.map(epochLabel);
    };
    assert.deepEqual(marked(1), []);
    assert.deepEqual(marked(4), ["epoch 2", "epoch 3", "epoch 4"]);
    assert.deepEqual(marked(30), ["epoch 5", "epoch 10", "epoch 15", "epoch 20", "epoch 25", "epoch 30"]);
    assert.deepEqual(marked(200), ["epoch 50", "epoch 100", "epoch 150", "epoch 200"]);
    assert.deepEqual(marked(300_000, 400), ["epoch 100,000", "epoch 200,000", "epoch 300,000"]);
    assert.deepEqual(marked(30, 20), []);
    assert.deepEqual(marked(30, -8), [], "a chart narrower than its axis");
  });

  it("mark the same epochs when some of very many are left", () => {
    const starts = Array.from({ length: 40_000 }, (_, epoch) => ({ step: 3 * epoch, epoch }));
    const marks = (some: typeof starts | readonly EpochStart[]) => epochMarks(some, [0, 120_000], 400).labelled;
    assert.deepEqual(marks(thinEpochs(starts, 1000)), marks(starts));
  });

  it("hold a learning rate, which is told only when it changes, up to the newest step", () => {
    const point = (name: string, step: number) => ({ name, step, epoch: 0, value: 1 });
    const [loss, rate] = groupCharts(curvesOf([point("lr", 0), point("loss", 0), point("loss", 70)]));
    assert.equal(rate!.heldUntil, 70);
    assert.equal(loss!.heldUntil, null);
  });

  it("fill their rows evenly", () => {
    assert.equal(balancedColumns(4, 900), 2);
    assert.equal(balancedColumns(4, 1000), 4);
    assert.equal(balancedColumns(3, 500), 2);
    assert.equal(balancedColumns(1, 900), 1);
    assert.equal(balancedColumns(0, 0), 1);
    assert.equal(balancedColumns(5, 900), 3);
  });

  it("find the value at the crosshair", () => {
    const steps = [0, 10, 20];
    assert.deepEqual(
      [-1, 0, 9, 10, 99].map((step) => indexAt(steps, step)),
      [-1, 0, 0, 1, 2],
    );
  });
});

describe("histograms", () => {
  const histogram = { low: -1, high: 1, counts: [1, 0, 2, 5], below: 0, above: 0 };

  it("list bins that join from low to high and hold all counts", () => {
    assert.deepEqual(bins(histogram), [
      { low: -1, high: -0.5, count: 1 },
      { low: -0.5, high: 0, count: 0 },
      { low: 0, high: 0.5, count: 2 },
      { low: 0.5, high: 1, count: 5 },
    ]);
    assert.equal(total(histogram.counts), 8);
  });

  it("have bars in proportion, or in proportion to the logarithm", () => {
    assert.deepEqual(barHeights(histogram.counts, false), [0.2, 0, 0.4, 1]);
    assert.deepEqual(barHeights([0, 9, 99], true), [0, 0.5, 1]);
    assert.deepEqual(barHeights([0, 0], false), [0, 0]);
  });

  it("show a bin with a single value among thousands, and none for an empty bin", () => {
    assert.equal(outline(barHeights([0, 1, 100_000], false)), "M0 1V1.0000H1V0.9850H2V0.0000H3V1Z");
  });
});

describe("the heatmap of histograms over the run", () => {
  const column = (step: number, low: number, high: number, counts: number[]) => ({ step, histogram: { low, high, counts, below: 0, above: 0 } });
  const pixels = (shades: Uint8ClampedArray, width: number) =>
    Array.from({ length: shades.length / width }, (_, y) => [...shades.subarray(y * width, (y + 1) * width)]);

  it("puts high values on top", () => {
    const columns = [column(0, 0, 2, [4, 0]), column(1, 0, 2, [0, 4])];
    assert.deepEqual(pixels(opacities(columns, columnsAt([0, 1], [0, 1], 4), 2, [0, 2], false), 4), [
      [0, 0, 255, 255],
      [255, 255, 0, 0],
    ]);
  });

  it("shows each measured step at its place, as wide as the step, and leaves the others empty", () => {
    assert.deepEqual([...columnsAt([0, 1, 4], [0, 4], 10)], [0, 0, 1, 1, -1, -1, -1, -1, 2, 2]);
    assert.deepEqual([...columnsAt([], [0, 4], 3)], [-1, -1, -1]);
  });

  it("does not paint the first step over hundreds that nobody measured", () => {
    const at = [...columnsAt([0, 487], [0, 499], 300)];
    const shown = (index: number) => at.filter((one) => one === index).length;
    assert.ok(shown(0) >= 1 && shown(0) <= 5, `step 0 on ${shown(0)} pixels`);
    assert.ok(shown(1) >= 1 && shown(1) <= 5, `step 487 on ${shown(1)} pixels`);
    assert.equal(at.indexOf(0), 0);
    assert.ok(Math.abs(at.indexOf(1) + 2 - 300 * stepShare(487, [0, 499])) <= 2);
  });

  it("shows neighbours that were measured one after the other without a gap between them", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 300 }), (width, steps) => {
        const measured = Array.from({ length: steps }, (_, step) => step);
        assert.ok(columnsAt(measured, [0, steps - 1], width).every((index) => index >= 0));
      }),
    );
  });

  it("never fills more than half of a long run with columns wider than their steps", () => {
    for (const every of [7, 20, 100]) {
      const measured = Array.from({ length: 10_000 / every }, (_, i) => i * every);
      const at = columnsAt(measured, [0, 9_999], 300);
      const filled = at.filter((index) => index >= 0).length;
      const dense = measured.length * 2 > 300;
      assert.ok(dense || filled <= 160, `every ${every} steps: ${filled} of 300 pixels`);
      assert.ok(new Set(at).size > Math.min(140, measured.length), "each can be seen");
    }
  });

  it("leaves steps outside its axis aside", () => {
    assert.equal([...columnsAt([0, 5, 9], [4, 7], 24)].map((index) => index + 1).join(""), "000000222222000000000000");
  });

  it("finds the step under the pointer", () => {
    for (const step of [3, 4, 9]) assert.equal(stepAtShare(stepShare(step, [3, 9]), [3, 9]), step);
    assert.equal(stepAtShare(1, [3, 9]), 9);
    assert.equal(stepAtShare(-0.1, [3, 9]), 3);
  });

  it("spans the values of all samples, whatever each one's own range", () => {
    const columns = [column(0, -1, 1, [1, 1]), column(1, -3, 0, [1]), column(2, NaN, NaN, [0])];
    assert.deepEqual(fullAxis(columns.map(({ histogram }) => histogram)), [-3, 1]);
    const [top, , , bottom] = pixels(opacities(columns.slice(0, 2), Int32Array.of(0, 1), 4, [-3, 1], false), 2);
    assert.deepEqual(top, [255, 0]);
    assert.deepEqual(bottom, [0, 255]);
    assert.deepEqual(fullAxis([]), [0, 1]);
    assert.deepEqual(fullAxis([column(0, 1e30, 1e30, [3]).histogram]), [1e30 - 1e24, 1e30 + 1e24]);
  });

  it("isn't made a line by a step that exploded, and marks where values lie beyond its axis", () => {
    const usual = Array.from({ length: 40 }, (_, step) => column(step, -1 - step / 100, 1, [1, 1]).histogram);
    const exploded = { low: -1e6, high: 1e12, counts: [1, 1], below: 0, above: 0 };
    const axis = usualAxis([...usual, exploded]);
    assert.ok(axis[0] >= -4 && axis[0] <= -1.39 && axis[1] >= 1 && axis[1] <= 4, String(axis));
    assert.deepEqual(outside(exploded, axis), { below: true, above: true });
    assert.deepEqual(outside(usual[39]!, axis), { below: false, above: false });
    assert.deepEqual(outside({ ...usual[0]!, above: 2 }, axis), { below: false, above: true });
    assert.deepEqual(fullAxis([...usual, exploded]), [-1e6, 1e12]);
    // Of a few steps each counts.
    assert.deepEqual(usualAxis([usual[0]!, exploded]), [-1e6, 1e12]);
  });

  it("shows a tensor whose values are all equal as a line", () => {
    const shades = pixels(opacities([column(0, 5, 5, [7, 0, 0])], Int32Array.of(0), 5, [4.5, 5.5], false), 1).flat();
    assert.deepEqual(shades, [0, 0, 255, 0, 0]);
  });

  it("keeps the tail visible, more so with logarithmic counts", () => {
    const one = [column(0, 0, 4, [100, 25, 1, 0])];
    assert.deepEqual([...opacities(one, Int32Array.of(0), 4, [0, 4], false)], [0, 26, 128, 255]);
    assert.deepEqual([...opacities(one, Int32Array.of(0), 4, [0, 4], true)], [0, 38, 180, 255]);
  });
});

describe("the ridges of histograms over the run", () => {
  const column = (step: number, counts: number[]) => ({ step, histogram: { low: 0, high: counts.length, counts, below: 0, above: 0 } });
  const options = { width: 100, height: 80, axis: [0, 4] as const, logarithmic: false };

  it("stand behind one another by their steps, each as high as its fullest bin", () => {
    const drawn = ridges([column(0, [0, 2, 4, 0]), column(30, [8, 8, 8, 8]), column(40, [0, 0, 0, 1])], options);
    const size = 0.4 * 80;
    assert.deepEqual(
      drawn.map(({ step, base }) => [step, base]),
      [
        [0, size],
        [30, size + ((79 - size) * 30) / 40],
        [40, 79],
      ],
    );
    assert.deepEqual(drawn[0]!.points, [
      [0, size],
      [12.5, size],
      [37.5, size / 2],
      [62.5, 0],
      [87.5, size],
      [100, size],
    ]);
  });

  it("are one where one step was measured, and are found by their feet", () => {
    assert.equal(ridges([column(7, [1])], options)[0]!.base, 79);
    assert.deepEqual(ridges([], options), []);
    const drawn = ridges([column(0, [1]), column(10, [1])], options);
    assert.deepEqual(
      [0, 50, 60, 80].map((y) => ridgeAt(drawn, y)),
      [0, 0, 10, 10],
    );
    assert.equal(ridgeAt([], 3), null);
  });
});

describe("the fan of percentiles over the run", () => {
  const column = (step: number, values: number[], mean = 0, std = 1) => ({ step, tensor: { mean, std, percentiles: { values, exact: true } } });

  it("has a band between each pair of percentiles, and breaks where there is no number", () => {
    const { bands, median, mean, deviation } = fan([column(0, [0, 1, 2, 3, 4, 5, 6], 3, 1), column(1, [1, 2, 3, 4, 5, 6, 8], 4, NaN)], [0, 1], [0, 8]);
    assert.equal(bands[0], "M0.25000 0.25000h0L0.75000 0.00000L0.75000 0.87500L0.25000 1.00000Z");
    assert.equal(bands[2], "M0.25000 0.50000h0L0.75000 0.37500L0.75000 0.62500L0.25000 0.75000Z");
    assert.equal(median, "M0.25000 0.62500h0L0.75000 0.50000");
    assert.equal(mean, median);
    assert.deepEqual(deviation, ["M0.25000 0.75000h0", "M0.25000 0.50000h0"]);
    const broken = new Array<number>(7).fill(NaN);
    assert.deepEqual(fan([column(0, broken, NaN, NaN)], [0, 1], [0, 1]), { bands: ["", "", ""], median: "", mean: "", deviation: ["", ""] });
  });
});
