import assert from "node:assert/strict";
import { getNumThreads, manualSeed, nn, noGrad, optim, randint, randn, setNumThreads, type Tensor } from "kindling";
import { cuts } from "../../../src/engine/kernels/cuts.ts";
import { kernels } from "../../../src/engine/memory/linear.ts";
import { shareFrom, whenHelpersAreUp } from "../../../src/engine/memory/threads.ts";

/** What each operation gives on one thread and on three, every bit of it. */
function bothWays(name: string, compute: () => Tensor | readonly Tensor[], exact = true): void {
  it(name, async () => {
    const run = (): number[][] => {
      manualSeed(3);
      const result = compute();
      return (Array.isArray(result) ? (result as readonly Tensor[]) : [result as Tensor]).map((tensor) => Array.from(tensor.toTypedArray()));
    };
    const alone = run();
    setNumThreads(3);
    try {
      await whenHelpersAreUp();
      const together = run();
      if (exact) assert.deepEqual(together, alone);
      else together.forEach((values, k) => values.forEach((value, i) => assert.ok(Math.abs(value - alone[k]![i]!) <= 1e-5 * Math.max(1, Math.abs(alone[k]![i]!)))));
    } finally {
      setNumThreads(1);
    }
  });
}

const gradients = (model: nn.Module, ...x: Tensor[]): Tensor[] => {
  const inputs = x.map((tensor) => tensor.requiresGrad_());
  const output = model(inputs[0]!);
  output.mul(randn(output.shape)).sum().backward();
  return [output.detach(), ...inputs.map((input) => input.grad!), ...[...model.parameters()].map((parameter) => parameter.grad!)];
};

describe("threads", () => {
  before(() => shareFrom(0));
  after(() => shareFrom(null));
  afterEach(() => setNumThreads(1));

  bothWays("products of all shapes and transpositions", () => {
    const products: Tensor[] = [];
    for (const [m, n, k] of [[100, 7, 30], [7, 150, 30], [200, 210, 300], [1, 500, 20], [97, 1, 5]] as const) {
      products.push(randn(m, k).matmul(randn(k, n)), randn(k, m).t().matmul(randn(n, k).t()));
    }
    return products;
  });
  bothWays("batches of products", () => [randn(5, 20, 30).matmul(randn(5, 30, 10)), randn(7, 3, 4).matmul(randn(4, 5))]);
  bothWays("values one by one, and rows with one row or column", () => {
    const x = randn(33, 70), y = randn(33, 70);
    return [x.exp(), x.add(y), x.mul(2), x.mul(randn(70)), x.sub(randn(33, 1)), x.t().add(y.t()), x.softmax(1), x.logSoftmax(0), x.softmax(0)];
  });
  bothWays("a perceptron's gradients", () => gradients(new nn.Sequential(new nn.Linear(40, 120), new nn.GELU(), new nn.LayerNorm(120), new nn.Linear(120, 30), new nn.Softmax(1)), randn(90, 40)));
  bothWays("a convolutional network's gradients", () => gradients(
    new nn.Sequential(new nn.Conv2d(3, 8, 3, { padding: 1 }), new nn.ReLU(), new nn.MaxPool2d(2), new nn.Conv2d(8, 6, 3, { groups: 2, stride: 2 }), new nn.Flatten()),
    randn(7, 3, 12, 10),
  ), false);
  bothWays("a transformer's gradients, with its dropout", () => gradients(new nn.Sequential(new nn.TransformerEncoderLayer(24, 4, { dimFeedforward: 50, batchFirst: true })), randn(5, 9, 24)));
  bothWays("attention with a mask for each batch", () => {
    const [q, k, v] = [randn(3, 2, 7, 8), randn(3, 2, 9, 8), randn(3, 2, 9, 8)].map((x) => x.requiresGrad_()) as [Tensor, Tensor, Tensor];
    const output = nn.functional.scaledDotProductAttention(q, k, v, { attnMask: randn(3, 1, 1, 9) });
    output.square().sum().backward();
    return [output.detach(), q.grad!, k.grad!, v.grad!];
  });
  bothWays("training with Adam", () => {
    const model = new nn.Sequential(new nn.Linear(20, 64), new nn.ReLU(), new nn.Linear(64, 5));
    const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
    const [x, y] = [randn(100, 20), randint(0, 5, [100], { dtype: "int32" })];
    for (let step = 0; step < 10; step++) {
      optimizer.zeroGrad();
      nn.functional.crossEntropy(model(x), y).backward();
      optimizer.step();
    }
    return [...model.parameters()].map((parameter) => parameter.detach());
  });

  it("puts every kernel that can be cut in the place of the plain one, and takes it back", async () => {
    const plain = { ...kernels };
    setNumThreads(2);
    await whenHelpersAreUp();
    for (const name of Object.keys(cuts) as (keyof typeof cuts)[]) assert.notEqual(kernels[name], plain[name], name);
    setNumThreads(1);
    assert.deepEqual(kernels, plain);
  });

  it("computes rightly while its helpers are still coming up, and when their number changes", () => {
    const [a, b] = [randn(120, 80), randn(80, 90)];
    const alone = noGrad(() => a.matmul(b).tolist());
    for (const count of [2, 4, 3, 1]) {
      setNumThreads(count);
      assert.equal(getNumThreads(), count);
      assert.deepEqual(a.matmul(b).tolist(), alone);
    }
  });

  it("says what a number of threads has to be", () => {
    for (const count of [0, -1, 1.5, 65, Number.NaN]) {
      assert.throws(() => setNumThreads(count), { message: `setNumThreads expects a whole number from 1 to 64, but got ${count}` });
    }
  });
});
