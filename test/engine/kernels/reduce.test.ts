import assert from "node:assert/strict";
import { Reduce, ReduceBytes } from "../../../src/engine/kernels/exports.ts";
import { assertNear, describeKernels, wave } from "./harness.ts";

const LAYOUTS = [
  [1, 1, 1],
  [1, 5, 1],
  [3, 17, 1],
  [2, 1030, 1],
  [4, 3, 1],
  [1, 7, 4],
  [2, 100, 5],
  [3, 9, 3],
  [2, 300, 17],
  [0, 3, 2],
  [2, 3, 0],
  [1, 70, 1030],
  [2, 65, 67],
] as const;

/** One list of n values for each reduced element. */
function lines(x: readonly number[], outer: number, n: number, inner: number): number[][] {
  return Array.from({ length: outer * inner }, (_, at) =>
    Array.from({ length: n }, (_, i) => x[Math.floor(at / inner) * n * inner + i * inner + (at % inner)]!),
  );
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

function best(values: readonly number[], sign: number): number {
  const nan = values.findIndex(Number.isNaN);
  if (nan >= 0) return nan;
  return values.reduce((at, v, i) => (sign * v > sign * values[at]! ? i : at), 0);
}

describeKernels("reductions", (machine) => {
  const { kernels } = machine;

  for (const [outer, n, inner] of LAYOUTS) {
    it(`reduces the middle of [${outer}, ${n}, ${inner}]`, () => {
      const x = wave(outer * n * inner, 1.2);
      const all = lines(x, outer, n, inner);
      const count = outer * inner;
      const [px, out, second] = [machine.floats(x), machine.room(count), machine.room(count)];
      const run = (op: (typeof Reduce)[keyof typeof Reduce]): number[] => {
        kernels.reduce(op, px, out, outer, n, inner);
        return machine.readFloats(out, count);
      };
      assertNear(run(Reduce.sum), all.map(sum), 1e-6, "sum");
      assertNear(
        run(Reduce.mean),
        all.map((v) => sum(v) / n),
        1e-6,
        "mean",
      );
      assertNear(
        run(Reduce.prod),
        all.map((v) => v.reduce((a, b) => a * b, 1)),
        1e-5,
        "prod",
      );
      assert.deepEqual(
        run(Reduce.max),
        all.map((v) => Math.max(...v)),
      );
      assert.deepEqual(
        run(Reduce.min),
        all.map((v) => Math.min(...v)),
      );

      kernels.variance(px, out, second, outer, n, inner, 1);
      const means = all.map((v) => sum(v) / n);
      assertNear(machine.readFloats(second, count), means, 1e-6, "mean");
      const variances = all.map((v, i) => sum(v.map((a) => (a - means[i]!) ** 2)) / (n - 1));
      assertNear(machine.readFloats(out, count), variances, 1e-6, "variance");

      kernels.logsumexp(px, out, outer, n, inner);
      assertNear(
        machine.readFloats(out, count),
        all.map((v) => Math.log(sum(v.map(Math.exp)))),
        1e-6,
        "logsumexp",
      );

      for (const sign of [1, -1]) {
        kernels.argReduce(sign, px, out, second, outer, n, inner);
        const where = all.map((v) => best(v, sign));
        assert.deepEqual(machine.readInts(second, count), where);
        assert.deepEqual(
          machine.readFloats(out, count),
          where.map((at, i) => all[i]![at]),
        );
      }

      const sums = machine.room(x.length);
      kernels.cumsum(px, sums, outer, n, inner);
      const running = lines(machine.readFloats(sums, x.length), outer, n, inner);
      all.forEach((v, i) =>
        assertNear(
          running[i]!,
          v.map((_, k) => sum(v.slice(0, k + 1))),
          1e-6,
          "cumsum",
        ),
      );
    });
  }

  it("sums a million numbers to within a millionth, along rows and down columns", () => {
    const n = 1_000_000;
    const x = Array.from({ length: n }, (_, i) => Math.fround(0.1 + (i % 7) * 0.01));
    const exact = sum(x);
    const [px, out] = [machine.floats(x), machine.room(5)];
    kernels.reduce(Reduce.sum, px, out, 1, n, 1);
    assert.ok(Math.abs(machine.readFloats(out, 1)[0]! / exact - 1) < 1e-6);
    kernels.reduce(Reduce.sum, px, out, 1, n / 5, 5);
    machine.readFloats(out, 5).forEach((v, j) => {
      const column = sum(x.filter((_, i) => i % 5 === j));
      assert.ok(Math.abs(v / column - 1) < 1e-6);
    });
    assert.ok(Math.abs(kernels.sumOfSquares(px, n) / sum(x.map((v) => v * v)) - 1) < 1e-12);
  });

  it("lets NaN win over every maximum and minimum, at its first position", () => {
    for (const inner of [1, 4, 3]) {
      machine.reset();
      const n = 19;
      const x = wave(n * inner);
      x[5 * inner] = NaN;
      x[9 * inner] = NaN;
      x[7 * inner] = Infinity;
      const [px, out, where] = [machine.floats(x), machine.room(inner), machine.room(inner)];
      for (const op of [Reduce.max, Reduce.min]) {
        kernels.reduce(op, px, out, 1, n, inner);
        assert.ok(Number.isNaN(machine.readFloats(out, 1)[0]));
      }
      kernels.argReduce(1, px, out, where, 1, n, inner);
      assert.equal(machine.readInts(where, 1)[0], 5);
    }
  });

  it("gives what PyTorch gives for nothing, and for infinities", () => {
    const out = machine.room(1),
      mean = machine.room(1);
    kernels.reduce(Reduce.sum, out, out, 1, 0, 1);
    assert.deepEqual(machine.readFloats(out, 1), [0]);
    kernels.reduce(Reduce.prod, out, out, 1, 0, 1);
    assert.deepEqual(machine.readFloats(out, 1), [1]);
    kernels.reduce(Reduce.mean, out, out, 1, 0, 1);
    assert.deepEqual(machine.readFloats(out, 1), [NaN]);
    kernels.variance(machine.floats([3]), out, mean, 1, 1, 1, 1);
    assert.deepEqual(machine.readFloats(out, 1), [NaN]);
    for (const [x, expected] of [
      [[-Infinity, -Infinity], -Infinity],
      [[Infinity, 1], Infinity],
      [[NaN, 1], NaN],
      [[1000, 1000], 1000 + Math.log(2)],
    ] as const) {
      kernels.logsumexp(machine.floats(x), out, 1, 2, 1);
      assertNear(machine.readFloats(out, 1), [expected]);
    }
  });

  it("keeps the variance of large numbers that lie close together", () => {
    for (const inner of [1, 2]) {
      const x = Array.from({ length: 1000 * inner }, (_, i) => 100_000 + (Math.floor(i / inner) % 2));
      const [out, mean] = [machine.room(inner), machine.room(inner)];
      kernels.variance(machine.floats(x), out, mean, 1, 1000, inner, 0);
      assertNear(machine.readFloats(out, inner), new Array(inner).fill(0.25), 1e-6);
    }
  });

  it("reduces integers and bytes", () => {
    for (const [outer, n, inner] of LAYOUTS) {
      machine.reset();
      const ints = Array.from({ length: outer * n * inner }, (_, i) => ((i * 7919) % 23) - 11);
      const bytes = ints.map((v) => (v > 5 ? v : 0));
      const count = outer * inner;
      const [pi, pb, out, outBytes] = [machine.ints(ints), machine.bytes(bytes), machine.room(count), machine.alloc(count)];
      const all = lines(ints, outer, n, inner),
        flags = lines(bytes, outer, n, inner);
      const twins = {
        sum,
        prod: (v: number[]) => v.reduce((a, b) => Math.imul(a, b), 1),
        max: (v: number[]) => Math.max(...v),
        min: (v: number[]) => Math.min(...v),
      };
      for (const [name, twin] of Object.entries(twins)) {
        kernels.reduceI32(Reduce[name as keyof typeof twins], pi, out, outer, n, inner);
        assert.deepEqual(
          machine.readInts(out, count).map((v) => v + 0),
          all.map((v) => twin(v) + 0),
          name,
        );
      }
      kernels.reduceBytes(ReduceBytes.any, pb, outBytes, outer, n, inner);
      assert.deepEqual(
        machine.readBytes(outBytes, count),
        flags.map((v) => Number(v.some(Boolean))),
      );
      kernels.reduceBytes(ReduceBytes.all, pb, outBytes, outer, n, inner);
      assert.deepEqual(
        machine.readBytes(outBytes, count),
        flags.map((v) => Number(v.every(Boolean))),
      );
      kernels.reduceBytes(ReduceBytes.count, pb, out, outer, n, inner);
      assert.deepEqual(
        machine.readInts(out, count),
        flags.map((v) => v.filter(Boolean).length),
      );
    }
  });
});
