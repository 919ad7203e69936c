import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { Generator, fillBernoulliEach, fillExponential, fillNormal, fillRandint, fillRandperm, fillUniform } from "../../../src/engine/random/index.ts";
import { empty } from "../../../src/engine/ops/creation.ts";
import { bernoulli_ } from "../../../src/engine/ops/sampling.ts";
import { readFixture } from "../../fixtures/read.ts";

interface Streams {
  rand: number[][];
  uniform: number[][];
  randnSmall: number[][];
  randnLarge: number[][];
  normal: number[][];
  randint: number[][];
  randperm: number[][];
  bernoulli: number[][];
  exponential: number[][];
  mixed: number[][];
  dropout: number[];
  seeds: Record<string, number[]>;
  state: Record<"fresh" | "used" | "spare" | "full", number[]>;
}

const { torch } = readFixture<{ torch: Streams }>("random_streams.json");
const floats = (n: number, fill: (out: Float32Array) => void) => filled(new Float32Array(n), fill);
const integers = (n: number, fill: (out: Float64Array) => void) => filled(new Float64Array(n), fill);

function filled<A extends Float32Array | Float64Array>(out: A, fill: (out: A) => void): number[] {
  fill(out);
  return Array.from(out);
}

/** Of one probability for all, which kernels draw. */
function bernoulli(generator: Generator, n: number, p: number): number[] {
  return Array.from(bernoulli_(empty([n]), p, { generator }).toTypedArray());
}

function seeded(seed: number | bigint): Generator {
  return new Generator().manualSeed(seed);
}

describe("PyTorch's random streams", () => {
  it("rand and uniform_", () => {
    const g = seeded(0);
    assert.deepEqual([floats(5, (out) => fillUniform(g, out)), floats(40, (out) => fillUniform(g, out))], torch.rand);
    g.manualSeed(7);
    assert.deepEqual([floats(64, (out) => fillUniform(g, out, -0.3, 0.7)), floats(8, (out) => fillUniform(g, out, 2, 5))], torch.uniform);
  });

  it("randn below 16 values, with the kept half of a pair", () => {
    const g = seeded(1);
    assert.deepEqual(
      [5, 2, 3].map((n) => floats(n, (out) => fillNormal(g, out))),
      torch.randnSmall,
    );
  });

  it("randn and normal_ of 16 values and more, with a tail that is drawn again", () => {
    const g = seeded(2);
    assert.deepEqual(
      [16, 32, 37, 3, 500].map((n) => floats(n, (out) => fillNormal(g, out))),
      torch.randnLarge,
    );
    g.manualSeed(3);
    assert.deepEqual([floats(6, (out) => fillNormal(g, out, 2, 0.5)), floats(50, (out) => fillNormal(g, out, -1, 3))], torch.normal);
  });

  it("randint over narrow and wide ranges", () => {
    const g = seeded(4);
    const draw = (n: number, low: number, high: number) => integers(n, (out) => fillRandint(g, out, low, high));
    const drawn = [draw(20, 0, 10), draw(9, -5, 1000), draw(6, 0, 2 ** 31 - 1), draw(6, -(2 ** 31), 2 ** 31), draw(6, 0, 2 ** 40)];
    assert.deepEqual(drawn, torch.randint);
  });

  it("randperm", () => {
    const g = seeded(5);
    assert.deepEqual(
      [10, 1, 100].map((n) => integers(n, (out) => fillRandperm(g, out))),
      torch.randperm,
    );
  });

  it("bernoulli with one probability and with one for each element", () => {
    const g = seeded(6);
    const one = bernoulli(g, 40, 0.3);
    const each = floats(33, (out) =>
      fillBernoulliEach(
        g,
        out,
        Float32Array.from(out, (_, i) => i / 32),
      ),
    );
    const many = bernoulli(g, 1000, 0.9);
    assert.deepEqual([one, each, many.flatMap((value, i) => (value ? [i] : []))], torch.bernoulli);
  });

  it("the masks of dropout", () => {
    const g = seeded(11);
    bernoulli(g, 30, 0.75);
    const kept = bernoulli(g, 30, 0.75);
    assert.deepEqual(
      kept,
      torch.dropout.map((value) => (value === 0 ? 0 : 1)),
    );
  });

  it("exponential_", () => {
    const g = seeded(8);
    assert.deepEqual([floats(20, (out) => fillExponential(g, out)), floats(20, (out) => fillExponential(g, out, 3.5))], torch.exponential);
  });

  it("a kept normal waits while other functions draw", () => {
    const g = seeded(9);
    const drawn = [
      floats(3, (out) => fillNormal(g, out)),
      floats(2, (out) => fillUniform(g, out)),
      floats(1, (out) => fillNormal(g, out)),
      integers(4, (out) => fillRandperm(g, out)),
      floats(20, (out) => fillNormal(g, out)),
      integers(4, (out) => fillRandint(g, out, 0, 3)),
    ];
    assert.deepEqual(drawn, torch.mixed);
  });

  it("negative and 64-bit seeds", () => {
    // A seed beyond 2⁵³ is given as a bigint.
    for (const [seed, expected] of Object.entries(torch.seeds)) {
      assert.deepEqual(
        floats(4, (out) => fillUniform(seeded(BigInt(seed)), out)),
        expected,
        `seed ${seed}`,
      );
    }
    assert.throws(() => seeded(2n ** 64n), RangeError);
    assert.throws(() => seeded(0.5), /argument 'seed' must be a whole number or a bigint, not 0\.5/);
  });

  it("writes its state as PyTorch does, and takes it up again", () => {
    const digest = (g: Generator) => [...createHash("sha256").update(g.getState()).digest()];
    const used = seeded(123);
    fillUniform(used, new Float32Array(10));
    assert.deepEqual(digest(used), torch.state.used);
    const full = seeded(123);
    fillUniform(full, new Float32Array(624));
    assert.deepEqual(digest(full), torch.state.full);
    const spare = seeded(123);
    fillNormal(spare, new Float32Array(3));
    assert.deepEqual(digest(spare), torch.state.spare);
    const copy = new Generator().setState(spare.getState());
    assert.deepEqual(
      floats(5, (out) => fillNormal(copy, out)),
      floats(5, (out) => fillNormal(spare, out)),
    );
    assert.equal(copy.initialSeed(), 123);
  });

  it("goes on after draws in bulk where it would be after single ones, from any place in the block", () => {
    for (const [before, n] of [
      [0, 5],
      [1, 311],
      [623, 1],
      [624, 700],
      [301, 2000],
    ] as const) {
      const [bulk, single] = [seeded(12), seeded(12)];
      for (const g of [bulk, single]) fillUniform(g, new Float32Array(before));
      const one = Array.from({ length: n }, () => Number(single.uniformDouble() < 0.1));
      assert.deepEqual(bernoulli(bulk, n, 0.1), one);
      assert.deepEqual(bulk.getState(), single.getState());
    }
  });

  it("an unseeded program differs from the last one", () => {
    const [a, b] = [new Generator(), new Generator()];
    assert.notEqual(a.seed(), b.seed());
    assert.notEqual(a.random32(), b.random32());
  });
});
