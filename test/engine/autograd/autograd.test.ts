/** Gradients: against central differences, and PyTorch's rules about graphs. */
import assert from "node:assert/strict";
import { autograd, cat, manualSeed, nn, noGrad, ones, randn, tensor, where, zeros, type Tensor } from "../../../src/engine/index.ts";

const { functional: F } = nn;

/** Compares the gradient of Σ w·f(x) with central differences in every element of every input. */
function checkGradient(f: (...inputs: Tensor[]) => Tensor, ...inputs: Tensor[]): void {
  const leaves = inputs.map((input) => input.detach().clone().requiresGrad_());
  const output = f(...leaves);
  const weights = randn(output.shape);
  const total = (...values: Tensor[]): number =>
    noGrad(() =>
      f(...values)
        .mul(weights)
        .sum()
        .item(),
    );
  output.mul(weights).sum().backward();
  leaves.forEach((leaf, which) => {
    const values = leaf.toTypedArray();
    const gradient = leaf.grad!.toTypedArray();
    const step = 1e-2;
    for (let i = 0; i < values.length; i++) {
      const at = (delta: number): number => {
        const moved = values.slice();
        moved[i] = values[i]! + delta;
        const replaced = tensor(moved).reshape(leaf.shape);
        return total(...leaves.map((other, k) => (k === which ? replaced : other.detach())));
      };
      const numeric = (at(step) - at(-step)) / (2 * step);
      const error = Math.abs(numeric - gradient[i]!);
      assert.ok(error < 2e-2 * Math.max(1, Math.abs(numeric)), `input ${which}, element ${i}: ${gradient[i]} against ${numeric}`);
    }
  });
}

describe("gradients agree with differences", () => {
  beforeEach(() => void manualSeed(3));
  const m = (): Tensor => randn(3, 4);
  const positive = (): Tensor => randn(3, 4).abs().add(0.5);

  const cases: Record<string, () => void> = {
    "add with broadcasting": () => checkGradient((a, b) => a.add(b, { alpha: 2 }), m(), randn(4)),
    "mul with a column": () => checkGradient((a, b) => a.mul(b), m(), randn(3, 1)),
    div: () => checkGradient((a, b) => a.div(b), m(), positive()),
    pow: () => checkGradient((a, b) => a.pow(b), positive(), m()),
    "exp and log": () => checkGradient((a) => a.exp().add(1).log(), m()),
    "tanh, sigmoid, gelu, silu": () => checkGradient((a) => a.tanh().add(a.sigmoid()).add(F.gelu(a)), m()),
    "sqrt, rsqrt, reciprocal": () => checkGradient((a) => a.sqrt().add(a.rsqrt()).add(a.reciprocal()), positive()),
    "where and clamp": () => checkGradient((a, b) => where(a.detach().gt(0), a, b).clamp(-0.9, 5), m().add(3), m().add(3)),
    "sum, mean, var, std": () => checkGradient((a) => a.sum(0).add(a.mean(0)).add(a.var(0)).add(a.std(0)), m()),
    "norm and logsumexp": () => checkGradient((a) => a.norm(2, 1).add(a.logsumexp(1)), m()),
    "max and cumsum": () => checkGradient((a) => a.max(1).values.add(a.cumsum(1).sum(1)), m().mul(3)),
    "matmul of batches": () => checkGradient((a, b) => a.matmul(b), randn(2, 3, 4), randn(4, 2)),
    linear: () => checkGradient((x, w, b) => F.linear(x, w, b), m(), randn(5, 4), randn(5)),
    "transposes and slices": () => checkGradient((a) => a.t().slice(0, 1, 4, 2).reshape(-1), m()),
    "cat, select, expand": () => checkGradient((a, b) => cat([a, b.expand(3, 4)]).select(1, 2), m(), randn(1, 4)),
    softmax: () => checkGradient((a) => a.softmax(1).add(a.logSoftmax(0)), m()),
    conv2d: () => checkGradient((x, w, b) => F.conv2d(x, w, b, { stride: 2, padding: 1 }), randn(2, 2, 5, 5), randn(3, 2, 3, 3), randn(3)),
    "batch norm": () => checkGradient((x, w, b) => F.batchNorm(x, null, null, w, b, true), randn(6, 3), randn(3), randn(3)),
    "cross entropy": () => checkGradient((x) => F.crossEntropy(x, tensor([0, 2, 1], { dtype: "int32" }), { labelSmoothing: 0.1 }), m()),
    "gather and index": () =>
      checkGradient(
        (a) =>
          a
            .gather(
              1,
              tensor(
                [
                  [0, 1],
                  [3, 3],
                  [2, 0],
                ],
                { dtype: "int32" },
              ),
            )
            .add(a.index([[0, 2, 2]]).narrow(1, 0, 2)),
        m(),
      ),
  };
  for (const [name, check] of Object.entries(cases)) it(name, check);
});

describe("the graph", () => {
  it("accumulates into grad until it is cleared", () => {
    const x = ones(2).requiresGrad_();
    x.mul(3).sum().backward();
    x.mul(x).sum().backward();
    assert.deepEqual([...x.grad!.toTypedArray()], [5, 5]);
  });

  it("refuses a second backward unless it is retained", () => {
    const y = ones(2).requiresGrad_().exp().sum();
    y.backward(null, { retainGraph: true });
    y.backward();
    assert.throws(() => y.backward(), /Trying to backward through the graph a second time/);
  });

  it("gives nothing to a leaf that was frozen after its graph was recorded", () => {
    const [frozen, free] = [ones(2).requiresGrad_(), ones(2).requiresGrad_()];
    const loss = frozen.mul(free).mul(3).sum();
    frozen.requiresGrad = false;
    loss.backward();
    assert.deepEqual([frozen.grad, free.grad!.tolist()], [null, [3, 3]]);
  });

  it("notices that a saved tensor was changed in place", () => {
    const x = ones(2).requiresGrad_();
    const y = x.mul(2);
    const z = y.mul(y).sum();
    y.add_(1);
    assert.throws(() => z.backward(), /modified by an inplace operation: \[torch\.FloatTensor \[2\]\]/);
  });

  it("refuses to change a leaf in place", () => {
    assert.throws(() => ones(2).requiresGrad_().add_(1), /a leaf Variable that requires grad is being used in an in-place operation/);
  });

  it("differentiates twice", () => {
    const x = tensor([2]).requiresGrad_();
    const [first] = autograd.grad(x.pow(3).sum(), [x], { createGraph: true });
    const [second] = autograd.grad(first!.sum(), [x]);
    assert.deepEqual([first!.item(), second!.item()], [12, 12]);
  });

  it("lets a hook see and replace the whole gradient of a tensor with several consumers", () => {
    const x = ones(2).requiresGrad_();
    const y = x.mul(2);
    const seen: number[] = [];
    y.registerHook((gradient) => {
      seen.push(...gradient.toTypedArray());
      return gradient.mul(10);
    });
    y.add(y.mul(3)).sum().backward();
    assert.deepEqual(seen, [4, 4]);
    assert.deepEqual([...x.grad!.toTypedArray()], [80, 80]);
  });

  it("tells a leaf's own hook that its grad has grown, until the hook is removed", () => {
    const x = tensor([1, 2]).requiresGrad_();
    const seen: unknown[] = [];
    const handle = x.registerPostAccumulateGradHook((leaf) => void seen.push(leaf.grad!.tolist()));
    x.mul(3).sum().backward();
    x.mul(3).sum().backward();
    handle.remove();
    x.mul(3).sum().backward();
    assert.deepEqual(seen, [
      [3, 3],
      [6, 6],
    ]);
    assert.throws(() => x.mul(2).registerPostAccumulateGradHook(() => {}), /cannot be registered on non-leaf tensors/);
  });

  it("records nothing within noGrad, as a call and as a block", () => {
    const x = ones(2).requiresGrad_();
    assert.equal(noGrad(() => x.mul(2)).requiresGrad, false);
    {
      using _ = noGrad();
      assert.equal(x.mul(2).requiresGrad, false);
    }
    assert.equal(x.mul(2).requiresGrad, true);
  });

  it("walks a chain of 100,000 operations", function () {
    this.timeout(20_000);
    const x = zeros(1).requiresGrad_();
    let y: Tensor = x;
    for (let i = 0; i < 100_000; i++) y = y.add(1);
    y.sum().backward();
    assert.equal(x.grad!.item(), 1);
  });
});
