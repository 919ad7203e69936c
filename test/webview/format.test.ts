import assert from "node:assert/strict";
import {
  fileName,
  formatCount,
  formatDuration,
  formatNumber,
  formatPercent,
  formatRate,
  formatShape,
  formatTicks,
  plural,
} from "../../webview/format.ts";
import { progressShare } from "../../webview/views/header.tsx";
import { shareAfterKey } from "../../webview/views/splitter.tsx";

describe("numbers as the panel writes them", () => {
  it("have four significant digits, a true minus sign, and no rounding to nothing", () => {
    const cases: [number, string][] = [
      [0, "0"],
      [0.123456, "0.1235"],
      [12.3456, "12.35"],
      [1234.56, "1235"],
      [-0.00123456, "−0.001235"],
      [0.00012, "1.200e−4"],
      [1.5e7, "1.500e7"],
      [123456, "123,456"],
      [NaN, "NaN"],
      [Infinity, "∞"],
      [-Infinity, "−∞"],
    ];
    for (const [value, text] of cases) assert.equal(formatNumber(value), text);
    assert.equal(formatNumber(null), "NaN");
    assert.equal(formatNumber(undefined), "–");
  });

  it("are grouped by thousands where they count something", () => {
    assert.equal(formatCount(1234567), "1,234,567");
    assert.equal(plural(1, "value"), "1 value");
    assert.equal(plural(2048, "value"), "2,048 values");
  });

  it("never show something as nothing, or almost all as all", () => {
    assert.equal(formatPercent(0), "0.0 %");
    assert.equal(formatPercent(0.00001), "< 0.1 %");
    assert.equal(formatPercent(0.523), "52.3 %");
    assert.equal(formatPercent(0.99999), "> 99.9 %");
    assert.equal(formatPercent(1), "100.0 %");
  });

  it("are of one kind along an axis", () => {
    assert.deepEqual(formatTicks([0, 0.5, 1]), ["0", "0.5", "1"]);
    assert.deepEqual(formatTicks([0, 0.00025, 0.0005]), ["0", "2.5e−4", "5e−4"]);
    assert.deepEqual(formatTicks([0, 5000, 20000]), ["0", "5000", "20k"]);
    assert.deepEqual(formatTicks([null, 1, -2]), ["", "1", "−2"]);
  });

  it("tell times, shapes, rates and file names as people do", () => {
    assert.equal(formatDuration(42.4), "0:42");
    assert.equal(formatDuration(3723), "1:02:03");
    assert.equal(formatDuration(undefined), "–");
    assert.equal(formatShape([32, 64]), "32×64");
    assert.equal(formatShape([]), "scalar");
    assert.equal(formatRate(1234.5), "1,235");
    assert.equal(formatRate(3.14159), "3.14");
    assert.equal(fileName("/home/ada/digits.model.ts"), "digits.model.ts");
    assert.equal(fileName("C:\\models\\a.model.ts"), "a.model.ts");
  });
});

describe("the progress line", () => {
  const progress = { epoch: 1, epochs: 4, step: 0, stepsPerSecond: 1, elapsed: 0 };

  it("counts epochs and the batches within one", () => {
    assert.equal(progressShare({ state: "running", progress: { ...progress, batch: 4, batches: 10 } }), 0.375);
    assert.equal(progressShare({ state: "running", progress }), 0.25);
    assert.equal(progressShare({ state: "finished", progress }), 1);
  });

  it("claims nothing where the end can't be told", () => {
    const { epochs: _, ...unknown } = progress;
    assert.equal(progressShare({ state: "running", progress: unknown }), null);
    assert.equal(progressShare({ state: "starting", progress: null }), null);
  });
});

describe("a splitter", () => {
  it("moves with the arrow keys of its own direction", () => {
    assert.ok(shareAfterKey("ArrowLeft", 0.5, 0.4, true)! < 0.5);
    assert.ok(shareAfterKey("ArrowDown", 0.5, 0.4, false)! > 0.5);
    assert.equal(shareAfterKey("ArrowDown", 0.5, 0.4, true), null);
  });

  it("goes back to where it was at first with Enter", () => {
    assert.equal(shareAfterKey("Enter", 0.7, 0.4, true), 0.4);
  });
});
