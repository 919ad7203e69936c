import assert from "node:assert/strict";
import { assertNear, describeKernels, wave } from "./harness.ts";

describeKernels("matrix products", (machine) => {
  const { kernels } = machine;
  const shapes = [
    [1, 1, 1],
    [1, 5, 7],
    [2, 33, 300],
    [3, 17, 4],
    [4, 4, 4],
    [5, 1, 9],
    [7, 2, 65],
    [40, 3, 17],
    [7, 9, 5],
    [6, 8, 300],
    [13, 17, 19],
    [18, 21, 257],
    [19, 8, 30],
    [100, 70, 513],
    [33, 1030, 20],
    [97, 15, 3],
  ] as const;

  function product(a: number[], b: number[], m: number, n: number, k: number, tA: boolean, tB: boolean, start: number[]): number[] {
    return start.map((value, at) => {
      const [i, j] = [Math.floor(at / n), at % n];
      let sum = value;
      for (let p = 0; p < k; p++) sum += a[tA ? p * m + i : i * k + p]! * b[tB ? j * k + p : p * n + j]!;
      return sum;
    });
  }

  for (const [m, n, k] of shapes) {
    it(`multiplies ${m}×${k} by ${k}×${n} in all four transpositions, with and without adding`, () => {
      const a = wave(m * k),
        b = wave(k * n, 1, 2),
        c = wave(m * n, 3, 1);
      for (const tA of [false, true]) {
        for (const tB of [false, true]) {
          for (const adds of [false, true]) {
            machine.reset();
            const work = machine.alloc(kernels.sgemmWorkBytes());
            const out = machine.floats(c);
            const [rsa, csa] = tA ? [1, m] : [k, 1];
            const [rsb, csb] = tB ? [1, k] : [n, 1];
            kernels.sgemm(m, n, k, machine.floats(a), rsa, csa, machine.floats(b), rsb, csb, out, n, adds ? 1 : 0, work);
            const exact = product(a, b, m, n, k, tA, tB, adds ? c : c.map(() => 0));
            assertNear(machine.readFloats(out, m * n), exact, 3e-6, `${tA ? "T" : "N"}${tB ? "T" : "N"}`);
          }
        }
      }
    });
  }

  it("reads operands and writes results through any strides", () => {
    for (const [m, n, k] of [
      [2, 9, 6],
      [9, 2, 6],
      [11, 10, 12],
    ] as const) {
      machine.reset();
      // Every second element of every third row, and rows of C 4 elements too long.
      const a = wave(m * 3 * k * 2 * 3),
        b = wave(k * 3 * n * 2 * 3, 1, 5);
      const ldc = n + 4;
      const out = machine.floats(new Array(m * ldc).fill(7));
      const work = machine.alloc(kernels.sgemmWorkBytes());
      kernels.sgemm(m, n, k, machine.floats(a), k * 6, 2, machine.floats(b), n * 6, 2, out, ldc, 0, work);
      const exact = Array.from({ length: m * ldc }, (_, at) => {
        const [i, j] = [Math.floor(at / ldc), at % ldc];
        if (j >= n) return 7;
        let sum = 0;
        for (let p = 0; p < k; p++) sum += a[i * k * 6 + p * 2]! * b[p * n * 6 + j * 2]!;
        return sum;
      });
      assertNear(machine.readFloats(out, m * ldc), exact);
    }
  });

  it("gives zeros, or what was there, for an inner size of 0", () => {
    const out = machine.floats([1, 2, 3, 4, 5, 6]);
    const work = machine.alloc(kernels.sgemmWorkBytes());
    kernels.sgemm(2, 3, 0, out, 0, 1, out, 3, 1, out, 3, 1, work);
    assert.deepEqual(machine.readFloats(out, 6), [1, 2, 3, 4, 5, 6]);
    kernels.sgemm(2, 3, 0, out, 0, 1, out, 3, 1, out, 3, 0, work);
    assert.deepEqual(machine.readFloats(out, 6), [0, 0, 0, 0, 0, 0]);
  });

  it("hands NaN and infinity on", () => {
    const out = machine.room(4);
    const work = machine.alloc(kernels.sgemmWorkBytes());
    kernels.sgemm(2, 2, 2, machine.floats([NaN, 1, Infinity, 1]), 2, 1, machine.floats([1, 2, 3, 4]), 2, 1, out, 2, 0, work);
    assert.deepEqual(machine.readFloats(out, 4), [NaN, NaN, Infinity, Infinity]);
  });

  it("multiplies batches, also with one operand shared", () => {
    const [batch, m, n, k] = [3, 5, 6, 7];
    const a = wave(batch * m * k),
      b = wave(k * n, 1, 3);
    const out = machine.room(batch * m * n);
    const work = machine.alloc(kernels.sgemmWorkBytes());
    kernels.sgemmBatched(batch, m * k, 0, m * n, m, n, k, machine.floats(a), k, 1, machine.floats(b), n, 1, out, n, 0, work);
    const exact = product(a, b, batch * m, n, k, false, false, new Array(batch * m * n).fill(0));
    assertNear(machine.readFloats(out, batch * m * n), exact);
  });

  it("adds a bias to each row", () => {
    for (const [rows, cols] of [
      [3, 5],
      [7, 300],
      [1, 1],
      [200, 10],
    ] as const) {
      machine.reset();
      const x = wave(rows * cols),
        bias = wave(cols, 2, 1);
      const out = machine.floats(x);
      kernels.addRowBias(out, machine.floats(bias), rows, cols);
      assert.deepEqual(
        machine.readFloats(out, rows * cols),
        x.map((v, i) => Math.fround(v + bias[i % cols]!)),
      );
    }
  });
});
