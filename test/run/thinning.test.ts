import assert from "node:assert/strict";
import fc from "fast-check";
import { thin, thinEvenly } from "../../src/run/thinning.ts";

const thinList = (list: readonly number[], limit: number, stride = 1): number[] => [
  ...thin(
    list.map((_, i) => stride * i),
    list,
    0,
    list.length,
    limit,
  ),
];

describe("thinning out a long curve", () => {
  const values = fc.array(fc.oneof({ weight: 20, arbitrary: fc.double({ min: -1e3, max: 1e3, noNaN: true }) }, fc.constant(NaN)), {
    minLength: 1,
    maxLength: 600,
  });
  const limits = fc.integer({ min: 10, max: 100 });

  it("keeps the ends, the largest and the smallest value, and every stretch without numbers", () => {
    fc.assert(
      fc.property(values, limits, fc.constantFrom(1, 7, 64), (list, limit, stride) => {
        const indices = thinList(list, limit, stride);
        const finite = list.filter(Number.isFinite);
        const kept = indices.map((i) => list[i]!).filter(Number.isFinite);
        assert.deepEqual(
          indices,
          [...new Set(indices)].sort((a, b) => a - b),
        );
        assert.equal(indices[0], 0);
        assert.equal(indices.at(-1), list.length - 1);
        if (finite.length > 0) assert.equal(Math.max(...kept), Math.max(...finite));
        if (finite.length > 0) assert.equal(Math.min(...kept), Math.min(...finite));
        assert.equal(
          list.some(Number.isNaN),
          indices.some((i) => Number.isNaN(list[i])),
        );
        assert.ok(indices.length <= limit, `${indices.length} of at most ${limit}`);
      }),
    );
  });

  it("leaves what was kept in place when points arrive at the end", () => {
    const wave = Array.from({ length: 5000 }, (_, i) => Math.sin(i / 7) + Math.cos(i * 1.7));
    const before = thinList(wave.slice(0, 4800), 500);
    const after = new Set(thinList(wave.slice(0, 4900), 500));
    assert.ok(before.filter((i) => i < 4600).every((i) => after.has(i)));
  });

  it("favours no part of the run, however often it is thinned on the way", () => {
    let steps: number[] = [];
    const valueAt = (step: number) => Math.sin(step * step);
    const halve = () => (steps = [...thin(steps, steps.map(valueAt), 0, steps.length, 100)].map((i) => steps[i]!));
    for (let step = 0; step < 20_000; step++) {
      steps.push(step);
      if (steps.length > 200) halve();
    }
    halve();
    const gaps = steps.slice(1).map((step, i) => step - steps[i]!);
    assert.ok(Math.max(...gaps) <= 20_000 / 10, `a hole of ${Math.max(...gaps)} steps`);
    const [early, late] = [steps.filter((step) => step < 10_000).length, steps.filter((step) => step >= 10_000).length];
    assert.ok(early > 0.4 * late, `${early} points of the first half, ${late} of the second`);
  });

  it("is possible where all points are of one step", () => {
    const list = Array.from({ length: 1000 }, (_, i) => Math.sin(i));
    assert.ok(
      thin(
        list.map(() => 3),
        list,
        0,
        1000,
        50,
      ).length <= 50,
    );
  });

  it("keeps every point where there are few, and only those asked for", () => {
    assert.deepEqual([...thin([0, 1, 2, 3], [5, 6, 7, 8], 1, 3, 100)], [1, 2]);
    assert.deepEqual([...thin([], [], 0, 0, 100)], []);
  });
});

describe("thinning out sampled steps", () => {
  const samples = (count: number) => Array.from({ length: count }, (_, step) => ({ step }));

  it("leaves them spread evenly, the first and the last among them", () => {
    for (const limit of [2, 3, 20, 199]) {
      const steps = thinEvenly(samples(1000), limit).map(({ step }) => step);
      assert.deepEqual([steps.length, steps[0], steps.at(-1)], [limit, 0, 999]);
      const gaps = steps.slice(1).map((step, i) => step - steps[i]!);
      assert.ok(Math.max(...gaps) <= 3 * (1000 / (limit - 1)), `a hole of ${Math.max(...gaps)} steps`);
    }
  });

  it("takes away none where they are few", () => {
    const few = samples(2);
    assert.equal(thinEvenly(few, 0), few);
  });
});
