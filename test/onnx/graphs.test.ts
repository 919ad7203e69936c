/** Forward passes of all kinds, as ONNX graphs: what has to be the same, and what is refused. */
import assert from "node:assert/strict";
import {
  arange,
  argmax,
  bucketize,
  cat,
  cdist,
  cumsum,
  diag,
  diagEmbed,
  einsum,
  eye,
  full,
  isclose,
  isin,
  kron,
  linalg,
  logdet,
  manualSeed,
  nn,
  ones,
  randint,
  randn,
  searchsorted,
  stack,
  tensor,
  topk,
  trace,
  unique,
  where,
  zeros,
  type Tensor,
} from "../../src/engine/index.ts";
import { exportModel, type ExportedModel, type Values } from "../../src/onnx/exportModel.ts";
import { Refusal } from "../../src/onnx/refusal.ts";
import { compareWith } from "../../src/onnx/runtime.ts";
import { installed } from "./installed.ts";

type Forward = (...inputs: Tensor[]) => unknown;

const valuesOf = (name: string, tensor: Tensor): Values => ({ name, values: tensor.toTypedArray().slice(), shape: tensor.shape, dtype: tensor.dtype });

const exported = (call: Forward, ...args: Tensor[]): ExportedModel => exportModel({ name: "graph", version: "", call: call as never, args });

describe("a forward pass as an ONNX graph", () => {
  before(() => manualSeed(3));

  const x = (...shape: number[]): Tensor => randn(...(shape.length > 0 ? shape : [4, 6]));
  const passes: Readonly<Record<string, readonly [Forward, ...Tensor[]]>> = {
    "sizes that come from the input": [(a) => a!.view(a!.size(0), 2, 3).permute(2, 0, 1).reshape(3, -1), x()],
    "a batch that is merged with another dimension, and taken apart": [(a) => a!.reshape(-1, 3).mul(2).view(a!.size(0), 6), x()],
    "two dimensions that grow": [(a) => a!.unsqueeze(1).expand(-1, a!.size(0), -1).sub(a!.unsqueeze(0)).norm(2, -1), x()],
    "numbers that count the batch": [(a) => a!.add(arange(a!.size(0)).unsqueeze(1).mul(2)).div(a!.size(0)), x()],
    "zeros as large as the batch": [(a) => cat([a!, zeros(a!.size(0), 2), full([a!.size(0), 1], 3)], 1), x()],
    "parts that are written in place": [
      (a) => {
        const out = zeros(a!.size(0), 3, 6);
        out.select(1, 1).copy_(a!);
        out.narrow(1, 2, 1).add_(a!.unsqueeze(1));
        return out.mul_(2).relu_();
      },
      x(),
    ],
    "sums that begin with zeros": [
      (a) => {
        const total = zeros(a!.size(0), 2);
        for (const part of a!.split(2, 1)) total.add_(part).mul_(2);
        return total;
      },
      x(),
    ],
    "masks": [(a) => a!.maskedFill(a!.gt(0.5).logicalAnd(a!.lt(1).logicalOr(a!.le(-1))), -1).add(where(a!.ne(0), a!, 2)), x()],
    "a mask of the padding": [(words) => words!.eq(0).logicalNot().float().div(words!.ne(0).sum(1, true).add(1)), randint(0, 3, [4, 6])],
    "products by Einstein's convention": [(a) => einsum("bij,bkj->bik", [a!.view(-1, 2, 3), a!.view(-1, 2, 3)]), x()],
    "reductions along dimensions": [
      (a) => stack([a!.mean(1), a!.std(1), a!.var(1, { correction: 0 }), a!.amax(1), a!.prod(1), a!.logsumexp(1), a!.norm(1, 1)], 1),
      x(),
    ],
    "reductions over the batch": [(a) => a!.sub(a!.mean(0)).div(a!.var(0).add(1).sqrt()), x()],
    "running products, extremes and logarithms that are far apart": [
      (a) => [a!.cumprod(1), a!.cummax(1).values, a!.cummin(1).values, cumsum(a!.mul(300), 1).logcumsumexp(1)],
      x(),
    ],
    "the order of whole numbers, and what stands in its middle": [
      (a, i) => {
        const { values, indices } = i!.sort(1);
        return [values, indices, a!.median(1).values, a!.kthvalue(2, 1).indices, i!.cumsum(1), a!.nanmedian(1, true).values];
      },
      x(4, 5),
      randint(0, 90, [4, 5]),
    ],
    "angles": [
      (a) =>
        a!
          .atan2(a!.roll(1, 1))
          .add(a!.round().atan2(a!.roll(2, 1).round()))
          .add(a!.sinc()),
      x(),
    ],
    "quotients that are rounded down, and what is left": [
      (a) => {
        const [tenths, tenth] = [a!.mul(10).round().mul(0.1), full([6], 0.1)];
        return [tenths.div(tenth, { roundingMode: "floor" }), tenths.remainder(-0.3), a!.remainder(0.7)];
      },
      x(),
    ],
    "determinants": [(a) => linalg.det(a!.view(-1, 2, 2, 3).matmul(a!.view(-1, 2, 3, 2))), x(4, 12)],
    "logarithms of determinants that single precision doesn't hold": [
      (a) => {
        const { sign, logabsdet } = linalg.slogdet(a!.view(-1, 30, 30).mul(50));
        return [
          sign,
          logabsdet,
          logdet(
            eye(40)
              .mul(1e-3)
              .add(a!.narrow(1, 0, 40).unsqueeze(2).mul(0)),
          ),
          linalg.slogdet(a!.narrow(1, 0, 4).view(-1, 2, 2).mul(0)),
        ];
      },
      x(4, 900),
    ],
    "norms of vectors": [
      (a) => [1, 2, 3, 0, Infinity, -Infinity, -1].map((p) => linalg.vectorNorm(a!, p, 1)).concat(linalg.norm(a!, 3, 1), linalg.norm(a!)),
      x(),
    ],
    "norms of matrices": [(a) => (["fro", 1, -1, Infinity, -Infinity] as const).map((p) => linalg.matrixNorm(a!.view(-1, 2, 3), p)), x()],
    "products of matrices": [
      (a) => {
        const square = a!.view(-1, 3, 3);
        return [linalg.matrixPower(square, 5), linalg.matrixPower(square, 0), linalg.multiDot([a!, ones(9, 2), ones(2, 5)]), kron(a!, ones(2, 2))];
      },
      x(4, 9).mul(0.3),
    ],
    "products of vectors, and powers": [
      (a) => {
        const vectors = a!.view(-1, 2, 3);
        return [linalg.cross(vectors, vectors.flip([1])), linalg.vecdot(a!, a!.flip([1])), linalg.vander(a!, { N: 4 }), trace(a!.mT.matmul(a!))];
      },
      x(),
    ],
    "diagonals that are read, made and written to": [
      (a) => {
        const square = a!.view(-1, 3, 3).mul(2);
        square.diagonal(0, 1, 2).mul_(3);
        square.diagonal(-1, 1, 2).copy_(a!.narrow(1, 0, 2));
        const narrow = diagEmbed(a!.narrow(1, 0, 4).gt(0), -1);
        return [linalg.diagonal(a!.view(-1, 3, 3), { offset: 1 }), diagEmbed(a!.view(-1, 3, 3), 1, 0, 2), square, narrow, diag(a!.sum(0), -2)];
      },
      x(4, 9),
    ],
    "quantiles along a dimension, over the batch, and of all": [
      (a) => [
        ...(["linear", "lower", "higher", "midpoint", "nearest"] as const).map((interpolation) => a!.quantile(0.3, 1, false, { interpolation })),
        a!.quantile(tensor([0.1, 0.5, 1]), 1, true),
        a!.view(-1, 2, 3).quantile(tensor([0.2, 0.7]), 2),
        a!.quantile(0.3, 0),
        a!.quantile(0.6),
        a!.quantile(a!.select(0, 0).sigmoid(), 1),
      ],
      x(),
    ],
    "quantiles, medians and orders with NaN among the numbers": [
      (a) => {
        const holes = a!.maskedFill(a!.gt(0.5), NaN);
        const [none, edges] = [a!.mul(NaN), where(a!.gt(0.5), Infinity, a!)];
        const { values, indices } = holes.nanmedian(1);
        return [
          ...[holes, none, edges].flatMap((each) => [
            each.quantile(0.4, 1, false, { interpolation: "higher" }),
            each.nanquantile(0.4, 1),
            each.median(1).values,
          ]),
          ...[values, indices, none.nanmedian(1).indices, holes.median(1).indices, holes.nanquantile(tensor([0.1, 0.9]), 0), holes.nanmedian(), holes.median()],
          ...[holes.sort(1).values, holes.argsort(1, true), topk(holes, 2, 1).indices],
        ];
      },
      x(),
    ],
    "distances by the greatest difference": [(a) => cdist(a!.view(-1, 2, 3), a!.view(-1, 3, 2).mT.add(1), Infinity), x()],
    "what is close, among others, or between boundaries": [
      (a, i) => {
        const holes = a!.maskedFill(a!.gt(1), NaN);
        return [
          ...[isclose(holes, a!.mul(1.01), 0.02, 0.1, true), isclose(a!.div(0), full([6], Infinity)), a!.mul(0).signbit(), a!.copysign(a!.flip([1]))],
          ...[isin(i!, tensor([1, 2], { dtype: "int32" })), isin(i!, 1.5), isin(a!, a!.select(1, 0), { invert: true })],
          ...[
            searchsorted(a!.sort(1).values, holes, { right: true }),
            bucketize(i!, tensor([1, 3], { dtype: "int32" })),
            searchsorted(tensor([-1, 0, 1]), holes.round()),
          ],
        ];
      },
      x(),
      randint(0, 5, [4, 6]),
    ],
    "logits and their loss": [
      (a, target) => {
        const logits = a!.mul(2);
        return { logits, loss: nn.functional.crossEntropy(logits, target!) };
      },
      x(),
      randint(0, 6, [4]),
    ],
    "an input that is written into": [(a) => a!.mul_(2).relu_(), x()],
    "running sums": [(a) => cumsum(a!, 1).add(a!.logcumsumexp(1)), x()],
    "the largest, and where they are": [
      (a) => {
        const { values, indices } = topk(a!, 2, 1);
        return [values, indices, argmax(a!, 1), a!.max(1).indices, a!.sort(1, true).values];
      },
      x(),
    ],
    "the largest and smallest of whole numbers and truth values, and where they are": [
      (i) => [i!.max(1), i!.min(0, true), i!.gt(4).max(1)].flatMap(({ values, indices }) => [values, indices]).concat(i!.max()),
      randint(0, 90, [4, 6]),
    ],
    "rows by index": [(a, i) => a!.at(arange(a!.size(0)), i!).add(a!.gather(1, i!.unsqueeze(1)).squeeze(1)), x(), randint(0, 6, [4])],
    "whole numbers": [(i) => i!.add(3).mul(2).div(4, { roundingMode: "floor" }).remainder(5).sub(i!), randint(0, 20, [4, 6])],
    "one of several classes": [(i) => nn.functional.oneHot(i!, 7).float().mul(2), randint(0, 7, [4])],
    "flipped, rolled and repeated": [(a) => a!.flip([1]).roll(2, 1).repeat(1, 2).add(a!.repeatInterleave(2, 1)), x()],
    "triangles": [
      (a) =>
        a!
          .view(-1, 2, 3)
          .tril()
          .add(a!.view(-1, 2, 3).triu(1).mul(2)),
      x(),
    ],
  };
  for (const [name, [call, ...args]] of Object.entries(passes)) {
    it(`is the same in ONNX Runtime: ${name}`, async () => {
      const { bytes, samples } = exported(call, ...args);
      const { difference, trouble } = await compareWith(installed, bytes, samples);
      assert.equal(trouble, undefined);
      assert.ok(difference <= 2e-6, String(difference));
    });
  }

  const refused: Readonly<Record<string, readonly [Forward, RegExp, ...Tensor[]]>> = {
    "a batch that was written as a number": [
      (a) => a!.view(4, -1, 2),
      /with a batch of \d forward fails: shape '\[4, -1, 2\]' is invalid .*`x\.size\(0\)`/,
      x(),
    ],
    "random numbers": [(a) => a!.add(randn(6)), /`add` gets a tensor that is another each time: random numbers/, x()],
    "dropout in training": [(a) => nn.functional.dropout(a!, 0.5), /`dropout` draws random numbers/, x()],
    "a value that decides how often something happens": [
      (a) => Array.from({ length: 1 + Math.floor(a!.abs().sum().item()) }).reduce<Tensor>((y) => y.mul(0.5), a!),
      /^`item` reads values here that depend on the input/,
      x(),
    ],
    "as many results as the values say": [(a) => a!.maskedSelect(a!.gt(0)), /^`maskedSelect` reads values here that depend on the input/, x()],
    "a view that sees a later change": [
      (a) => {
        const y = a!.mul(1);
        const row = y.narrow(1, 0, 3);
        y.mul_(2);
        return row.add(1);
      },
      /writes into a part of a tensor in place/,
      x(),
    ],
    ...Object.fromEntries(
      (
        [
          ["the inverse", (a) => linalg.inv(a.add(eye(3))), /^`linalg\.inv` has no ONNX form: ONNX has no operator that inverts matrices$/],
          ["a negative power", (a) => linalg.matrixPower(a.add(eye(3)), -2), /^`linalg\.inv` has no ONNX form: .*inverts matrices$/],
          ["equations", (a) => linalg.solve(a.add(eye(3)), ones(3, 1)), /^`linalg\.solve` has no ONNX form: .*solves equations$/],
          ["singular values in a norm", (a) => linalg.matrixNorm(a, "nuc"), /^`linalg\.svd` has no ONNX form: .*decomposes matrices$/],
          ["a rank that is always the same", (a) => linalg.matrixRank(a.mul(0)), /^`linalg\.matrixRank` has no ONNX form: .*decomposes matrices$/],
          [
            "pivots that are always the same",
            (a) => linalg.luFactor(a.mul(0).add(eye(3))).pivots,
            /^`linalg\.luFactor` has no ONNX form: .*decomposes matrices$/,
          ],
          ["whether there is an inverse", (a) => linalg.invEx(a).info, /^`linalg\.inv` has no ONNX form: .*inverts matrices$/],
          ["how often numbers occur, even where that is always the same", (a) => a.mul(0).int().flatten().bincount(null, 3), /^`bincount` reads values here/],
          ["different numbers, even where it is always the same", (a) => unique(a.mul(0)), /^`unique` reads values here/],
          ["the most frequent number", (a) => a.mul(0).mode(1).values, /^`mode` has no ONNX form$/],
        ] as const satisfies readonly (readonly [string, (a: Tensor) => unknown, RegExp])[]
      ).map(([name, call, words]) => [name, [(a?: Tensor) => call(a!.view(-1, 3, 3)), words, x(4, 9)] as const]),
    ),
    "a batch from which on something else is done": [(a) => (a!.size(0) > 5 ? a!.mul(2) : a!), /`mul` depends on the size of the batch/, x()],
    "the size that the model came with, where something else is done": [
      (a) => (a!.size(0) > 20 ? a!.sum(0) : a!),
      /^with a batch of 30 an output has another shape/,
      x(30, 6),
    ],
    "chance that decides": [(a) => (Math.random() < 2 ? a!.mul(2) : a!), /^forward draws random numbers here/, x()],
    "random numbers that decide": [(a) => (randn(1).lt(100).isNonzero() ? a!.mul(2) : a!), /^forward draws random numbers here/, x()],
    "what has no form": [(a) => a!.abs().lgamma(), /^`lgamma` has no ONNX form$/, x()],
    "no tensor to begin with": [() => zeros(2), /called without a tensor/],
  };
  for (const [name, [call, words, ...args]] of Object.entries(refused)) {
    it(`is refused: ${name}`, () => {
      assert.throws(
        () => exported(call, ...args),
        (error) => error instanceof Refusal && words.test(error.message),
      );
    });
  }

  // Of values that are all the same, everything that is read of them is as well.
  const ones32 = (): Tensor => ones(4, 6);
  const decided: Readonly<Record<string, readonly [string, (a: Tensor) => unknown]>> = {
    "which way the program goes": ["item", (a) => (a.mean().item() > 0 ? a.mul(2) : a)],
    "a comparison of a tensor with a number": ["item", (a) => (Number(a.sum()) > 0 ? a.mul(2) : a)],
    "a truth value": ["isNonzero", (a) => (a.sum().isNonzero() ? a.mul(2) : a)],
    "whether two tensors are equal": ["equal", (a) => (a.equal(a.mul(1)) ? a.mul(2) : a)],
    "whether two tensors are nearly equal": ["allclose", (a) => (a.allclose(a.mul(1)) ? a.mul(2) : a)],
    "a factor": ["item", (a) => a.mul(a.max().item())],
    "a list": ["tolist", (a) => a.mul(tensor(a.select(0, 0).tolist()))],
    "a typed array": ["toTypedArray", (a) => a.mul(a.toTypedArray()[0]!)],
    "a tensor of numbers that were tensors": ["tensor", (a) => a.mul(tensor([a.max(), 2, 3, 4, 5, 6]))],
    "how many numbers aren't zero": ["nonzero", (a) => a.mul(a.nonzero().size(0) > 3 ? 2 : 1)],
    "which elements a mask picks": ["at(mask)", (a) => a.at(a.gt(0)).sum()],
    "where a mask is written to": ["at(mask)", (a) => a.mul(1).indexPut([a.gt(0)], 7)],
    "which row is picked": ["at(position)", (a) => a.at("...", a.argmax(1).max())],
    "where a part begins": ["narrow", (a) => a.narrow(1, a.argmax(1).max(), 1)],
    "how often something is repeated": ["repeatInterleave", (a) => a.repeatInterleave(a.select(0, 0).int(), 1)],
    "as many classes as there are": ["oneHot", (a) => nn.functional.oneHot(a.int())],
    "how many different numbers there are": ["unique", (a) => a.mul(unique(a).size(0))],
    "how long sequences are": ["toTypedArray", (a) => nn.utils.rnn.packPaddedSequence(a.unsqueeze(2), a.sum(1).int(), { batchFirst: true }).data],
    "rows that a table shortens": ["embedding(maxNorm)", (a) => nn.functional.embedding(a.int(), ones(7, 3), null, 1)],
    "where bags begin": ["embeddingBag(offsets)", (a) => nn.functional.embeddingBag(a.flatten().int(), ones(7, 3), a.flatten().int().cumsum(0).sub(1))],
  };
  for (const [name, [by, call]] of Object.entries(decided)) {
    it(`is refused, even if all samples are the same: ${name}`, () => {
      assert.throws(
        () => exportModel({ name: "graph", version: "", call: call as never, args: [ones32()], batchDimension: -1 }),
        (error) => error instanceof Refusal && error.message.startsWith(`\`${by}\` reads values here that depend on the input`),
      );
    });
  }

  const followed: Readonly<Record<string, (i: Tensor) => unknown>> = {
    "bits that are shifted": (i) => [
      i.bitwiseLeftShift(3),
      i.sub(9).bitwiseRightShift(i),
      i
        .sub(40)
        .mul(1 << 24)
        .bitwiseRightShift(31),
    ],
    "bits that are turned over": (i) => [i.bitwiseNot(), i.to("uint8").bitwiseNot(), i.gt(4).bitwiseNot()],
    "products so far": (i) => [i.cumprod(1), i.gt(4).cumprod(0), i.float().cumprod(1)],
    "triangles of whole numbers and truth values": (i) => [i.triu(1), i.tril(), i.gt(4).triu()],
    "elements by their place, from the end too": (i) => [i.take(i.sub(7)), i.put(i.flatten().narrow(0, 0, 2).sub(5), i.flatten().narrow(0, 3, 2))],
    "elements in the places of a mask": (i) => [i.maskedScatter(i.gt(4), i.mul(-1)), i.float().maskedScatter(i.select(0, 0).gt(4), i.float().neg())],
    "margins between classes": (i) => [
      nn.functional.multiMarginLoss(i.float(), i.select(1, 0).remainder(4)),
      nn.functional.multilabelMarginLoss(i.float(), i.remainder(4).sub(1), "none"),
    ],
    "products and sums in places": (i) => [
      i.scatterReduce(1, i.remainder(3), i, "prod"),
      i.float().scatterReduce(1, i.remainder(3), i.float(), "prod", { includeSelf: false }),
      i.scatterReduce(0, i.remainder(3), i, "sum"),
      i.float().scatterReduce(0, i.remainder(3), i.float(), "mean"),
      i.float().scatter(1, i.remainder(3), i.float(), { reduce: "multiply" }),
    ],
    "numbers without a sign": (i) => [
      i.sub(4).to("uint8"),
      i.sub(4.6).mul(100).to("uint8"),
      i.sum(1, false, { dtype: "uint8" }),
      i.sub(9).float().cumsum(1, { dtype: "uint8" }),
    ],
    "the largest of windows, unpooled": (i) => {
      const [values, places] = nn.functional.maxPool1d(i.float(), 2, { returnIndices: true });
      return nn.functional.maxUnpool1d(values, places, 2);
    },
  };
  for (const [name, call] of Object.entries(followed)) {
    it(`follows the input, even if all samples are the same: ${name}`, async () => {
      const { bytes, inputs, outputs } = exportModel({
        name: "graph",
        version: "",
        call: call as never,
        args: [ones(4, 4, { dtype: "int32" })],
        batchDimension: -1,
      });
      const input = randint(0, 7, [4, 4]);
      const given = valuesOf(inputs[0]!.name, input);
      const results = [call(input)].flat().map((result, k) => valuesOf(outputs[k]!.name, result as Tensor));
      const { difference, trouble } = await compareWith(installed, bytes, [{ inputs: [given], outputs: results }]);
      assert.equal(trouble, undefined);
      assert.ok(difference <= 1e-6, String(difference));
    });
  }

  it("refuses by name what has no form, even if all samples are the same", () => {
    const formless: Readonly<Record<string, (a: Tensor) => unknown>> = {
      gcd: (a) => a.int().gcd(4),
      lcm: (a) => a.int().lcm(4),
      nextafter: (a) => a.nextafter(ones(6)),
      frexp: (a) => a.frexp().exponent,
      bitwiseAnd: (a) => a.int().bitwiseAnd(3),
      cummax: (a) => a.int().cummax(1).indices,
      scatterReduce: (a) => a.scatterReduce(1, a.int(), a, "amax"),
      maxPool: (a) => nn.functional.adaptiveMaxPool1d(a, 2, true)[1],
    };
    for (const [name, call] of Object.entries(formless)) {
      assert.throws(
        () => exportModel({ name: "graph", version: "", call: call as never, args: [ones32()], batchDimension: -1 }),
        (error) => error instanceof Refusal && error.message.startsWith(`\`${name}\` `),
        name,
      );
    }
  });

  it("refuses what is kept from one call to the next", () => {
    const [count, kept] = [ones(1), { state: zeros(6) }];
    const counting = (a: Tensor): Tensor => a.mul(count.add_(1));
    const remembering = (a: Tensor): Tensor => {
      const sum = a.add(kept.state);
      kept.state = sum.mean(0).mul(0);
      return sum;
    };
    const state = new Map([["count", count]]);
    const refusedAs = (call: unknown, words: RegExp): void =>
      assert.throws(
        () => exportModel({ name: "graph", version: "", call: call as never, args: [x()], state }),
        (error) => error instanceof Refusal && words.test(error.message),
      );
    refusedAs(counting, /^`count` is another from call to call, and a file remembers nothing/);
    refusedAs(remembering, /left from an earlier call/);
  });

  it("takes tensors in maps as inputs, one that is given twice as two, and refuses those in objects of a class", async () => {
    class Batch {
      constructor(readonly words: Tensor) {}
    }
    const both = x();
    const call = (first: Tensor, second: Tensor, more: Map<string, Tensor>): Tensor => first.sub(second).mul(more.get("scale")!);
    const { bytes, inputs, samples } = exported(call as never, both, both, new Map([["scale", x()]]) as never);
    assert.deepEqual(
      inputs.map(({ name }) => name),
      ["input_0", "input_1", "scale"],
    );
    assert.ok((await compareWith(installed, bytes, samples)).difference <= 1e-6);
    assert.throws(
      () => exported(((batch: Batch, a: Tensor) => a.add(batch.words)) as never, new Batch(x()) as never, x()),
      /`input_0` has its tensors in a `Batch`/,
    );
    assert.throws(() => exported((a) => ({ a, more: new Batch(a!.mul(2)) }), x()), /`more` has its tensors in a `Batch`/);
  });

  it("holds weights that are used again and again once", () => {
    const layer = new nn.Linear(6, 6);
    const state = new Map(layer.stateDict());
    const sizes = [1, 2].map((times) => {
      const call = (a: Tensor): Tensor => Array.from({ length: times }).reduce<Tensor>((y) => layer(y), a);
      return exportModel({ name: "graph", version: "", call: call as never, args: [x()], state }).bytes.length;
    });
    assert.ok(sizes[1]! - sizes[0]! < layer.weight.nbytes);
  });

  it("is run with a batch of one, and with as many as the model came with", () => {
    const batches = exported((a) => a!.mul(2), x(30, 6)).samples.map(({ inputs }) => inputs[0]!.shape[0]);
    assert.deepEqual(batches, [2, 3, 5, 7, 1, 30]);
  });

  it("keeps the batch where `squeeze()` takes away one of one", () => {
    const { outputs } = exported((a) => a!.sum(1, true).squeeze(), x());
    assert.deepEqual(outputs[0]!.shape, ["batch"]);
  });

  it("needs no form of what nobody uses", async () => {
    const { bytes, samples } = exported((a) => {
      a!.abs().lgamma();
      return a!.mul(2);
    }, x());
    assert.ok((await compareWith(installed, bytes, samples)).difference === 0);
  });

  it("keeps every size where there is no batch", async () => {
    const { inputs, bytes, samples } = exportModel({
      name: "fixed",
      version: "",
      call: ((a: Tensor) => a.view(2, 12)) as never,
      args: [x()],
      batchDimension: -1,
    });
    assert.deepEqual(inputs[0]!.shape, [4, 6]);
    assert.ok((await compareWith(installed, bytes, samples)).difference === 0);
  });

  it("names inputs, sizes and outputs", () => {
    const call = (a: Tensor, { mask }: { mask: Tensor }): unknown => ({ sum: a.add(mask), pairs: [a.reshape(-1), a] });
    const { inputs, outputs } = exportModel({ name: "named", version: "", call: call as never, args: [x(), { mask: x() }], names: ["image"] });
    assert.deepEqual(
      inputs.map(({ name, shape }) => `${name} ${shape.join()}`),
      ["image batch,6", "mask batch,6"],
    );
    assert.deepEqual(
      outputs.map(({ name, shape }) => `${name} ${shape.join()}`),
      ["sum batch,6", "pairs_0 6 * batch", "pairs_1 batch,6"],
    );
  });
});
