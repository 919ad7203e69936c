import assert from "node:assert/strict";
import { Binary, Bits, Compare, CompareI32, type BinaryOp, type CompareOp } from "../../../src/engine/kernels/exports.ts";
import { assertUlps, describeKernels, rounded, SIZES, SPECIAL, wave } from "./harness.ts";

const f = Math.fround;
const ALPHA = f(0.7);

/** Python's remainder: the sign of the divisor. */
function remainder(a: number, b: number): number {
  const r = a % b;
  return r !== 0 && r < 0 !== b < 0 ? r + b : r;
}

function larger(a: number, b: number): number {
  return Number.isNaN(a) || Number.isNaN(b) ? NaN : Math.max(a, b);
}

const twins: Record<keyof typeof Binary, (a: number, b: number) => number> = {
  add: (a, b) => a + f(ALPHA * b),
  sub: (a, b) => a - f(ALPHA * b),
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  pow: (a, b) => ((a === 1 && Number.isNaN(b)) || (Math.abs(a) === 1 && !Number.isFinite(b) && !Number.isNaN(b)) ? 1 : a ** b),
  maximum: larger,
  minimum: (a, b) => -larger(-a, -b),
  fmod: (a, b) => a % b,
  remainder,
  atan2: Math.atan2,
};

const comparisons: Record<keyof typeof Compare, (a: number, b: number) => boolean> = {
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  lt: (a, b) => a < b,
  le: (a, b) => a <= b,
  gt: (a, b) => a > b,
  ge: (a, b) => a >= b,
};

const pairsA = rounded([...SPECIAL.flatMap((a) => SPECIAL.map(() => a)), 5.5, -5.5, 5.5, -5.5, 1e30, 7, 3, 1e10, 2]);
const pairsB = rounded([...SPECIAL.flatMap(() => SPECIAL), 2, 2, -2, -2, 3, 7, 0.1, 3, 10]);

describeKernels("operations on pairs", (machine) => {
  const { kernels } = machine;

  for (const [name, op] of Object.entries(Binary) as [keyof typeof Binary, BinaryOp][]) {
    const twin = twins[name];

    it(`${name} is right for every pair of special values`, () => {
      const n = pairsA.length;
      const out = machine.room(n);
      kernels.binary(op, machine.floats(pairsA), 1, machine.floats(pairsB), 1, out, n, ALPHA);
      assertUlps(
        machine.readFloats(out, n),
        pairsA.map((a, i) => twin(a, pairsB[i]!)),
        1,
        0,
        name,
      );
    });

    it(`${name} takes same shapes, and a single value on either side, at every length`, () => {
      for (const n of SIZES) {
        machine.reset();
        const a = wave(n, 3).map((v) => (name === "pow" ? Math.abs(v) : v)),
          b = wave(n, 2, 3);
        const [pa, pb] = [machine.floats(a), machine.floats(b)];
        const [s, ps] = [f(1.3), machine.floats([1.3])];
        const out = machine.room(n);
        kernels.binary(op, pa, 1, pb, 1, out, n, ALPHA);
        assertUlps(
          machine.readFloats(out, n),
          a.map((v, i) => twin(v, b[i]!)),
          1,
          0,
          "same",
        );
        kernels.binary(op, pa, 1, ps, 0, out, n, ALPHA);
        assertUlps(
          machine.readFloats(out, n),
          a.map((v) => twin(v, s)),
          1,
          0,
          "right",
        );
        kernels.binary(op, ps, 0, pb, 1, out, n, ALPHA);
        assertUlps(
          machine.readFloats(out, n),
          b.map((v) => twin(s, v)),
          1,
          0,
          "left",
        );
        kernels.binary(op, pa, 1, pb, 1, pa, n, ALPHA);
        assertUlps(
          machine.readFloats(pa, n),
          a.map((v, i) => twin(v, b[i]!)),
          1,
          0,
          "in place",
        );
      }
    });

    it(`${name} broadcasts rows and columns on either side`, () => {
      for (const [rows, cols] of [
        [1, 1],
        [3, 5],
        [1, 300],
        [300, 1],
        [7, 255],
        [5, 256],
        [411, 3],
        [2, 1030],
        [0, 4],
        [4, 0],
      ] as const) {
        machine.reset();
        const a = wave(rows * cols, 3)
          .map((v) => Math.abs(v) + 0.1)
          .map(f);
        const row = wave(cols, 2, 3).map((v) => f(Math.abs(v) + 0.2)),
          column = wave(rows, 2, 5).map((v) => f(Math.abs(v) + 0.2));
        const [pa, pr, pc, out] = [machine.floats(a), machine.floats(row), machine.floats(column), machine.room(rows * cols)];
        for (const swapped of [0, 1]) {
          kernels.binaryRow(op, pa, pr, out, rows, cols, swapped, ALPHA);
          const byRow = a.map((v, i) => (swapped ? twin(row[i % cols]!, v) : twin(v, row[i % cols]!)));
          assertUlps(machine.readFloats(out, rows * cols), byRow, 1, 0, `row ${rows}×${cols}`);
          kernels.binaryColumn(op, pa, pc, out, rows, cols, swapped, ALPHA);
          const byColumn = a.map((v, i) => (swapped ? twin(column[Math.floor(i / cols)]!, v) : twin(v, column[Math.floor(i / cols)]!)));
          assertUlps(machine.readFloats(out, rows * cols), byColumn, 1, 0, `column ${rows}×${cols}`);
        }
      }
    });
  }

  it("broadcasts any strides, with chunks that end anywhere", () => {
    for (const [d0, d1, d2, d3] of [
      [2, 3, 4, 5],
      [1, 1, 1, 1],
      [7, 1, 13, 17],
      [3, 0, 2, 2],
      [5, 40, 3, 7],
    ] as const) {
      machine.reset();
      const shape = [d0, d1, d2, d3];
      const n = d0 * d1 * d2 * d3;
      // a is a transposed [d3, d2, d1, d0]; b is [d1, 1, d3] broadcast.
      const stridesA = [1, d0, d0 * d1, d0 * d1 * d2],
        stridesB = [0, d3, 0, 1];
      const a = wave(n, 3),
        b = wave(d1 * d3, 2, 1);
      const meta = machine.ints([...shape, ...stridesA, ...stridesB]);
      const [pa, pb, out, bytes] = [machine.floats(a), machine.floats(b), machine.room(n), machine.alloc(n)];
      const index = Array.from({ length: n }, (_, i) => [Math.floor(i / (d1 * d2 * d3)), Math.floor(i / (d2 * d3)) % d1, Math.floor(i / d3) % d2, i % d3]);
      const dot = (x: number[], s: number[]): number => x.reduce((sum, v, k) => sum + v * s[k]!, 0);
      const [va, vb] = [index.map((x) => a[dot(x, stridesA)]!), index.map((x) => b[dot(x, stridesB)]!)];
      kernels.binaryStrided(Binary.sub, pa, pb, out, 4, meta, ALPHA);
      assertUlps(
        machine.readFloats(out, n),
        va.map((v, i) => v - f(ALPHA * vb[i]!)),
        1,
      );
      kernels.compareStrided(Compare.lt, pa, pb, bytes, 4, meta);
      assert.deepEqual(
        machine.readBytes(bytes, n),
        va.map((v, i) => Number(v < vb[i]!)),
      );
      // The condition is [d2, d3] broadcast.
      const condition = wave(d2 * d3).map((v) => Number(v > 0) * 3);
      const stridesC = [0, 0, d3, 1];
      const whereMeta = machine.ints([...shape, ...stridesC, ...stridesA, ...stridesB]);
      kernels.whereStrided(machine.bytes(condition), pa, pb, out, 4, whereMeta);
      assert.deepEqual(
        machine.readFloats(out, n),
        index.map((x, i) => (condition[dot(x, stridesC)] ? va[i]! : vb[i]!)),
      );
    }
  });

  for (const [name, op] of Object.entries(Compare) as [keyof typeof Compare, CompareOp][]) {
    it(`${name} gives a byte for each pair`, () => {
      for (const n of [...SIZES, pairsA.length]) {
        machine.reset();
        const a = pairsA.concat(wave(1030)).slice(0, n),
          b = pairsB.concat(wave(1030, 1, 1)).slice(0, n);
        const [pa, pb, ps, out] = [machine.floats(a), machine.floats(b), machine.floats([0.5]), machine.alloc(n)];
        kernels.compare(op, pa, 1, pb, 1, out, n);
        assert.deepEqual(
          machine.readBytes(out, n),
          a.map((v, i) => Number(comparisons[name](v, b[i]!))),
        );
        kernels.compare(op, pa, 1, ps, 0, out, n);
        assert.deepEqual(
          machine.readBytes(out, n),
          a.map((v) => Number(comparisons[name](v, 0.5))),
        );
        kernels.compare(op, ps, 0, pb, 1, out, n);
        assert.deepEqual(
          machine.readBytes(out, n),
          b.map((v) => Number(comparisons[name](0.5, v))),
        );
      }
    });
  }

  it("compares integers exactly", () => {
    const a = [0, -1, 16777216, 2147483647, -2147483648, 5, 7],
      b = [0, 1, 16777217, -2147483648, -2147483648, 5, -7];
    const [pa, pb, out] = [machine.ints(a), machine.ints(b), machine.alloc(7)];
    for (const [name, op] of Object.entries(CompareI32) as [keyof typeof CompareI32, CompareOp][]) {
      kernels.compare(op, pa, 1, pb, 1, out, 7);
      assert.deepEqual(
        machine.readBytes(out, 7),
        a.map((v, i) => Number(comparisons[name](v, b[i]!))),
      );
    }
  });

  it("joins bits", () => {
    for (const n of SIZES) {
      machine.reset();
      const a = Array.from({ length: n }, (_, i) => (i * 37) % 256),
        b = Array.from({ length: n }, (_, i) => (i * 101 + 3) % 256);
      const [pa, pb, out] = [machine.bytes(a), machine.bytes(b), machine.alloc(n)];
      kernels.bits(Bits.and, pa, pb, out, n);
      assert.deepEqual(
        machine.readBytes(out, n),
        a.map((v, i) => v & b[i]!),
      );
      kernels.bits(Bits.or, pa, pb, out, n);
      assert.deepEqual(
        machine.readBytes(out, n),
        a.map((v, i) => v | b[i]!),
      );
      kernels.bits(Bits.xor, pa, pb, out, n);
      assert.deepEqual(
        machine.readBytes(out, n),
        a.map((v, i) => v ^ b[i]!),
      );
    }
  });

  it("selects by a mask, from elements or single values", () => {
    for (const n of SIZES) {
      machine.reset();
      const [a, b] = [wave(n), wave(n, 5, 2)];
      const mask = Array.from({ length: n }, (_, i) => [0, 1, 0, 255, 2][i % 5]!);
      const [pm, pa, pb, ps, out] = [machine.bytes(mask), machine.floats(a), machine.floats(b), machine.floats([NaN]), machine.room(n)];
      kernels.where(pm, pa, 1, pb, 1, out, n);
      assert.deepEqual(
        machine.readFloats(out, n),
        mask.map((m, i) => (m ? a[i] : b[i])),
      );
      kernels.where(pm, ps, 0, pb, 1, out, n);
      assert.deepEqual(
        machine.readFloats(out, n),
        mask.map((m, i) => (m ? NaN : b[i])),
      );
      kernels.where(pm, pa, 1, ps, 0, out, n);
      assert.deepEqual(
        machine.readFloats(out, n),
        mask.map((m, i) => (m ? a[i] : NaN)),
      );
      kernels.maskedFill(pa, pm, out, n, -Infinity);
      assert.deepEqual(
        machine.readFloats(out, n),
        mask.map((m, i) => (m ? -Infinity : a[i])),
      );
      kernels.dropout(pa, pm, out, n, 1.25);
      assert.deepEqual(
        machine.readFloats(out, n).map((v) => v + 0),
        mask.map((m, i) => (m ? f(a[i]! * 1.25) : 0)),
      );
    }
  });

  it("interpolates, scales and adds multiples", () => {
    for (const n of SIZES) {
      machine.reset();
      const [a, b] = [wave(n), wave(n, 5, 2)];
      const [pa, pb, out] = [machine.floats(a), machine.floats(b), machine.room(n)];
      for (const weight of [0, 0.25, 0.75, 1]) {
        kernels.lerp(pa, pb, out, n, weight);
        assertUlps(
          machine.readFloats(out, n),
          a.map((v, i) => v + weight * (b[i]! - v)),
          2,
          1e-6,
        );
      }
      kernels.axpy(pa, pb, n, 0.5);
      assert.deepEqual(
        machine.readFloats(pa, n),
        a.map((v, i) => f(v + f(0.5 * b[i]!))),
      );
      kernels.scale(pb, n, 3);
      assert.deepEqual(
        machine.readFloats(pb, n),
        b.map((v) => f(v * 3)),
      );
    }
  });
});
