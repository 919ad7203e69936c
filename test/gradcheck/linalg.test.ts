import assert from "node:assert/strict";
import * as k from "../../src/engine/index.ts";
import type { Tensor } from "../../src/engine/index.ts";
import { gradcheck } from "./gradcheck.ts";
import { Nd, sum } from "./nd.ts";

const { linalg } = k;
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const square = (n: number): number[] => [n, n];

/** By minors: slow, and sharing nothing with the engine. */
function determinant(rows: readonly (readonly number[])[]): number {
  if (rows.length === 0) return 1;
  return sum(rows[0]!.map((value, j) => (j % 2 === 0 ? 1 : -1) * value * determinant(rows.slice(1).map((row) => row.filter((_, i) => i !== j)))));
}

const rowsOf = (a: Nd): number[][] => range(a.shape[0]!).map((i) => range(a.shape[1]!).map((j) => a.at(i, j)));
const det = (a: Nd): number => determinant(rowsOf(a));

/** By Cramer's rule. */
const inverse = (a: Nd): Nd =>
  Nd.build(a.shape, (i, j) => {
    const minor = rowsOf(a)
      .filter((_, r) => r !== j)
      .map((row) => row.filter((_, c) => c !== i));
    return (((i! + j!) % 2 === 0 ? 1 : -1) * determinant(minor)) / det(a);
  });
const product = (a: Nd, b: Nd): Nd => Nd.build([a.shape[0]!, b.shape[1]!], (i, j) => sum(range(a.shape[1]!).map((n) => a.at(i!, n) * b.at(n, j!))));
const turned = (a: Nd): Nd => Nd.build([a.shape[1]!, a.shape[0]!], (i, j) => a.at(j!, i!));
/** Far from singular. */
const firm = (x: Tensor): Tensor => x.mul(0.3).add(k.eye(x.shape[0]!).mul(2));
const firmTwin = (x: Nd): Nd => Nd.build(x.shape, (i, j) => 0.3 * x.at(i!, j!) + (i === j ? 2 : 0));
/** Symmetric and positive-definite. */
const positive = (x: Tensor): Tensor => firm(x).matmul(firm(x).mT);
const positiveTwin = (x: Nd): Nd => product(firmTwin(x), turned(firmTwin(x)));

/** Eigenvalues of a symmetric 2×2 matrix. */
function pair(a: Nd): [least: number, largest: number] {
  const [middle, spread] = [(a.at(0, 0) + a.at(1, 1)) / 2, Math.hypot((a.at(0, 0) - a.at(1, 1)) / 2, a.at(0, 1))];
  return [middle - spread, middle + spread];
}

describe("gradients of linalg", () => {
  gradcheck("det", { shapes: [square(3)], operation: linalg.det, twin: (a) => Nd.scalar(det(a)), twice: true });
  gradcheck("det of a singular matrix", {
    shapes: [
      [3, 2],
      [2, 3],
    ],
    operation: (a, b) => linalg.det(a.matmul(b)).add(a.sum()),
    twin: (a, b) => Nd.scalar(det(product(a, b)) + sum([...a.data])),
  });
  gradcheck("slogdet", {
    shapes: [square(3)],
    operation: (x) => linalg.slogdet(firm(x)).logabsdet,
    twin: (x) => Nd.scalar(Math.log(det(firmTwin(x)))),
    twice: true,
  });
  gradcheck("inv", { shapes: [square(3)], operation: (x) => linalg.inv(firm(x)), twin: (x) => inverse(firmTwin(x)), twice: true });
  gradcheck("solve", {
    shapes: [square(3), [3, 2]],
    operation: (a, b) => linalg.solve(firm(a), b),
    twin: (a, b) => product(inverse(firmTwin(a)), b),
    twice: true,
  });
  gradcheck("solve from the right", {
    shapes: [square(3), [2, 3]],
    operation: (a, b) => linalg.solve(firm(a), b, { left: false }),
    twin: (a, b) => product(b, inverse(firmTwin(a))),
    twice: true,
  });
  gradcheck("solveTriangular", {
    shapes: [square(3), [3, 1]],
    operation: (a, b) => linalg.solveTriangular(firm(a), b, { upper: true }),
    twin: (a, b) => product(inverse(Nd.build([3, 3], (i, j) => (j! >= i! ? firmTwin(a).at(i!, j!) : 0))), b),
    twice: true,
  });
  gradcheck("cholesky", {
    shapes: [square(2)],
    operation: (x) => linalg.cholesky(positive(x)),
    twice: true,
    twin: (x) => {
      const a = positiveTwin(x);
      const [l, m] = [Math.sqrt(a.at(0, 0)), a.at(1, 0) / Math.sqrt(a.at(0, 0))];
      return new Nd([2, 2], [l, 0, m, Math.sqrt(a.at(1, 1) - m * m)]);
    },
  });
  gradcheck("qr", {
    shapes: [square(2)],
    operation: (x) => linalg.qr(firm(x)).R.abs(),
    twice: true,
    twin: (x) => {
      const a = firmTwin(x);
      const length = Math.hypot(a.at(0, 0), a.at(1, 0));
      return new Nd([2, 2], [length, Math.abs(a.at(0, 0) * a.at(0, 1) + a.at(1, 0) * a.at(1, 1)) / length, 0, Math.abs(det(a)) / length]);
    },
  });
  gradcheck("lu", {
    shapes: [square(2)],
    operation: (x) => linalg.lu(firm(x)).U,
    twin: (x) => new Nd([2, 2], [firmTwin(x).at(0, 0), firmTwin(x).at(0, 1), 0, det(firmTwin(x)) / firmTwin(x).at(0, 0)]),
    twice: true,
  });
  gradcheck("eigvalsh", { shapes: [square(2)], operation: (x) => linalg.eigvalsh(positive(x)), twin: (x) => new Nd([2], pair(positiveTwin(x))), twice: true });
  gradcheck("svdvals", {
    shapes: [[3, 2]],
    operation: linalg.svdvals,
    twin: (x) =>
      new Nd(
        [2],
        pair(product(turned(x), x))
          .reverse()
          .map(Math.sqrt),
      ),
    twice: true,
  });
  gradcheck("what svd puts together again", {
    shapes: [[3, 2]],
    operation: (x) => {
      const { U, S, Vh } = linalg.svd(x, false);
      return U.mul(S).matmul(Vh);
    },
    twin: (x) => x,
    twice: true,
  });
  gradcheck("what eigh puts together again", {
    shapes: [square(3)],
    operation: (x) => {
      const { eigenvalues, eigenvectors } = linalg.eigh(positive(x));
      return eigenvectors.mul(eigenvalues).matmul(eigenvectors.mT);
    },
    twin: positiveTwin,
    twice: true,
  });
  gradcheck("pinv", { shapes: [[3, 2]], operation: (x) => linalg.pinv(x), twin: (x) => product(inverse(product(turned(x), x)), turned(x)), twice: true });
  gradcheck("lstsq", {
    shapes: [
      [3, 2],
      [3, 1],
    ],
    operation: (a, b) => linalg.lstsq(a, b).solution,
    twin: (a, b) => product(product(inverse(product(turned(a), a)), turned(a)), b),
    twice: true,
  });
  gradcheck("nuclear norm", {
    shapes: [[3, 2]],
    operation: (x) => linalg.matrixNorm(x, "nuc"),
    twin: (x) => Nd.scalar(sum(pair(product(turned(x), x)).map(Math.sqrt))),
    twice: true,
  });
  gradcheck("cond", {
    shapes: [square(2)],
    operation: (x) => linalg.cond(firm(x)),
    twin: (x) => {
      const [least, largest] = pair(positiveTwin(x));
      return Nd.scalar(Math.sqrt(largest / least));
    },
  });
  gradcheck("cond in the 1-norm", {
    shapes: [square(2)],
    operation: (x) => linalg.cond(firm(x), 1),
    twin: (x) => {
      const norm = (a: Nd): number => Math.max(...[0, 1].map((j) => Math.abs(a.at(0, j)) + Math.abs(a.at(1, j))));
      return Nd.scalar(norm(firmTwin(x)) * norm(inverse(firmTwin(x))));
    },
  });
  gradcheck("matrixPower", {
    shapes: [square(2)],
    operation: (x) => linalg.matrixPower(firm(x), -2),
    twin: (x) => product(inverse(firmTwin(x)), inverse(firmTwin(x))),
    twice: true,
  });
  gradcheck("matrixExp", {
    shapes: [square(2)],
    operation: linalg.matrixExp,
    twin: (x) => {
      let [power, total] = [new Nd([2, 2], [1, 0, 0, 1]), new Nd([2, 2], [1, 0, 0, 1])];
      for (let n = 1; n < 40; n++) {
        power = product(power, x).map((value) => value / n);
        total = total.zip(power, (a, b) => a + b);
      }
      return total;
    },
    twice: true,
  });
  gradcheck("multiDot", {
    shapes: [
      [2, 3],
      [3, 2],
      [2, 1],
    ],
    operation: (a, b, c) => linalg.multiDot([a, b, c]),
    twin: (a, b, c) => product(product(a, b), c),
    twice: true,
  });
});

describe("the determinant of a singular matrix", () => {
  it("has the cofactors as its gradient, and the right second derivatives", () => {
    const a = k.tensor(
      [
        [1, 2],
        [2, 4],
      ],
      { requiresGrad: true },
    );
    const [first] = k.autograd.grad(linalg.det(a), [a], { createGraph: true });
    assert.deepEqual(first!.detach().round().tolist(), [
      [4, -2],
      [-2, 1],
    ]);
    const [second] = k.autograd.grad(
      first!
        .mul(
          k.tensor([
            [1, 10],
            [100, 1000],
          ]),
        )
        .sum(),
      [a],
    );
    assert.deepEqual(second!.round().tolist(), [
      [1000, -100],
      [-10, 1],
    ]);
  });
});
