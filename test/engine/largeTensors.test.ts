import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  argwhere,
  bincount,
  combinations,
  isin,
  KindlingError,
  maskedScatter,
  repeatInterleave,
  setPrintoptions,
  signbit,
  sort,
  tensor,
  trilIndices,
  triuIndices,
  zeros,
} from "../../src/engine/index.ts";

/** More elements than a list of objects can have: V8 ends the process where one is asked for. */
const MANY = 135e6;

describe("tensors of 135 million elements", function () {
  this.timeout(120_000);
  const bytes = zeros(MANY, { dtype: "uint8" });
  bytes.select(0, MANY - 1).fill_(3);

  it("have their signs told", () => {
    assert.equal(signbit(bytes).any().item(), false);
  });

  it("are counted", () => {
    assert.deepEqual(bincount(bytes).tolist(), [MANY - 1, 0, 0, 1]);
  });

  it("tell where they aren't zero", () => {
    assert.deepEqual(argwhere(bytes).tolist(), [[MANY - 1]]);
  });
});

describe("operations that make lists of places", () => {
  it("sort stably in both directions, NaN as the greatest", () => {
    const ascending = sort(tensor([3, NaN, 1, 3, -0, 0, 2]));
    assert.deepEqual(ascending.indices.tolist(), [4, 5, 2, 6, 0, 3, 1]);
    const descending = sort(tensor([3, NaN, 1, 3, -0, 0, 2]), 0, { descending: true });
    assert.deepEqual(descending.indices.tolist(), [1, 0, 3, 6, 2, 4, 5]);
  });

  it("find triangles, combinations and repetitions as PyTorch does", () => {
    assert.deepEqual(trilIndices(3, 2, -1).tolist(), [
      [1, 2, 2],
      [0, 0, 1],
    ]);
    assert.deepEqual(trilIndices(2, 2, -5).tolist(), [[], []]);
    assert.deepEqual(triuIndices(3, 3, 1).tolist(), [
      [0, 0, 1],
      [1, 2, 2],
    ]);
    assert.deepEqual(triuIndices(2, 2, -5).tolist(), [
      [0, 0, 1, 1],
      [0, 1, 0, 1],
    ]);
    assert.deepEqual(combinations(tensor([5, 6, 7]), 2).tolist(), [
      [5, 6],
      [5, 7],
      [6, 7],
    ]);
    assert.deepEqual(combinations(tensor([5, 6]), 3, { withReplacement: true }).tolist(), [
      [5, 5, 5],
      [5, 5, 6],
      [5, 6, 6],
      [6, 6, 6],
    ]);
    assert.deepEqual(combinations(tensor([5, 6]), 3).shape, [0, 3]);
    assert.deepEqual(repeatInterleave(tensor([7, 8, 9]), tensor([2, 0, 1], { dtype: "int32" })).tolist(), [7, 7, 9]);
    assert.deepEqual(maskedScatter(zeros(4), tensor([true, false, true, false]), tensor([1, 2, 3])).tolist(), [1, 0, 2, 0]);
    assert.deepEqual(isin(tensor([1, 2, NaN, -0]), tensor([NaN, 2, 0])).tolist(), [false, true, false, true]);
  });

  /** `from` and spreading make a list of objects of what may be a whole tensor; `filled` in dtype.ts is for that. */
  it("fill typed arrays in loops", () => {
    const folder = join(import.meta.dirname, "../../src/engine");
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts") && !name.startsWith("kernels"));
    const listing =
      /\b(?:Uint8|Int8|Uint8Clamped|Int16|Uint16|Int32|Uint32|Float32|Float64)Array\.from\(|\.\.\.\w*\.?toTypedArray\(|new Set\(\w*\.?toTypedArray\(/;
    const found = files.flatMap((name) =>
      readFileSync(join(folder, name), "utf8")
        .split("\n")
        .flatMap((line, i) => (listing.test(line) && !/^\s*[/*]/.test(line) ? [`${name}:${i + 1}: ${line.trim()}`] : [])),
    );
    assert.deepEqual(found, []);
  });
});

describe("large tensors in text and lists", () => {
  it("are printed as a summary without looking at the rest", () => {
    const long = zeros(135e6, { dtype: "uint8" });
    long.select(0, 2).fill_(7);
    assert.equal(String(long), "tensor([0, 0, 7,  ..., 0, 0, 0], dtype=torch.uint8)");
    const rows = long.reshape(45e6, 3);
    assert.equal(
      String(rows),
      "tensor([[0, 0, 7],\n        [0, 0, 0],\n        [0, 0, 0],\n        ...,\n        [0, 0, 0],\n        [0, 0, 0],\n        [0, 0, 0]], dtype=torch.uint8)",
    );
    assert.equal(
      String(rows.t()),
      "tensor([[0, 0, 0,  ..., 0, 0, 0],\n        [0, 0, 0,  ..., 0, 0, 0],\n        [7, 0, 0,  ..., 0, 0, 0]], dtype=torch.uint8)",
    );
  });

  it("say what to do where they are asked for in full", () => {
    const long = zeros(135e6, { dtype: "uint8" });
    assert.throws(() => long.tolist(), /tolist\(\): shape \[135000000\] makes more and longer lists than JavaScript holds; use toTypedArray\(\)/);
    assert.throws(() => long.reshape(-1, 1).tolist(), KindlingError);
    setPrintoptions({ threshold: Infinity });
    try {
      assert.throws(() => String(long), /135000000 elements are too many to be printed in full; print a part of the tensor, or a summary/);
    } finally {
      setPrintoptions({ profile: "default" });
    }
  });
});
