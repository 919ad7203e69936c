/** Trainings that learn nothing, or less than they could, from the first step on. */
import assert from "node:assert/strict";
import { holds } from "./programs.ts";

const trained = (lines: string, { x = "randn(16, 4)", y = "randint(0, 3, [16])", net = "new nn.Linear(4, 3)" } = {}): string => `
const model = ${net};
const optimizer = new optim.Adam(model.parameters());
const [x, y] = [${x}, ${y}];
for (let i = 0; i < 4; i++) {
  optimizer.zeroGrad();
${lines}
}`;
const crossEntropy = (mark = ""): string => `  nn.functional.crossEntropy(model(x), y).backward();${mark}\n  optimizer.step();`;

describe("A step without gradients", () => {
  it("is told where backward() is never called, and nothing besides", async () => {
    const [said] = await holds(trained("  nn.functional.crossEntropy(model(x), y);\n  optimizer.step(); // expect: step-without-gradient"));
    assert.match(said!.message, /^This step changes nothing: `backward\(\)` was never called\./);
  });
  it("is told where backward() goes through another model", async () => {
    const other = `const other = new nn.Linear(4, 3);${trained("  nn.functional.crossEntropy(other(x), y).backward();\n  optimizer.step(); // expect: step-without-gradient")}`;
    const [said] = await holds(other);
    assert.match(said!.message, /`backward\(\)` has reached none of the parameters that `optimizer` holds\./);
  });
  it("isn't said of a closure, or of an optimizer that waits for its turn", async () => {
    await holds(
      "const net = new nn.Linear(4, 1); const lbfgs = new optim.LBFGS(net.parameters());\nfor (let i = 0; i < 4; i++) lbfgs.step(() => { lbfgs.zeroGrad(); const loss = net(randn(8, 4)).square().mean(); loss.backward(); return loss; });",
    );
    await holds(
      `const later = new nn.Linear(4, 3); const second = new optim.SGD(later.parameters(), { lr: 0.1 });${trained(`${crossEntropy()}\n  if (i > 1) { later(x).sum().backward(); second.step(); second.zeroGrad(); }`)}`,
    );
  });
});

describe("A softmax over a single class", () => {
  it("is told where cross entropy gets one output", async () => {
    const text = trained(crossEntropy(" // expect: one-class"), { net: "new nn.Linear(4, 1)", y: "zeros(16).long()" });
    await holds(text);
    await holds(text, "inspect");
  });
  it("isn't said of several, or of a sigmoid of one", async () => {
    await holds(trained(crossEntropy()));
    await holds(trained("  nn.functional.binaryCrossEntropy(model(x).sigmoid().select(1, 0), y.gt(0).float()).backward();\n  optimizer.step();"));
  });
});

describe("A softmax over the samples of a batch", () => {
  const nll = (dim: number, mark = ""): string => trained(`  nn.functional.nllLoss(model(x).logSoftmax(${dim}), y).backward();${mark}\n  optimizer.step();`);
  it("is told where the softmax is", async () => {
    await holds(nll(0, " // expect: softmax-over-batch"));
    await holds(nll(0, " // expect: softmax-over-batch"), "inspect");
  });
  it("isn't said of one over classes, or over the elements of a set", async () => {
    await holds(nll(1));
    await holds(nll(-1));
    await holds(trained("  nn.functional.crossEntropy(model(x.mul(x.matmul(x.t()).sum(1, true).softmax(0))), y).backward();\n  optimizer.step();"));
  });
});

describe("Pixels from 0 to 255", () => {
  const pixels = { x: "randint(0, 256, [16, 1, 8, 8]).float()", net: "new nn.Sequential(new nn.Flatten(), new nn.Linear(64, 3))" };
  it("are told where they meet the first weights", () => holds(trained(crossEntropy(" // expect: pixels-unscaled"), pixels)));
  it("aren't said to be where they are divided, normalized, few, or dark", async () => {
    await holds(trained(crossEntropy(), { ...pixels, x: `${pixels.x}.div(255)` }));
    await holds(trained(crossEntropy(), { ...pixels, net: "new nn.Sequential(new nn.BatchNorm2d(1), new nn.Flatten(), new nn.Linear(64, 3))" }));
    await holds(trained(crossEntropy(), { x: "randint(0, 256, [16, 4]).float()" }));
    await holds(trained(crossEntropy(), { ...pixels, x: "randint(0, 17, [16, 1, 8, 8]).float()" }));
  });
});

describe("A loader that hands out nothing", () => {
  const loader = (options: string, mark = ""): string => `
const model = new nn.Linear(4, 3);
const optimizer = new optim.Adam(model.parameters());
const loader = new data.DataLoader(new data.TensorDataset(randn(20, 4), randint(0, 3, [20])), { shuffle: true, ${options} });${mark}
for (const [x, y] of loader) {
  optimizer.zeroGrad();
  nn.functional.crossEntropy(model(x), y).backward();
  optimizer.step();
}`;
  it("is told where it is made", async () => {
    const [said] = await holds(loader("batchSize: 32, dropLast: true", " // expect: no-batches"));
    assert.match(said!.message, /^`loader` hands out no batch at all: its 20 samples are fewer than a batch/);
  });
  it("isn't said of one that hands out some", async () => {
    await holds(loader("batchSize: 16, dropLast: true"));
    await holds(loader("batchSize: 32"));
  });
});

describe("Targets where a loss takes outputs", () => {
  const bce = (call: string, mark = ""): string =>
    trained(`  const p = model(x).sigmoid();\n  nn.functional.binaryCrossEntropy(${call}).backward();${mark}\n  optimizer.step();`, {
      y: "rand(16, 3).round()",
    });
  it("are told where the loss is computed", () => holds(bce("y, p", " // expect: loss-arguments-swapped")));
  it("aren't said to be where outputs come first", () => holds(bce("p, y")));
});
