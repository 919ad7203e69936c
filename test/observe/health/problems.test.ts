/** What a training's health comes to, as problems on the lines where modules are made. */
import assert from "node:assert/strict";
import { manualSeed, nn, optim, randint, randn, type Tensor } from "../../../src/engine/index.ts";
import { health } from "../../../src/run/health/health.ts";
import { HeldProblems } from "../../../src/run/health/heldProblems.ts";
import { reduceSnapshot, type RunSnapshot } from "../../../src/run/snapshot.ts";
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
  it("isn't part of the run before", () => {
    let told = 0;
    trained(
      () => classified(dead, 0.1, 60),
      (run) => (told += run.problems.length),
    );
    assert.equal(told, 0);
  });
  it("is told while it goes on as soon as its sentence says so, in words that stay", () => {
    const held = new HeldProblems();
    const words = new Map<string, Set<string>>();
    trained(
      () => classified(dead, 0.1, 60),
      (run) => {
        const [worst] = health(run).findings;
        held.look(run);
        assert.equal(held.problems.length > 0, worst !== undefined, `at step ${run.samples.get(0)?.at(-1)?.step}`);
        // What comes of something else is said no longer as soon as that is found.
        assert.ok(held.problems.length <= 1);
        for (const { code, message } of held.problems) words.set(code, (words.get(code) ?? new Set()).add(message));
      },
    );
    assert.deepEqual(
      [...words].map(([code, { size }]) => `${code} ${size}`),
      ["vanishing-gradients 1", "dead-units 1"],
    );
  });
  it("is taken back when it has been over for some measured steps, and not before", () => {
    const grown = (make: () => nn.Module): RunSnapshot[] => {
      const runs: RunSnapshot[] = [];
      trained(
        () => classified(make, 0.1, 60),
        (run) => void runs.push(run),
      );
      return runs;
    };
    const [sick, well] = [grown(dead).at(-1)!, grown(healthy).slice(-8)];
    const held = new HeldProblems();
    assert.ok(held.look(sick));
    const changes = well.map((run) => held.look({ ...run, models: sick.models }));
    assert.deepEqual(changes, [false, false, true, false, false, false, false, false]);
    assert.deepEqual(held.problems, []);
  });
  it("doesn't flicker where a sign comes and goes", () => {
    const runs: RunSnapshot[] = [];
    trained(
      () => classified(dead, 0.1, 60),
      (run) => void runs.push(run),
    );
    const held = new HeldProblems();
    const sick = runs.filter((run) => health(run).findings[0]?.rule === "deadLayer");
    assert.ok(sick.length > 4);
    assert.ok(held.look(sick[0]!));
    const without = (run: RunSnapshot): RunSnapshot => ({ ...run, models: [] });
    assert.deepEqual(health(without(sick[1]!)).findings, []);
    for (const [i, run] of sick.slice(1).entries()) assert.equal(held.look(i % 2 === 0 ? without(run) : run), false);
    assert.equal(held.problems.length, 1);
  });
  it("is said of no run that is over, or of an older text", () => {
    const runs: RunSnapshot[] = [];
    const over = trained(
      () => classified(dead, 0.1, 60),
      (run) => void runs.push(run),
    );
    for (const last of [over, { ...runs.at(-1)!, edited: true }, undefined]) {
      const held = new HeldProblems();
      assert.ok(held.look(runs.at(-1)));
      assert.ok(held.look(last));
      assert.deepEqual(held.problems, []);
    }
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
