import { assertNear, describeKernels, wave } from "./harness.ts";

const LAYOUTS = [
  [1, 1, 1],
  [2, 3, 1],
  [64, 10, 1],
  [33, 4, 1],
  [4, 3, 17],
  [2, 5, 100],
  [3, 2, 4],
  [1, 2, 1030],
] as const;
const EPS = 1e-5;
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** Gradients of (x − mean) / std · w + b over one group of values. */
function backward(x: number[], g: number[], weights: number[], m: number, s: number, constant: boolean): number[] {
  const normal = x.map((v) => (v - m) * s);
  const scaled = g.map((v, i) => v * weights[i]!);
  const [a, b] = constant ? [0, 0] : [mean(scaled), mean(scaled.map((v, i) => v * normal[i]!))];
  return scaled.map((v, i) => (v - a - normal[i]! * b) * s);
}

describeKernels("normalisation", (machine) => {
  const { kernels } = machine;

  for (const [n, channels, length] of LAYOUTS) {
    const count = n * channels * length;
    const channelOf = (i: number): number => Math.floor(i / length) % channels;
    const group = (x: readonly number[], c: number): number[] => x.filter((_, i) => channelOf(i) === c);

    for (const affine of [true, false]) {
      it(`batch norm over [${n}, ${channels}, ${length}]${affine ? "" : " without weight and bias"}, forward and backward`, () => {
        const x = wave(count, 2, 1).map((v, i) => Math.fround(v + 3 * channelOf(i)));
        const g = wave(count, 1, 3);
        const weight = wave(channels, 1, 2),
          bias = wave(channels, 1, 4);
        const w = (c: number): number => (affine ? weight[c]! : 1),
          b = (c: number): number => (affine ? bias[c]! : 0);
        const [px, pg, pw, pb] = [machine.floats(x), machine.floats(g), affine ? machine.floats(weight) : 0, affine ? machine.floats(bias) : 0];
        const [pm, ps, pv, out, outW, outB] = [channels, channels, channels, count, channels, channels].map((k) => machine.room(k)) as [
          number,
          number,
          number,
          number,
          number,
          number,
        ];
        kernels.batchNormStatistics(px, pm, ps, n, channels, length, EPS, pv);
        const groups = Array.from({ length: channels }, (_, c) => group(x, c));
        const means = groups.map(mean);
        const variances = groups.map((v, c) => mean(v.map((a) => (a - means[c]!) ** 2)));
        const inverse = variances.map((v) => 1 / Math.sqrt(v + EPS));
        assertNear(machine.readFloats(pm, channels), means, 1e-6, "mean");
        assertNear(machine.readFloats(pv, channels), variances, 1e-6, "variance");
        assertNear(machine.readFloats(ps, channels), inverse, 1e-6, "inverse std");

        // From here on with the rounded statistics, as the layer does.
        const [m, s] = [machine.readFloats(pm, channels), machine.readFloats(ps, channels)];
        kernels.batchNormApply(px, pm, ps, pw, pb, out, n, channels, length);
        const y = x.map((v, i) => (v - m[channelOf(i)]!) * s[channelOf(i)]! * w(channelOf(i)) + b(channelOf(i)));
        assertNear(machine.readFloats(out, count), y, 2e-6, "output");

        for (const training of [true, false]) {
          kernels.batchNormBackward(pg, px, pm, ps, pw, out, outW, outB, n, channels, length, training ? 1 : 0);
          const gradients = groups.map((v, c) =>
            backward(
              v,
              group(g, c),
              v.map(() => w(c)),
              m[c]!,
              s[c]!,
              !training,
            ),
          );
          const next = new Array<number>(channels).fill(0);
          const expected = x.map((_, i) => gradients[channelOf(i)]![next[channelOf(i)]!++]!);
          assertNear(machine.readFloats(out, count), expected, 5e-6, "gradient");
          const normals = groups.map((v, c) => v.map((a) => (a - m[c]!) * s[c]!));
          assertNear(
            machine.readFloats(outW, channels),
            normals.map((v, c) => group(g, c).reduce((sum, a, i) => sum + a * v[i]!, 0)),
            3e-6,
            "weight",
          );
          assertNear(
            machine.readFloats(outB, channels),
            groups.map((_, c) => group(g, c).reduce((a, k) => a + k, 0)),
            3e-6,
            "bias",
          );
        }
        // What isn't wanted isn't written.
        kernels.batchNormBackward(pg, px, pm, ps, pw, 0, 0, outB, n, channels, length, 1);
        machine.readFloats(outB, channels);
      });
    }
  }

  for (const [rows, cols] of [
    [1, 1],
    [3, 5],
    [4, 16],
    [7, 1030],
    [200, 3],
  ] as const) {
    for (const affine of [true, false]) {
      it(`layer norm over [${rows}, ${cols}]${affine ? "" : " without weight and bias"}, forward and backward`, () => {
        const count = rows * cols;
        const x = wave(count, 2, 1),
          g = wave(count, 1, 3),
          weight = wave(cols, 1, 2),
          bias = wave(cols, 1, 4);
        const [px, pg, pw, pb] = [machine.floats(x), machine.floats(g), affine ? machine.floats(weight) : 0, affine ? machine.floats(bias) : 0];
        const [pm, ps, out, outW, outB] = [rows, rows, count, cols, cols].map((k) => machine.room(k)) as [number, number, number, number, number];
        kernels.layerNorm(px, pw, pb, out, pm, ps, rows, cols, EPS);
        const [m, s] = [machine.readFloats(pm, rows), machine.readFloats(ps, rows)];
        const line = (v: readonly number[], r: number): number[] => v.slice(r * cols, (r + 1) * cols);
        const weights = Array.from({ length: cols }, (_, k) => (affine ? weight[k]! : 1));
        const means = m.map((_, r) => mean(line(x, r)));
        assertNear(m, means, 1e-6, "mean");
        assertNear(
          s,
          means.map((mu, r) => 1 / Math.sqrt(mean(line(x, r).map((v) => (v - mu) ** 2)) + EPS)),
          1e-6,
          "inverse std",
        );
        const normal = x.map((v, i) => (v - m[Math.floor(i / cols)]!) * s[Math.floor(i / cols)]!);
        assertNear(
          machine.readFloats(out, count),
          normal.map((v, i) => v * weights[i % cols]! + (affine ? bias[i % cols]! : 0)),
          2e-6,
          "output",
        );
        kernels.layerNormBackward(pg, px, pm, ps, pw, out, outW, outB, rows, cols);
        const gradient = m.flatMap((mu, r) => backward(line(x, r), line(g, r), weights, mu, s[r]!, false));
        assertNear(machine.readFloats(out, count), gradient, 5e-6, "gradient");
        const columns = (v: readonly number[]): number[] => weights.map((_, k) => v.reduce((sum, a, i) => (i % cols === k ? sum + a : sum), 0));
        assertNear(machine.readFloats(outW, cols), columns(normal.map((v, i) => v * g[i]!)), 3e-6, "weight");
        assertNear(machine.readFloats(outB, cols), columns(g), 3e-6, "bias");
      });
    }
  }
});
