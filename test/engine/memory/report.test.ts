import assert from "node:assert/strict";
import { empty, memoryReport, nn, optim, randn, type MemoryReport } from "../../../src/engine/index.ts";

/** What has been added to each figure since `before`. */
function since(before: MemoryReport): MemoryReport {
  const now = memoryReport();
  return Object.fromEntries(Object.entries(now).map(([name, value]) => [name, value - before[name as keyof MemoryReport]])) as unknown as MemoryReport;
}

/** Makes so many tensors that the nursery is emptied. */
function turnOver(): void {
  for (let i = 0; i < 33_000; i++) empty(1);
}

const bytesOf = (tensors: readonly { nbytes: number }[]): number => tensors.reduce((sum, tensor) => sum + tensor.nbytes, 0);

describe("the memory report", () => {
  it("says what a training loop keeps", () => {
    // So that there is room for the whole loop.
    turnOver();
    const before = memoryReport();
    const net = new nn.Sequential(new nn.Linear(20, 64), new nn.BatchNorm1d(64), new nn.ReLU(), new nn.Linear(64, 3));
    const parameters = bytesOf(net.parameters());
    const buffers = bytesOf(net.buffers());
    const optimizer = new optim.Adam(net.parameters(), { lr: 1e-3 });
    const x = randn(32, 20);
    for (let step = 0; step < 5; step++) {
      optimizer.zeroGrad();
      net(x).square().mean().backward();
      optimizer.step();
    }
    const trained = since(before);
    assert.equal(trained.parameters, parameters);
    assert.equal(trained.buffers, buffers);
    assert.equal(trained.gradients, parameters);
    assert.equal(trained.optimizerState, 2 * parameters);
    // At the least the five batches' hidden activations.
    assert.ok(trained.results >= 5 * 3 * 32 * 64 * 4);
    optimizer.zeroGrad();
    assert.equal(since(before).gradients, 0);
  });

  it("counts SGD's momentum once, and a state that was loaded as one that was made", () => {
    const before = memoryReport();
    const parameter = new nn.Parameter(randn(10, 10));
    const sgd = new optim.SGD([parameter], { lr: 0.1, momentum: 0.9 });
    parameter.sum().backward();
    sgd.step();
    assert.equal(since(before).optimizerState, 400);
    const other = new optim.SGD([parameter], { lr: 0.1, momentum: 0.9 });
    other.loadStateDict(sgd.stateDict());
    assert.equal(since(before).optimizerState, 800);
  });

  it("counts a gradient that user code took as a result, once it is no gradient any more", () => {
    const before = memoryReport();
    const parameter = new nn.Parameter(randn(100));
    parameter.sum().backward();
    const taken = parameter.grad!;
    assert.equal(since(before).gradients, 400);
    parameter.grad = null;
    assert.equal(since(before).gradients, 0);
    assert.equal(taken.sum().item(), 100);
  });

  it("counts the gradients of the inputs that backward was asked for with all others, and however much is made meanwhile", () => {
    const before = memoryReport();
    const parameter = new nn.Parameter(randn(100));
    parameter.sum().backward({ inputs: [parameter] });
    turnOver();
    assert.equal(since(before).gradients, 400);
  });

  it("says what moved out when the nursery was full", () => {
    const held = randn(1000);
    turnOver();
    assert.ok(memoryReport().movedOut >= held.nbytes);
  });

  it("adds up", () => {
    const { heap, nursery, resident, workspaces, free, linear } = memoryReport();
    assert.ok(nursery + resident + workspaces <= heap);
    assert.ok(heap + free <= linear);
  });

  it("a nursery without room for another step is emptied between steps, so that nothing has to come back", () => {
    turnOver();
    const weight = new nn.Parameter(randn(1024));
    const { nursery } = memoryReport();
    const rows = Math.floor(nursery / 5 / 4096);
    for (let step = 0; step < 6; step++) {
      weight.grad = null;
      const before = memoryReport();
      randn(rows, 1024).mul(weight).sum().backward();
      const { residents } = memoryReport();
      assert.ok(residents <= before.residents + 1, `step ${step}`);
    }
  });
});
