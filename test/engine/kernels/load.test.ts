import assert from "node:assert/strict";
import { loadKernels, type KernelBuild } from "../../../src/engine/kernels/load.ts";
import { multipliesRightly } from "../../../src/engine/kernels/selfTest.ts";
import { wave } from "./harness.ts";

const memoryOfItsOwn = (): WebAssembly.Memory => new WebAssembly.Memory({ initial: 64, maximum: 65_536, shared: true });
const joinsVectors = Number.parseInt(process.versions.v8, 10) >= 13 && process.arch === "x64";

describe("loading the kernels", () => {
  it("takes the best build that needs nothing of the process, and says which", () => {
    const { kernels, build } = loadKernels(memoryOfItsOwn(), "");
    assert.ok(kernels.sgemmWorkBytes() > 0);
    assert.equal(build, "relaxed");
  });

  it("takes the revectorized build when asked, where V8 can make it, and else the next best", () => {
    assert.equal(loadKernels(memoryOfItsOwn(), "revectorized").build, joinsVectors ? "revectorized" : "relaxed");
  });

  for (const wanted of ["plain", "relaxed", "revectorized"] satisfies KernelBuild[]) {
    it(`leaves memory from heapBase on alone (${wanted} build)`, () => {
      const memory = memoryOfItsOwn();
      const { kernels } = loadKernels(memory, wanted);
      const base: number = kernels.heapBase.value;
      assert.ok(base > 0 && base <= 131_072);
      assert.ok(new Uint8Array(memory.buffer, base).every((v) => v === 0));
    });

    it(`multiplies rightly (${wanted} build)`, () => {
      const memory = memoryOfItsOwn();
      assert.ok(multipliesRightly(loadKernels(memory, wanted).kernels, memory));
    });
  }

  it("would notice products that a compiler got wrong, be it in one element", () => {
    const memory = memoryOfItsOwn();
    const { kernels } = loadKernels(memory, "plain");
    const wrong = { ...kernels, sgemm: (...args: Parameters<typeof kernels.sgemm>) => {
      kernels.sgemm(...args);
      const [m, n, , , , , , , , c] = args;
      if (m === 5) new Float32Array(memory.buffer)[c / 4 + n * m - 1]! += 0.01;
    } };
    assert.equal(multipliesRightly(wrong, memory), false);
  });

  it("gives the same bits from all builds wherever no matrix product is involved", () => {
    const results = (["plain", "relaxed"] as const).map((build) => {
      const memory = memoryOfItsOwn();
      const { kernels } = loadKernels(memory, build);
      const x = 200_000, out = 300_000, n = 1000;
      new Float32Array(memory.buffer).set(wave(n, 5), x / 4);
      for (let op = 0; op < 39; op++) kernels.unary(op as 0, x, out + op * n * 4, n, 0.5, 2);
      kernels.softmax(x, out + 39 * n * 4, 10, n / 10, 1);
      return new Uint8Array(memory.buffer.slice(out, out + 40 * n * 4));
    });
    assert.deepEqual(results[0], results[1]);
  });
});
