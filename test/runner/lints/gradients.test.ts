/** Gradients that are never set back, and learning rates that are never used. */
import assert from "node:assert/strict";
import { holds } from "./programs.ts";

const setUp = `
const model = new nn.Sequential(new nn.Linear(4, 8), new nn.ReLU(), new nn.Linear(8, 3));
const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
const [x, y, lossFn] = [randn(32, 4), randint(0, 3, [32]), new nn.CrossEntropyLoss()];
`;

describe("Gradients that are never set back", () => {
  it("are told where the step is taken", async () => {
    const [said] = await holds(`${setUp}
for (let step = 0; step < 4; step++) {
  lossFn(model(x), y).backward();
  optimizer.step(); // expect: zero-grad-missing
}`);
    assert.match(said!.message, /Call `optimizer\.zeroGrad\(\)` before `backward\(\)`\.$/);
  });
  it("are told though they are clipped", () =>
    holds(`${setUp}
for (let step = 0; step < 4; step++) {
  lossFn(model(x), y).backward();
  nn.utils.clipGradNorm_(model.parameters(), 0.01);
  optimizer.step(); // expect: zero-grad-missing
}`));
  it("are told where only another optimizer's are set back", () =>
    holds(`${setUp}
const other = new nn.Linear(4, 3);
const second = new optim.Adam(other.parameters());
for (let step = 0; step < 4; step++) {
  second.zeroGrad();
  lossFn(model(x).add(other(x)), y).backward();
  optimizer.step(); // expect: zero-grad-missing
  second.step();
}`));
  for (const [how, code] of Object.entries({
    "by the optimizer": "optimizer.zeroGrad(); lossFn(model(x), y).backward(); optimizer.step();",
    "by the model": "model.zeroGrad(); lossFn(model(x), y).backward(); optimizer.step();",
    "to zero": "optimizer.zeroGrad(false); lossFn(model(x), y).backward(); optimizer.step();",
    "after the step": "lossFn(model(x), y).backward(); optimizer.step(); optimizer.zeroGrad();",
    "by hand": "for (const one of model.parameters()) one.grad = null; lossFn(model(x), y).backward(); optimizer.step();",
    "after several backward()": "lossFn(model(x), y).div(2).backward(); lossFn(model(x), y).div(2).backward(); optimizer.step(); optimizer.zeroGrad();",
    "in a closure": "optimizer.step(() => { optimizer.zeroGrad(); const loss = lossFn(model(x), y); loss.backward(); return loss; });",
    "before the discriminator's next turn": "optimizer.zeroGrad(); lossFn(model(x), y).backward(); optimizer.step(); model(x.add(noise)).mean().backward();",
  })) {
    it(`aren't said to be where they are set back ${how}`, () =>
      holds(`${setUp}const noise = zeros(4).requiresGrad_(true);\nfor (let step = 0; step < 4; step++) {\n  ${code}\n}`));
  }
});

describe("Gradients that are set back before the step", () => {
  const code = "lossFn(model(x), y).backward();\n  model.zeroGrad();\n  optimizer.step(); // expect: gradients-cleared";
  it("are told where the step is taken", async () => {
    const [said] = await holds(`${setUp}\nfor (let step = 0; step < 4; step++) {\n  ${code}\n}`);
    assert.match(said!.message, /^This step changes nothing: .* Call `optimizer\.zeroGrad\(\)` before `backward\(\)`, or after the step\.$/);
  });
  it("are told by an inspection", () => holds(`${setUp}\nfor (let step = 0; step < 4; step++) {\n  ${code}\n}`, "inspect"));
  for (const [how, other] of Object.entries({
    "of another optimizer": "optimizer.zeroGrad(); lossFn(model(x), y).backward(); second.zeroGrad(); optimizer.step();",
    "that another's turn left":
      "optimizer.zeroGrad(); second.zeroGrad(); lossFn(other(x).add(model(x)), y).backward(); optimizer.step(); second.zeroGrad(); lossFn(other(x), y).backward(); second.step();",
    "and there are new ones": "lossFn(model(x), y).backward(); optimizer.zeroGrad(); lossFn(model(x), y).backward(); optimizer.step();",
    "where the step comes first": "optimizer.step(); optimizer.zeroGrad(); lossFn(model(x), y).backward();",
  })) {
    const others = "const other = new nn.Linear(4, 3);\nconst second = new optim.Adam(other.parameters());";
    it(`aren't said to be ${how}`, () => holds(`${setUp}${others}\nfor (let step = 0; step < 4; step++) {\n  ${other}\n}`));
  }
});

describe("A schedule that goes on first", () => {
  const early = `${setUp}
const scheduler = new optim.lrScheduler.StepLR(optimizer, { stepSize: 1 });
for (let epoch = 0; epoch < 3; epoch++) {
  scheduler.step(); // expect: scheduler-before-optimizer
  optimizer.zeroGrad();
  lossFn(model(x), y).backward();
  optimizer.step();
}`;

  it("is told", async () => {
    const [said] = await holds(early);
    assert.match(said!.message, /first learning rate is never used\. Call `optimizer\.step\(\)` before `scheduler\.step\(\)`\.$/);
  });
  it("is told by an inspection as well", () => holds(early, "inspect"));
  it("isn't said of one that goes on afterwards, of several in a row, or of one that is only looked at", async () => {
    await holds(`${setUp}
const warm = new optim.lrScheduler.LinearLR(optimizer, { totalIters: 2 });
const scheduler = new optim.lrScheduler.SequentialLR(optimizer, [warm, new optim.lrScheduler.ExponentialLR(optimizer, { gamma: 0.9 })], [2]);
for (let epoch = 0; epoch < 4; epoch++) {
  optimizer.zeroGrad();
  lossFn(model(x), y).backward();
  optimizer.step();
  scheduler.step();
}`);
    await holds(`${setUp}
const other = new optim.SGD(model.parameters(), { lr: 0.1 });
const scheduler = new optim.lrScheduler.CosineAnnealingLR(other, 10);
for (let i = 0; i < 10; i++) scheduler.step();
for (let epoch = 0; epoch < 2; epoch++) {
  optimizer.zeroGrad();
  lossFn(model(x), y).backward();
  optimizer.step();
}`);
  });
});
