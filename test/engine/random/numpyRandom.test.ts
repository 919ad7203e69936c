import assert from "node:assert/strict";
import { arange, numpyRandom } from "../../../src/engine/index.ts";
import { assertClose } from "../../fixtures/closeTo.ts";
import { readFixture } from "../../fixtures/read.ts";

const { numpy } = readFixture<{ numpy: unknown[] }>("random_streams.json");

describe("numpyRandom", () => {
  it("gives NumPy's numbers as numbers and tensors", () => {
    const r = numpyRandom(42);
    const p = [0.1, 0.2, 0.3, 0.15, 0.25];
    const items = [1, 2, 3, 4, 5, 6, 7];
    const drawn: unknown[] = [
      r.rand(3, 2),
      r.rand(),
      r.randn(5),
      r.randn(4),
      r.randint(10, null, 12),
      r.randint(-3, 300, 6),
      r.randint(5),
      r.randint(0, 2 ** 31 - 1, 4),
      [0, 1, 2, 3].map(() => r.randint(0, 2 ** 32)),
      [0, 1, 2, 3].map(() => r.randint(0, 2 ** 40)),
      r.randint(3, 4, 3),
      r.uniform(-2, 3, 5),
      r.uniform(),
      r.normal(1, 2, 5),
      r.permutation(9),
      r.permutation([5, 6, 7, 8]),
      r.permutation(arange(6).reshape(3, 2)),
    ];
    r.shuffle(items);
    drawn.push(items, r.choice(6, 8), r.choice([10, 20, 30]), r.choice(10, 4, false), r.choice(5, 9, true, p), r.choice(5, 4, false, p), r.rand(2));
    const plain = drawn.map((value) => (value as { tolist?: () => unknown }).tolist?.() ?? value);
    assertClose(plain, numpy, { atol: 0, rtol: 1e-6 });
  });

  it("shuffles the rows of a tensor in place, as it permutes a copy", () => {
    const rows = arange(8).reshape(4, 2);
    const shuffled = numpyRandom(1).permutation(rows);
    numpyRandom(1).shuffle(rows);
    assert.deepEqual(rows.tolist(), shuffled.tolist());
  });
});
