/** Which losses a run's charts show, at which steps, whatever way the program trains and evaluates in. */
import assert from "node:assert/strict";
import { Folder, run, type Job } from "./job.ts";

const head = `import { nn, optim, data, rand, randn, zeros, ones, manualSeed, noGrad, log, Tensor } from "kindling";
manualSeed(0);
class Net extends nn.Module {
  a = new nn.Linear(4, 8); relu = new nn.ReLU(); b = new nn.Linear(8, 1);
  override forward(x: Tensor): Tensor { return this.b(this.relu(this.a(x))); }
}
const x = randn(16, 4), y = randn(16, 1), xv = randn(10, 4), yv = randn(10, 1), mse = new nn.MSELoss();
const told: number[] = [];
process.on("exit", () => console.log(JSON.stringify(told)));
`;
const one = `${head}const model = new Net(), optimizer = new optim.SGD(model.parameters(), { lr: 0.01 });
function step(input = x, target = y): number {
  const loss = mse(model(input), target);
  optimizer.zeroGrad(); loss.backward(); optimizer.step();
  return loss.item();
}
`;

describe("the losses on the charts", function () {
  this.timeout(30_000);
  let folder: Folder;
  beforeEach(() => (folder = new Folder()));
  afterEach(() => folder.remove());

  const train = (text: string) => run(folder.write("net.model.ts", text));
  /** What the program computed itself. */
  const expected = (job: Job): number[] => JSON.parse(job.stdout.trim().split("\n").at(-1)!) as number[];
  const names = (job: Job): string[] => [...new Set(job.points.map(({ name }) => name))].filter((name) => !name.startsWith("lr")).sort();
  const upTo = (end: number) => Array.from({ length: end }, (_, step) => step);
  const assertClose = (actual: readonly number[], wanted: readonly number[]) => {
    assert.equal(actual.length, wanted.length);
    actual.forEach((value, i) => assert.ok(Math.abs(value - wanted[i]!) <= 1e-6 * Math.max(1, Math.abs(wanted[i]!)), `${i}: ${value} instead of ${wanted[i]}`));
  };

  describe("of the training", () => {
    it("is one curve without a name of its own where one model trains", async () => {
      const job = await train(`${one}for (let i = 0; i < 20; i++) told.push(step());`);
      assert.deepEqual(names(job), ["loss"]);
      assert.deepEqual(job.steps("loss"), upTo(20));
      assertClose(job.series("loss"), expected(job));
    });

    it("is one line for each network of a GAN, whose real and fake losses count together", async () => {
      const job = await train(`${head}const bce = new nn.BCEWithLogitsLoss();
const netG = new nn.Sequential(new nn.Linear(2, 8), new nn.ReLU(), new nn.Linear(8, 1));
const netD = new nn.Sequential(new nn.Linear(1, 8), new nn.ReLU(), new nn.Linear(8, 1));
const optimizerD = new optim.Adam(netD.parameters()), optimizerG = new optim.Adam(netG.parameters());
for (let i = 0; i < 25; i++) {
  netD.zeroGrad();
  const real = bce(netD(randn(16, 1)), ones(16, 1));
  real.backward();
  const made = netG(randn(16, 2));
  const fake = bce(netD(made.detach()), zeros(16, 1));
  fake.backward();
  optimizerD.step();
  netG.zeroGrad();
  const fooled = bce(netD(made), ones(16, 1));
  fooled.backward();
  optimizerG.step();
  told.push(real.item() + fake.item(), fooled.item());
}`);
      assert.deepEqual(names(job), ["loss/netD", "loss/netG"]);
      for (const [i, name] of ["loss/netD", "loss/netG"].entries()) {
        assert.deepEqual(job.steps(name), upTo(25));
        assertClose(
          job.series(name),
          expected(job).filter((_, at) => at % 2 === i),
        );
      }
      assert.deepEqual([...new Set(job.points.map(({ name }) => name))].filter((name) => name.startsWith("lr")).sort(), ["lr/netD", "lr/netG"]);
    });

    it("is one line for each network where both losses go backward before either optimizer steps", async () => {
      const job = await train(`${head}class Gan extends nn.Module { generator = new Net(); discriminator = new nn.Linear(1, 1); }
const gan = new Gan();
const og = new optim.Adam(gan.generator.parameters()), od = new optim.Adam(gan.discriminator.parameters());
for (let i = 0; i < 10; i++) {
  og.zeroGrad();
  const made = gan.generator(x);
  const fooled = gan.discriminator(made).sub(1).square().mean();
  fooled.backward({ retainGraph: true });
  od.zeroGrad();
  const fake = gan.discriminator(made.detach()).square().mean();
  fake.backward();
  od.step(); og.step();
  told.push(fake.item(), fooled.item());
}`);
      assert.deepEqual(names(job), ["loss/gan.discriminator", "loss/gan.generator"]);
      assertClose(
        job.series("loss/gan.discriminator"),
        expected(job).filter((_, at) => at % 2 === 0),
      );
      assertClose(
        job.series("loss/gan.generator"),
        expected(job).filter((_, at) => at % 2 === 1),
      );
    });

    it("is one line for each model of those that are trained one after another, and for each fold", async () => {
      const helper = `${head}function fit(model: nn.Module, steps: number): void {
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.01 });
  for (let i = 0; i < steps; i++) { const loss = mse(model(x), y); optimizer.zeroGrad(); loss.backward(); optimizer.step(); }
}
`;
      const pair = await train(`${helper}const small = new nn.Linear(4, 1), large = new Net();\nfit(small, 12); fit(large, 8);`);
      assert.deepEqual([names(pair), pair.steps("loss/small"), pair.steps("loss/large")], [["loss/large", "loss/small"], upTo(12), upTo(20).slice(12)]);
      const folds = await train(`${helper}for (let fold = 0; fold < 3; fold++) { const model = new Net(); fit(model, 5); }`);
      assert.deepEqual(names(folds), ["loss/model", "loss/model 2", "loss/model 3"]);
    });

    it("goes on where another optimizer takes over the same model, and where several share it", async () => {
      const phases = await train(`${one}for (let i = 0; i < 5; i++) step();
const adam = new optim.Adam(model.parameters());
for (let i = 0; i < 5; i++) { adam.zeroGrad(); mse(model(x), y).backward(); adam.step(); }`);
      assert.deepEqual([names(phases), phases.steps("loss")], [["loss"], upTo(10)]);
    });

    it("is the sum of what was accumulated for a step, without what was thrown away", async () => {
      const job = await train(`${one}for (let i = 0; i < 12; i++) {
  model.zeroGrad();
  mse(model(x.add(100)), y).backward();
  model.zeroGrad();
  let sum = 0;
  for (let part = 0; part < 4; part++) {
    const loss = mse(model(randn(4, 4)), y.narrow(0, 0, 4)).div(4);
    loss.backward();
    sum += loss.item();
  }
  optimizer.step();
  told.push(sum);
}`);
      assert.deepEqual(job.steps("loss"), upTo(12));
      assertClose(job.series("loss"), expected(job));
    });

    it("is what an LBFGS step begins with", async () => {
      const job = await train(`${head}const model = new Net(), lbfgs = new optim.LBFGS(model.parameters(), { lr: 0.1 });
for (let i = 0; i < 6; i++) told.push(lbfgs.step(() => { lbfgs.zeroGrad(); const loss = mse(model(x), y); loss.backward(); return loss; }).item());`);
      assert.deepEqual(job.steps("loss"), upTo(6));
      assertClose(job.series("loss"), expected(job));
    });

    it("is told of what the program updates by hand", async () => {
      const job = await train(`${head}const model = new Net();
for (let i = 0; i < 10; i++) {
  model.zeroGrad();
  const loss = mse(model(x), y);
  loss.backward();
  noGrad(() => { for (const parameter of model.parameters()) parameter.sub_(parameter.grad!.mul(0.01)); });
  told.push(loss.item());
}`);
      assert.deepEqual([names(job), job.steps("loss")], [["loss"], upTo(10)]);
      assertClose(job.series("loss"), expected(job));
    });
  });

  describe("of the validation", () => {
    const loaders = `const loader = new data.DataLoader(new data.TensorDataset(x, y), { batchSize: 4, shuffle: true });
const valLoader = new data.DataLoader(new data.TensorDataset(xv, yv), { batchSize: 4 });
function validate(): number {
  let sum = 0;
  for (const [a, b] of valLoader) sum += mse(model(a!), b!).item() * b!.shape[0]!;
  return sum / 10;
}
`;

    it("is the mean over the samples of a pass without gradients, at the last step before it", async () => {
      const job = await train(`${one}${loaders}for (let epoch = 0; epoch < 3; epoch++) {
  model.train();
  for (const [a, b] of loader) step(a, b);
  model.eval();
  noGrad(() => told.push(validate()));
}`);
      assert.deepEqual(
        [names(job), job.steps("val/loss")],
        [
          ["loss", "val/loss"],
          [3, 7, 11],
        ],
      );
      assertClose(job.series("val/loss"), expected(job));
      assert.deepEqual(job.steps("loss"), upTo(12));
    });

    it("is found without eval() or without noGrad(), in the middle of an epoch, and before the first step", async () => {
      const without = {
        "eval()": "noGrad(() => told.push(validate()));",
        "noGrad()": "model.eval(); told.push(validate()); model.train();",
      };
      for (const [what, text] of Object.entries(without)) {
        const job = await train(`${one}${loaders}${text}
for (let epoch = 0; epoch < 2; epoch++) { let i = 0; for (const [a, b] of loader) { step(a, b); if (++i === 2) { ${text} } } }`);
        assert.deepEqual(
          [names(job), job.steps("val/loss")],
          [
            ["loss", "val/loss"],
            [0, 1, 5],
          ],
          `without ${what}`,
        );
        assertClose(job.series("val/loss"), expected(job));
      }
    });

    it("is found of one batch that holds all, every few steps", async () => {
      for (const at of ["step(); if (i % 5 === 4) look();", "if (i % 5 === 0) look(); step();"]) {
        const job = await train(`${one}function look(): void { noGrad(() => told.push(mse(model(xv), yv).item())); }
for (let i = 0; i < 20; i++) { ${at} }`);
        assert.deepEqual([names(job), job.steps("val/loss").length], [["loss", "val/loss"], 4], at);
        assertClose(job.series("val/loss"), expected(job));
      }
    });

    it("is none of the training's own batch, looked at before its step, within it or after it", async () => {
      const looks = ["noGrad(() => mse(model(a!), b!)); step(a, b);", "step(a, b); noGrad(() => mse(model(a!), b!));"];
      for (const text of [
        ...looks,
        "const l = mse(model(a!), b!); noGrad(() => mse(model(a!), randn(4, 1))); optimizer.zeroGrad(); l.backward(); optimizer.step();",
      ]) {
        const job = await train(`${one}${loaders}for (const [a, b] of loader) { ${text} }`);
        assert.deepEqual(names(job), ["loss"], text);
      }
      const all = await train(`${one}for (let i = 0; i < 6; i++) { noGrad(() => mse(model(x), y)); step(); noGrad(() => mse(model(x), y)); }`);
      assert.deepEqual(names(all), ["loss"]);
    });

    it("is none of the data that was trained on, nor of a model that trains in evaluation mode", async () => {
      const again = await train(`${one}${loaders}for (const [a, b] of loader) step(a, b);
model.eval(); noGrad(() => { for (const [a, b] of loader) mse(model(a!), b!); });`);
      assert.deepEqual(names(again), ["loss"]);
      const frozen = await train(`${one}model.eval(); for (let i = 0; i < 6; i++) step();`);
      assert.deepEqual([names(frozen), frozen.steps("loss")], [["loss"], upTo(6)]);
    });

    it("is left to the program where that logs it itself", async () => {
      for (const name of ["valLoss", "val_loss", "loss/validation", "test loss"]) {
        const job = await train(`${one}${loaders}for (let epoch = 0; epoch < 3; epoch++) {
  for (const [a, b] of loader) step(a, b);
  noGrad(() => log({ ${JSON.stringify(name)}: validate() }));
}`);
        assert.deepEqual([names(job), job.steps(name)], [[name, "loss"].sort(), [3, 7, 11]]);
      }
    });

    it("is one line for each model", async () => {
      const job = await train(`${head}const models = { small: new nn.Linear(4, 1), large: new Net() };
const small = models.small, large = models.large;
for (const model of [small, large]) {
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.01 });
  for (let i = 0; i < 4; i++) {
    optimizer.zeroGrad(); mse(model(x), y).backward(); optimizer.step();
    model.eval(); noGrad(() => mse(model(xv), yv)); model.train();
  }
}`);
      assert.equal(names(job).filter((name) => name.startsWith("val/loss/")).length, 2, names(job).join());
    });
  });

  describe("that a program logs", () => {
    it("stand beside the training's, and are no part of it", async () => {
      const job = await train(`${one}for (let i = 0; i < 10; i++) { step(); noGrad(() => log({ loss: mse(model(xv), yv) })); }`);
      assert.deepEqual(job.steps("loss"), upTo(10));
      assert.deepEqual(job.steps("loss (logged)"), upTo(10));
    });

    it("are not told twice where they are the training's", async () => {
      const job = await train(`${one}for (let i = 0; i < 10; i++) { const loss = step(); log({ loss, lr: 0.01 }); }`);
      assert.deepEqual(names(job), ["loss"]);
      assert.deepEqual(job.series("lr"), [0.01, 0.01]);
    });

    it("stand at the step that they are of: before, within and after it, and after an epoch", async () => {
      const job = await train(`${one}const loader = new data.DataLoader(new data.TensorDataset(x, y), { batchSize: 4 });
const valLoader = new data.DataLoader(new data.TensorDataset(xv, yv), { batchSize: 4 });
for (let epoch = 0; epoch < 2; epoch++) {
  for (const [a, b] of loader) {
    log({ before: 1 });
    const loss = mse(model(a!), b!);
    log({ computed: 1 });
    optimizer.zeroGrad(); loss.backward();
    log({ backward: 1 });
    optimizer.step();
    log({ after: 1 });
  }
  noGrad(() => { for (const [a] of valLoader) { model(a!); log({ looking: 1 }); } });
  log({ epochs: 1 });
}`);
      for (const name of ["loss", "before", "computed", "backward", "after"]) assert.deepEqual(job.steps(name), upTo(8), name);
      assert.deepEqual(job.steps("looking"), [3, 3, 3, 7, 7, 7]);
      assert.deepEqual(job.steps("epochs"), [3, 7]);
    });
  });
});
