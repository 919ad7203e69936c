import assert from "node:assert/strict";
import { SamplingSchedule } from "../../src/observe/samplingSchedule.ts";

describe("the schedule of sampled steps", () => {
  /** Runs steps of `step` ms for `duration` ms, a sampled one costing `cost` ms more. */
  function run(duration: number, step: number, cost: number, budget = 0.03) {
    const schedule = new SamplingSchedule({ budget }, 0);
    const sampledAt: number[] = [];
    let now = 0;
    while (now < duration) {
      const isSampled = schedule.isDue(now);
      now += step + (isSampled ? cost : 0);
      if (!isSampled) continue;
      sampledAt.push(now);
      schedule.sampled(now, cost);
    }
    return { sampledAt, share: (sampledAt.length * cost) / now };
  }

  it("measures the first step", () => {
    assert.ok(new SamplingSchedule({ budget: 0.03 }, 0).isDue(0));
  });

  it("keeps within its share of the run, however dear a sample is", () => {
    for (const cost of [0.5, 5, 50, 400]) assert.ok(run(120_000, 2, cost).share <= 0.031, `${cost} ms`);
  });

  it("comes again within a quarter of a minute at the latest", () => {
    const { sampledAt } = run(120_000, 100, 3000);
    const gaps = sampledAt.slice(1).map((time, index) => time - sampledAt[index]!);
    assert.ok(gaps.length > 4 && Math.max(...gaps) <= 15_000 + 3000 + 200);
  });

  it("grows rarer in a long run, where samples cost next to nothing", () => {
    const { sampledAt } = run(200_000, 1, 0.01);
    const gapAt = (time: number): number => {
      const index = sampledAt.findIndex((at) => at >= time);
      return sampledAt[index + 1]! - sampledAt[index]!;
    };
    assert.ok(gapAt(0) < 60);
    assert.ok(gapAt(150_000) >= 1000);
  });
});
