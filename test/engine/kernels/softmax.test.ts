import assert from "node:assert/strict";
import { PairLoss, type PairLossOp } from "../../../src/engine/kernels/exports.ts";
import { assertNear, assertUlps, describeKernels, SIZES, wave } from "./harness.ts";

const LAYOUTS = [
  [1, 1, 1],
  [3, 10, 1],
  [2, 7, 1],
  [4, 1030, 1],
  [2, 5, 4],
  [2, 10, 7],
  [1, 3, 100],
  [0, 3, 1],
] as const;

/** Applies `twin` to each run along the middle of [outer, n, inner]. */
function along(x: readonly number[], [outer, n, inner]: readonly [number, number, number], twin: (line: number[], row: number) => number[]): number[] {
  const out = new Array<number>(outer * n * inner);
  for (let o = 0; o < outer; o++) {
    for (let j = 0; j < inner; j++) {
      const at = (i: number): number => (o * n + i) * inner + j;
      const line = Array.from({ length: n }, (_, i) => x[at(i)]!);
      twin(line, o * inner + j).forEach((v, i) => (out[at(i)] = v));
    }
  }
  return out;
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const probabilities = (x: number[]): number[] => {
  const high = Math.max(...x);
  const e = x.map((v) => Math.exp(v - high));
  return e.map((v) => v / sum(e));
};

describeKernels("softmax and losses", (machine) => {
  const { kernels } = machine;

  for (const layout of LAYOUTS) {
    const [outer, n, inner] = layout;
    const count = outer * n * inner;

    it(`softmax and its logarithm over the middle of [${layout.join(", ")}], forward and backward`, () => {
      const x = wave(count, 6),
        g = wave(count, 1, 3);
      const [px, pg, y, out] = [machine.floats(x), machine.floats(g), machine.room(count), machine.room(count)];
      kernels.softmax(px, y, outer, n, inner);
      const p = along(x, layout, probabilities);
      assertUlps(machine.readFloats(y, count), p, 12, 0, "softmax");
      kernels.softmaxBackward(pg, y, out, outer, n, inner);
      const weighted = along(
        p.map((v, i) => v * g[i]!),
        layout,
        (line) => line.map(() => sum(line)),
      );
      assertNear(
        machine.readFloats(out, count),
        p.map((v, i) => v * (g[i]! - weighted[i]!)),
        2e-6,
        "softmaxBackward",
      );
      kernels.logSoftmax(px, y, outer, n, inner);
      assertNear(machine.readFloats(y, count), p.map(Math.log), 1e-6, "logSoftmax");
      kernels.logSoftmaxBackward(pg, y, out, outer, n, inner);
      const sums = along(g, layout, (line) => line.map(() => sum(line)));
      assertNear(
        machine.readFloats(out, count),
        g.map((v, i) => v - p[i]! * sums[i]!),
        3e-6,
        "logSoftmaxBackward",
      );
      kernels.softmax(px, px, outer, n, inner);
      assertUlps(machine.readFloats(px, count), p, 12, 0, "in place");
    });

    for (const smoothing of [0, 0.1]) {
      for (const weighted of [false, true]) {
        it(`cross entropy over [${layout.join(", ")}]${smoothing ? ", smoothed" : ""}${weighted ? ", weighted" : ""}`, () => {
          const rows = outer * inner;
          const x = wave(count, 4);
          const targets = Array.from({ length: rows }, (_, r) => (r % 4 === 3 ? -100 : (r * 5) % n));
          const weights = Array.from({ length: n }, (_, c) => (weighted ? Math.fround(0.5 + (c % 3)) : 1));
          const upstream = wave(rows, 1, 2);
          const [px, pt, pw, pg] = [machine.floats(x), machine.ints(targets), weighted ? machine.floats(weights) : 0, machine.floats(upstream)];
          const [logProbs, loss, weight, out] = [machine.room(count), machine.room(rows), machine.room(rows), machine.room(count)];
          assert.equal(kernels.crossEntropy(px, pt, pw, logProbs, loss, weight, outer, n, inner, -100, smoothing), -1);

          const ideal = (row: number): number[] =>
            weights.map((w, c) => (targets[row] === -100 ? 0 : w * ((1 - smoothing) * Number(c === targets[row]) + smoothing / n)));
          const losses = new Array<number>(rows).fill(0);
          along(x, layout, (line, row) => {
            const q = ideal(row);
            losses[row] = -sum(probabilities(line).map((v, c) => q[c]! * Math.log(v)));
            return line;
          });
          assertNear(machine.readFloats(loss, rows), losses, 3e-6, "losses");
          assert.deepEqual(
            machine.readFloats(weight, rows),
            targets.map((t) => (t === -100 ? 0 : weights[t]!)),
          );

          for (const step of [0, 1]) {
            kernels.crossEntropyBackward(pg, step, logProbs, pt, pw, out, outer, n, inner, -100, smoothing);
            const gradient = along(x, layout, (line, row) => {
              const q = ideal(row);
              return probabilities(line).map((v, c) => upstream[row * step]! * (v * sum(q) - q[c]!));
            });
            assertNear(machine.readFloats(out, count), gradient, 3e-6, "gradient");
            kernels.nllLossBackward(pg, step, pt, pw, out, outer, n, inner, -100, smoothing);
            const toLogProbs = along(x, layout, (_, row) => ideal(row).map((q) => -upstream[row * step]! * q));
            assertNear(machine.readFloats(out, count), toLogProbs, 1e-6, "gradient of log-probabilities");
          }
        });
      }
    }
  }

  it("tells the first row whose target is no class", () => {
    const [x, out, loss, weight] = [machine.floats(wave(12)), machine.room(12), machine.room(4), machine.room(4)];
    assert.equal(kernels.crossEntropy(x, machine.ints([0, 2, 3, -1]), 0, out, loss, weight, 4, 3, 1, -100, 0), 2);
    assert.equal(kernels.nllLoss(x, machine.ints([0, 2, 1, -1]), 0, loss, weight, 4, 3, 1, -100, 0), 3);
  });

  it("softmax stays finite for large inputs, is exact about −∞, and hands NaN on", () => {
    const out = machine.room(5);
    kernels.softmax(machine.floats([1e30, 1e30, -Infinity, 0, -1e30]), out, 1, 5, 1);
    assert.deepEqual(machine.readFloats(out, 5), [0.5, 0.5, 0, 0, 0]);
    kernels.softmax(machine.floats([1, NaN, 0, 0, 0]), out, 1, 5, 1);
    assert.ok(machine.readFloats(out, 5).every(Number.isNaN));
  });

  const clampedLog = (v: number): number => Math.max(Math.log(v), -100);
  const BETA = Math.fround(0.8);
  const pairTwins: Record<keyof typeof PairLoss, { loss: (x: number, y: number) => number; slope: (x: number, y: number) => number; unit?: boolean }> = {
    mse: { loss: (x, y) => (x - y) ** 2, slope: (x, y) => 2 * (x - y) },
    l1: { loss: (x, y) => Math.abs(x - y), slope: (x, y) => Math.sign(x - y) },
    bce: {
      loss: (x, y) => -(y * clampedLog(x) + (1 - y) * clampedLog(1 - x)),
      slope: (x, y) => (x - y) / Math.max(x * (1 - x), 1e-12),
      unit: true,
    },
    bceWithLogits: {
      loss: (x, y) => Math.max(x, 0) - x * y + Math.log1p(Math.exp(-Math.abs(x))),
      slope: (x, y) => 1 / (1 + Math.exp(-x)) - y,
      unit: true,
    },
    smoothL1: {
      loss: (x, y) => (Math.abs(x - y) < BETA ? (0.5 * (x - y) ** 2) / BETA : Math.abs(x - y) - 0.5 * BETA),
      slope: (x, y) => (Math.abs(x - y) < BETA ? (x - y) / BETA : Math.sign(x - y)),
    },
    huber: {
      loss: (x, y) => (Math.abs(x - y) <= BETA ? 0.5 * (x - y) ** 2 : BETA * (Math.abs(x - y) - 0.5 * BETA)),
      slope: (x, y) => (Math.abs(x - y) <= BETA ? x - y : BETA * Math.sign(x - y)),
    },
  };

  for (const [name, op] of Object.entries(PairLoss) as [keyof typeof PairLoss, PairLossOp][]) {
    it(`${name} and its gradient at every length`, () => {
      const twin = pairTwins[name];
      for (const n of SIZES) {
        machine.reset();
        const x = wave(n, 2).map((v) => (name === "bce" ? Math.fround(0.5 + v / 4.1) : v));
        const y = wave(n, 2, 2).map((v) => (twin.unit ? Number(v > 0) : v));
        const g = wave(n, 1, 5);
        const [px, py, pg, out] = [machine.floats(x), machine.floats(y), machine.floats(n > 0 ? g : [0]), machine.room(n)];
        kernels.pairLoss(op, px, py, out, n, BETA);
        assertNear(
          machine.readFloats(out, n),
          x.map((v, i) => twin.loss(v, y[i]!)),
          1e-6,
          name,
        );
        for (const step of [0, 1]) {
          kernels.pairLossBackward(op, pg, step, px, py, out, n, 0.25, BETA);
          assertNear(
            machine.readFloats(out, n),
            x.map((v, i) => 0.25 * g[i * step]! * twin.slope(v, y[i]!)),
            2e-6,
            name,
          );
        }
      }
    });
  }

  it("bce is 100 where a certain prediction is wrong, and 0 where it is right", () => {
    const out = machine.room(4);
    kernels.pairLoss(PairLoss.bce, machine.floats([0, 1, 0, 1]), machine.floats([1, 0, 0, 1]), out, 4, 0);
    assert.deepEqual(
      machine.readFloats(out, 4).map((v) => v + 0),
      [100, 100, 0, 0],
    );
  });
});
