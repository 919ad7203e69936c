import assert from "node:assert/strict";
import { SamplingSchedule } from "../../src/observe/measuring/samplingSchedule.ts";

describe("the schedule of sampled steps", () => {
  interface Run {
    readonly steps: number;
    /** Milliseconds of a step, and what measuring it takes more. */
    readonly step?: number;
    readonly cost?: number;
    readonly budget?: number;
    /** Whether the run's length is known; it ends at `steps` all the same. */
    readonly length?: number;
    readonly sharers?: number;
  }

  /** The steps that are measured, when that was, and its share of the run's time. */
  function run({ steps, step = 1, cost = 1, budget = 0.03, length, sharers }: Run) {
    const schedule = new SamplingSchedule({ budget }, 0);
    const sampled: number[] = [];
    const times: number[] = [];
    let now = 0;
    for (let index = 0; index < steps; index++) {
      const isSampled = schedule.isDue(index, now, length, sharers);
      now += step + (isSampled ? cost : 0);
      if (!isSampled) continue;
      sampled.push(index);
      times.push(now);
      schedule.sampled(index, now, cost);
    }
    return { sampled, times, share: (sampled.length * cost) / now };
  }

  /** The longest stretch without a sample, as a share of the run. */
  function largestGap(sampled: readonly number[], steps: number): number {
    return Math.max(...[...sampled, steps].map((at, index) => at - (sampled[index - 1] ?? 0))) / steps;
  }

  it("measures a run of up to 20 steps whole if that is cheap, and its first 10 however dear", () => {
    for (const steps of [1, 2, 10, 20]) {
      for (const length of [undefined, steps]) {
        assert.equal(run({ steps, cost: 2, budget: 0, length: length! }).sampled.length, steps);
        assert.deepEqual(run({ steps, cost: 1000, budget: 0, length: length! }).sampled.slice(0, 10), [...Array(Math.min(10, steps)).keys()]);
      }
    }
  });

  it("gives every run samples that are well spread, whether its length is known or not", () => {
    for (const steps of [21, 50, 99, 400, 1000, 12_345]) {
      const known = run({ steps, cost: 1000, budget: 0, length: steps }).sampled;
      assert.ok(largestGap(known, steps) <= 1 / 10, `${steps}: ${known.join()}`);
      const unknown = run({ steps, cost: 1000, budget: 0 }).sampled;
      assert.ok(largestGap(unknown, steps) <= 1 / 5, `${steps}: ${unknown.join()}`);
    }
  });

  it("has a third of a run without a sample at most, if that ends long before it was to", () => {
    const { sampled } = run({ steps: 500, length: 1_000_000, cost: 1000, budget: 0 });
    assert.ok(largestGap(sampled, 500) <= 1 / 3 && sampled.length >= 15, sampled.join());
  });

  it("measures few steps beyond those where samples are dear", () => {
    const least = run({ steps: 2000, cost: 1000, budget: 0, length: 2000 }).sampled.length;
    assert.ok(least <= 30, `${least}`);
    assert.equal(run({ steps: 2000, cost: 10, length: 2000 }).sampled.length, least);
  });

  it("keeps within its share of a long run", () => {
    for (const cost of [0.5, 2, 8]) {
      const { share } = run({ steps: 60_000, step: 2, cost, length: 60_000 });
      assert.ok(share <= 0.031, `${cost} ms: ${share}`);
    }
    assert.ok(run({ steps: 60_000, step: 2, cost: 8, length: 60_000, sharers: 2 }).share <= 0.0155);
  });

  it("comes again within a quarter of a minute at the latest", () => {
    const { times } = run({ steps: 1500, step: 100, cost: 3000, length: 100_000 });
    assert.ok(Math.max(...times.slice(1).map((time, index) => time - times[index]!)) <= 15_000 + 3000 + 200);
  });

  it("grows rarer in a long run, where samples cost next to nothing", () => {
    const { times } = run({ steps: 200_000, cost: 0.01, length: 200_000 });
    const gapAt = (time: number): number => {
      const index = times.findIndex((at) => at >= time);
      return times[index + 1]! - times[index]!;
    };
    assert.ok(gapAt(1000) < 260);
    assert.ok(gapAt(150_000) >= 1000);
  });
});
