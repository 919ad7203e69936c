import assert from "node:assert/strict";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { knownBuilds, type KernelBuild } from "../../../src/engine/kernels/builds.ts";
import { loadKernels, type LoadedKernels } from "../../../src/engine/kernels/load.ts";
import { fastest } from "../../../src/engine/kernels/measure.ts";
import { multipliesRightly } from "../../../src/engine/kernels/selfTest.ts";
import { temporaryFolder } from "../../harness/temporary.ts";
import { wave } from "./harness.ts";

const memoryOfItsOwn = (): WebAssembly.Memory => new WebAssembly.Memory({ initial: 64, maximum: 65_536, shared: true });
const v8Version = Number.parseInt(process.versions.v8, 10);
const joinsVectors = v8Version >= 13 && process.arch === "x64";

describe("loading the kernels", () => {
  describe("on an x64 machine whose V8 is known", () => {
    before(function () {
      // Of other processors nothing is known beforehand.
      if (process.arch !== "x64") this.skip();
    });

    it("takes the fastest build that needs nothing of the process, and says which", () => {
      const { kernels, build } = loadKernels(memoryOfItsOwn(), "");
      assert.ok(kernels.sgemmWorkBytes() > 0);
      assert.equal(build, v8Version < 13 ? "plain" : "relaxed");
    });

    it("takes the fastest of all where the process is ours", () => {
      assert.equal(loadKernels(memoryOfItsOwn(), "best").build, v8Version < 13 ? "plain" : "revectorized");
    });

    it("knows Node 20 to 26", () => {
      const ofNode = { 20: "11.3.244.8", 22: "12.4.254.21", 24: "13.6.233.17", 25: "14.1.146.11", 26: "14.6.202.34" };
      assert.deepEqual(
        Object.values(ofNode).map((v8) => knownBuilds(v8, "x64")![0]),
        ["plain", "plain", "revectorized", "revectorized", "revectorized"],
      );
      assert.deepEqual([knownBuilds("15.0.1", "x64"), knownBuilds("13.6.233.17", "arm64"), knownBuilds(undefined, "x64")], [null, null, null]);
    });
  });

  it("takes the build that is asked for by name, and where V8 can't make it the next", () => {
    for (const build of ["plain", "relaxed"]) assert.equal(loadKernels(memoryOfItsOwn(), build).build, build);
    assert.equal(loadKernels(memoryOfItsOwn(), "revectorized").build, joinsVectors ? "revectorized" : "relaxed");
  });

  describe("where nothing is known of V8", () => {
    let cache: string;
    let before: string | undefined;
    beforeEach(() => {
      before = process.env["KINDLING_CACHE"];
      process.env["KINDLING_CACHE"] = cache = join(temporaryFolder("kernels"), "cache");
    });
    afterEach(() => {
      if (before === undefined) delete process.env["KINDLING_CACHE"];
      else process.env["KINDLING_CACHE"] = before;
    });

    const load = (wanted = "best"): KernelBuild => {
      const stranger = { arch: "x64", versions: { v8: "99.0.1" }, getBuiltinModule: process.getBuiltinModule };
      return loadKernels(memoryOfItsOwn(), wanted, stranger as Parameters<typeof loadKernels>[2]).build;
    };
    const place = (): string => join(cache, ["kernels 99.0.1 x64", cpus()[0]?.model ?? ""].join(" ").replace(/[^\w.-]+/g, "-"));

    it("measures once, tries no experiment, and stays with what it found", () => {
      const found = load();
      assert.ok(found === "plain" || found === "relaxed");
      assert.deepEqual(
        readdirSync(cache).map((name) => join(cache, name)),
        [place()],
      );
      for (let i = 0; i < 5; i++) assert.equal(load(i % 2 ? "best" : ""), found);
    });

    it("believes what was kept, whatever it would measure now", () => {
      mkdirSync(cache);
      for (const build of ["plain", "relaxed"]) {
        writeFileSync(place(), build);
        assert.equal(load(), build);
      }
    });

    it("takes the same build every time where nothing can be kept, or where what was kept is no answer", () => {
      writeFileSync(cache, "a file where the folder would have to be");
      assert.deepEqual([load(), load(), load()], ["relaxed", "relaxed", "relaxed"]);
      process.env["KINDLING_CACHE"] = cache = temporaryFolder("kernels");
      writeFileSync(place(), "quick");
      assert.equal(load(), "relaxed");
    });

    it("finds out which one multiplies faster", () => {
      const memory = memoryOfItsOwn();
      const { kernels } = loadKernels(memory, "plain");
      const slow = {
        ...kernels,
        sgemm: (...args: Parameters<typeof kernels.sgemm>) => {
          for (let i = 0; i < 20; i++) kernels.sgemm(...args);
        },
      };
      assert.deepEqual([fastest([kernels, slow], memory), fastest([slow, kernels], memory)], [0, 1]);
      assert.ok(new Uint8Array(memory.buffer, kernels.heapBase.value as number).every((v) => v === 0));
    });
  });

  it("goes on running once V8 has optimised everything, with Liftoff on again", () => {
    const memory = memoryOfItsOwn();
    const loaded: LoadedKernels = loadKernels(memory, "best");
    const { kernels } = loaded;
    const [n, channels, size] = [4, 16, 12];
    const start = Math.ceil((kernels.heapBase.value as number) / 64) * 64;
    const image = [size, size, 3, 3, size, size, 1, 1, 1, 1, 1, 1] as const;
    const [x, weight, out] = [start, start + n * channels * size * size * 4, start + 2 * n * channels * size * size * 4];
    const work = out + n * channels * size * size * 4;
    assert.ok(work + kernels.conv2dWorkBytes(channels, channels, ...image) <= memory.buffer.byteLength);
    for (let i = 0; i < 400; i++) {
      kernels.conv2d(x, weight, 0, out, n, 1, channels, channels, ...image, work);
      kernels.conv2dBackwardInput(out, weight, x, n, 1, channels, channels, ...image, work);
      kernels.conv2dBackwardWeight(out, x, weight, n, 1, channels, channels, ...image, work, 0, channels, 0, channels * 9);
    }
    assert.ok(new Float32Array(memory.buffer, out, n * channels * size * size).every((v) => v === 0));
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
    const wrong = {
      ...kernels,
      sgemm: (...args: Parameters<typeof kernels.sgemm>) => {
        kernels.sgemm(...args);
        const [m, n, , , , , , , , c] = args;
        if (m === 5) new Float32Array(memory.buffer)[c / 4 + n * m - 1]! += 0.01;
      },
    };
    assert.equal(multipliesRightly(wrong, memory), false);
  });

  it("gives the same bits from all builds wherever no matrix product is involved", () => {
    const results = (["plain", "relaxed"] as const).map((build) => {
      const memory = memoryOfItsOwn();
      const { kernels } = loadKernels(memory, build);
      const x = 200_000,
        out = 300_000,
        n = 1000;
      new Float32Array(memory.buffer).set(wave(n, 5), x / 4);
      for (let op = 0; op < 39; op++) kernels.unary(op as 0, x, out + op * n * 4, n, 0.5, 2);
      kernels.softmax(x, out + 39 * n * 4, 10, n / 10, 1);
      return new Uint8Array(memory.buffer.slice(out, out + 40 * n * 4));
    });
    assert.deepEqual(results[0], results[1]);
  });
});
