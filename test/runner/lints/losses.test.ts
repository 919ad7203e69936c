/** Losses that get something else than they take. */
import assert from "node:assert/strict";
import { holds } from "./programs.ts";

const classified = (forward: string, loss: string, layers = ""): string => `
class Net extends nn.Module {
  layer = new nn.Linear(4, 3);${layers}
  override forward(x: Tensor): Tensor {
    return ${forward};
  }
}
const model = new Net();
const optimizer = new optim.Adam(model.parameters());
const [x, y] = [randn(32, 4), randint(0, 3, [32])];
const lossFn = ${loss};
for (let step = 0; step < 3; step++) {
  optimizer.zeroGrad();
  const loss = lossFn(model(x), y); // EXPECT
  loss.backward();
  optimizer.step();
}`;

const wrong = (lint: string, text: string): string => text.replace("// EXPECT", `// expect: ${lint}`);

describe("Softmax before a loss that applies it", () => {
  const lint = "softmax-before-cross-entropy";
  const atForward = (text: string): string => text.replace(/^ {4}return .*;$/m, `$& // expect: ${lint}`);

  it("is told where the softmax is, and where the loss is computed", async () => {
    const text = atForward(classified("this.layer(x).softmax(1)", "new nn.CrossEntropyLoss()"));
    const [said] = await holds(text, "inspect");
    assert.match(said!.message, /^Cross entropy applies softmax itself.*Give it the outputs before the softmax\.$/);
    assert.equal(said!.related![0]!.position.line, 14);
    await holds(text);
  });
  it("is told where the layer is made that is one", async () => {
    const text = classified("this.last(this.layer(x))", "new nn.CrossEntropyLoss()", `\n  last = new nn.Softmax(1); // expect: ${lint}`);
    await holds(text);
    await holds(text, "inspect");
  });
  for (const [what, text] of Object.entries({
    "in another shape": classified("this.layer(x).softmax(1).reshape(-1, 3)", "nn.functional.crossEntropy"),
    "that is a sigmoid": classified("this.layer(x).sigmoid()", "nn.functional.crossEntropy"),
    "that is a sigmoid before BCEWithLogitsLoss": classified(
      "this.layer(x).sigmoid()",
      "(out: Tensor, y: Tensor) => nn.functional.binaryCrossEntropyWithLogits(out.select(1, 0), y.gt(0).float())",
    ),
  })) {
    it(`is told ${what}`, () => holds(atForward(text)));
  }
  it("is told as that where its logarithm is wanted", () =>
    holds(atForward(classified("this.layer(x).softmax(1)", "new nn.NLLLoss()")).replace(lint, "nll-without-log")));
  it("is of little weight where it is a log softmax", async () => {
    const [said] = await holds(atForward(classified("this.layer(x).logSoftmax(1)", "new nn.CrossEntropyLoss()")));
    assert.equal(said!.severity, "information");
  });
  it("isn't said of outputs as they are, of log softmax before NLLLoss, or of attention within", async () => {
    await holds(classified("this.layer(x)", "new nn.CrossEntropyLoss()"));
    await holds(classified("this.layer(x).logSoftmax(1)", "new nn.NLLLoss()"));
    await holds(classified("this.layer(x.softmax(1).mul(x))", "new nn.CrossEntropyLoss()"));
  });
});

describe("The logarithm of a softmax", () => {
  it("is told where it is taken", async () => {
    const text = classified("this.layer(x).softmax(1).log()", "new nn.NLLLoss()").replace(".log();", ".log(); // expect: log-of-softmax");
    const [said] = await holds(text, "inspect");
    assert.match(said!.message, /Use logSoftmax, which takes both at once\.$/);
  });
  it("isn't said of a logarithm of something else", () => holds(classified("this.layer(x).softmax(1).add(1e-8).log()", "new nn.NLLLoss()"), "inspect"));
});

describe("Binary cross entropy of what is no probability", () => {
  const binary = (forward: string): string =>
    classified(forward, "(out: Tensor, y: Tensor) => new nn.BCELoss()(out, y.gt(0).float().unsqueeze(1)) /* */").replace(
      "new nn.Linear(4, 3)",
      "new nn.Linear(4, 1)",
    );

  it("is told though the outputs happen to lie between 0 and 1", () =>
    holds(
      binary("this.layer(x)")
        .replace(
          "new nn.Linear(4, 1);",
          "new nn.Linear(4, 1); constructor() { super(); nn.init.constant_(this.layer.weight, 0); nn.init.constant_(this.layer.bias, 0.5); }",
        )
        .replace("/* */;", "; // expect: bce-unbounded"),
      "inspect",
    ));
  it("isn't said behind a sigmoid", () => holds(binary("this.layer(x).sigmoid()")));
});

describe("Outputs and targets that are broadcast", () => {
  const regression = (loss: string, target = "randn(32)"): string => `
const model = new nn.Linear(4, 1);
const optimizer = new optim.Adam(model.parameters());
const [x, y] = [randn(32, 4), ${target}];
for (let step = 0; step < 3; step++) {
  optimizer.zeroGrad();
  const output = model(x);
  const loss = ${loss}; // EXPECT
  loss.backward();
  optimizer.step();
}`;

  for (const loss of [
    "new nn.MSELoss()(output, y)",
    "nn.functional.l1Loss(output, y)",
    "nn.functional.smoothL1Loss(output, y)",
    "new nn.HuberLoss()(output, y)",
    "output.sub(y).square().mean()",
    "y.sub(output).abs().mean()",
  ]) {
    it(`are told of ${loss}`, async () => {
      const text = wrong("accidental-broadcast", regression(loss));
      const [said] = await holds(text, "inspect");
      assert.match(said!.message, /outputs of shape \[32, 1\] and targets of shape \[32\]: they are broadcast to \[32, 32\]/);
      assert.match(said!.message, /`target\.unsqueeze\(1\)`, or `output\.squeeze\(1\)`\.$/);
    });
  }
  it("are told the other way round", async () => {
    const [said] = await holds(wrong("accidental-broadcast", regression("nn.functional.mseLoss(output.squeeze(1), y)", "randn(32, 1)")));
    assert.match(said!.message, /`target\.squeeze\(1\)`, or `output\.unsqueeze\(1\)`\.$/);
  });
  it("aren't where the shapes are alike, the target is one number, or pairs are meant", async () => {
    await holds(regression("nn.functional.mseLoss(output, y.unsqueeze(1))"));
    await holds(regression("nn.functional.mseLoss(output, zeros(1))"));
    await holds(regression("output.squeeze(1).sub(output).relu().mean()"));
    await holds(regression("output.sub(output.mean()).square().mean()"));
  });
});
