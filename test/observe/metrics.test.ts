import assert from "node:assert/strict";
import { LearningRates } from "../../src/observe/curves/learningRates.ts";
import { LineNames } from "../../src/observe/curves/lineNames.ts";
import { MetricBuffer, metricPoints } from "../../src/observe/curves/metricBuffer.ts";
import { SeriesWriter } from "../../src/observe/curves/series.ts";
import { Throughput } from "../../src/observe/steps/throughput.ts";
import type { MetricPoint } from "../../src/protocol/index.ts";

describe("metric points", () => {
  it("all arrive in order, however many come between two sendings", () => {
    const names: string[] = [];
    const arrived: MetricPoint[] = [];
    const writer = new SeriesWriter(new MetricBuffer(), {
      series: (index, name) => (names[index] = name),
      points: (values) => arrived.push(...metricPoints(values, names)),
    });
    for (let step = 0; step < 10_000; step++) writer.add(step % 2 ? "lr" : "loss", step, 0, step / 2);
    writer.flush();
    assert.equal(arrived.length, 10_000);
    assert.deepEqual(arrived[9_999], { name: "lr", step: 9_999, epoch: 0, value: 4_999.5 });
    assert.ok(arrived.every(({ step }, index) => step === index));
  });

  it("can be read by another thread when their own is gone", () => {
    const buffer = new MetricBuffer();
    buffer.add(0, 7, 1, NaN);
    const points = metricPoints(new MetricBuffer(buffer.buffer).take()!, ["loss"]);
    assert.deepEqual(points, [{ name: "loss", step: 7, epoch: 1, value: NaN }]);
    assert.equal(buffer.take(), undefined);
  });
});

describe("learning rates", () => {
  interface Group {
    lr: number;
    name?: string;
  }
  const optimizer = (...paramGroups: Group[]) => ({ paramGroups });
  /** Rates of optimizers that train what is called `net` and the first rate of each; `renamed` gathers the new names. */
  function ratesOf(renamed: string[] = [], pathOf: (group: Group) => string | undefined = () => undefined) {
    const trainees = new Map<object, { name: string }>();
    const traineeOf = (key: { paramGroups: Group[] }) => {
      const trainee = trainees.get(key) ?? { name: `net${key.paramGroups[0]!.lr}` };
      trainees.set(key, trainee);
      return trainee;
    };
    return new LearningRates<Group, { paramGroups: Group[] }>(new LineNames("lr", (from, to) => renamed.push(from, to)), traineeOf, pathOf);
  }

  it("are told when they change", () => {
    const rates = ratesOf();
    const only = optimizer({ lr: 0.1 });
    assert.deepEqual(rates.changes(only), [{ name: "lr", value: 0.1 }]);
    assert.deepEqual(rates.changes(only), []);
    only.paramGroups[0]!.lr = 0.01;
    assert.deepEqual(rates.changes(only), [{ name: "lr", value: 0.01 }]);
    assert.deepEqual([...rates.latest()], [["lr", 0.01]]);
  });

  it("are called as the program calls the group, by its first parameter, or by a number, and by the model of an optimizer with one group", () => {
    const rates = ratesOf([], ({ lr }) => (lr === 2 ? "head.weight" : undefined));
    const [first, second] = [optimizer({ lr: 1, name: "backbone" }, { lr: 2 }, { lr: 3 }), optimizer({ lr: 4 })];
    assert.deepEqual(
      [first, second].flatMap((one) => rates.changes(one).map(({ name }) => name)),
      ["lr/backbone", "lr/head.weight", "lr/2", "lr/net4"],
    );
  });

  it("give the first its model's name when there is a second", () => {
    const renamed: string[] = [];
    const rates = ratesOf(renamed);
    const [first, second] = [optimizer({ lr: 1 }), optimizer({ lr: 1 })];
    const names = [first, second].flatMap((one) => rates.changes(one).map(({ name }) => name));
    first.paramGroups[0]!.lr = 5;
    names.push(...rates.changes(first).map(({ name }) => name));
    assert.deepEqual(
      [names, renamed],
      [
        ["lr", "lr/net1 2", "lr/net1"],
        ["lr", "lr/net1"],
      ],
    );
  });
});

describe("throughput", () => {
  it("is taken over the last seconds", () => {
    const throughput = new Throughput();
    let rates = { steps: 0, samples: 0 };
    for (let time = 0; time <= 10_000; time += 100) {
      // Ten times as fast in the second half.
      for (let step = 0; step < (time < 5000 ? 1 : 10); step++) throughput.step(32);
      rates = throughput.rates(time);
    }
    assert.ok(Math.abs(rates.steps - 100) < 5, String(rates.steps));
    assert.equal(rates.samples, rates.steps * 32);
  });
});
