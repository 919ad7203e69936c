import assert from "node:assert/strict";
import * as k from "../../../src/engine/index.ts";
import {
  arange,
  eye,
  KindlingError,
  linspace,
  logspace,
  nn,
  numpyRandom,
  ones,
  OutOfMemoryError,
  rand,
  randperm,
  tensor,
  zeros,
} from "../../../src/engine/index.ts";

const F = nn.functional;

/** Each asks for more than memory can hold. */
const tooLarge: Readonly<Record<string, () => unknown>> = {
  "zeros(1e10)": () => zeros(1e10),
  "zeros(2 ** 53, 2 ** 53)": () => zeros(2 ** 53, 2 ** 53),
  "zeros(1e200, 1e200)": () => zeros(1e200, 1e200),
  "rand(1e10)": () => rand(1e10),
  "arange(1e10)": () => arange(1e10),
  "arange(0, 1, 1e-12)": () => arange(0, 1, 1e-12),
  "linspace(0, 1, 1e11)": () => linspace(0, 1, 1e11),
  "logspace(0, 1, 1e11)": () => logspace(0, 1, 1e11),
  "eye(1e6)": () => eye(1e6),
  "randperm(1e10)": () => randperm(1e10),
  "expand, then add": () => zeros(1).expand(1e10).add(1),
  "expand, then toTypedArray": () => zeros(1).expand(1e10).toTypedArray(),
  "repeat": () => zeros(10).repeat(1e10),
  "repeatInterleave": () => zeros(3).repeatInterleave(1e10),
  "outer": () => k.outer(zeros(1e6), zeros(1e6)),
  "combinations": () => k.combinations(zeros(1e6), 3),
  "trilIndices": () => k.trilIndices(1e6, 1e6),
  "interpolate": () => F.interpolate(zeros(1, 1, 4), { scaleFactor: 1e10 }),
  "interpolate, linear": () => F.interpolate(zeros(1, 1, 4), { scaleFactor: 1e10, mode: "linear" }),
  "adaptiveAvgPool1d": () => F.adaptiveAvgPool1d(zeros(1, 1, 4), 1e10),
  "oneHot": () => F.oneHot(tensor([2 ** 31 - 1], { dtype: "int32" })),
  "bincount": () => k.bincount(tensor([1], { dtype: "int32" }), null, { minlength: 1e12 }),
  "histc": () => k.histc(zeros(3), { bins: 1e12 }),
  "multinomial": () => ones(3).multinomial(1e11, { replacement: true }),
  "nn.Linear(1e6, 1e6)": () => new nn.Linear(1e6, 1e6),
  "NumPy's permutation": () => numpyRandom(1).permutation(1e11),
};

/** Each asks for a shape that can't be; the words are PyTorch's where it has some. */
const impossible: Readonly<Record<string, [run: () => unknown, words: RegExp]>> = {
  "arange(Infinity)": [() => arange(Infinity), /unsupported range: 0 -> Infinity/],
  "linspace(0, 1, -1)": [() => linspace(0, 1, -1), /number of steps must be non-negative/],
  "eye(-1)": [() => eye(-1), /n must be greater or equal to 0, got -1/],
  "randperm(-1)": [() => randperm(-1), /Trying to create tensor with negative dimension -1: \[-1\]/],
  "randperm(1.5)": [() => randperm(1.5), /argument 'n' must be a whole number, not 1\.5/],
  "a list within itself": [
    () => {
      const list: unknown[] = [];
      list.push(list);
      return tensor(list as never);
    },
    /too many dimensions: a tensor has 128 at most/,
  ],
  "30,000 dimensions": [() => zeros(1).reshape(new Array<number>(30_000).fill(1)), /too many dimensions/],
  "asStrided before the storage": [() => k.asStrided(zeros(4), [2], [1], -5), /invalid storage offset -5/],
  "asStrided backwards": [() => k.asStrided(zeros(4), [2], [-1]), /Negative strides are not supported/],
  "asStrided behind the storage": [() => k.asStrided(zeros(4), [2], [1], 3), /are out of bounds for storage/],
  "interpolate to nothing": [() => F.interpolate(zeros(1, 1, 4), { size: 0 }), /Input and output sizes should be greater than 0/],
  "adaptiveMaxPool1d(-1)": [() => F.adaptiveMaxPool1d(zeros(1, 1, 4), -1), /elements of output_size must be greater than or equal to 0/],
};

describe("more memory than there is", () => {
  for (const [name, run] of Object.entries(tooLarge)) {
    it(`${name} says how much was asked for`, () => {
      assert.throws(
        run,
        (error) =>
          error instanceof OutOfMemoryError && /can't allocate memory: you tried to allocate (\d+ bytes \(|more bytes than can be counted)/.test(error.message),
      );
    });
  }

  it("work goes on after it", () => {
    assert.equal(ones(1000).sum().item(), 1000);
  });
});

describe("shapes that can't be", () => {
  for (const [name, [run, words]] of Object.entries(impossible)) {
    it(name, () => assert.throws(run, (error) => error instanceof KindlingError && words.test(error.message)));
  }
});
