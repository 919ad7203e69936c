import assert from "node:assert/strict";
import { NumpyLegacyGenerator } from "../../../src/engine/random/index.ts";
import { assertClose } from "../../fixtures/closeTo.ts";
import { readFixture } from "../../fixtures/read.ts";

const { numpy } = readFixture<{ numpy: unknown[] }>("random_streams.json");

describe("NumPy's legacy random stream", () => {
  it("gives NumPy's numbers, function after function", () => {
    const r = new NumpyLegacyGenerator(42);
    const times = (n: number, draw: () => number) => Array.from({ length: n }, draw);
    const randint = (low: number, high: number) => low + r.interval(high - 1 - low);
    const weights = [0.1, 0.2, 0.3, 0.15, 0.25];
    const shuffled = [1, 2, 3, 4, 5, 6, 7];
    const drawn: unknown[] = [
      [0, 1, 2].map(() => times(2, () => r.double())),
      r.double(),
      times(5, () => r.gauss()),
      times(4, () => r.gauss()),
      times(12, () => randint(0, 10)),
      times(6, () => randint(-3, 300)),
      randint(0, 5),
      times(4, () => randint(0, 2 ** 31 - 1)),
      times(4, () => randint(0, 2 ** 32)),
      times(4, () => randint(0, 2 ** 40)),
      times(3, () => randint(3, 4)),
      times(5, () => -2 + 5 * r.double()),
      r.double(),
      times(5, () => 1 + 2 * r.gauss()),
      [...r.permutation(9)],
      [...r.permutation(4)].map((i) => i + 5),
      [...r.permutation(3)].map((i) => [2 * i, 2 * i + 1]),
    ];
    r.shuffle(shuffled);
    drawn.push(
      shuffled,
      [...r.choice(6, 8, true)],
      [10, 20, 30][r.choice(3, 1, true)[0]!],
      [...r.choice(10, 4, false)],
      [...r.choice(5, 9, true, weights)],
      [...r.choice(5, 4, false, weights)],
      times(2, () => r.double()),
    );
    // The last bit of a logarithm may differ between C libraries and JavaScript engines.
    assertClose(drawn, numpy, { atol: 0, rtol: 1e-15 });
  });

  it("refuses what NumPy refuses", () => {
    const r = new NumpyLegacyGenerator(0);
    assert.throws(() => new NumpyLegacyGenerator(-1), /Seed must be between 0 and 2\*\*32 - 1/);
    assert.throws(() => r.choice(3, 4, false), /larger sample than population/);
    assert.throws(() => r.choice(3, 1, true, [0.5, 0.5]), /'a' and 'p' must have same size/);
    assert.throws(() => r.choice(2, 1, true, [0.5, 0.4]), /probabilities do not sum to 1/);
  });
});
