/** Whether two groups of runs differ by more than noise, against SciPy 1.17 and against real trainings that don't differ. */
import assert from "node:assert/strict";
import * as k from "../../src/engine/index.ts";
import { betterOf } from "../../src/run/comparison.ts";
import { differenceOf, differenceText, endOf, type SeedValue } from "../../src/run/difference.ts";
import { quantile } from "../../src/run/quantile.ts";
import { Series } from "../../src/run/series.ts";
import { studentQuantile, studentShare } from "../../src/run/studentT.ts";

const close = (actual: number, expected: number, tolerance = 1e-9) =>
  assert.ok(Math.abs(actual - expected) <= tolerance * Math.max(1, Math.abs(expected)), `${actual} instead of ${expected}`);
const group = (values: readonly number[], seeds: readonly (number | null)[] = values.map((_, i) => i + 1)): SeedValue[] =>
  values.map((value, i) => ({ seed: seeds[i]!, value }));

describe("Student's t", () => {
  it("has SciPy's quantiles (stats.t.ppf)", () => {
    const cases = [
      [0.975, 1, 12.706204736174694],
      [0.99, 1, 31.820515953773935],
      [0.975, 2, 4.302652729749462],
      [0.975, 4, 2.7764451051977934],
      [0.99, 9, 2.821437925025809],
      [0.975, 30, 2.0422724563012378],
      [0.975, 4.7, 2.62072607535317],
    ] as const;
    for (const [share, freedom, expected] of cases) {
      close(studentQuantile(share, freedom), expected);
      close(studentQuantile(1 - share, freedom), -expected);
    }
  });

  it("has SciPy's shares (stats.t.cdf)", () => {
    const cases = [
      [0.5, 1, 0.6475836176504333],
      [-2, 3, 0.06966298427942152],
      [1, 2.5, 0.7979694863608632],
      [8, 4, 0.9993380515453915],
      [-0.01, 100, 0.49602060511721424],
    ] as const;
    for (const [value, freedom, expected] of cases) close(studentShare(value, freedom), expected);
  });
});

describe("the difference of two groups of runs", () => {
  const [a, b] = [
    [0.5, 0.6, 0.55, 0.7, 0.52],
    [0.45, 0.5, 0.5, 0.6, 0.5],
  ];

  it("is taken seed by seed where both have the same seeds, in whatever order (stats.ttest_rel of logarithms)", () => {
    const found = differenceOf(group(a!), group(b!).reverse())!;
    close(found.effect, -0.10887692438501925);
    close(found.low, -0.1681406530992543);
    close(found.high, -0.04539110024780219);
    assert.deepEqual([found.isPaired, found.isShare, found.isSure], [true, true, true]);
  });

  it("is Welch's where they have not (stats.ttest_ind)", () => {
    const found = differenceOf(group(a!), group(b!, [6, 7, 8, 9, 10]))!;
    close(found.effect, -0.10887692438501928);
    close(found.low, -0.2531800289182991);
    close(found.high, 0.06330891867195304);
    assert.deepEqual([found.isPaired, found.isSure], [false, false]);
  });

  it("is one of values, not of shares, where some are not above 0", () => {
    const found = differenceOf(group([-1, 0, 2, 1]), group([0, 1, 2.5, 1.2]))!;
    close(found.effect, 0.675);
    close(found.low, 0.04685302959077142);
    close(found.high, 1.3031469704092287);
    assert.deepEqual([found.isShare, found.isSure], [false, false]);
  });

  it("is said in one sentence, with what is better, the interval and a verdict", () => {
    const text = (name: string, first: readonly number[], second: readonly number[]) =>
      differenceText(name, { title: "A", values: group(first) }, { title: "B", values: group(second) });
    assert.equal(text("val/loss", a!, b!), "val/loss: B is 11 % better than A, 95 % interval 4.5 … 17 %: more than noise (5 seeds, paired).");
    assert.equal(text("val/acc", a!, b!), "val/acc: B is 11 % worse than A, 95 % interval 4.5 … 17 %: more than noise (5 seeds, paired).");
    assert.equal(text("temperature", a!, b!), "temperature: B is 11 % lower than A, 95 % interval 4.5 … 17 %: more than noise (5 seeds, paired).");
    assert.match(
      text("loss", [1, 1.1, 0.9], [1.05, 0.98, 1]),
      /^loss: B is [\d.]+ % worse than A, 95 % interval −[\d.]+ … [\d.]+ %: may be noise \(3 seeds, paired\)\.$/,
    );
    assert.equal(text("loss", [1, 2, 3], [1, 2, 3]), "loss: the same in both groups, to the last bit.");
    assert.match(text("loss", [1, NaN, 3], [1, 2, 3]), /1 of 3 runs of A ended without a number/);
    assert.match(text("loss", [1, 2], [3, 4]), /fewer than 3 runs .* Train with more seeds/);
  });
});

describe("trainings that differ in their seed only", function () {
  this.timeout(60_000);

  /** A classifier of noisy points, as it does on points it has not seen. */
  function train(seed: number, rate: number): number {
    k.manualSeed(seed);
    const model = new k.nn.Sequential(new k.nn.Linear(4, 8), new k.nn.ReLU(), new k.nn.Linear(8, 2));
    const optimizer = new k.optim.Adam(model.parameters(), { lr: rate });
    const loss = (count: number) => {
      const x = k.randn(count, 4);
      const labels = x.sum(1).add(k.randn(count).mul(0.5)).gt(0).long();
      return k.nn.functional.crossEntropy(model(x), labels);
    };
    for (let i = 0; i < 40; i++) {
      optimizer.zeroGrad();
      loss(16).backward();
      optimizer.step();
    }
    return k.noGrad(() => loss(100).item()) as number;
  }

  const five = <T>(all: readonly T[], from: number, stride: number): T[] => Array.from({ length: 5 }, (_, i) => all[(from + i * stride) % all.length]!);

  it("are called different in at most 5 % of 200 pairs of groups, and real differences are found", () => {
    const count = 101;
    const [slow, fast] = [0.01, 0.02].map((rate) => Array.from({ length: count }, (_, seed) => train(seed, rate)));
    let alarms = 0;
    let found = 0;
    for (let pair = 0; pair < 200; pair++) {
      // Ten different trainings, as their number is a prime.
      const [first, second] = [five(slow!, pair, 7 + pair), five(slow!, pair + 5 * (7 + pair), 7 + pair)];
      if (differenceOf(group(first), group(second))!.isSure) alarms++;
      if (differenceOf(group(first), group(five(fast!, pair, 7 + pair)))!.isSure) found++;
    }
    assert.ok(alarms <= 10, `${alarms} false alarms`);
    assert.ok(found >= 120, `${found} found`);
  });
});

describe("what is better", () => {
  it("is said by the name of a quantity, however it is written", () => {
    const lower = ["loss", "val/loss", "loss/generator", "trainLoss", "test_error", "perplexity", "val MSE"];
    const higher = ["acc", "val/accuracy", "testAcc", "mIoU", "f1", "episode_reward", "val/top1"];
    for (const name of lower) assert.equal(betterOf(name), "lower", name);
    for (const name of higher) assert.equal(betterOf(name), "higher", name);
    for (const name of ["lr", "lr/0", "temperature", "grad norm", "epoch"]) assert.equal(betterOf(name), undefined, name);
  });
});

describe("where a curve ended", () => {
  it("is the mean of the last tenth of many values, and of one value for each epoch the last", () => {
    close(endOf(Series.of(Array.from({ length: 100 }, (_, step) => ({ step, epoch: 0, value: step })))), 94.5);
    close(endOf(Series.of([3, 2, 1].map((value, epoch) => ({ step: epoch * 10, epoch, value })))), 1);
  });
});

describe("quantiles", () => {
  it("lie between values as NumPy's do", () => assert.deepEqual([quantile([1, 2, 4, 8], 0.25), quantile([1, 2, 4, 8], 0.5), quantile([7], 0.9)], [1.75, 3, 7]));
});
