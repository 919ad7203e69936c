/** What a run tells of its steps, its loss and what was measured, whatever way the program trains in. */
import assert from "node:assert/strict";
import { Folder, inspect, Job, run } from "./job.ts";
import type { Progress, RunRequest } from "../../src/protocol/index.ts";

const head = `import { nn, optim, data, randn, manualSeed, noGrad, log, tensor, Tensor } from "kindling";
manualSeed(0);
class Net extends nn.Module {
  a = new nn.Linear(4, 8); relu = new nn.ReLU(); b = new nn.Linear(8, 1);
  override forward(x: Tensor): Tensor { return this.b(this.relu(this.a(x))); }
}
const x = randn(16, 4), y = randn(16, 1), mse = new nn.MSELoss();
`;
const one = `${head}const model = new Net(), optimizer = new optim.SGD(model.parameters(), { lr: 0.01 });
function step(input = x): void {
  const loss = mse(model(input), y);
  optimizer.zeroGrad(); loss.backward(); optimizer.step();
}
`;
const gan = `${head}const generator = new Net(), discriminator = new nn.Sequential(new nn.Linear(1, 8), new nn.ReLU(), new nn.Linear(8, 1));
const og = new optim.Adam(generator.parameters()), od = new optim.Adam(discriminator.parameters());
function both(real: Tensor): void {
  const fake = generator(randn(16, 4));
  od.zeroGrad(); discriminator(real).sub(1).square().mean().add(discriminator(fake.detach()).square().mean()).backward(); od.step();
  og.zeroGrad(); discriminator(fake).sub(1).square().mean().backward(); og.step();
}
`;

describe("what is told of a training", function () {
  this.timeout(30_000);
  let folder: Folder;
  beforeEach(() => (folder = new Folder()));
  afterEach(() => folder.remove());

  const file = (text: string) => folder.write("net.model.ts", text);
  const train = (text: string, request: Partial<RunRequest> = {}) => run(file(text), request);
  const lossSteps = (job: Job) => job.points.filter(({ name }) => name === "loss").map(({ step }) => step);
  const progressOf = (job: Job): Progress => job.events.filter((event) => event.type === "progress").at(-1)!.progress;
  const upTo = (end: number) => Array.from({ length: end }, (_, step) => step);

  /** The measured steps of the model of that name. */
  function measured(job: Job, name: string): number[] {
    const model = job.models.find((candidate) => candidate.name === name)!;
    const steps = job.statistics.filter((candidate) => candidate.model === model.id).map(({ step }) => step);
    assert.equal(new Set(steps).size, steps.length, "no step is told twice");
    return steps;
  }

  /** That the last of everything is of the same step. */
  function assertAgreed(job: Job, step: number): void {
    const progress = progressOf(job);
    const last = job.points.filter(({ name }) => name === "loss").at(-1)!;
    assert.deepEqual([progress.lossStep, progress.loss], [last.step, last.value]);
    assert.deepEqual([last.step, Math.max(...job.statistics.map((one) => one.step))], [step, step]);
  }

  describe("the measured steps", () => {
    it("are all of a short run's", async () => {
      const job = await train(`${one}for (let i = 0; i < 10; i++) step();`);
      assert.deepEqual(measured(job, "model"), upTo(10));
      assert.ok(job.statistics.every(({ afterwards, modules }) => !afterwards && modules.every(({ module, output }) => module === 0 || output)));
      assertAgreed(job, 9);
    });

    it("are spread over a run, with its first and its last in full, whether the loop says how long it is or not", async () => {
      const loops = {
        counted: "for (let i = 0; i < 300; i++) step();",
        strided: "for (let i = 0; i < 600; i += 2) { step(); }",
        batches:
          "const loader = new data.DataLoader(new data.TensorDataset(randn(160, 4)), { batchSize: 16 });\nfor (let epoch = 1; epoch <= 30; epoch++) for (const [batch] of loader) step(batch);",
        unknown: "let i = 0;\nwhile (i < 300) { step(); i++; }",
        callback: "upTo300().forEach(() => step());\nfunction upTo300(): number[] { return Array.from({ length: 300 }, (_, i) => i); }",
        timers: "for (let i = 0; i < 300; i++) { step(); if (i % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 1)); }",
      };
      for (const [name, loop] of Object.entries(loops)) {
        const job = await train(`${one}${loop}`, { sampling: { enabled: true, bins: 8, budget: 0 } });
        const steps = measured(job, "model");
        assert.deepEqual([job.states.at(-1), steps.slice(0, 10)], ["finished", upTo(10)], name);
        const isKnown = name !== "unknown" && name !== "callback";
        assert.ok(Math.max(...steps.map((at, i) => at - (steps[i - 1] ?? 0))) <= (isKnown ? 300 / 10 : 300 / 5), `${name}: ${steps.join()}`);
        assertAgreed(job, 299);
        assert.equal(job.statistics.at(-1)!.afterwards, isKnown ? undefined : true, name);
      }
    });

    it("are as many of each model where one is trained after the other, with a helper or in folds", async () => {
      const helper = `${head}function fit(model: Net, steps: number): void {
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.01 });
  for (let i = 0; i < steps; i++) { const loss = mse(model(x), y); optimizer.zeroGrad(); loss.backward(); optimizer.step(); }
}
`;
      const pair = await train(`${helper}const first = new Net(), second = new Net();\nfit(first, 100);\nfit(second, 100);`);
      const [first, second] = [measured(pair, "first"), measured(pair, "second")];
      assert.deepEqual([first[0], first.at(-1), second[0], second.at(-1)], [0, 99, 100, 199]);
      assert.deepEqual([first.length >= 15, second.length >= 15], [true, true]);
      const folds = await train(`${helper}for (let fold = 0; fold < 3; fold++) { const model = new Net(); fit(model, 60); }`);
      for (let fold = 0; fold < 3; fold++) {
        const own = measured(folds, "model").filter((at) => Math.floor(at / 60) === fold);
        assert.ok(own.length >= 15 && own[0] === fold * 60 && own.at(-1) === fold * 60 + 59, own.join());
      }
    });

    it("hold the newest step of a run that fails or leaves in the middle: parameters and gradients, no outputs", async () => {
      for (const end of ['throw new Error("enough");', "process.exit(0);", "model(randn(3, 7));"]) {
        const job = await train(`${one}for (let i = 0; i < 5000; i++) { if (i === 333) { ${end} } step(); }`);
        assertAgreed(job, 332);
        const last = job.statistics.at(-1)!;
        assert.ok(measured(job, "model").length >= 20);
        if (!last.afterwards) continue;
        assert.ok(last.modules.every(({ output, parameters }) => !output && parameters.every(({ gradient }) => gradient)));
      }
    });

    it("hold the newest step of a run that is paused, and of one that is stopped", async () => {
      const job = await Job.warm();
      job.start(file(`${one}for (let i = 0; ; i++) step();`));
      await job.until((event) => event.type === "progress");
      job.send({ type: "pause" });
      await job.untilState("paused");
      assertAgreed(job, lossSteps(job).at(-1)!);
      job.send({ type: "resume" });
      job.send({ type: "stop" });
      await job.ended();
      assert.equal(job.states.at(-1), "stopped");
      assertAgreed(job, lossSteps(job).at(-1)!);
      measured(job, "model");
    });

    it("are none where nothing is to be measured", async () => {
      const job = await train(`${one}for (let i = 0; i < 30; i++) step();`, { sampling: { enabled: false, bins: 8, budget: 0.03 } });
      assert.deepEqual([job.statistics, job.models.map(({ name }) => name), lossSteps(job)], [[], ["model"], upTo(30)]);
    });
  });

  describe("the steps of the run", () => {
    const byHand = {
      "p.add_(p.grad)": "noGrad(() => { for (const p of model.parameters()) p.add_(p.grad!, { alpha: -0.01 }); });",
      "p.data.sub_": "for (const p of model.parameters()) p.data.sub_(p.grad!.mul(0.01));",
      "p.data =": "for (const p of model.parameters()) p.data = p.data.sub(p.grad!.mul(0.01));",
    };
    for (const [name, update] of Object.entries(byHand)) {
      it(`are counted where the program updates by hand: ${name}`, async () => {
        const text = `${head}const model = new Net();\nfor (let i = 0; i < 40; i++) {\n  model.zeroGrad();\n  mse(model(x), y).backward();\n  ${update}\n}`;
        const job = await train(text);
        assert.deepEqual([lossSteps(job), progressOf(job).step, job.problems], [upTo(40), 40, []]);
        assert.equal(measured(job, "model").at(-1), 39);
        // What is measured is what the gradient was computed at, not what the update made of it.
        const weights = job.statistics.map(({ modules }) => modules[1]!.parameters[0]!.value.mean);
        assert.notEqual(weights[0], weights[1]);
        assert.ok(job.statistics.every(({ modules }) => modules[1]!.outputGradient));
        const looked = await inspect(file(text));
        assert.deepEqual([lossSteps(looked), measured(looked, "model"), looked.states.at(-1)], [[0], [0], "finished"]);
        assert.equal(looked.statistics[0]!.modules[1]!.parameters[0]!.value.mean, weights[0]);
      });
    }

    it("are counted where new tensors take the place of the old", async () => {
      const job = await train(`${head}let w = randn(4, 1).requiresGrad_();
for (let i = 0; i < 30; i++) { x.matmul(w).sub(y).square().mean().backward(); w = w.detach().sub(w.grad!.mul(0.1)).requiresGrad_(); }`);
      assert.deepEqual([lossSteps(job), progressOf(job).step], [upTo(30), 30]);
    });

    it("are none where gradients are only looked at", async () => {
      const job = await train(`${head}const model = new Net();\nfor (let i = 0; i < 5; i++) mse(model(x), y).backward();`);
      assert.deepEqual([lossSteps(job), progressOf(job).step, job.problems.map(({ code }) => code)], [[0], 0, ["noTraining"]]);
      assert.equal(job.statistics.length, 1);
    });

    it("are those of the optimizer where gradients are accumulated", async () => {
      const job = await train(
        `${one}for (let i = 0; i < 40; i++) { mse(model(x), y).backward(); if (i % 4 === 3) { optimizer.step(); optimizer.zeroGrad(); } }`,
      );
      assert.deepEqual([lossSteps(job), progressOf(job).step], [upTo(10), 10]);
      assert.deepEqual(measured(job, "model"), upTo(10));
    });

    it("are one for both networks of a GAN, with the epochs and the time that remains", async () => {
      const loops = [
        "const loader = new data.DataLoader(new data.TensorDataset(randn(160, 1)), { batchSize: 16 });\nfor (let epoch = 0; epoch < 4; epoch++) for (const [real] of loader) both(real!);",
        "for (let i = 0; i < 40; i++) both(randn(16, 1));",
        "Array.from({ length: 40 }).forEach(() => both(randn(16, 1)));",
      ];
      for (const [index, loop] of loops.entries()) {
        const job = await train(`${gan}${loop}`);
        for (const name of ["loss/generator", "loss/discriminator"]) assert.deepEqual(job.steps(name), upTo(40), `${name}: ${loop}`);
        assert.equal(progressOf(job).step, 40);
        for (const name of ["generator", "discriminator"]) {
          const steps = measured(job, name);
          assert.ok(steps.length >= 15 && steps[0] === 0 && steps.at(-1) === 39, `${name}: ${steps.join()}`);
          const trained = job.statistics.find(({ model }) => job.models[model]!.name === name)!;
          assert.ok(trained.modules.every(({ parameters }) => parameters.every(({ gradient }) => gradient)));
        }
        if (index === 0) assert.deepEqual([progressOf(job).epoch, progressOf(job).epochs], [3, 4]);
      }
      const looked = await inspect(file(`${gan}for (let i = 0; i < 40; i++) both(randn(16, 1));`));
      assert.deepEqual(lossSteps(looked), [0]);
    });

    it("are the critic's where it steps more often, and the generator has its own", async () => {
      const job = await train(`${gan}for (let i = 0; i < 30; i++) {
  for (let k = 0; k < 3; k++) { od.zeroGrad(); discriminator(generator(randn(16, 4))).mean().sub(discriminator(randn(16, 1)).mean()).backward(); od.step(); }
  og.zeroGrad(); discriminator(generator(randn(16, 4))).mean().neg().backward(); og.step();
}`);
      assert.equal(progressOf(job).step, 90);
      const steps = measured(job, "generator");
      assert.ok(steps.length >= 15 && steps.every((at) => at % 3 === 2) && steps.at(-1) === 89, steps.join());
      assert.equal(measured(job, "discriminator").at(-1), 89);
    });

    it("are one where actor and critic step together, or several optimizers share a model", async () => {
      const pair =
        await train(`${head}const actor = new Net(), critic = new Net(), oa = new optim.Adam(actor.parameters()), oc = new optim.Adam(critic.parameters());
for (let i = 0; i < 30; i++) {
  const advantage = y.sub(critic(x));
  oa.zeroGrad(); oc.zeroGrad();
  actor(x).mul(advantage.detach()).mean().backward(); advantage.square().mean().backward();
  oa.step(); oc.step();
}`);
      assert.deepEqual([progressOf(pair).step, measured(pair, "actor").at(-1), measured(pair, "critic").at(-1)], [30, 29, 29]);
      const parts =
        await train(`${head}const model = new Net(), optimizers = [new optim.SGD(model.a.parameters(), { lr: 0.1 }), new optim.SGD(model.b.parameters(), { lr: 0.1 })];
for (let i = 0; i < 30; i++) { mse(model(x), y).backward(); for (const optimizer of optimizers) { optimizer.step(); optimizer.zeroGrad(); } }`);
      assert.deepEqual([lossSteps(parts), progressOf(parts).step], [upTo(30), 30]);
      assert.equal(measured(parts, "model").at(-1), 29);
    });

    it("are one for all evaluations of an LBFGS step, and inspecting sees the model in it", async () => {
      const text = `${one}const lbfgs = new optim.LBFGS(model.parameters(), { lr: 0.1 });
for (let i = 0; i < 12; i++) lbfgs.step(() => { lbfgs.zeroGrad(); const loss = mse(model(x), y); loss.backward(); return loss; });`;
      const job = await train(text);
      assert.deepEqual([progressOf(job).step, measured(job, "model").slice(0, 10), new Set(lossSteps(job)).size], [12, upTo(10), 12]);
      assert.deepEqual((await inspect(file(text))).models[0]!.modules[0]!.outputShapes, [[16, 1]]);
    });
  });

  describe("a loss that is no longer finite", () => {
    const problemsOf = (job: Job) => job.problems.map(({ severity, code, step, position }) => [severity, code, step, position?.line]);

    it("is told once, on the line that makes it", async () => {
      const job = await train(`${head}const model = new Net(), optimizer = new optim.SGD(model.parameters(), { lr: 0.01 });
for (let i = 0; i < 30; i++) {
  const loss = mse(model(x), y).mul(i < 12 ? 1 : NaN);
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
}`);
      const line = head.split("\n").length + 2;
      assert.deepEqual(problemsOf(job), [["warning", "nonFiniteLoss", 12, line]]);
      assert.match(job.problems[0]!.message, /^loss became NaN at step 12\. It began with `mul`, /);
      assert.ok(Number.isNaN(progressOf(job).loss));
    });

    it("is told where the program logs it, or computes it by hand", async () => {
      const logged = await train(`${one}for (let i = 0; i < 6; i++) {\n  step();\n  log({ accuracy: NaN, val_loss: i < 3 ? 1 : Infinity });\n}`);
      assert.deepEqual(problemsOf(logged), [["warning", "nonFiniteLoss", 3, one.split("\n").length + 2]]);
      assert.match(logged.problems[0]!.message, /^val_loss became ∞ at step 3\. /);
    });

    it("is not told of a run without one", async () => {
      assert.deepEqual((await train(`${one}for (let i = 0; i < 6; i++) step();`)).problems, []);
    });
  });

  it("are the classes of the opened file, and those of others that it builds", async () => {
    folder.write(
      "parts.ts",
      `import { nn } from "kindling";\nexport class Used extends nn.Linear {}\nexport class Unused extends nn.Linear {}\nexport class Other extends nn.Module {}`,
    );
    const job = await inspect(
      file(
        `import { nn } from "kindling";\nimport { Used } from "./parts";\nclass Own extends nn.Module {}\nconst model = new Used(2, 3);\nconsole.log(model.weight.shape);`,
      ),
    );
    assert.deepEqual(job.classes.map(({ name, status }) => [name, status.kind]).sort(), [
      ["Own", "tried"],
      ["Used", "built"],
    ]);
  });
});
