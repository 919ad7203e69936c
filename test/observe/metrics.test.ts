import assert from "node:assert/strict";
import { LearningRates } from "../../src/observe/learningRates.ts";
import { MetricBuffer, metricPoints } from "../../src/observe/metricBuffer.ts";
import { SeriesWriter } from "../../src/observe/series.ts";
import { Throughput } from "../../src/observe/throughput.ts";
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
  it("are told when they change", () => {
    const rates = new LearningRates(() => undefined);
    const optimizer = { paramGroups: [{ lr: 0.1 }] };
    assert.deepEqual(rates.changes(optimizer), [{ name: "lr", value: 0.1 }]);
    assert.deepEqual(rates.changes(optimizer), []);
    optimizer.paramGroups[0]!.lr = 0.01;
    assert.deepEqual(rates.changes(optimizer), [{ name: "lr", value: 0.01 }]);
  });

  it("have a number where there are several groups or optimizers", () => {
    const rates = new LearningRates(() => undefined);
    const first = { paramGroups: [{ lr: 1 }, { lr: 2 }] };
    const second = { paramGroups: [{ lr: 3 }] };
    assert.deepEqual(
      rates.changes(first).map(({ name }) => name),
      ["lr/0", "lr/1"],
    );
    assert.deepEqual(
      rates.changes(second).map(({ name }) => name),
      ["lr/2"],
    );
  });

  it("are called as the program calls the group, or by its first parameter", () => {
    const rates = new LearningRates(({ lr }) => (lr === 1 ? "head.weight" : undefined));
    const first = { paramGroups: [{ lr: 1, name: "backbone" }, { lr: 1 }] };
    const second = { paramGroups: [{ lr: 1 }] };
    rates.expect(first);
    rates.expect(second);
    assert.deepEqual(
      [first, second].flatMap((optimizer) => rates.changes(optimizer).map(({ name }) => name)),
      ["lr/backbone", "lr/head.weight", "lr/2"],
    );
  });

  it("have a name from the start where a second optimizer was made before the first step", () => {
    const rates = new LearningRates(({ lr }) => `net${lr}`);
    const [first, second] = [{ paramGroups: [{ lr: 1 }] }, { paramGroups: [{ lr: 2 }] }];
    rates.expect(first);
    rates.expect(second);
    assert.deepEqual(rates.changes(first), [{ name: "lr/net1", value: 1 }]);
  });

  it("keep the name they were first told under", () => {
    const rates = new LearningRates(() => undefined);
    const [first, second] = [{ paramGroups: [{ lr: 1 }] }, { paramGroups: [{ lr: 1 }] }];
    const names = [first, second].flatMap((optimizer) => rates.changes(optimizer).map(({ name }) => name));
    first.paramGroups[0]!.lr = 5;
    names.push(...rates.changes(first).map(({ name }) => name));
    assert.deepEqual(names, ["lr", "lr/1", "lr"]);
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
