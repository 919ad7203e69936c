import assert from "node:assert/strict";
import { describeKernels, SIZES, SPECIAL, wave } from "./harness.ts";

describeKernels("statistics and histograms", (machine) => {
  const { kernels } = machine;

  function statistics(x: readonly number[]): number[] {
    const finite = x.map(Math.fround).filter(Number.isFinite);
    const mean = finite.reduce((a, b) => a + b, 0) / finite.length;
    const squares = finite.reduce((a, b) => a + (b - mean) ** 2, 0);
    const [low, high] = finite.length ? [Math.min(...finite), Math.max(...finite)] : [NaN, NaN];
    const nans = x.filter(Number.isNaN).length;
    return [
      finite.length,
      mean,
      Math.sqrt(squares / Math.max(0, finite.length - 1)),
      low,
      high,
      finite.filter((v) => v === 0).length,
      nans,
      x.length - finite.length - nans,
    ];
  }

  it("measures what is finite and counts what isn't", () => {
    const ordinary = SPECIAL.filter((v) => !(Math.abs(v) > 1e30 && Number.isFinite(v)));
    for (const x of [
      ...SIZES.map((n) => wave(n, 3)),
      ordinary,
      [NaN, Infinity],
      [-Infinity, NaN, 5, NaN, 0],
      new Array(9).fill(0) as number[],
      [-3, -2, -1, -5, -4],
    ]) {
      machine.reset();
      const out = machine.alloc(64);
      kernels.statistics(machine.floats(x), x.length, out);
      const [actual, expected] = [machine.readDoubles(out, 8), statistics(x)];
      expected.forEach((v, i) => {
        const same = Object.is(actual[i], v) || Math.abs(actual[i]! - v) <= 1e-12 * Math.abs(v) || (actual[i] === 0 && v === 0);
        assert.ok(same, `measure ${i} of ${x.length} values: ${actual[i]} instead of ${v}`);
      });
    }
  });

  it("counts values in equal bins, the last one closed, without what is outside or not finite", () => {
    for (const n of SIZES) {
      for (const bins of [1, 7, 64]) {
        machine.reset();
        const x = wave(n, 2).concat([NaN, Infinity, -Infinity, -1.5, 1.5, -1.6, 1.6]);
        const out = machine.ints(new Array(bins + 2).fill(99));
        kernels.histogram(machine.floats(x), x.length, -1.5, 1.5, bins, 1, 0, out);
        const counts = new Array<number>(bins).fill(0);
        for (const v of x) if (v >= -1.5 && v <= 1.5) counts[Math.min(bins - 1, Math.floor(((v + 1.5) * bins) / 3))]!++;
        const outside = [x.filter((v) => v < -1.5 && v > -Infinity), x.filter((v) => v > 1.5 && v < Infinity)];
        assert.deepEqual(machine.readInts(out, bins + 2), [...counts, ...outside.map(({ length }) => length)]);
      }
    }
  });

  it("counts every finite value between the measured minimum and maximum", () => {
    const x = wave(1030, 0.3).concat([NaN]);
    const [px, measures, out] = [machine.floats(x), machine.alloc(64), machine.ints(new Array(32).fill(0))];
    kernels.statistics(px, x.length, measures);
    const [finite, , , low, high] = machine.readDoubles(measures, 5) as [number, number, number, number, number];
    kernels.histogram(px, x.length, low, high, 30, 1, 0, out);
    assert.equal(
      machine.readInts(out, 30).reduce((a, b) => a + b, 0),
      finite,
    );
  });

  it("puts a constant into the first bin of a range without width", () => {
    const out = machine.ints([9, 9, 9, 9]);
    kernels.histogram(machine.floats([2, 2, 2]), 3, 2, 2, 2, 1, 0, out);
    assert.deepEqual(machine.readInts(out, 4), [3, 0, 0, 0]);
  });

  it("cuts bins into parts that add up to them, and leaves zeros out", () => {
    const x = wave(997, 1).concat(new Array(300).fill(0), [-0]);
    const zeros = x.filter((v) => v === 0).length;
    const [px, whole, cut] = [machine.floats(x), machine.ints(new Array(42).fill(0)), machine.ints(new Array(322).fill(0))];
    kernels.histogram(px, x.length, -0.7, 0.9, 40, 1, zeros, whole);
    kernels.histogram(px, x.length, -0.7, 0.9, 40, 8, zeros, cut);
    const cells = machine.readInts(cut, 322);
    const sums = Array.from({ length: 40 }, (_, bin) => cells.slice(8 * bin, 8 * bin + 8).reduce((a, b) => a + b, 0));
    assert.deepEqual(machine.readInts(whole, 42), [...sums, cells[320], cells[321]]);
    assert.ok(cells.every((count) => count >= 0));
    assert.equal(
      cells.reduce((a, b) => a + b, 0),
      x.length - zeros,
    );
  });

  it("measures how far each unit lies from zero and from the first sample, NaN where not all are finite", () => {
    for (const [outer, units, inner] of [
      [1, 1, 1],
      [6, 9, 1],
      [3, 39, 1],
      [5, 4, 7],
      [3, 2, 16],
      [4, 7, 4],
    ] as const) {
      for (const hole of [undefined, NaN, Infinity]) {
        machine.reset();
        const x = wave(outer * units * inner, 3).map((v, i) => (Math.floor(i / inner) % units === 1 ? 0 : Math.fround(v)));
        if (hole !== undefined) x[x.length - 1] = hole;
        const [peaks, spreads] = [machine.alloc(4 * units), machine.alloc(4 * units)];
        kernels.unitRanges(machine.floats(x), outer, units, inner, peaks, spreads);
        const at = (n: number, unit: number, i: number): number => x[(n * units + unit) * inner + i]!;
        const places = Array.from({ length: outer * inner }, (_, place) => [Math.floor(place / inner), place % inner] as const);
        const all = Array.from({ length: units }, (_, unit) => unit);
        const finite = (value: number): number => (Number.isFinite(value) ? value : NaN);
        assert.deepEqual(
          machine.readFloats(peaks, units),
          all.map((unit) => finite(Math.max(...places.map(([n, i]) => Math.abs(at(n, unit, i)))))),
        );
        assert.deepEqual(
          machine.readFloats(spreads, units),
          all.map((unit) => finite(Math.max(...places.map(([n, i]) => Math.abs(Math.fround(at(n, unit, i) - at(0, unit, i))))))),
        );
      }
    }
  });

  it("counts the values at two ends and beyond, and sums squared differences", () => {
    for (const n of SIZES) {
      machine.reset();
      const [x, y] = [
        wave(n, 2).map(Math.fround),
        wave(n + 3, 1)
          .slice(3)
          .map(Math.fround),
      ];
      const [px, py] = [machine.floats(x), machine.floats(y)];
      assert.equal(kernels.countBeyond(px, n, -0.5, 1), x.filter((v) => v <= -0.5 || v >= 1).length);
      const sum = x.reduce((total, v, i) => total + (v - y[i]!) ** 2, 0);
      assert.ok(Math.abs(kernels.squaredDistance(px, py, n) - sum) <= 1e-12 * sum);
    }
  });
});
