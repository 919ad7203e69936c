/** Gradients that are differentiated again: what their graph keeps, and what still can't be. */
import assert from "node:assert/strict";
import { autograd, manualSeed, nn, ones, rand, randn, tensor, type Tensor } from "../../../src/engine/index.ts";

const { functional: F } = nn;

/** Enough results to write over any memory that was given back. */
function useMemory(): void {
  for (let i = 0; i < 200; i++) rand(64, 1024);
}

/** The gradient of Σ w·f(x) by x, where w wants gradients too, taken while the graph of f is given back. */
function gradientOf(f: (x: Tensor) => Tensor, x: Tensor): { first: Tensor; weights: Tensor } {
  const y = f(x);
  const weights = randn(...y.shape).requiresGrad_();
  const [first] = autograd.grad(y, x, { gradOutputs: weights, createGraph: true, retainGraph: false });
  return { first: first!, weights };
}

describe("second derivatives", () => {
  beforeEach(() => void manualSeed(0));

  const kept: Record<string, (x: Tensor) => Tensor> = {
    maxPool2d: (x) => F.maxPool2d(x, 2),
    "batchNorm with running statistics": (x) => F.batchNorm(x, tensor([0.5, -1]), tensor([2, 3])),
  };
  for (const [name, f] of Object.entries(kept)) {
    it(`of ${name} don't read memory that went with the first graph`, () => {
      const { first, weights } = gradientOf(f, randn(2, 2, 4, 4).requiresGrad_());
      const direction = randn(...first.shape);
      // The gradient is linear in the weights: along them its slope is its value.
      const expected = first.mul(direction).sum().item();
      useMemory();
      const [second] = autograd.grad(first, weights, { gradOutputs: direction });
      assert.ok(Math.abs(second!.mul(weights).sum().item() - expected) < 1e-4);
    });
  }

  it("leave the gradients of a penalty in the parameters' grad beside those of the loss", () => {
    const model = new nn.Sequential(new nn.Conv2d(1, 2, 3), new nn.SiLU(), new nn.MaxPool2d(2), new nn.Flatten(), new nn.Linear(2, 3));
    const x = randn(4, 1, 4, 4).requiresGrad_();
    const target = tensor([0, 2, 1, 0], { dtype: "int32" });
    const parts = (): Tensor[] => {
      const loss = F.crossEntropy(model(x) as Tensor, target);
      const [slope] = autograd.grad(loss, x, { createGraph: true });
      return [loss, slope!.square().sum()];
    };
    const gradients = (choose: (parts: Tensor[]) => Tensor): Tensor[] => autograd.grad(choose(parts()), [...model.parameters()]);
    const [ofLoss, ofPenalty] = [gradients(([loss]) => loss!), gradients(([, penalty]) => penalty!)];
    const [loss, penalty] = parts();
    loss!.add(penalty!).backward();
    [...model.parameters()].forEach((parameter, i) => assert.ok(parameter.grad!.allclose(ofLoss[i]!.add(ofPenalty[i]!), { atol: 1e-6 })));
  });

  it("of ctcLoss are refused by name, and only when they are asked for", () => {
    const logits = randn(5, 2, 4).requiresGrad_();
    const target = tensor(
      [
        [1, 2],
        [3, 1],
      ],
      { dtype: "int32" },
    );
    const loss = F.ctcLoss(logits.logSoftmax(2), target, [5, 5], [2, 2]);
    const [slope] = autograd.grad(loss, logits, { createGraph: true });
    const plain = F.ctcLoss(logits.detach().requiresGrad_().logSoftmax(2), target, [5, 5], [2, 2]);
    assert.equal(plain.item(), loss.item());
    assert.throws(() => slope!.square().sum().backward(), /ctcLoss can't be differentiated twice.*Leave the CTC loss out/);
  });

  it("agree with gradgradcheck, the user's own check", () => {
    const x = randn(1, 2, 4, 4).requiresGrad_();
    const weight = randn(2, 2, 2, 2).requiresGrad_();
    assert.ok(autograd.gradgradcheck((a, w) => F.conv2d(a!, w!, null, { padding: 1 }).tanh(), [x, weight], { atol: 5e-2 }));
    assert.ok(autograd.gradgradcheck((a) => F.gelu(F.layerNorm(a!, [4], ones(4))), [randn(3, 4).requiresGrad_()], { atol: 5e-2, rtol: 5e-2 }));
  });
});
