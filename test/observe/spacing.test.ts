/** When checkpoints of a run are taken, and what share of its time they take. */
import assert from "node:assert/strict";
import { Spacing, type PossibleMoment } from "../../src/observe/checkpoints/spacing.ts";

const small = (): number => 100_000;
const large = (): number => 100_000_000;

describe("the spacing of checkpoints", () => {
  /** A run of a second, in which none was taken; `size` bytes would be kept at its usual rate. */
  const isDue = (moment: Partial<PossibleMoment>, size = small, spacing = new Spacing()): boolean =>
    spacing.isDue({ step: 128, now: 1_000, elsewhere: 0, isLoopEnd: false, ...moment }, size);

  it("takes a small one as soon as it is a fiftieth of the time so far, and a large one much later", () => {
    assert.deepEqual([isDue({}), isDue({ now: 90 }), isDue({}, large), isDue({ now: 30_000 }, large)], [true, false, false, true]);
  });

  it("takes what they take beside the program for a part of that time", () => {
    const spacing = new Spacing();
    spacing.taken(100, 1);
    assert.deepEqual([isDue({ elsewhere: 5 }, small, spacing), isDue({ elsewhere: 15 }, small, spacing)], [true, false]);
  });

  it("takes round steps, and the last of a loop that trained, even if another was just taken", () => {
    const spacing = new Spacing();
    spacing.taken(950, 2);
    const at = (step: number, isLoopEnd: boolean): boolean => isDue({ step, isLoopEnd }, small, spacing);
    assert.deepEqual([at(129, false), at(129, true)], [false, true]);
  });

  it("takes none at the end of a loop that is a large part of the budget: the end of the run is kept anyway", () => {
    const spacing = new Spacing();
    spacing.taken(200, 9);
    assert.deepEqual([isDue({ step: 129, isLoopEnd: true }, large, spacing), isDue({ step: 128, isLoopEnd: true }, large, spacing)], [false, true]);
  });
});
