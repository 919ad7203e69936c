/** The promise of the memory: nobody disposes, what is held keeps its value, and synchronous loops run in flat memory. */
import assert from "node:assert/strict";
import { full, manualSeed, memoryReport, nn, optim, OutOfMemoryError, randint, randn, zeros, type Tensor } from "../../../src/engine/index.ts";

const MiB = 1 << 20;

/** Residual linear net small enough for a hundred thousand steps in seconds. */
function smallTraining(): () => Tensor {
  manualSeed(0);
  const model = new nn.Sequential(new nn.Linear(8, 16), new nn.ReLU(), new nn.Linear(16, 3));
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.01, momentum: 0.9 });
  const lossFn = new nn.CrossEntropyLoss();
  const x = randn(16, 8);
  const y = randint(0, 3, [16]);
  return () => {
    const loss = lossFn(model(x), y);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    return loss;
  };
}

describe("memory", function () {
  this.timeout(60_000);

  it("keeps the value of every tensor that is held, however much is computed afterwards", () => {
    const held = Array.from({ length: 50 }, (_, i) => full([100], i));
    const views = held.map((tensor) => tensor.narrow(0, 10, 5));
    const bytes = memoryReport().nursery * 3;
    for (let made = 0; made < bytes; made += 400_000) zeros(100_000);
    held.forEach((tensor, i) => assert.deepEqual(new Set(tensor.toTypedArray()), new Set([i])));
    views.forEach((view, i) => assert.equal(view.sum().item(), 5 * i));
  });

  it("keeps what a graph has saved until backward needs it", () => {
    const x = randn(64, 64).requiresGrad_();
    const y = x.tanh().mul(x).sum();
    const expected = x.tanh().detach();
    for (let i = 0; i < 200; i++) zeros(100_000);
    y.backward();
    const gradient = expected.add(x.detach().mul(expected.square().neg().add(1)));
    assert.ok(x.grad!.allclose(gradient, { rtol: 1e-4, atol: 1e-6 }));
  });

  it("lets a list of losses grow without keeping whole steps alive", () => {
    const step = smallTraining();
    const losses: Tensor[] = [];
    for (let i = 0; i < 5_000; i++) losses.push(step().detach());
    const before = process.memoryUsage().rss;
    for (let i = 0; i < 20_000; i++) losses.push(step().detach());
    // V8 alone takes and gives back some tens of MiB as it pleases; whole steps would be several hundred.
    assert.ok(process.memoryUsage().rss - before < 150 * MiB);
    assert.ok(losses[0]!.item() > losses.at(-1)!.item());
  });

  it("frees what only the engine saw after each step", () => {
    const step = smallTraining();
    for (let i = 0; i < 10; i++) step();
    const before = memoryReport().heap;
    for (let i = 0; i < 1_000; i++) step();
    const growth = memoryReport().heap - before;
    assert.ok(growth < 64 * 1024, `${growth} bytes of 1,000 steps stayed`);
  });

  it("stays bounded when parameters are made in a loop", () => {
    const make = (): void => {
      for (let i = 0; i < 4_000; i++) new nn.Parameter(zeros(256, 256));
    };
    make();
    const before = memoryReport().linear;
    make();
    assert.equal(memoryReport().linear, before);
  });

  it("refuses 50 GB in a clear sentence, and goes on working", () => {
    assert.throws(
      () => zeros(50_000_000_000 / 4),
      (error: Error) => {
        assert.ok(error instanceof OutOfMemoryError);
        assert.match(error.message, /tried to allocate 50000000000 bytes/);
        return true;
      },
    );
    assert.equal(zeros(3).add(1).sum().item(), 3);
  });

  it("works with tensors that are larger than the nursery", () => {
    const size = memoryReport().nursery / 4 + 1000;
    const large = full([size], 2);
    assert.equal(
      large
        .mul(3)
        .narrow(0, size - 1, 1)
        .item(),
      6,
    );
  });

  it("gives back scratch when backward throws", () => {
    const x = randn(1000).requiresGrad_();
    const fail = (): void => {
      const y = x.mul(2);
      y.registerHook(() => {
        throw new Error("stop here");
      });
      assert.throws(() => y.exp().sum().backward(), /stop here/);
    };
    for (let i = 0; i < 5; i++) fail();
    const before = memoryReport().heap;
    for (let i = 0; i < 200; i++) fail();
    assert.ok(memoryReport().heap - before < 4 * MiB);
  });
});
