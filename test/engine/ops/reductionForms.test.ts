import assert from "node:assert/strict";
import * as torch from "../../../src/engine/index.ts";
import { einsum, nn, tensor, type Tensor } from "../../../src/engine/index.ts";

// oxlint-disable-next-line no-explicit-any
type Loose = any;

const x: Loose = tensor([
  [1, 2, 3],
  [4, 5, 9],
]);
const loose: Loose = torch;
const F: Loose = nn.functional;
const values = (result: Tensor): unknown => result.tolist();

describe("the forms of reductions, sorting and products", () => {
  const same: [name: string, expected: unknown, calls: (() => Tensor)[]][] = [
    [
      "sum",
      [[6], [18]],
      [
        () => x.sum(1, true),
        () => x.sum(1, { keepdim: true }),
        () => x.sum({ dim: 1, keepdim: true }),
        () => x.sum({ axis: 1, keepdims: true }),
        () => loose.sum({ input: x, dim: [1], keepdim: true }),
      ],
    ],
    [
      "var",
      [[2 / 3], [14 / 3]],
      [
        () => x.var(1, false, true),
        () => x.var(1, { unbiased: false, keepdim: true }),
        () => x.var(1, { correction: 0, keepdim: true }),
        () => x.var({ dim: 1, correction: 0, keepdim: true }),
      ],
    ],
    [
      "std",
      Math.sqrt(5),
      [
        () => tensor([1, 3, 5, 7]).std(false),
        () => (tensor([1, 3, 5, 7]) as Loose).std({ unbiased: false }),
        () => loose.std(tensor([1, 3, 5, 7]), { correction: 0 }),
      ],
    ],
    ["norm", [6, 18], [() => x.norm(1, 1), () => x.norm({ p: 1, dim: 1 }), () => x.norm(1, 1, false), () => loose.norm(x, 1, { dim: 1 })]],
    ["argmax", [[2], [2]], [() => x.argmax(1, true), () => x.argmax({ dim: 1, keepdim: true })]],
    [
      "histc",
      [2, 2, 2],
      [
        () => tensor([1, 2, 3, 4, 5, 6]).histc(3),
        () => (tensor([1, 2, 3, 4, 5, 6]) as Loose).histc({ bins: 3 }),
        () => tensor([1, 2, 3, 4, 5, 6]).histc(3, 1, 6),
      ],
    ],
    [
      "bincount",
      [0, 2, 0, 1],
      [
        () => loose.bincount(tensor([1, 1, 3], { dtype: "int32" })),
        () => loose.bincount(tensor([1, 1, 3], { dtype: "int32" }), null, 4),
        () => loose.bincount(tensor([1, 1, 3], { dtype: "int32" }), { minlength: 4 }),
      ],
    ],
    [
      "sort",
      [
        [3, 2, 1],
        [9, 5, 4],
      ],
      [() => x.sort(1, true).values, () => x.sort({ descending: true }).values, () => x.sort(-1, { descending: true, stable: true })[0]],
    ],
    [
      "topk",
      [
        [1, 2],
        [4, 5],
      ],
      [() => x.topk(2, 1, false).values, () => x.topk(2, { largest: false }).values, () => x.topk({ k: 2, largest: false, sorted: true }).values],
    ],
    ["quantile", [2, 5], [() => x.quantile(0.5, 1), () => x.quantile({ q: 0.5, dim: 1 }), () => x.quantile(0.5, { dim: 1, interpolation: "nearest" })]],
    ["countNonzero", 6, [() => x.countNonzero(0, 1), () => x.countNonzero([0, 1]), () => x.countNonzero(), () => x.countNonzero({ dim: [0, 1] })]],
    [
      "diff",
      [
        [1, 1],
        [1, 4],
      ],
      [() => x.diff(), () => x.diff(1, 1), () => x.diff({ n: 1 })],
    ],
    [
      "trapezoid",
      [4, 11.5],
      [
        () => loose.trapezoid(x),
        () => loose.trapezoid(x, { dx: 1 }),
        () => loose.trapezoid(x, tensor([0, 1, 2])),
        () => loose.trapz({ y: x, x: tensor([0, 1, 2]), dim: 1 }),
      ],
    ],
    ["einsum", 24, [() => einsum("ij->", x), () => loose.einsum("ij->", [x]), () => loose.einsum({ equation: "ij->", operands: [x] })]],
    [
      "addmm",
      [[3]],
      [
        () => loose.addmm(tensor([[1]]), tensor([[1]]), tensor([[1]]), { beta: 2 }),
        () => (tensor([[1]]) as Loose).addmm({ mat1: tensor([[1]]), mat2: tensor([[1]]), beta: 2 }),
      ],
    ],
    [
      "embedding",
      [[3, 4]],
      [
        () =>
          F.embedding(
            tensor([1], { dtype: "int32" }),
            tensor([
              [1, 2],
              [3, 4],
            ]),
            0,
          ),
        () =>
          F.embedding({
            input: tensor([1], { dtype: "int32" }),
            weight: tensor([
              [1, 2],
              [3, 4],
            ]),
            paddingIdx: 0,
          }),
      ],
    ],
  ];
  for (const [name, expected, calls] of same) {
    it(`${name} means the same by position, by name and mixed`, () => {
      for (const call of calls) {
        const rounded = JSON.stringify(values(call()), (_, value: unknown) => (typeof value === "number" ? Number(value.toFixed(5)) : value));
        assert.equal(
          rounded,
          JSON.stringify(expected, (_, value: unknown) => (typeof value === "number" ? Number(value.toFixed(5)) : value)),
          String(call),
        );
      }
    });
  }

  const wrong: [text: string, call: () => unknown, message: RegExp][] = [
    ["x.sum(0.5)", () => x.sum(0.5), /argument 'dim' must be a whole number, a list of whole numbers or null, not 0\.5/],
    ["x.sum(1, { keepDim: true })", () => x.sum(1, { keepDim: true }), /did you mean 'keepdim'/],
    ["x.sum(1, true, 2)", () => x.sum(1, true, 2), /takes at most 2 positional arguments/],
    ['x.norm("frob")', () => x.norm("frob"), /argument 'p' must be a number, "fro", "nuc" or null, not "frob"; did you mean "fro"/],
    ["x.var(1, { unbiassed: false })", () => x.var(1, { unbiassed: false }), /did you mean 'unbiased'/],
    ["x.topk()", () => x.topk(), /missing 1 required argument: 'k'/],
    ["x.max(1, 2)", () => x.max(1, 2), /'keepdim' must be true or false, not 2/],
    ["x.matmul(undefined)", () => x.matmul(undefined), /missing 1 required argument: 'other'/],
    ["x.histc(2.5)", () => x.histc(2.5), /'bins' must be a whole number, not 2\.5/],
    ['x.quantile(0.5, { interpolation: "linar" })', () => x.quantile(0.5, { interpolation: "linar" }), /did you mean "linear"/],
    ['searchsorted(…, { side: "rigth" })', () => loose.searchsorted(tensor([1, 2]), 1, { side: "rigth" }), /did you mean "right"/],
    ["F.embedding(…, { sparse: true })", () => F.embedding(tensor([0], { dtype: "int32" }), x, { sparse: true }), /Gradients are dense/],
    ["x.unique({ sortd: true })", () => x.unique({ sortd: true }), /did you mean 'sorted'\? \(the form is unique\(/],
    ["x.sum({ out: x })", () => x.sum({ out: x }), /assign the result/],
  ];
  for (const [text, call, message] of wrong) it(`${text} is refused`, () => assert.throws(call, message));
});
