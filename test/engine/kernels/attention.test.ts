import assert from "node:assert/strict";
import { assertNear, assertUlps, describeKernels, wave } from "./harness.ts";

/** Elements from one batch, head and row of a mask to the next. */
type MaskStrides = readonly [number, number, number];

const SHAPES = [
  [1, 1, 1, 1],
  [2, 3, 4, 5],
  [1, 2, 7, 7],
  [2, 1, 3, 64],
  [3, 2, 5, 18],
  [0, 2, 3, 4],
] as const;

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

function softmax(x: readonly number[]): number[] {
  const high = Math.max(...x);
  const e = x.map((v) => Math.exp(v - high));
  return e.map((v) => v / sum(e));
}

describeKernels("attention", (machine) => {
  const { kernels } = machine;

  for (const shape of SHAPES) {
    const [batch, heads, rows, cols] = shape;
    const count = batch * heads * rows * cols;

    const masks: Record<string, MaskStrides | null> = {
      none: null,
      full: [heads * rows * cols, rows * cols, cols],
      ofKeys: [cols, 0, 0],
      ofPlaces: [0, 0, cols],
    };
    for (const [kind, strides] of Object.entries(masks)) {
      for (const causal of [0, 1]) {
        it(`weights of [${shape.join(", ")}], mask: ${kind}${causal ? ", causal" : ""}`, () => {
          const x = wave(count, 4),
            mask = wave(count, 2, 1).map((v) => (v > 1.6 ? -Infinity : v));
          const scores = machine.floats(x);
          kernels.attentionWeights(scores, strides ? machine.floats(mask) : 0, ...(strides ?? ([0, 0, 0] as const)), batch, heads, rows, cols, 0.25, causal);
          const exact = Array.from({ length: batch * heads * rows }, (_, line) => {
            const [b, h, r] = [Math.floor(line / (heads * rows)), Math.floor(line / rows) % heads, line % rows];
            const start = strides ? b * strides[0] + h * strides[1] + r * strides[2] : 0;
            return softmax(
              Array.from({ length: cols }, (_, c) => {
                if (causal && c > r) return -Infinity;
                return x[line * cols + c]! * 0.25 + (strides ? mask[start + c]! : 0);
              }),
            );
          }).flat();
          assertUlps(machine.readFloats(scores, count), exact, 16, 0, "weights");
        });
      }
    }

    for (const dropped of [false, true]) {
      it(`gradient of [${shape.join(", ")}]${dropped ? " through a dropout" : ""}`, () => {
        const g = wave(count, 1),
          p = wave(count, 1, 2).map(Math.abs);
        const keep = g.map((_, i) => Number(!dropped || i % 3 > 0));
        const [pg, pp] = [machine.floats(g), machine.floats(p)];
        kernels.attentionWeightsBackward(pg, pp, dropped ? machine.bytes(keep) : 0, batch * heads * rows, cols, 1.25, 0.5);
        const kept = g.map((v, i) => (dropped ? v * keep[i]! * 1.25 : v));
        const exact = kept.map((v, i) => {
          const start = i - (i % cols);
          return (v - sum(kept.slice(start, start + cols).map((u, c) => u * p[start + c]!))) * p[i]! * 0.5;
        });
        assertNear(machine.readFloats(pg, count), exact, 3e-6, "gradient");
      });
    }
  }

  it("a row that sees nothing, or a NaN, is NaN altogether", () => {
    const scores = machine.floats([1, 2, 3, NaN, 5, 6, 7, 8, 9]);
    kernels.attentionWeights(scores, machine.floats([0, 0, 0, 0, 0, 0, -Infinity, -Infinity, -Infinity]), 0, 0, 3, 1, 1, 3, 3, 1, 1);
    const weights = machine.readFloats(scores, 9);
    assert.deepEqual(weights.slice(0, 3), [1, 0, 0]);
    assert.ok(weights.slice(3).every(Number.isNaN));
  });
});
