import assert from "node:assert/strict";
import { eye, linalg, logspace, manualSeed, ones, rand, randn, tensor, zeros, type Tensor } from "../../../src/engine/index.ts";

/** Matrices on which decompositions stumble, of each shape. */
const odd: readonly [name: string, make: (m: number, n: number) => Tensor][] = [
  ["random ones", (m, n) => randn(m, n)],
  ["huge ones", (m, n) => randn(m, n).mul(1e18)],
  ["tiny ones", (m, n) => randn(m, n).mul(1e-30)],
  ["zeros", (m, n) => zeros(m, n)],
  ["nothing but ones", (m, n) => ones(m, n)],
  ["the identity", (m, n) => eye(m, n)],
  ["products of a column and a row", (m, n) => randn(m, 1).matmul(randn(1, n))],
  ["mostly zeros", (m, n) => randn(m, n).mul(rand(m, n).lt(0.2).float())],
  ["triangles", (m, n) => randn(m, n).triu()],
  ["diagonals and what is beside them", (m, n) => randn(m, n).triu().tril(1)],
  ["columns of very different sizes", (m, n) => randn(m, n).mul(logspace(0, -12, n))],
];
const shapes = [
  [1, 1],
  [2, 2],
  [3, 3],
  [8, 8],
  [30, 30],
  [5, 4],
  [4, 5],
  [9, 2],
  [2, 9],
  [40, 7],
  [7, 40],
  [1, 6],
  [6, 1],
] as const;

function assertSame(actual: Tensor, expected: Tensor, size: number): void {
  const difference = actual.sub(expected).abs().max().item();
  assert.ok(difference <= 2e-5 * size, `differs by ${difference}, ${difference / size} of the size`);
}

const assertOrthonormal = (columns: Tensor): void => assertSame(columns.mT.matmul(columns), eye(columns.shape.at(-1)!), 1);
const sizeOf = (matrix: Tensor): number => Math.max(matrix.abs().max().item(), 1e-38);

describe("decompositions put together again", () => {
  before(() => void manualSeed(1));

  it("stay orthonormal where what is left of a matrix is too small for a direction", () => {
    const { U, Vh } = linalg.svd(ones(70, 64));
    assertOrthonormal(U);
    assertOrthonormal(Vh.mT);
  });

  for (const [name, make] of odd) {
    it(`are what was decomposed: ${name}`, () => {
      for (const [m, n] of shapes) {
        const A = make(m, n);
        const { U, S, Vh } = linalg.svd(A, false);
        assertSame(U.mul(S).matmul(Vh), A, sizeOf(A));
        assertOrthonormal(U);
        assertOrthonormal(Vh.mT);
        assert.deepEqual(S.tolist(), S.sort(-1, { descending: true }).values.tolist());
        const full = linalg.svd(A);
        assertOrthonormal(full.U);
        assertOrthonormal(full.Vh.mT);
        const { Q, R } = linalg.qr(A);
        assertSame(Q.matmul(R), A, sizeOf(A));
        assertOrthonormal(Q);
        const { P, L, U: upper } = linalg.lu(A);
        assertSame(P.matmul(L).matmul(upper), A, sizeOf(A));
        if (m !== n) continue;
        const symmetric = A.add(A.mT);
        const { eigenvalues, eigenvectors } = linalg.eigh(symmetric);
        assertSame(eigenvectors.mul(eigenvalues).matmul(eigenvectors.mT), symmetric, sizeOf(symmetric));
        assertOrthonormal(eigenvectors);
      }
    });
  }
});

describe("what linalg has not", () => {
  it("is refused with the ways that there are", () => {
    assert.throws(() => linalg.eig(eye(2)), /no complex numbers here.*linalg\.eigh/);
    assert.throws(() => linalg.eigvals(eye(2)), /no complex numbers here.*linalg\.svdvals/);
  });

  it("fails with an error that programs can tell", () => {
    assert.throws(() => linalg.inv(zeros(2, 2)), linalg.LinAlgError);
    assert.throws(() => linalg.cholesky(tensor([[-1]])), { name: "LinAlgError" });
  });
});
