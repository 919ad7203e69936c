/**
 * Expected values are NumPy's: `mean()`, `std(ddof=1)`, `percentile()`, and `histogram(a[a != 0].astype(float64), bins, (a.min(), a.max()))`,
 * as test/fixtures/make_distributions.py printed them or as they are counted here, value by value.
 */
import assert from "node:assert/strict";
import { arange, cat, full, linspace, manualSeed, ones, randn, tensor, type DType, type Tensor } from "../../../src/engine/index.ts";
import { statistics } from "../../../src/engine/ops/statistics.ts";
import { assertClose } from "../../fixtures/closeTo.ts";
import { readFixture } from "../../fixtures/read.ts";

describe("statistics of a tensor", () => {
  /** What one who computes in double precision, value by value, gets. */
  function expected(values: readonly number[]) {
    const finite = values.filter(Number.isFinite);
    const mean = finite.reduce((sum, value) => sum + value, 0) / finite.length;
    const std = Math.sqrt(finite.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (finite.length - 1));
    const [min, max] = [Math.min(...finite), Math.max(...finite)];
    return { mean, std, min, max, nonFinite: values.length - finite.length, zeros: values.filter((value) => value === 0).length };
  }

  /** The values other than zero, in the bins of a range and outside of it. */
  function counted(values: readonly number[], bins: number, low: number, high: number) {
    const edge = (bin: number): number => low + bin * ((high - low) / bins);
    const counts = new Array<number>(bins).fill(0);
    const others = values.filter((value) => Number.isFinite(value) && value !== 0);
    for (const value of others.filter((one) => one >= low && one <= high)) {
      let bin = bins - 1;
      while (bin > 0 && value < edge(bin)) bin--;
      counts[bin]!++;
    }
    return { low, high, counts, below: others.filter((value) => value < low).length, above: others.filter((value) => value > high).length };
  }

  function assertRight(of: Tensor, bins = 40): void {
    const values = Array.from(of.contiguous().toTypedArray(), Number);
    const [measured, right] = [statistics(of, bins), expected(values)];
    const text = `${of.dtype} [${of.shape.join()}]`;
    for (const name of ["mean", "std"] as const) {
      const error = Math.abs(measured[name] - right[name]);
      assert.ok(
        Object.is(measured[name], right[name]) || error <= 1e-9 * Math.max(Math.abs(right[name]), name === "mean" ? right.std : 0),
        `${name} of ${text}: ${measured[name]}, not ${right[name]}`,
      );
    }
    assert.deepEqual([measured.count, measured.min, measured.max, measured.nonFinite], [values.length, right.min, right.max, right.nonFinite], text);
    assert.equal(measured.zeroFraction, right.zeros / values.length, text);
    const [low, high] = right.min === right.max ? [right.min - 0.5, right.max + 0.5] : [right.min, right.max];
    assert.deepEqual(measured.fullHistogram ?? measured.histogram, counted(values, bins, low, high), text);
    const { histogram } = measured;
    assert.deepEqual(histogram, counted(values, bins, histogram.low, histogram.high), text);
  }

  before(() => void manualSeed(5));

  it("are right for any number of values and bins", () => {
    for (const size of [2, 3, 4, 5, 7, 8, 63, 1000, 4099]) for (const bins of [1, 2, 7, 40, 768, 769, 1024]) assertRight(randn(size), bins);
  });

  it("count values that lie on edges, or next to them, as NumPy does", () => {
    assert.deepEqual(statistics(arange(1, 12), 10).histogram.counts, [1, 1, 1, 1, 1, 1, 1, 1, 1, 2]);
    assert.deepEqual(statistics(tensor([-1, -1e-30, 2e-30, 1e-30, 1]), 2).histogram.counts, [2, 3]);
    for (const bins of [3, 7, 10, 40, 50, 100]) {
      assertRight(linspace(0, 1, 101), bins);
      assertRight(linspace(-0.7, 0.3, 1001), bins);
      assertRight(arange(0, 64).sub(32), bins);
    }
  });

  it("hold a small deviation around a large mean, and beside an outlier", () => {
    assertRight(randn(5000).mul(1e-3).add(1e4));
    assertRight(cat([tensor([1e6]), randn(5000)]));
    const { mean, std } = statistics(tensor([16_777_216, 16_777_216, 16_777_218]), 4);
    assert.deepEqual([mean, std], [16_777_216.666_666_668, 1.1547005383792517]);
  });

  it("hold huge and tiny values", () => {
    assertRight(randn(999).mul(1e37));
    assertRight(randn(999).mul(1e-39));
    assertRight(tensor([-3.4e38, 0, 3.4e38]));
  });

  it("leave out and count what is not finite", () => {
    assertRight(cat([randn(100), tensor([NaN, Infinity, -Infinity, 0]), randn(7)]));
    const { mean, std, min, max, histogram, nonFinite } = statistics(full([5], NaN), 4);
    assert.deepEqual([mean, std, min, max, histogram.counts, nonFinite], [NaN, NaN, NaN, NaN, [0, 0, 0, 0], 5]);
  });

  it("tell how many of these are infinite, and nothing of it where none is", () => {
    assert.equal(statistics(tensor([1, NaN, Infinity, -Infinity, 2]), 4).infinite, 2);
    assert.equal(statistics(tensor([[Infinity], [1]]).expand(2, 3), 4).infinite, 3);
    assert.equal(statistics(cat([randn(300), full([2], NaN), full([5], -Infinity)]), 40).infinite, 5);
    assert.ok(!("infinite" in statistics(tensor([1, NaN]), 4)) && !("infinite" in statistics(arange(4), 4)));
  });

  it("of constants have a range of width 1, and of one value no deviation", () => {
    assertRight(full([77], 3.25));
    assertRight(full([77], -0.1), 7);
    assertRight(tensor([0]));
    assert.ok(Number.isNaN(statistics(tensor([4]), 40).std));
    assert.equal(statistics(full([9], 1e30), 3).histogram.counts[0], 9);
    assert.deepEqual(statistics(tensor([]), 3), {
      count: 0,
      mean: NaN,
      std: NaN,
      min: NaN,
      max: NaN,
      zeroFraction: 0,
      nonFinite: 0,
      percentiles: { values: new Array(7).fill(NaN), exact: true },
      histogram: { low: 0, high: 0, counts: [0, 0, 0], below: 0, above: 0 },
    });
  });

  it("of integers are exact beyond what float32 holds", () => {
    const { mean, std, min, max } = statistics(tensor([2147483647, 2147483646, 2147483645], { dtype: "int32" }), 4);
    assert.deepEqual([mean, std, min, max], [2147483646, 1, 2147483645, 2147483647]);
    assertRight(randn(50).mul(3e8).int());
    assertRight(randn(50).gt(0));
    assertRight(arange(0, 200).to("uint8"));
  });

  it("of views are those of their values", () => {
    const x = randn(600);
    assertRight(x.reshape(20, 30).t());
    assertRight(x.reshape(5, 6, 20).permute(2, 0, 1).unsqueeze(1));
    assertRight(x.narrow(0, 7, 100));
    assertRight(x.reshape(20, 30).narrow(1, 3, 7));
    assertRight(randn(20, 1).expand(20, 31));
    assertRight(ones(1).expand(6));
    assertRight(randn(3, 1, 4).expand(3, 5, 4).permute(2, 1, 0));
  });

  interface Answer {
    readonly name: string;
    readonly values?: readonly (number | string)[];
    readonly recipe?: keyof typeof recipes;
    readonly dtype: DType;
    readonly percentiles: readonly number[];
    readonly full: ReturnType<typeof counted>;
    readonly core: ReturnType<typeof counted>;
  }

  const spread = Array.from({ length: 30_000 }, (_, i) => Math.fround(((i * 7919) % 10007) / 10007 - 0.5));
  const cube = spread.map((x) => x * x * x);
  const recipes = { spread, relu: spread.map((x) => Math.max(0, x)), cube, outlier: [...cube, 1e6] };
  const answers = readFixture<Answer[]>("distributions.json");

  for (const { name, values, recipe, dtype, percentiles, full, core } of answers) {
    it(`have NumPy's bins and percentiles: ${name}`, () => {
      const measured = statistics(tensor(recipe ? recipes[recipe] : values!.map(Number), { dtype }), 40);
      assert.deepEqual(measured.fullHistogram ?? measured.histogram, full);
      assert.equal(measured.percentiles.exact, values !== undefined);
      if (values) {
        assertClose(measured.percentiles.values, percentiles, { rtol: 1e-12 });
        assert.deepEqual(measured.histogram, core);
        return;
      }
      // Read off cells, of which those between the outermost percentiles take half of 320.
      assertClose(measured.percentiles.values, percentiles, { atol: (percentiles.at(-1)! - percentiles[0]!) / 100 });
      const { low, high } = measured.histogram;
      assert.ok(low <= core.low && high >= core.high - 1e-3 && high - low < 1.5 * (core.high - core.low), `from ${low} to ${high}`);
      assert.deepEqual([measured.histogram.below, measured.histogram.above], [core.below, core.above]);
    });
  }

  it("are not squeezed into a few bins by an outlier, however far away", () => {
    for (const far of [1e2, -1e4, 1e8, 1e15, -1e30, 3e38]) {
      for (const size of [12, 100, 5000]) {
        const { histogram, fullHistogram } = statistics(cat([randn(size), tensor([far])]), 40);
        assert.ok(histogram.counts.filter((count) => count > 0).length >= (size < 100 ? 6 : 15), `${size} values and ${far}: ${histogram.counts.join(" ")}`);
        assert.ok(fullHistogram!.counts.filter((count) => count > 0).length <= 5);
        assert.equal(far > 0 ? histogram.above : histogram.below, 1);
      }
    }
  });

  it("keep their bins where a ReLU made most values zero", () => {
    const { histogram, zeroFraction, percentiles } = statistics(randn(20_000).sub(1).relu(), 40);
    assert.ok(zeroFraction > 0.8);
    assert.equal(percentiles.values[3], 0);
    assert.equal(
      histogram.counts.reduce((sum, count) => sum + count, histogram.below + histogram.above),
      Math.round(20_000 * (1 - zeroFraction)),
    );
    assert.ok(histogram.counts[0]! < 1000);
  });
});
