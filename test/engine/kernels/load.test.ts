import assert from "node:assert/strict";
import { kernelBuild, loadKernels } from "../../../src/engine/kernels/load.ts";
import { wave } from "./harness.ts";

describe("loading the kernels", () => {
  it("takes the best build that this JavaScript engine runs, and says which", () => {
    const kernels = loadKernels(new WebAssembly.Memory({ initial: 64, maximum: 65_536 }));
    assert.ok(kernels.sgemmWorkBytes() > 0);
    assert.equal(kernelBuild(), "relaxed");
  });

  it("leaves memory from heapBase on alone", () => {
    const memory = new WebAssembly.Memory({ initial: 64, maximum: 65_536 });
    const kernels = loadKernels(memory, "plain");
    assert.equal(kernelBuild(), "plain");
    const base: number = kernels.heapBase.value;
    assert.ok(base > 0 && base <= 131_072);
    assert.ok(new Uint8Array(memory.buffer, base).every((v) => v === 0));
  });

  it("gives the same bits from both builds wherever no matrix product is involved", () => {
    const results = (["plain", "relaxed"] as const).map((build) => {
      const memory = new WebAssembly.Memory({ initial: 64, maximum: 65_536 });
      const kernels = loadKernels(memory, build);
      const x = 200_000, out = 300_000, n = 1000;
      new Float32Array(memory.buffer).set(wave(n, 5), x / 4);
      for (let op = 0; op < 39; op++) kernels.unary(op as 0, x, out + op * n * 4, n, 0.5, 2);
      kernels.softmax(x, out + 39 * n * 4, 10, n / 10, 1);
      return new Uint8Array(memory.buffer.slice(out, out + 40 * n * 4));
    });
    assert.deepEqual(results[0], results[1]);
  });
});
