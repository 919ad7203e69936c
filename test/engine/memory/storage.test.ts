import assert from "node:assert/strict";
import { autograd, empty, full, manualSeed, memoryReport, nn, ones, optim, OutOfMemoryError, randn, zeros, type Tensor } from "../../../src/engine/index.ts";
import { allocateBlock, freeBlock, heapBytes } from "../../../src/engine/memory/heap.ts";
import { kernels } from "../../../src/engine/memory/linear.ts";

const MiB = 2 ** 20;

/** Makes so many tensors that all earlier ones have moved out of linear memory. */
function turnOver(): void {
  for (let i = 0; i < 33_000; i++) empty(1);
}

/** Makes so many large tensors (without writing to them) that whatever isn't in use leaves linear memory. */
function pressOut(): void {
  const size = Math.max(64 * MiB, memoryReport().nursery / 4 + MiB);
  for (let i = 0; i < 24; i++) empty(size / 4);
}

const values = (tensor: Tensor): number[] => Array.from(tensor.toTypedArray());

describe("values of tensors that are held", () => {
  it("stay, whatever their size and however much is made meanwhile", () => {
    const sizes = [0, 1, 3, 16, 127, 128, 129, 1000, 2048, 5000, 8192, 70_000, 300_000];
    const held = sizes.map((size, i) => full([size], i + 0.5));
    const sums = (): number[] => held.map((tensor) => tensor.sum().item());
    const before = sums();
    for (let round = 0; round < 3; round++) {
      turnOver();
      assert.deepEqual(sums(), before);
    }
  });

  it("stay for integers, truth values and bytes", () => {
    const held = [full([5], -7, { dtype: "int32" }), full([5], true), full([5], 200, { dtype: "uint8" })];
    const before = held.map(values);
    turnOver();
    assert.deepEqual(held.map(values), before);
    assert.deepEqual(
      held.map((tensor) => tensor.sum().item()),
      [-35, 5, 1000],
    );
  });

  it("can be read by tolist, item and printing without being brought back", () => {
    const held = full([2, 2], 3);
    turnOver();
    const { residents } = memoryReport();
    assert.deepEqual(held.tolist(), [
      [3, 3],
      [3, 3],
    ]);
    assert.equal(held.at(1, 1).item(), 3);
    assert.equal(String(held), "tensor([[3., 3.],\n        [3., 3.]])");
    assert.equal(memoryReport().residents, residents);
  });

  it("stay shared between a tensor and its views, also when one changes after they moved out", () => {
    const base = zeros(4, 300);
    const row = base.select(0, 2);
    const flipped = base.transpose(0, 1);
    turnOver();
    row.fill_(5);
    turnOver();
    assert.equal(base.sum().item(), 1500);
    assert.equal(flipped.sum().item(), 1500);
    base.add_(1);
    turnOver();
    assert.equal(row.at(7).item(), 6);
  });

  it("stay when what moved out is changed, used, and leaves again under pressure", () => {
    const held = Array.from({ length: 40 }, (_, i) => full([512 * 1024], i));
    turnOver();
    held.forEach((tensor) => tensor.add_(1));
    pressOut();
    held.forEach((tensor, i) => assert.equal(tensor.mean().item(), i + 1));
  });

  it("stay when a result's memory moves between two outputs of one operation", () => {
    // Results of several outputs are allocated before they are written, and every so often that moves the earlier one.
    const x = randn(3, 8);
    const expected = x.max(0);
    const [expectedValues, expectedIndices] = [values(expected.values), values(expected.indices)];
    const held = Array.from({ length: 40_000 }, () => x.max(0));
    pressOut();
    for (const { values: found, indices } of held) {
      assert.deepEqual(values(found), expectedValues);
      assert.deepEqual(values(indices), expectedIndices);
    }
  });

  it("stay for what a graph has saved, until backward needs it", () => {
    const x = randn([50, 40], { requiresGrad: true });
    const direct = autograd.grad(x.sin().exp().square().sum(), x)[0]!.tolist();
    const result = x.sin().exp().square().sum();
    turnOver();
    result.backward();
    assert.deepEqual(x.grad!.tolist(), direct);
  });

  it("stay for gradients, from hooks and from grad, over many steps", () => {
    const weight = ones([100], { requiresGrad: true });
    const seen: Tensor[] = [];
    const kept: Tensor[] = [];
    for (let i = 0; i < 50; i++) {
      weight.grad = null;
      const hidden = weight.mul(i);
      hidden.registerHook((gradient) => void seen.push(gradient));
      hidden.mul(2).sum().backward();
      kept.push(weight.grad!);
      if (i % 5 === 0) turnOver();
    }
    seen.forEach((gradient) => assert.deepEqual(values(gradient), new Array(100).fill(2)));
    kept.forEach((gradient, i) => assert.deepEqual(values(gradient), new Array(100).fill(2 * i)));
  });

  it("stay for parameters and optimizer state that nobody uses for long", () => {
    const train = (interrupt: () => void): unknown[] => {
      manualSeed(1);
      const model = new nn.Linear(6, 3);
      const optimizer = new optim.Adam(model.parameters(), { lr: 0.1 });
      const x = randn(8, 6);
      for (let i = 0; i < 6; i++) {
        optimizer.zeroGrad();
        model(x).square().mean().backward();
        interrupt();
        optimizer.step();
      }
      return model.parameters().map((parameter) => parameter.tolist());
    };
    const calm = train(() => {});
    assert.deepEqual(
      train(() => turnOver()),
      calm,
    );
    assert.deepEqual(train(pressOut), calm);
  });

  it("stay for a list of losses", () => {
    const losses: Tensor[] = [];
    const x = randn(200);
    for (let i = 0; i < 5000; i++) losses.push(x.mul(0).add(i).mean());
    turnOver();
    losses.forEach((loss, i) => assert.equal(loss.item(), i));
  });

  it("are zero or what was written last for tensors that were made empty", () => {
    const never = empty(700);
    const later = empty(700);
    turnOver();
    assert.equal(never.toTypedArray().length, 700);
    later.fill_(4);
    turnOver();
    assert.deepEqual(values(later), new Array(700).fill(4));
  });
});

describe("memory that the engine uses for itself", () => {
  it("is given back after each step", () => {
    const model = new nn.Sequential(new nn.Linear(20, 30), new nn.ReLU(), new nn.Linear(30, 5));
    const optimizer = new optim.SGD(model.parameters(), { lr: 0.1, momentum: 0.9 });
    const x = randn(16, 20);
    const step = (): void => {
      optimizer.zeroGrad();
      model(x).square().mean().backward();
      optimizer.step();
    };
    step();
    optimizer.zeroGrad();
    const { heap, resident, residents } = memoryReport();
    for (let i = 0; i < 20; i++) step();
    optimizer.zeroGrad();
    const after = memoryReport();
    assert.deepEqual([after.heap, after.resident, after.residents], [heap, resident, residents]);
  });

  it("is given back when a hook throws in the middle of backward", () => {
    const weight = randn([64, 64], { requiresGrad: true });
    const fail = (): void => {
      const hidden = weight.sin();
      hidden.registerHook(() => {
        throw new Error("from the hook");
      });
      assert.throws(() => hidden.exp().mul(weight.cos()).sum().backward(), /from the hook/);
    };
    fail();
    turnOver();
    const before = heapBytes();
    for (let i = 0; i < 50; i++) fail();
    turnOver();
    assert.ok(heapBytes() - before < 64 * 64 * 4 * 2, `${heapBytes() - before} bytes are missing`);
  });

  it("is given back when an operation's backward throws", () => {
    const weight = randn([64, 64], { requiresGrad: true });
    const fail = (): void => {
      const hidden = weight.sin();
      const result = hidden.exp().mul(hidden);
      hidden.add_(1);
      assert.throws(() => result.sum().backward(), /modified by an inplace operation/);
    };
    fail();
    const before = heapBytes();
    for (let i = 0; i < 50; i++) fail();
    assert.equal(heapBytes(), before);
  });

  it("leaves the engine as it was after a failed backward", () => {
    const weight = ones([3], { requiresGrad: true });
    const hidden = weight.mul(2);
    const handle = hidden.registerHook(() => {
      throw new Error("from the hook");
    });
    assert.throws(() => hidden.sum().backward());
    handle.remove();
    assert.equal(autograd.isGradEnabled(), true);
    weight.mul(3).sum().backward();
    assert.deepEqual(weight.grad!.tolist(), [3, 3, 3]);
  });
});

describe("large tensors", () => {
  it("may be larger than the nursery", () => {
    const size = 10 * MiB;
    const large = ones(size);
    assert.equal(large.add(1).sum().item(), size * 2);
  });

  it("are refused with their size where memory can't hold them, and the next operation works", () => {
    const bytes = 50 * 2 ** 30;
    assert.throws(
      () => zeros(bytes / 4),
      (error) => error instanceof OutOfMemoryError && error.bytes === bytes && /50\.0 GiB/.test(error.message),
    );
    assert.throws(() => zeros(100_000, 1).expand(100_000, 134_218).gt(0), OutOfMemoryError);
    assert.throws(() => randn(3000, 1000, 1000).add(1), OutOfMemoryError);
    assert.deepEqual(ones(3).add(1).tolist(), [2, 2, 2]);
  });

  it("are refused when backward needs them, and the next backward works", () => {
    const x = ones([70_000, 1], { requiresGrad: true });
    const wide = x.expand(70_000, 70_000);
    assert.throws(() => wide.select(1, 0).sum().backward(), OutOfMemoryError);
    x.mul(2).sum().backward();
    assert.equal(x.grad!.at(0, 0).item(), 2);
  });
});

describe("blocks of linear memory", () => {
  it("lie behind the kernels' own data, whoever asks first", () => {
    const block = allocateBlock(64);
    assert.ok(block >= (kernels.heapBase.value as number));
    freeBlock(block, 64);
  });
});
