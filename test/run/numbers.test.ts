import assert from "node:assert/strict";
import { formatShape } from "../../src/run/modules.ts";
import { formatCount, formatDuration, formatNumber, formatPercent, formatRate, plural } from "../../src/run/numbers.ts";
import { fileName } from "../../src/run/text.ts";

describe("numbers as the editor, the panel and the terminal write them", () => {
  it("have four significant digits, a true minus sign, and no rounding to nothing", () => {
    const cases: [number, string][] = [
      [0, "0"],
      [1, "1.000"],
      [0.123456, "0.1235"],
      [12.3456, "12.35"],
      [9.99961, "10.00"],
      [1234.56, "1235"],
      [9999.6, "10,000"],
      [12345.6, "12,346"],
      [-0.00123456, "−0.001235"],
      [0.00099999, "0.001000"],
      [0.00012, "1.200e−4"],
      [1.5e7, "1.500e7"],
      [123456, "123,456"],
      [-123456, "−123,456"],
      [999999.7, "1.000e6"],
      [NaN, "NaN"],
      [Infinity, "∞"],
      [-Infinity, "−∞"],
    ];
    for (const [value, text] of cases) assert.equal(formatNumber(value), text);
    assert.equal(formatNumber(undefined), "–");
    assert.equal(formatNumber(-1.23456, 3), "−1.23");
  });

  it("are grouped by thousands where they count something", () => {
    assert.deepEqual([0, 12, 123, 1234, 123456, 1234567, 1234.5, -1234, Infinity].map(formatCount), [
      "0",
      "12",
      "123",
      "1,234",
      "123,456",
      "1,234,567",
      "1,235",
      "-1,234",
      "∞",
    ]);
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

  it("tell times, shapes, rates and file names as people do", () => {
    assert.deepEqual([3, 42.4, 59.6, 187, 3725].map(formatDuration), ["0:03", "0:42", "1:00", "3:07", "1:02:05"]);
    assert.equal(formatDuration(undefined), "–");
    assert.equal(formatShape([32, 64]), "32×64");
    assert.equal(formatShape([]), "scalar");
    assert.equal(formatRate(1234.5), "1,235");
    assert.equal(formatRate(3.14159), "3.14");
    assert.equal(fileName("/home/ada/digits.model.ts"), "digits.model.ts");
    assert.equal(fileName("C:\\models\\a.model.ts"), "a.model.ts");
  });
});
