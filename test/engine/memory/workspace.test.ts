import assert from "node:assert/strict";
import { empty, nn, ones, OutOfMemoryError } from "../../../src/engine/index.ts";
import { allocateBlock, freeBlock } from "../../../src/engine/memory/heap.ts";
import { ADDRESS_SPACE } from "../../../src/engine/memory/linear.ts";
import { fixedBlock, Workspace } from "../../../src/engine/memory/workspace.ts";

const MiB = 2 ** 20;

/** Runs with all of linear memory handed out. */
function whileMemoryIsFull(run: () => void): void {
  const taken: [address: number, bytes: number][] = [];
  for (let bytes = 1024 * MiB; bytes >= 64; bytes /= 2) {
    for (let address = allocateBlock(bytes); address >= 0; address = allocateBlock(bytes)) taken.push([address, bytes]);
  }
  try {
    run();
  } finally {
    for (const [address, bytes] of taken) freeBlock(address, bytes);
  }
}

describe("a workspace", () => {
  it("stays where it is while it is large enough", () => {
    const workspace = new Workspace();
    const address = workspace.ofSize(5000);
    assert.equal(workspace.ofSize(100), address);
    assert.equal(workspace.ofSize(5000), address);
  });

  it("that memory refused can be had smaller", () => {
    const workspace = new Workspace();
    workspace.ofSize(1000);
    assert.throws(() => workspace.ofSize(2 * ADDRESS_SPACE), OutOfMemoryError);
    assert.ok(workspace.ofSize(2000) > 0);
  });

  it("makes parameters that nobody uses leave, rather than be refused, and they keep their values", () => {
    const parameter = new nn.Parameter(ones(MiB));
    empty(1);
    whileMemoryIsFull(() => assert.ok(new Workspace().ofSize(2 * MiB) > 0));
    assert.equal(parameter.sum().item(), MiB);
  });

  it("is refused where nothing is left that could leave", () => {
    whileMemoryIsFull(() => {
      assert.throws(() => new Workspace().ofSize(1024 * MiB), OutOfMemoryError);
      assert.deepEqual(ones(3).add(1).tolist(), [2, 2, 2]);
      assert.deepEqual(ones(2, 3).t().mul(ones(2)).tolist(), [
        [1, 1],
        [1, 1],
        [1, 1],
      ]);
    });
    assert.deepEqual(ones(2, 2).matmul(ones(2, 2)).tolist(), [
      [2, 2],
      [2, 2],
    ]);
  });
});

describe("blocks of fixed size", () => {
  it("lie at addresses of their own that kernels can read whole words from", () => {
    const [first, second] = [fixedBlock(5), fixedBlock(4)];
    assert.ok(second >= first + 5);
    assert.deepEqual([first % 64, second % 64], [0, 0]);
  });

  it("are refused rather than laid over others", () => {
    assert.throws(() => fixedBlock(MiB), OutOfMemoryError);
    assert.ok(fixedBlock(4) > 0);
  });
});
