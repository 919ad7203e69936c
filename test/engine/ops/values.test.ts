import assert from "node:assert/strict";
import * as torch from "../../../src/engine/index.ts";
import { full, nn, ones, tensor, zeros, type Tensor } from "../../../src/engine/index.ts";

// What PyTorch 1.13, which makes the committed answers of test/parity, doesn't tell: what int64 holds and int32 doesn't, what
// version 2 has mended, and NumPy's word where PyTorch's own is a slip.

const int = (values: torch.TensorData): Tensor => tensor(values, { dtype: "int32" });
const listed = (x: unknown): unknown => (x as Tensor).tolist();

describe("whole numbers beyond int32", () => {
  const right: [name: string, expected: unknown, () => Tensor][] = [
    ["a sum", 6_000_000_000, () => full([3], 2e9, { dtype: "int32" }).sum()],
    [
      "sums by rows",
      [4_000_000_000, 3],
      () =>
        int([
          [2e9, 2e9],
          [1, 2],
        ]).sum(1),
    ],
    ["a product", 10_000_000_000, () => int([100_000, 100_000]).prod()],
    ["running sums", [2e9, 4e9], () => int([2e9, 2e9]).cumsum(0)],
    ["running products", [65_536, 2 ** 32, 0], () => int([65_536, 65_536, 0]).cumprod(0)],
    ["mul", [10_000_000_000], () => int([100_000]).mul(100_000)],
    ["add", [4e9], () => int([2e9]).add(int([2e9]))],
    ["sub", [-4e9], () => int([-2e9]).sub(2e9)],
    ["pow", [10_000_000_000], () => int([10]).pow(10)],
    ["neg", [2 ** 31], () => int([-(2 ** 31)]).neg()],
    ["abs", [2 ** 31], () => int([-(2 ** 31)]).abs()],
    ["floorDivide", [2 ** 31], () => int([-(2 ** 31)]).floorDivide(-1)],
    ["dot", 6_000_000_000, () => int([2e9]).dot(int([3]))],
    [
      "trace",
      4_000_000_000,
      () =>
        int([
          [2e9, 0],
          [0, 2e9],
        ]).trace(),
    ],
    ["outer", [[10_000_000_000]], () => int([1e5]).outer(int([1e5]))],
    ["diff", [4e9], () => int([-2e9, 2e9]).diff()],
    ["a shift", [2 ** 40], () => torch.bitwiseLeftShift(int([1]), int([40]))],
    ["scatterAdd", [4e9], () => int([2e9]).scatterAdd(0, int([0, 0]), int([1e9, 1e9]))],
    ["indexAdd", [4e9], () => int([2e9]).indexAdd(0, int([0]), int([2e9]))],
    ["put with accumulate", [4e9], () => int([2e9]).put(int([0]), int([2e9]), { accumulate: true })],
    ["scatterReduce", [4e9], () => int([2e9]).scatterReduce(0, int([0]), int([2e9]), "sum")],
  ];
  for (const [name, expected, compute] of right) it(`${name} gives the right number`, () => assert.deepEqual(listed(compute()), expected));

  const refused: [name: string, () => unknown][] = [
    ["a sum that float32 can't hold either", () => int([2e9, 2e9, 1]).sum()],
    ["a product that no double holds", () => int([3 ** 19, 3 ** 19, 3 ** 19]).prod()],
    ["a running sum", () => int([2e9, 2e9, 1]).cumsum(0)],
    ["mul", () => int([1_103_515_245]).mul(1_103_515_245)],
    ["pow", () => int([3]).pow(33)],
    ["lcm", () => torch.lcm(int([2_147_483_647]), int([2_147_483_646]))],
    ["add in place, which keeps its type", () => int([2e9]).add_(2e9)],
    ["mul in place", () => int([2e9]).mul_(int([3]))],
    ["pow in place", () => int([10]).pow_(10)],
    ["cumsum in place", () => int([2e9, 2e9]).cumsum_(0)],
  ];
  for (const [name, compute] of refused)
    it(`${name}: an error that says what to do`, () => assert.throws(compute, /is beyond int32 \(.*convert with \.float\(\) first/));

  const unwritable: [name: string, () => unknown][] = [
    ["full", () => full([1], 3e9, { dtype: "int32" })],
    ["fill_", () => int([1]).fill_(3e9)],
    ["setAt", () => int([1]).setAt(0, 3e9)],
    ["where", () => torch.where(tensor([true]), int([1]), 3e9)],
    ["maskedFill", () => int([1]).maskedFill(tensor([true]), 3e9)],
    ["a typed array", () => tensor(new Float64Array([3e9]), { dtype: "int32" })],
    ["arange", () => torch.arange(2_147_483_646, 2_147_483_650)],
    ["long()", () => tensor([1, 3e9]).long()],
    ["copy_", () => int([1]).copy_(tensor([-3e9]))],
  ];
  for (const [name, compute] of unwritable) it(`${name} doesn't write 3e9`, () => assert.throws(compute, /cannot be converted to type int32 without overflow/));

  it("draws only what int32 holds", () => {
    assert.throws(() => torch.randint(0, 4e9, [3]), /to - 1 is out of bounds/);
    assert.throws(() => int([0]).random_(0, 4e9), /to - 1 is out of bounds/);
  });

  it("long() takes int32's own bounds, and what has no integer", () => {
    assert.deepEqual(listed(tensor([-(2 ** 31), 2 ** 31 - 128, NaN, Infinity]).long()), [-(2 ** 31), 2 ** 31 - 128, 0, 2 ** 31 - 1]);
  });
});

describe("NaN among unique values", () => {
  const mixed = tensor([3, NaN, 1, NaN, 3, 2, 1]);

  it("comes last, each on its own, with its counts and places", () => {
    const [values, inverse, counts] = torch.unique(mixed, { returnInverse: true, returnCounts: true }) as Tensor[];
    assert.deepEqual(listed(values), [1, 2, 3, NaN, NaN]);
    assert.deepEqual(listed(inverse), [2, 3, 0, 4, 2, 1, 0]);
    assert.deepEqual(listed(counts), [2, 1, 2, 1, 1]);
  });

  it("keeps rows apart", () => {
    const rows = torch.unique(
      tensor([
        [1, NaN],
        [0, 2],
        [1, NaN],
        [0, 2],
      ]),
      { dim: 0 },
    );
    assert.deepEqual(listed(rows), [
      [0, 2],
      [1, NaN],
      [1, NaN],
    ]);
  });
});

describe("a number or a slice after a mask of several dimensions", () => {
  // PyTorch counts such a mask as one dimension there; NumPy's answers.
  const x = torch.arange(24).reshape(3, 4, 2);
  const mask = zeros([3, 4], { dtype: "bool" }).setAt([1, 2], 1).setAt([2, 3], 1);

  it("speaks of the dimension after the mask's", () => {
    assert.deepEqual(listed(x.at(mask, 1)), [13, 23]);
    assert.deepEqual(listed(x.at(mask, [1, null])), [[13], [23]]);
    assert.deepEqual(listed(x.at(mask, "...", 0)), [12, 22]);
  });
});

describe("what is no place", () => {
  const x: any = torch.arange(6).reshape(2, 3); // oxlint-disable-line no-explicit-any
  for (const place of [true, undefined, "a", 0.5, {}, [[0, 1]], [0, 1, 1, 0], [0.5]]) {
    it(`${JSON.stringify(place)} is refused with the right forms`, () => {
      assert.throws(() => x.at(place), /a place is a whole number, null, "\.\.\.", a slice/);
      assert.throws(() => x.clone().setAt([place], 1), /a place is a whole number/);
    });
  }
});

describe("losses of two shapes that broadcast", () => {
  const warned = (run: () => void): string[] => {
    const [before, texts] = [console.warn, [] as string[]];
    console.warn = (text: string) => void texts.push(text);
    try {
      run();
    } finally {
      console.warn = before;
    }
    return texts;
  };
  const losses: Readonly<Record<string, (input: Tensor, target: Tensor) => Tensor>> = {
    mseLoss: nn.functional.mseLoss,
    l1Loss: nn.functional.l1Loss,
    smoothL1Loss: nn.functional.smoothL1Loss,
    huberLoss: nn.functional.huberLoss,
  };

  let size = 20;
  for (const [name, loss] of Object.entries(losses)) {
    it(`${name} warns once, in PyTorch's words`, () => {
      const n = size++;
      const texts = warned(() => {
        for (let step = 0; step < 3; step++) loss(ones(n, 1), ones(n));
      });
      assert.deepEqual(texts, [
        `UserWarning: Using a target size (torch.Size([${n}])) that is different to the input size (torch.Size([${n}, 1])). ` +
          "This will likely lead to incorrect results due to broadcasting. Please ensure they have the same size.",
      ]);
      assert.deepEqual(
        warned(() => loss(ones(n, 1), ones(n, 1))),
        [],
      );
    });
  }

  it("the modules warn, too", () => {
    assert.equal(warned(() => new nn.MSELoss()(ones(31, 1), ones(31))).length, 1);
  });
});

describe("writing a value with leading dimensions of one", () => {
  it("a batch of one row goes into a row, and gets its gradient in its own shape", () => {
    const row = ones(1, 3, { requiresGrad: true });
    const rows = zeros(2, 3).setAt(1, row.mul(2));
    assert.deepEqual(rows.tolist(), [
      [0, 0, 0],
      [2, 2, 2],
    ]);
    rows.sum().backward();
    assert.deepEqual(row.grad!.tolist(), [[2, 2, 2]]);
    assert.throws(() => zeros(2, 3).setAt(1, ones(2, 3)), /shape/);
  });
});
