import * as k from "../../src/engine/index.ts";
import { tensor, type Tensor } from "../../src/engine/index.ts";
import { gradcheck } from "./gradcheck.ts";
import { Nd, sum } from "./nd.ts";

const F = k.nn.functional;
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const average = (values: readonly number[]): number => sum(values) / values.length;
const inside = (i: number, n: number): boolean => i >= 0 && i < n;

/** Two-dimensional cross-correlation by its definition. */
function convolve(x: Nd, w: Nd, stride: number, padding: number): Nd {
  const [n, c, h, width] = x.shape as [number, number, number, number];
  const [o, , kh, kw] = w.shape as [number, number, number, number];
  const size = (length: number, kernel: number): number => Math.floor((length + 2 * padding - kernel) / stride) + 1;
  return Nd.build([n, o, size(h, kh), size(width, kw)], (b, out, i, j) =>
    sum(
      range(c).flatMap((ch) =>
        range(kh).flatMap((p) =>
          range(kw).map((q) => {
            const [y, z] = [i! * stride + p - padding, j! * stride + q - padding];
            return inside(y, h) && inside(z, width) ? x.at(b!, ch, y, z) * w.at(out!, ch, p, q) : 0;
          }),
        ),
      ),
    ),
  );
}

describe("gradients of convolutions and pooling", () => {
  gradcheck("conv2d", {
    shapes: [
      [1, 2, 4, 4],
      [2, 2, 3, 3],
    ],
    operation: (x, w) => F.conv2d(x, w, null, { stride: 2, padding: 1 }),
    twin: (x, w) => convolve(x, w, 2, 1),
    twice: true,
  });
  gradcheck("conv1d", {
    shapes: [
      [1, 2, 5],
      [2, 2, 3],
    ],
    operation: (x, w) => F.conv1d(x, w, null, { padding: 1 }),
    twin: (x, w) =>
      Nd.build([1, 2, 5], (_b, o, i) =>
        sum([0, 1].flatMap((c) => [0, 1, 2].map((p) => (inside(i! + p - 1, 5) ? x.at(0, c, i! + p - 1) * w.at(o!, c, p) : 0)))),
      ),
    twice: true,
  });
  gradcheck("conv3d", {
    shapes: [
      [1, 1, 3, 3, 3],
      [1, 1, 2, 2, 2],
    ],
    operation: (x, w) => F.conv3d(x, w),
    twin: (x, w) =>
      Nd.build([1, 1, 2, 2, 2], (_b, _o, d, i, j) =>
        sum([0, 1].flatMap((p) => [0, 1].flatMap((q) => [0, 1].map((r) => x.at(0, 0, d! + p, i! + q, j! + r) * w.at(0, 0, p, q, r))))),
      ),
    twice: true,
  });
  gradcheck("convTranspose2d", {
    shapes: [
      [1, 1, 2, 2],
      [1, 2, 2, 2],
    ],
    operation: (x, w) => F.convTranspose2d(x, w, null, { stride: 2 }),
    twin: (x, w) => Nd.build([1, 2, 4, 4], (_b, o, i, j) => x.at(0, 0, Math.floor(i! / 2), Math.floor(j! / 2)) * w.at(0, o!, i! % 2, j! % 2)),
    twice: true,
  });
  const window = (x: Nd, i: number, j: number): number[] => [
    x.at(0, 0, 2 * i, 2 * j),
    x.at(0, 0, 2 * i, 2 * j + 1),
    x.at(0, 0, 2 * i + 1, 2 * j),
    x.at(0, 0, 2 * i + 1, 2 * j + 1),
  ];
  // Squares: linear functions have no second derivatives.
  const pooled =
    (compute: (values: number[]) => number) =>
    (x: Nd): Nd =>
      Nd.build([1, 1, 2, 2], (_b, _c, i, j) => compute(window(x, i!, j!)) ** 2);
  gradcheck("maxPool2d", { shapes: [[1, 1, 4, 4]], operation: (x) => F.maxPool2d(x, 2).square(), twin: pooled((values) => Math.max(...values)), twice: true });
  gradcheck("avgPool2d", { shapes: [[1, 1, 4, 4]], operation: (x) => F.avgPool2d(x, 2).square(), twin: pooled(average), twice: true });
  gradcheck("adaptiveAvgPool2d", { shapes: [[1, 1, 4, 4]], operation: (x) => F.adaptiveAvgPool2d(x, 2).square(), twin: pooled(average), twice: true });
  gradcheck("adaptiveMaxPool2d", {
    shapes: [[1, 1, 4, 4]],
    operation: (x) => F.adaptiveMaxPool2d(x, 2).square(),
    twin: pooled((values) => Math.max(...values)),
    twice: true,
  });
  gradcheck("lpPool2d", {
    shapes: [[1, 1, 4, 4]],
    operation: (x) => F.lpPool2d(x, 2, 2).square(),
    twin: pooled((values) => Math.hypot(...values)),
    low: 0.3,
    twice: true,
  });
  gradcheck("unfold", {
    shapes: [[1, 1, 3, 3]],
    operation: (x) => F.unfold(x, 2).square(),
    twin: (x) => Nd.build([1, 4, 4], (_b, p, l) => x.at(0, 0, Math.floor(l! / 2) + Math.floor(p! / 2), (l! % 2) + (p! % 2)) ** 2),
    twice: true,
  });
  gradcheck("fold", {
    shapes: [[1, 4, 4]],
    operation: (x) => F.fold(x, 3, 2).square(),
    twin: (x) =>
      Nd.build(
        [1, 1, 3, 3],
        (_b, _c, i, j) =>
          sum([0, 1].flatMap((p) => [0, 1].map((q) => (inside(i! - p, 2) && inside(j! - q, 2) ? x.at(0, 2 * p + q, 2 * (i! - p) + (j! - q)) : 0)))) ** 2,
      ),
    twice: true,
  });
  gradcheck("interpolate", {
    shapes: [[1, 1, 3]],
    operation: (x) => F.interpolate(x, { size: 5, mode: "linear", alignCorners: true }).square(),
    twin: (x) => Nd.build([1, 1, 5], (_b, _c, i) => (i! % 2 === 0 ? x.at(0, 0, i! / 2) : (x.at(0, 0, (i! - 1) / 2) + x.at(0, 0, (i! + 1) / 2)) / 2) ** 2),
    twice: true,
  });
  gradcheck("pixelShuffle", {
    shapes: [[1, 4, 1, 2]],
    operation: (x) => F.pixelShuffle(x, 2).square(),
    twin: (x) => Nd.build([1, 1, 2, 4], (_b, _c, i, j) => x.at(0, 2 * (i! % 2) + (j! % 2), 0, Math.floor(j! / 2)) ** 2),
    twice: true,
  });
});

describe("gradients of normalisation", () => {
  const standard = (values: number[], x: number): number => (x - average(values)) / Math.sqrt(average(values.map((v) => (v - average(values)) ** 2)) + 1e-5);
  gradcheck("layerNorm", {
    shapes: [[3, 4], [4], [4]],
    operation: (x, w, b) => F.layerNorm(x, [4], w, b),
    twin: (x, w, b) =>
      Nd.build(
        [3, 4],
        (i, j) =>
          standard(
            range(4).map((n) => x.at(i!, n)),
            x.at(i!, j!),
          ) *
            w.at(j!) +
          b.at(j!),
      ),
    rtol: 5e-3,
    twice: true,
  });
  gradcheck("batchNorm", {
    shapes: [[5, 3], [3], [3]],
    operation: (x, w, b) => F.batchNorm(x, null, null, w, b, true),
    twin: (x, w, b) =>
      Nd.build(
        [5, 3],
        (i, j) =>
          standard(
            range(5).map((n) => x.at(n, j!)),
            x.at(i!, j!),
          ) *
            w.at(j!) +
          b.at(j!),
      ),
    rtol: 5e-3,
    twice: true,
  });
  gradcheck("groupNorm", {
    shapes: [[2, 4, 3]],
    operation: (x) => F.groupNorm(x, 2),
    twin: (x) =>
      Nd.build([2, 4, 3], (n, c, i) => {
        const first = 2 * Math.floor(c! / 2);
        return standard(
          [first, first + 1].flatMap((ch) => range(3).map((m) => x.at(n!, ch, m))),
          x.at(n!, c!, i!),
        );
      }),
    rtol: 5e-3,
    twice: true,
  });
  gradcheck("instanceNorm", {
    shapes: [[2, 2, 4]],
    operation: (x) => F.instanceNorm(x),
    twin: (x) =>
      Nd.build([2, 2, 4], (n, c, i) =>
        standard(
          range(4).map((m) => x.at(n!, c!, m)),
          x.at(n!, c!, i!),
        ),
      ),
    rtol: 5e-3,
    twice: true,
  });
  gradcheck("rmsNorm", {
    shapes: [[3, 4], [4]],
    operation: (x, w) => F.rmsNorm(x, [4], w),
    twin: (x, w) => Nd.build([3, 4], (i, j) => (x.at(i!, j!) / Math.sqrt(average(range(4).map((n) => x.at(i!, n) ** 2)) + 1.1920929e-7)) * w.at(j!)),
    twice: true,
  });
  gradcheck("normalize", {
    shapes: [[3, 4]],
    operation: (x) => F.normalize(x),
    twin: (x) => Nd.build([3, 4], (i, j) => x.at(i!, j!) / Math.hypot(...range(4).map((n) => x.at(i!, n)))),
    twice: true,
  });
  gradcheck("localResponseNorm", {
    shapes: [[1, 3, 2]],
    operation: (x) => F.localResponseNorm(x, 3, { alpha: 0.5 }),
    twin: (x) =>
      Nd.build(
        [1, 3, 2],
        (_b, c, i) => x.at(0, c!, i!) / (1 + 0.5 * (sum([c! - 1, c!, c! + 1].filter((ch) => inside(ch, 3)).map((ch) => x.at(0, ch, i!) ** 2)) / 3)) ** 0.75,
      ),
    twice: true,
  });
});

describe("gradients of losses", () => {
  const mean = (a: Nd, b: Nd, loss: (x: number, y: number) => number): Nd => a.zip(b, loss).reduce(average);
  const elementwise: [string, (a: Tensor, b: Tensor) => Tensor, (x: number, y: number) => number, number?, number?][] = [
    ["mseLoss", (a, b) => F.mseLoss(a, b), (x, y) => (x - y) ** 2],
    ["l1Loss", (a, b) => F.l1Loss(a, b), (x, y) => Math.abs(x - y)],
    ["smoothL1Loss", (a, b) => F.smoothL1Loss(a, b), (x, y) => (Math.abs(x - y) < 1 ? (x - y) ** 2 / 2 : Math.abs(x - y) - 0.5)],
    ["huberLoss", (a, b) => F.huberLoss(a, b, { delta: 0.7 }), (x, y) => (Math.abs(x - y) <= 0.7 ? (x - y) ** 2 / 2 : 0.7 * (Math.abs(x - y) - 0.35))],
    ["poissonNllLoss", (a, b) => F.poissonNllLoss(a, b), (x, y) => Math.exp(x) - y * x],
    ["klDiv", (a, b) => F.klDiv(a, b), (x, y) => y * (Math.log(y) - x), 0.2, 1],
    ["softMarginLoss", (a, b) => F.softMarginLoss(a, b), (x, y) => Math.log1p(Math.exp(-x * y))],
  ];
  for (const [name, operation, definition, low = -2, high = 2] of elementwise)
    gradcheck(name, {
      shapes: [
        [3, 4],
        [3, 4],
      ],
      operation,
      twin: (a, b) => mean(a, b, definition),
      low,
      high,
      twice: true,
    });
  const target = [0.2, 0.7, 1];
  gradcheck("binaryCrossEntropy", {
    shapes: [[3]],
    operation: (x) => F.binaryCrossEntropy(x, tensor(target)),
    twin: (x) => mean(x, new Nd([3], target.map(Math.fround)), (p, y) => -(y * Math.log(p) + (1 - y) * Math.log(1 - p))),
    low: 0.2,
    high: 0.8,
    twice: true,
  });
  gradcheck("binaryCrossEntropy by its targets, too", {
    shapes: [[3], [3]],
    operation: (x, y) => F.binaryCrossEntropy(x, y),
    twin: (x, y) => mean(x, y, (p, q) => -(q * Math.log(p) + (1 - q) * Math.log(1 - p))),
    low: 0.2,
    high: 0.8,
    twice: true,
  });
  gradcheck("binaryCrossEntropyWithLogits", {
    shapes: [[3]],
    operation: (x) => F.binaryCrossEntropyWithLogits(x, tensor(target)),
    twin: (x) => mean(x, new Nd([3], target.map(Math.fround)), (z, y) => Math.log1p(Math.exp(z)) - y * z),
    twice: true,
  });
  const entropy = (x: Nd, classes: number[]): Nd =>
    Nd.scalar(average(classes.map((c, i) => Math.log(sum(range(4).map((j) => Math.exp(x.at(i, j))))) - x.at(i, c))));
  gradcheck("crossEntropy", {
    shapes: [[3, 4]],
    operation: (x) => F.crossEntropy(x, tensor([1, 3, 0], { dtype: "int32" })),
    twin: (x) => entropy(x, [1, 3, 0]),
    twice: true,
  });
  gradcheck("nllLoss of logSoftmax", {
    shapes: [[3, 4]],
    operation: (x) => F.nllLoss(k.logSoftmax(x, 1), tensor([1, 3, 0], { dtype: "int32" })),
    twin: (x) => entropy(x, [1, 3, 0]),
    twice: true,
  });
  gradcheck("cosineSimilarity", {
    shapes: [
      [2, 3],
      [2, 3],
    ],
    operation: (a, b) => F.cosineSimilarity(a, b),
    twin: (a, b) =>
      Nd.build(
        [2],
        (i) =>
          sum(range(3).map((n) => a.at(i!, n) * b.at(i!, n))) /
          (Math.hypot(...range(3).map((n) => a.at(i!, n))) * Math.hypot(...range(3).map((n) => b.at(i!, n)))),
      ),
    twice: true,
  });
  gradcheck("tripletMarginLoss", {
    shapes: [
      [2, 3],
      [2, 3],
      [2, 3],
    ],
    operation: (a, p, n) => F.tripletMarginLoss(a, p, n, { margin: 5 }),
    twin: (a, p, n) => {
      const distance = (x: Nd, y: Nd, i: number): number => Math.hypot(...range(3).map((j) => x.at(i, j) - y.at(i, j) + 1e-6));
      return Nd.scalar(average([0, 1].map((i) => Math.max(0, distance(a, p, i) - distance(a, n, i) + 5))));
    },
    twice: true,
  });
});

describe("gradients of recurrent cells and layers", () => {
  const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
  /** Row `r` of weight · x. */
  const row = (w: Nd, r: number, x: Nd, b: number): number => sum(range(w.shape[1]!).map((n) => w.at(r, n) * x.at(b, n)));
  /** A cell whose parameters are the inputs of the check. */
  function cell(type: typeof k.nn.GRUCell | typeof k.nn.LSTMCell | typeof k.nn.RNNCell) {
    return (x: Tensor, h: Tensor, wi: Tensor, wh: Tensor): Tensor => {
      const made = new type(2, 3, { bias: false });
      const state = made instanceof k.nn.LSTMCell ? [h, h.mul(0.5)] : h;
      const result = k.nn.utils.stateless.functionalCall(made as never, { weight_ih: wi, weight_hh: wh }, [x, state]);
      return Array.isArray(result) ? (result[0] as Tensor) : (result as Tensor);
    };
  }
  const rnn = (x: Nd, h: Nd, wi: Nd, wh: Nd): Nd => Nd.build([2, 3], (b, r) => Math.tanh(row(wi, r!, x, b!) + row(wh, r!, h, b!)));
  const gru = (x: Nd, h: Nd, wi: Nd, wh: Nd): Nd =>
    Nd.build([2, 3], (b, r) => {
      const gate = (g: number): number => sigmoid(row(wi, 3 * g + r!, x, b!) + row(wh, 3 * g + r!, h, b!));
      const candidate = Math.tanh(row(wi, 6 + r!, x, b!) + gate(0) * row(wh, 6 + r!, h, b!));
      return (1 - gate(1)) * candidate + gate(1) * h.at(b!, r!);
    });
  const lstm = (x: Nd, h: Nd, c: Nd, wi: Nd, wh: Nd): [h: Nd, c: Nd] => {
    const at = (g: number, b: number, r: number): number => row(wi, 3 * g + r, x, b) + row(wh, 3 * g + r, h, b);
    const memory = Nd.build([2, 3], (b, r) => sigmoid(at(1, b!, r!)) * c.at(b!, r!) + sigmoid(at(0, b!, r!)) * Math.tanh(at(2, b!, r!)));
    return [Nd.build([2, 3], (b, r) => sigmoid(at(3, b!, r!)) * Math.tanh(memory.at(b!, r!))), memory];
  };
  const half = (h: Nd): Nd => h.map((v) => 0.5 * v);
  gradcheck("RNNCell", {
    shapes: [
      [2, 2],
      [2, 3],
      [3, 2],
      [3, 3],
    ],
    operation: cell(k.nn.RNNCell),
    twin: rnn,
    twice: true,
  });
  gradcheck("GRUCell", {
    shapes: [
      [2, 2],
      [2, 3],
      [9, 2],
      [9, 3],
    ],
    operation: cell(k.nn.GRUCell),
    twin: gru,
    twice: true,
  });
  gradcheck("LSTMCell", {
    shapes: [
      [2, 2],
      [2, 3],
      [12, 2],
      [12, 3],
    ],
    operation: cell(k.nn.LSTMCell),
    twin: (x, h, wi, wh) => lstm(x, h, half(h), wi, wh)[0],
    twice: true,
  });

  /** The reading backwards of a layer in both directions, whose parameters of that direction are the inputs of the check. */
  function reading(type: new (inputSize: number, hiddenSize: number, options: { bias: boolean; bidirectional: boolean }) => k.nn.GRU | k.nn.LSTM | k.nn.RNN) {
    return (x: Tensor, h: Tensor, wi: Tensor, wh: Tensor): Tensor => {
      const made = new type(2, 3, { bias: false, bidirectional: true });
      const both = k.stack([h.detach(), h]);
      const state = made instanceof k.nn.LSTM ? [both, both.mul(0.5)] : both;
      const [output] = k.nn.utils.stateless.functionalCall(made as never, { weight_ih_l0_reverse: wi, weight_hh_l0_reverse: wh }, [x, state]) as [
        Tensor,
        unknown,
      ];
      return output.narrow(2, 3, 3);
    };
  }
  /** Its twin takes the last of three steps first. */
  const backwards = (step: (x: Nd, states: Nd[]) => Nd[], x: Nd, states: Nd[]): Nd => {
    const outputs: Nd[] = [];
    for (const t of [2, 1, 0]) {
      states = step(
        Nd.build([2, 2], (b, i) => x.at(t, b!, i!)),
        states,
      );
      outputs[t] = states[0]!;
    }
    return Nd.build([3, 2, 3], (t, b, r) => outputs[t!]!.at(b!, r!));
  };
  const layer = (gates: number): number[][] => [
    [3, 2, 2],
    [2, 3],
    [gates * 3, 2],
    [gates * 3, 3],
  ];
  gradcheck("RNN", {
    shapes: layer(1),
    operation: reading(k.nn.RNN),
    twin: (x, h, wi, wh) => backwards((now, [state]) => [rnn(now, state!, wi, wh)], x, [h]),
    twice: true,
  });
  gradcheck("GRU", {
    shapes: layer(3),
    operation: reading(k.nn.GRU),
    twin: (x, h, wi, wh) => backwards((now, [state]) => [gru(now, state!, wi, wh)], x, [h]),
    twice: true,
  });
  gradcheck("LSTM", {
    shapes: layer(4),
    operation: reading(k.nn.LSTM),
    twin: (x, h, wi, wh) => backwards((now, [state, c]) => lstm(now, state!, c!, wi, wh), x, [h, half(h)]),
    twice: true,
  });
});
