import assert from "node:assert/strict";
import type { StepStatistics } from "../../src/protocol/index.ts";
import { gradientFlow } from "../../webview/table/flow.ts";
import { rootMeanSquare, sampleAfterKey, sampleIndex, tensorStatistics } from "../../webview/shownSample.ts";
import { nextPlayed, withEnd } from "../../webview/steps/playing.ts";
import { digitsModel, measure, sampleStep } from "./fakeRun.ts";

const sample = (step: number): StepStatistics => ({ model: 0, step, epoch: 0, modules: [] });

describe("sampled steps", () => {
  it("are found by the nearest step, or the newest", () => {
    const samples = [0, 10, 20].map(sample);
    assert.equal(sampleIndex(samples, null), 2);
    assert.equal(sampleIndex(samples, 14), 1);
    assert.equal(sampleIndex(samples, 16), 2);
    assert.equal(sampleIndex([], 3), -1);
  });

  it("are gone through one by one with the keyboard", () => {
    assert.equal(sampleAfterKey("ArrowRight", 3, 20), 4);
    assert.equal(sampleAfterKey("ArrowDown", 0, 20), 0);
    assert.equal(sampleAfterKey("PageUp", 15, 20), 19);
    assert.equal(sampleAfterKey("Home", 15, 20), 0);
    assert.equal(sampleAfterKey("End", 0, 20), 19);
    assert.equal(sampleAfterKey("Tab", 0, 20), null);
    assert.equal(sampleAfterKey("End", -1, 0), null);
  });

  it("give each tensor of a module by its kind", () => {
    const statistics = sampleStep(digitsModel, 0, 0, 0).modules[2]!;
    assert.equal(tensorStatistics(statistics, "output"), statistics.output);
    assert.equal(tensorStatistics(statistics, "parameter:bias"), statistics.parameters[1]!.value);
    assert.equal(tensorStatistics(statistics, "gradient:weight"), statistics.parameters[0]!.gradient);
    assert.equal(tensorStatistics(statistics, "gradient:missing"), undefined);
    assert.equal(tensorStatistics(undefined, "output"), undefined);
  });
});

describe("the strength of a gradient", () => {
  it("is the root of the mean square of the values", () => {
    const values = [1, -2, 3.5, 0, NaN, 7];
    const finite = values.filter(Number.isFinite);
    const expected = Math.sqrt(finite.reduce((sum, value) => sum + value * value, 0) / finite.length);
    assert.ok(Math.abs(rootMeanSquare(measure(values, [6])) - expected) < 1e-12);
    assert.equal(rootMeanSquare({ ...measure([3], [1]), std: NaN }), 3);
  });

  it("loses one sixth of its bar for each factor of ten", () => {
    const of = (scale: number) => measure([-scale, scale], [2]);
    const modules = [1, 0.1, 1e-9].map((scale, module) => ({ module, outputGradient: of(scale), parameters: [] }));
    const flow = gradientFlow({ ...sample(0), modules });
    assert.equal(flow.get(0)!.level, 1);
    assert.ok(Math.abs(flow.get(1)!.level - 5 / 6) < 1e-9);
    assert.equal(flow.get(2)!.level, 0);
  });

  it("is marked as broken where any tensor of the module holds a NaN", () => {
    const modules = [
      { module: 0, output: measure([1, NaN, 2], [3]), parameters: [] },
      { module: 1, output: measure([1, 2], [2]), parameters: [] },
    ];
    const flow = gradientFlow({ ...sample(0), modules });
    assert.equal(flow.get(0)!.broken, true);
    assert.equal(flow.get(1)!.broken, false);
  });
});

describe("playing the measured steps", () => {
  const samples = [0, 1, 5, 20, 21].map((step) => sampleStep({ ...digitsModel, modules: [] }, step, 0, 0));

  it("goes from one to the next, and from the last to the first", () => {
    assert.deepEqual(
      samples.map((_, i) => nextPlayed(samples, i, null)),
      [1, 5, 20, 21, 0],
    );
    assert.equal(nextPlayed([], -1, null), null);
  });

  it("stays within a stretch, wherever it begins", () => {
    assert.deepEqual(
      samples.map((_, i) => nextPlayed(samples, i, [1, 20])),
      [1, 5, 20, 1, 1],
    );
    assert.equal(nextPlayed(samples, 0, [6, 7]), null);
  });

  it("moves one end of the stretch, and the other along where it would be passed", () => {
    assert.deepEqual(withEnd(null, "first", 5, samples), [5, 21]);
    assert.deepEqual(withEnd(null, "last", 5, samples), [0, 5]);
    assert.deepEqual(withEnd([1, 5], "first", 20, samples), [20, 20]);
    assert.deepEqual(withEnd([5, 20], "last", 1, samples), [1, 1]);
  });
});
