import * as k from "../../src/engine/index.ts";
import { tensor } from "../../src/engine/index.ts";
import { gradcheck } from "./gradcheck.ts";
import { Nd, sum } from "./nd.ts";

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const whole = (values: number[]) => tensor(values, { dtype: "int32" });
const product = (a: Nd, b: Nd): Nd => Nd.build([a.shape[0]!, b.shape[1]!], (i, j) => sum(range(a.shape[1]!).map((n) => a.at(i!, n) * b.at(n, j!))));
const batched = (a: Nd, b: Nd): Nd =>
  Nd.build([a.shape[0]!, a.shape[1]!, b.shape[2]!], (n, i, j) => sum(range(a.shape[2]!).map((m) => a.at(n!, i!, m) * b.at(n!, m, j!))));

describe("gradients of products", () => {
  gradcheck("mm", {
    shapes: [
      [2, 3],
      [3, 4],
    ],
    operation: k.mm,
    twin: product,
    twice: true,
  });
  gradcheck("matmul of batches", {
    shapes: [
      [2, 2, 3],
      [2, 3, 2],
    ],
    operation: k.matmul,
    twin: batched,
    twice: true,
  });
  gradcheck("einsum", {
    shapes: [
      [2, 2, 3],
      [2, 3, 2],
    ],
    operation: (a, b) => k.einsum("nij,njk->nik", a, b),
    twin: batched,
    twice: true,
  });
  gradcheck("linear", {
    shapes: [[4, 3], [2, 3], [2]],
    operation: k.nn.functional.linear,
    twin: (x, w, b) => Nd.build([4, 2], (i, j) => b.at(j!) + sum(range(3).map((n) => x.at(i!, n) * w.at(j!, n)))),
    twice: true,
  });
  gradcheck("outer", { shapes: [[2], [3]], operation: k.outer, twin: (a, b) => Nd.build([2, 3], (i, j) => a.at(i!) * b.at(j!)), twice: true });
  gradcheck("dot", { shapes: [[3], [3]], operation: k.dot, twin: (a, b) => a.zip(b, (x, y) => x * y).reduce(sum), twice: true });
  gradcheck("addmm", {
    shapes: [
      [2, 4],
      [2, 3],
      [3, 4],
    ],
    operation: (c, a, b) => k.addmm(c, a, b, { beta: 0.5, alpha: 2 }),
    twin: (c, a, b) => c.zip(product(a, b), (x, y) => 0.5 * x + 2 * y),
    twice: true,
  });
  gradcheck("kron", { shapes: [[2], [3]], operation: k.kron, twin: (a, b) => Nd.build([6], (i) => a.at(Math.floor(i! / 3)) * b.at(i! % 3)) });
  gradcheck("cross", {
    shapes: [[3], [3]],
    operation: (a, b) => k.cross(a, b),
    twin: (a, b) => Nd.build([3], (i) => a.at((i! + 1) % 3) * b.at((i! + 2) % 3) - a.at((i! + 2) % 3) * b.at((i! + 1) % 3)),
  });
  gradcheck("bilinear", {
    shapes: [
      [2, 2],
      [2, 3],
      [4, 2, 3],
    ],
    operation: (a, b, w) => k.nn.functional.bilinear(a, b, w),
    twin: (a, b, w) => Nd.build([2, 4], (n, o) => sum(range(2).flatMap((i) => range(3).map((j) => a.at(n!, i) * w.at(o!, i, j) * b.at(n!, j))))),
  });
  gradcheck("cdist", {
    shapes: [
      [2, 3],
      [4, 3],
    ],
    operation: (a, b) => k.cdist(a, b),
    twin: (a, b) => Nd.build([2, 4], (i, j) => Math.sqrt(sum(range(3).map((n) => (a.at(i!, n) - b.at(j!, n)) ** 2)))),
  });
  const attend = (q: Nd, key: Nd, v: Nd, mask: (i: number, j: number) => number): Nd =>
    Nd.build([q.shape[0]!, v.shape[1]!], (i, o) => {
      const scores = range(key.shape[0]!).map((j) => Math.exp(sum(range(3).map((n) => q.at(i!, n) * key.at(j, n))) / Math.sqrt(3) + mask(i!, j)));
      return sum(scores.map((score, j) => (score / sum(scores)) * v.at(j, o!)));
    });
  const F = k.nn.functional;
  gradcheck("attention", {
    shapes: [
      [2, 3],
      [4, 3],
      [4, 2],
    ],
    operation: (q, key, v) => F.scaledDotProductAttention(q, key, v),
    twin: (q, key, v) => attend(q, key, v, () => 0),
    twice: true,
  });
  gradcheck("attention with a mask", {
    shapes: [[2, 3], [4, 3], [4, 2], [4]],
    operation: (q, key, v, mask) => F.scaledDotProductAttention(q, key, v, { attnMask: mask }),
    twin: (q, key, v, mask) => attend(q, key, v, (_i, j) => mask.at(j)),
    twice: true,
  });
  gradcheck("attention to what came before", {
    shapes: [
      [3, 3],
      [3, 3],
      [3, 2],
    ],
    operation: (q, key, v) => F.scaledDotProductAttention(q, key, v, { isCausal: true }),
    twin: (q, key, v) => attend(q, key, v, (i, j) => (j > i ? -Infinity : 0)),
    twice: true,
  });
});

describe("gradients of shapes and positions", () => {
  gradcheck("permute", {
    shapes: [[2, 3, 2]],
    operation: (x) => x.permute(2, 0, 1),
    twin: (x) => Nd.build([2, 2, 3], (a, b, c) => x.at(b!, c!, a!)),
    twice: true,
  });
  gradcheck("expand", {
    shapes: [[2, 1]],
    operation: (x) => x.expand(3, 2, 2).square(),
    twin: (x) => Nd.build([3, 2, 2], (_a, b) => x.at(b!, 0) ** 2),
    twice: true,
  });
  gradcheck("repeat", {
    shapes: [[2, 2]],
    operation: (x) => x.repeat(2, 1).square(),
    twin: (x) => Nd.build([4, 2], (i, j) => x.at(i! % 2, j!) ** 2),
    twice: true,
  });
  gradcheck("cat", {
    shapes: [
      [2, 2],
      [2, 1],
    ],
    operation: (a, b) => k.cat([a, b], 1).square(),
    twin: (a, b) => Nd.build([2, 3], (i, j) => (j! < 2 ? a.at(i!, j!) : b.at(i!, 0)) ** 2),
    twice: true,
  });
  gradcheck("stack", {
    shapes: [[2], [2]],
    operation: (a, b) => k.stack([a, b], 1).square(),
    twin: (a, b) => Nd.build([2, 2], (i, j) => (j === 0 ? a : b).at(i!) ** 2),
    twice: true,
  });
  gradcheck("flip and roll", {
    shapes: [[4]],
    operation: (x) => k.roll(x.flip(0), 1).square(),
    twin: (x) => Nd.build([4], (i) => x.at(3 - ((i! + 3) % 4)) ** 2),
    twice: true,
  });
  gradcheck("tril", {
    shapes: [[3, 3]],
    operation: (x) => k.tril(x).square(),
    twin: (x) => Nd.build([3, 3], (i, j) => (j! <= i! ? x.at(i!, j!) ** 2 : 0)),
    twice: true,
  });
  gradcheck("diagonal", { shapes: [[3, 3]], operation: (x) => k.diagonal(x).square(), twin: (x) => Nd.build([3], (i) => x.at(i!, i!) ** 2), twice: true });
  gradcheck("diagEmbed", {
    shapes: [[3]],
    operation: (x) => k.diagEmbed(x).square(),
    twin: (x) => Nd.build([3, 3], (i, j) => (i === j ? x.at(i!) ** 2 : 0)),
    twice: true,
  });
  gradcheck("unfold", {
    shapes: [[5]],
    operation: (x) => x.unfold(0, 3, 1).square(),
    twin: (x) => Nd.build([3, 3], (i, j) => x.at(i! + j!) ** 2),
    twice: true,
  });
  gradcheck("slices", {
    shapes: [[3, 4]],
    operation: (x) => x.at([1, 3], [0, 4, 2]).square(),
    twin: (x) => Nd.build([2, 2], (i, j) => x.at(i! + 1, 2 * j!) ** 2),
    twice: true,
  });
  gradcheck("pad", {
    shapes: [[3]],
    operation: (x) => k.nn.functional.pad(x, [1, 2]).square(),
    twin: (x) => Nd.build([6], (i) => (i! >= 1 && i! <= 3 ? x.at(i! - 1) ** 2 : 0)),
    twice: true,
  });
  gradcheck("pad by reflection", {
    shapes: [[3]],
    operation: (x) => k.nn.functional.pad(x, [2, 1], { mode: "reflect" }).square(),
    twin: (x) => Nd.build([6], (i) => x.at([2, 1, 0, 1, 2, 1][i!]!) ** 2),
    twice: true,
  });
  gradcheck("gather", {
    shapes: [[2, 3]],
    operation: (x) => k.gather(x, 1, whole([0, 2, 2, 1]).reshape(2, 2)).square(),
    twin: (x) => Nd.build([2, 2], (i, j) => x.at(i!, [0, 2, 2, 1][2 * i! + j!]!) ** 2),
    twice: true,
  });
  gradcheck("indexSelect", {
    shapes: [[3, 2]],
    operation: (x) => k.indexSelect(x, 0, whole([2, 0, 2])).square(),
    twin: (x) => Nd.build([3, 2], (i, j) => x.at([2, 0, 2][i!]!, j!) ** 2),
    twice: true,
  });
  gradcheck("scatterAdd", {
    shapes: [[3], [4]],
    operation: (x, s) => k.scatterAdd(x, 0, whole([0, 2, 0, 1]), s).square(),
    twin: (x, s) =>
      Nd.build(
        [3],
        (i) =>
          (x.at(i!) +
            sum(
              range(4)
                .filter((n) => [0, 2, 0, 1][n] === i)
                .map((n) => s.at(n)),
            )) **
          2,
      ),
    twice: true,
  });
  gradcheck("indexPut", {
    shapes: [[4], [2]],
    operation: (x, s) => k.indexPut(x, [whole([1, 3])], s).square(),
    twin: (x, s) => Nd.build([4], (i) => (i === 1 ? s.at(0) : i === 3 ? s.at(1) : x.at(i!)) ** 2),
  });
  gradcheck("maskedSelect", {
    shapes: [[4]],
    operation: (x) => k.maskedSelect(x, tensor([true, false, true, true])).square(),
    twin: (x) => Nd.build([3], (i) => x.at([0, 2, 3][i!]!) ** 2),
    twice: true,
  });
  gradcheck("where", {
    shapes: [[4], [4]],
    operation: (a, b) => k.where(tensor([true, false, true, false]), a, b).square(),
    twin: (a, b) => Nd.build([4], (i) => (i! % 2 === 0 ? a : b).at(i!) ** 2),
    twice: true,
  });
  gradcheck("embedding", {
    shapes: [[4, 2]],
    operation: (w) => k.nn.functional.embedding(whole([1, 3, 1]), w).square(),
    twin: (w) => Nd.build([3, 2], (i, j) => w.at([1, 3, 1][i!]!, j!) ** 2),
  });
});
