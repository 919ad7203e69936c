/** What a training's health comes to, as problems on the lines where modules are made. */
import assert from "node:assert/strict";
import { manualSeed, nn, optim, randint, randn, type Tensor } from "../../../src/engine/index.ts";
import { health } from "../../../src/run/health/health.ts";
import { reduceSnapshot } from "../../../src/run/snapshot.ts";
import { trained } from "./trained.ts";

function classified(make: () => nn.Module, lr: number, steps = 300): void {
  manualSeed(1);
  const model = make();
  const optimizer = new optim.SGD(model.parameters(), { lr });
  const labels = randint(0, 4, [320]);
  const x = randn(4, 20).indexSelect(0, labels).add(randn(320, 20).mul(0.3));
  for (let step = 0; step < steps; step++) {
    optimizer.zeroGrad();
    nn.functional.crossEntropy(model(x) as Tensor, labels).backward();
    optimizer.step();
  }
}

const dead = (): nn.Module => {
  const first = new nn.Linear(20, 32);
  nn.init.constant_(first.bias, -100);
  return new nn.Sequential(first, new nn.ReLU(), new nn.Linear(32, 4));
};
const healthy = (): nn.Module => new nn.Sequential(new nn.Linear(20, 32), new nn.ReLU(), new nn.Linear(32, 4));

describe("the health of a training, on the user's lines", () => {
  it("is told when it is over, in the panel's words", () => {
    const run = trained(() => classified(dead, 0.1, 60));
    const [problem] = run.problems;
    const [finding] = health(run).findings;
    assert.equal(problem!.code, "dead-units");
    assert.equal(problem!.message, `${finding!.what} ${finding!.advice}`);
    assert.match(problem!.message, /^`0`: all 32 units have been zero behind its ReLU/);
    assert.deepEqual(problem!.position, run.models[0]!.modules[finding!.module]!.constructedAt);
  });
  it("isn't told before", () => {
    let told = 0;
    trained(
      () => classified(dead, 0.1, 60),
      (run) => (told += run.problems.length),
    );
    assert.equal(told, 0);
  });
  it("tells of a loss that doesn't move", () => {
    const { problems } = trained(() => classified(healthy, 1e-9));
    assert.deepEqual(
      problems.map(({ code }) => code),
      ["loss-not-moving"],
    );
  });
  it("says nothing of a training that goes well, or of an inspection", () => {
    const run = trained(() => classified(healthy, 0.1));
    assert.deepEqual(run.problems, []);
    const sick = { ...trained(() => classified(dead, 0.1, 60)), problems: [], mode: "inspect" as const };
    assert.deepEqual(reduceSnapshot(sick, { type: "state", state: "finished", at: 1 }).problems, []);
  });
});
