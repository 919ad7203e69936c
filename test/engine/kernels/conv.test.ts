import assert from "node:assert/strict";
import { assertNear, describeKernels, wave } from "./harness.ts";

interface Geometry {
  readonly n: number;
  readonly groups: number;
  readonly cin: number;
  readonly cout: number;
  readonly size: readonly [number, number];
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly padding: readonly [number, number];
  readonly dilation: readonly [number, number];
}

function geometry(text: string, given: Partial<Geometry>): [string, Geometry] {
  return [text, { n: 1, groups: 1, cin: 1, cout: 1, size: [5, 5], kernel: [3, 3], stride: [1, 1], padding: [0, 0], dilation: [1, 1], ...given }];
}

const geometries = [
  geometry("one 3×3 filter", {}),
  geometry("padding", { n: 2, cin: 3, cout: 4, size: [8, 8], padding: [1, 1] }),
  geometry("stride", { n: 2, cin: 2, cout: 7, size: [9, 7], stride: [2, 2], padding: [1, 1] }),
  geometry("unequal everything", { n: 3, cin: 4, cout: 6, size: [11, 6], kernel: [4, 2], stride: [3, 1], padding: [2, 1], dilation: [1, 2] }),
  geometry("groups", { n: 2, groups: 3, cin: 6, cout: 9, size: [6, 6], padding: [1, 1] }),
  geometry("depthwise", { n: 2, groups: 5, cin: 5, cout: 5, size: [7, 9], kernel: [5, 5], padding: [2, 2] }),
  geometry("pointwise", { n: 2, cin: 33, cout: 17, size: [5, 4], kernel: [1, 1] }),
  geometry("more window elements than a block is deep", { n: 2, cin: 40, cout: 10, size: [6, 6], padding: [1, 1] }),
  geometry("more filters than a block has rows", { n: 1, cin: 3, cout: 110, size: [5, 5] }),
  geometry("more positions than a block has columns", { n: 1, cin: 2, cout: 3, size: [40, 30], padding: [1, 1] }),
  geometry("more filters and channels than a block has rows", { n: 2, cin: 100, cout: 104, size: [4, 5], padding: [1, 1] }),
  geometry("more channels than a block is deep, dilated", { n: 1, cin: 3, cout: 260, size: [9, 8], dilation: [2, 3] }),
  geometry("depthwise with a stride", { n: 2, groups: 3, cin: 3, cout: 3, size: [9, 11], stride: [2, 2], padding: [1, 1] }),
  geometry("two filters for each channel", { n: 2, groups: 4, cin: 4, cout: 8, size: [6, 17], padding: [1, 0] }),
  geometry("many small images", { n: 70, cin: 2, cout: 5, size: [4, 4], padding: [1, 1] }),
  geometry("rows longer than a panel", { n: 2, cin: 2, cout: 5, size: [3, 37] }),
  geometry("pointwise with a stride", { n: 2, cin: 5, cout: 6, size: [7, 7], kernel: [1, 1], stride: [2, 2] }),
  geometry("windows that lie in the padding altogether", { n: 1, cin: 1, cout: 2, size: [2, 2], kernel: [2, 2], padding: [4, 3], dilation: [2, 1] }),
];

/** Visits each product of convolution: which input, weight and output element. */
function visit(c: Geometry, oh: number, ow: number, use: (x: number, w: number, o: number) => void): void {
  const [inner, rows] = [c.cin / c.groups, c.cout / c.groups];
  const [h, w] = c.size,
    [kh, kw] = c.kernel;
  for (let i = 0; i < c.n; i++)
    for (let o = 0; o < c.cout; o++)
      for (let q = 0; q < inner; q++)
        for (let a = 0; a < kh; a++)
          for (let b = 0; b < kw; b++)
            for (let y = 0; y < oh; y++)
              for (let x = 0; x < ow; x++) {
                const row = y * c.stride[0] - c.padding[0] + a * c.dilation[0];
                const col = x * c.stride[1] - c.padding[1] + b * c.dilation[1];
                if (row < 0 || row >= h || col < 0 || col >= w) continue;
                const channel = Math.floor(o / rows) * inner + q;
                use(((i * c.cin + channel) * h + row) * w + col, ((o * inner + q) * kh + a) * kw + b, ((i * c.cout + o) * oh + y) * ow + x);
              }
}

function outSize(c: Geometry, d: 0 | 1): number {
  return Math.floor((c.size[d] + 2 * c.padding[d] - c.dilation[d] * (c.kernel[d] - 1) - 1) / c.stride[d]) + 1;
}

/** Two ranges that make up [0, count), neither of whole groups, tiles or channels. */
function halves(count: number): readonly (readonly [number, number])[] {
  const middle = Math.ceil((count * 2) / 5);
  return [[0, middle], ...(middle < count ? [[middle, count] as const] : [])];
}

describeKernels("convolution and pooling", (machine) => {
  const { kernels } = machine;

  for (const [text, c] of geometries) {
    it(`convolves with ${text}, forward and backward`, () => {
      const [h, w] = c.size,
        [kh, kw] = c.kernel;
      const [oh, ow] = [outSize(c, 0), outSize(c, 1)];
      const patch = (c.cin / c.groups) * kh * kw;
      const counts = { x: c.n * c.cin * h * w, weight: c.cout * patch, out: c.n * c.cout * oh * ow };
      const x = wave(counts.x),
        weight = wave(counts.weight, 1, 2),
        bias = wave(c.cout, 1, 4),
        g = wave(counts.out, 1, 6);
      const [px, pw, pb, pg] = [x, weight, bias, g].map((v) => machine.floats(v)) as [number, number, number, number];
      const [out, outX, outW, parts] = [counts.out, counts.x, counts.weight, counts.weight].map((v) => machine.room(v)) as [number, number, number, number];
      const sizes = [h, w, kh, kw, oh, ow, ...c.stride, ...c.padding, ...c.dilation] as unknown as [
        number,
        number,
        number,
        number,
        number,
        number,
        number,
        number,
        number,
        number,
        number,
        number,
      ];
      const work = machine.alloc(kernels.conv2dWorkBytes(c.cin / c.groups, c.cout / c.groups, ...sizes));
      const rest = [c.n, c.groups, c.cin, c.cout, ...sizes, work] as unknown as [
        number,
        number,
        number,
        number,
        number,
        number,
        number,
        number,
        number,
        number,
        number,
        number,
        number,
        number,
        number,
        number,
        number,
      ];

      const y = new Array<number>(counts.out).fill(0),
        gx = new Array<number>(counts.x).fill(0),
        gw = new Array<number>(counts.weight).fill(0);
      visit(c, oh, ow, (i, k, o) => {
        y[o]! += x[i]! * weight[k]!;
        gx[i]! += g[o]! * weight[k]!;
        gw[k]! += g[o]! * x[i]!;
      });
      const channel = (o: number): number => Math.floor(o / (oh * ow)) % c.cout;
      kernels.conv2d(px, pw, 0, out, ...rest);
      assertNear(machine.readFloats(out, counts.out), y, 3e-6, "without bias");
      kernels.conv2d(px, pw, pb, out, ...rest);
      assertNear(
        machine.readFloats(out, counts.out),
        y.map((v, o) => v + bias[channel(o)]!),
        3e-6,
        "with bias",
      );
      kernels.conv2dBackwardInput(pg, pw, outX, ...rest);
      assertNear(machine.readFloats(outX, counts.x), gx, 3e-6, "input's gradient");
      kernels.conv2dBackwardWeight(pg, px, outW, ...rest, 0, c.cout, 0, patch);
      assertNear(machine.readFloats(outW, counts.weight), gw, 3e-6, "weight's gradient");
      for (const [from, to] of halves(c.cout))
        for (const [first, end] of halves(patch)) kernels.conv2dBackwardWeight(pg, px, parts, ...rest, from, to, first, end);
      assert.deepEqual(machine.readFloats(parts, counts.weight), machine.readFloats(outW, counts.weight), "weight's gradient, part by part");
    });
  }

  it("unfolds an image into patches, and folds them back by adding", () => {
    for (const [sh, sw] of [
      [1, 1],
      [2, 3],
    ] as const) {
      machine.reset();
      const [channels, h, w, kh, kw, ph, pw, dh, dw] = [2, 7, 9, 3, 2, 1, 2, 2, 1];
      const oh = Math.floor((h + 2 * ph - dh * (kh - 1) - 1) / sh) + 1,
        ow = Math.floor((w + 2 * pw - dw * (kw - 1) - 1) / sw) + 1;
      const x = wave(channels * h * w);
      const count = channels * kh * kw * oh * ow;
      const [out, back] = [machine.room(count), machine.floats(x.map(() => 1))];
      kernels.im2col(machine.floats(x), out, channels, h, w, kh, kw, oh, ow, sh, sw, ph, pw, dh, dw);
      const expected: number[] = [],
        sums = x.map(() => 1);
      for (let k = 0; k < channels * kh * kw; k++)
        for (let y = 0; y < oh; y++)
          for (let z = 0; z < ow; z++) {
            const [c, a, b] = [Math.floor(k / (kh * kw)), Math.floor(k / kw) % kh, k % kw];
            const [row, col] = [y * sh - ph + a * dh, z * sw - pw + b * dw];
            const at = (c * h + row) * w + col;
            const inside = row >= 0 && row < h && col >= 0 && col < w;
            expected.push(inside ? x[at]! : 0);
            if (inside) sums[at]! += x[at]!;
          }
      assert.deepEqual(machine.readFloats(out, count), expected);
      kernels.col2im(out, back, channels, h, w, kh, kw, oh, ow, sh, sw, ph, pw, dh, dw);
      assertNear(machine.readFloats(back, x.length), sums);
    }
  });

  it("pools by the largest value, remembers where it was, and sends gradients there", () => {
    for (const [h, w, kh, kw, sh, sw, ph, pw, dh, dw, oh, ow] of [
      [4, 4, 2, 2, 2, 2, 0, 0, 1, 1, 2, 2],
      [7, 5, 3, 2, 2, 1, 1, 1, 1, 2, 4, 5],
      // Rounded up: the last windows hang over the edge.
      [5, 5, 2, 2, 2, 2, 0, 0, 1, 1, 3, 3],
    ] as const) {
      machine.reset();
      const planes = 3;
      const x = wave(planes * h * w),
        g = wave(planes * oh * ow, 1, 2);
      x[3] = NaN;
      x[h * w] = -Infinity;
      const [values, indices, gradient]: [number[], number[], number[]] = [[], [], x.map(() => 0)];
      for (let c = 0; c < planes; c++)
        for (let y = 0; y < oh; y++)
          for (let k = 0; k < ow; k++) {
            let [best, where] = [-Infinity, -1];
            for (let i = 0; i < kh; i++)
              for (let j = 0; j < kw; j++) {
                const [row, col] = [y * sh - ph + i * dh, k * sw - pw + j * dw];
                if (row < 0 || row >= h || col < 0 || col >= w) continue;
                const v = x[(c * h + row) * w + col]!;
                if (where < 0 || v > best || Number.isNaN(v)) [best, where] = [v, row * w + col];
              }
            gradient[c * h * w + where]! += g[values.length]!;
            values.push(best);
            indices.push(where);
          }
      const [out, where, back] = [machine.room(values.length), machine.room(values.length), machine.room(x.length)];
      kernels.maxPool2d(machine.floats(x), out, where, planes, h, w, kh, kw, oh, ow, sh, sw, ph, pw, dh, dw);
      assert.deepEqual(machine.readFloats(out, values.length), values);
      assert.deepEqual(machine.readInts(where, values.length), indices);
      kernels.maxPool2dBackward(machine.floats(g), where, back, planes, oh * ow, h * w);
      assertNear(machine.readFloats(back, x.length), gradient);
    }
  });

  it("pools by the mean, counting padding or not, and spreads gradients alike", () => {
    for (const [h, w, kh, kw, sh, sw, ph, pw, oh, ow] of [
      [4, 4, 2, 2, 2, 2, 0, 0, 2, 2],
      [7, 5, 3, 2, 2, 1, 1, 1, 4, 6],
      [5, 5, 2, 2, 2, 2, 0, 0, 3, 3],
    ] as const) {
      for (const [countPadding, divisor] of [
        [1, 0],
        [0, 0],
        [1, 5],
      ] as const) {
        machine.reset();
        const planes = 2;
        const x = wave(planes * h * w),
          g = wave(planes * oh * ow, 1, 2);
        const [values, gradient]: [number[], number[]] = [[], x.map(() => 0)];
        for (let c = 0; c < planes; c++)
          for (let y = 0; y < oh; y++)
            for (let k = 0; k < ow; k++) {
              const cells: number[] = [];
              let padded = 0;
              for (let i = 0; i < kh; i++)
                for (let j = 0; j < kw; j++) {
                  const [row, col] = [y * sh - ph + i, k * sw - pw + j];
                  if (row < h + ph && col < w + pw) padded++;
                  if (row >= 0 && row < h && col >= 0 && col < w) cells.push((c * h + row) * w + col);
                }
              const by = divisor || (countPadding ? padded : cells.length);
              for (const cell of cells) gradient[cell]! += g[values.length]! / by;
              values.push(cells.reduce((sum, cell) => sum + x[cell]!, 0) / by);
            }
        const [out, back] = [machine.room(values.length), machine.room(x.length)];
        kernels.avgPool2d(machine.floats(x), out, planes, h, w, kh, kw, oh, ow, sh, sw, ph, pw, countPadding, divisor);
        assertNear(machine.readFloats(out, values.length), values);
        kernels.avgPool2dBackward(machine.floats(g), back, planes, h, w, kh, kw, oh, ow, sh, sw, ph, pw, countPadding, divisor);
        assertNear(machine.readFloats(back, x.length), gradient);
      }
    }
  });

  it("pools to a wanted size", () => {
    for (const [h, w, oh, ow] of [
      [7, 5, 1, 1],
      [7, 5, 3, 2],
      [4, 4, 4, 4],
      [3, 3, 5, 7],
    ] as const) {
      machine.reset();
      const planes = 2;
      const x = wave(planes * h * w),
        g = wave(planes * oh * ow, 1, 2);
      const [values, gradient]: [number[], number[]] = [[], x.map(() => 0)];
      for (let c = 0; c < planes; c++)
        for (let y = 0; y < oh; y++)
          for (let k = 0; k < ow; k++) {
            const cells: number[] = [];
            for (let i = Math.floor((y * h) / oh); i < Math.ceil(((y + 1) * h) / oh); i++)
              for (let j = Math.floor((k * w) / ow); j < Math.ceil(((k + 1) * w) / ow); j++) cells.push((c * h + i) * w + j);
            for (const cell of cells) gradient[cell]! += g[values.length]! / cells.length;
            values.push(cells.reduce((sum, cell) => sum + x[cell]!, 0) / cells.length);
          }
      const [out, back] = [machine.room(values.length), machine.room(x.length)];
      kernels.adaptiveAvgPool2d(machine.floats(x), out, planes, h, w, oh, ow);
      assertNear(machine.readFloats(out, values.length), values);
      kernels.adaptiveAvgPool2dBackward(machine.floats(g), back, planes, h, w, oh, ow);
      assertNear(machine.readFloats(back, x.length), gradient);
    }
  });
});
