/** The layers that are tried in ONNX Runtime, each with sizes that are drawn. */
import { cat, nn, rand, randint, randn, tensor, triu, ones, type Tensor } from "../../src/engine/index.ts";
import type { AnyModule } from "../../src/engine/nn/module.ts";

/** A whole number from `low` to `high`. */
export type Draw = (low: number, high: number) => number;

export interface Tried {
  readonly call: (...args: never[]) => unknown;
  readonly inputs: readonly unknown[];
}

type Layer = (draw: Draw) => readonly [module: (...args: never[]) => unknown, ...inputs: readonly unknown[]];

const { functional: F } = nn;
const vectors = (draw: Draw, features = draw(2, 9)): Tensor => randn(draw(1, 5), features);
const rows = (draw: Draw, channels: number): Tensor => randn(draw(1, 4), channels, draw(8, 14));
const planes = (draw: Draw, channels: number): Tensor => randn(draw(1, 4), channels, draw(7, 12), draw(7, 12));
const volumes = (draw: Draw, channels: number): Tensor => randn(draw(1, 3), channels, draw(5, 7), draw(5, 7), draw(5, 7));
const sequences = (draw: Draw, features: number, batchFirst = true): Tensor => {
  const [batch, time] = [draw(1, 4), draw(2, 7)];
  return batchFirst ? randn(batch, time, features) : randn(time, batch, features);
};

/** Of no parameters: any shape will do. */
const pointwise =
  (make: () => AnyModule): Layer =>
  (draw) => [make() as never, randn(draw(1, 4), draw(1, 6), draw(1, 6)).mul(3)];
const onRows =
  (make: (draw: Draw) => AnyModule, channels = 4): Layer =>
  (draw) => [make(draw) as never, rows(draw, channels)];
const onPlanes =
  (make: (draw: Draw) => AnyModule, channels = 4): Layer =>
  (draw) => [make(draw) as never, planes(draw, channels)];
const onVolumes =
  (make: (draw: Draw) => AnyModule, channels = 2): Layer =>
  (draw) => [make(draw) as never, volumes(draw, channels)];
const onSequences =
  (make: (features: number, draw: Draw) => AnyModule, batchFirst = true): Layer =>
  (draw) => {
    const features = 2 * draw(1, 4);
    return [make(features, draw) as never, sequences(draw, features, batchFirst)];
  };
const causal = (size: number): Tensor => triu(ones(size, size), 1).bool();

/** Those whose training draws random numbers are tried in `eval()` alone. */
export const drawsInTraining = /^(Dropout|Alpha|Feature|RReLU)|dropout/;

export const layers: Readonly<Record<string, Layer>> = {
  Linear: (draw) => {
    const n = draw(1, 8);
    return [new nn.Linear(n, draw(1, 8), draw(0, 1) === 1) as never, randn(draw(1, 5), draw(1, 4), n)];
  },
  "Linear (matrix)": (draw) => {
    const n = draw(1, 8);
    return [new nn.Linear(n, draw(1, 8)) as never, vectors(draw, n)];
  },
  Bilinear: (draw) => {
    const b = draw(1, 4);
    return [new nn.Bilinear(3, 4, 5) as never, randn(b, 3), randn(b, 4)];
  },
  Identity: pointwise(() => new nn.Identity()),
  Flatten: onPlanes(() => new nn.Flatten()),
  Unflatten: (draw) => [new nn.Unflatten(1, [2, 3]) as never, randn(draw(1, 4), 6, draw(1, 4))],
  Conv1d: onRows((draw) => new nn.Conv1d(4, 6, draw(1, 4), draw(1, 3), draw(0, 2), draw(1, 2), [1, 2][draw(0, 1)]!)),
  Conv2d: onPlanes(
    (draw) => new nn.Conv2d(4, 6, [draw(1, 3), draw(1, 3)], [draw(1, 2), draw(1, 2)], draw(0, 2), draw(1, 2), [1, 2][draw(0, 1)]!, draw(0, 1) === 1),
  ),
  "Conv2d (same, reflect)": onPlanes(() => new nn.Conv2d(4, 6, 3, { padding: "same", paddingMode: "reflect" })),
  Conv3d: onVolumes((draw) => new nn.Conv3d(2, 3, draw(1, 3), draw(1, 2), draw(0, 1))),
  ConvTranspose1d: onRows((draw) => new nn.ConvTranspose1d(4, 6, draw(2, 4), 2, draw(0, 1), draw(0, 1), [1, 2][draw(0, 1)]!)),
  ConvTranspose2d: onPlanes((draw) => new nn.ConvTranspose2d(4, 6, [3, draw(2, 4)], 2, 1, draw(0, 1), [1, 2][draw(0, 1)]!)),
  "ConvTranspose2d (wide output padding)": onPlanes(() => new nn.ConvTranspose2d(4, 6, 3, 2, 2, 2, 1, true, 3)),
  ConvTranspose3d: onVolumes((draw) => new nn.ConvTranspose3d(2, 3, draw(2, 3), draw(1, 2), draw(0, 1))),
  MaxPool1d: onRows((draw) => new nn.MaxPool1d(draw(2, 4), draw(1, 3), 1, 1, false, draw(0, 1) === 1)),
  MaxPool2d: onPlanes((draw) => new nn.MaxPool2d([draw(2, 3), 2], [draw(1, 3), draw(1, 3)], draw(0, 1), draw(1, 2), false, draw(0, 1) === 1)),
  "MaxPool2d (indices)": onPlanes(() => new nn.MaxPool2d(2, null, 0, 1, true)),
  MaxPool3d: onVolumes((draw) => new nn.MaxPool3d(2, draw(1, 2), draw(0, 1), 1, false, draw(0, 1) === 1)),
  AvgPool1d: onRows((draw) => new nn.AvgPool1d(draw(2, 4), draw(1, 3), 1, draw(0, 1) === 1, draw(0, 1) === 1)),
  AvgPool2d: onPlanes((draw) => new nn.AvgPool2d([draw(2, 4), 3], [draw(1, 3), 2], 1, draw(0, 1) === 1, draw(0, 1) === 1)),
  "AvgPool2d (divisor)": onPlanes((draw) => new nn.AvgPool2d(3, 2, 1, draw(0, 1) === 1, true, draw(1, 7))),
  AvgPool3d: onVolumes((draw) => new nn.AvgPool3d(2, draw(1, 2), draw(0, 1))),
  LPPool1d: onRows(() => new nn.LPPool1d(2, 3, 2)),
  LPPool2d: onPlanes(() => new nn.LPPool2d(2, 2)),
  AdaptiveAvgPool1d: onRows((draw) => new nn.AdaptiveAvgPool1d(draw(1, 6))),
  AdaptiveAvgPool2d: onPlanes((draw) => new nn.AdaptiveAvgPool2d([draw(1, 6), draw(1, 6)])),
  AdaptiveAvgPool3d: onVolumes((draw) => new nn.AdaptiveAvgPool3d(draw(1, 4))),
  AdaptiveMaxPool1d: onRows((draw) => new nn.AdaptiveMaxPool1d(draw(1, 6))),
  AdaptiveMaxPool2d: onPlanes((draw) => new nn.AdaptiveMaxPool2d([draw(1, 6), draw(1, 6)])),
  AdaptiveMaxPool3d: onVolumes((draw) => new nn.AdaptiveMaxPool3d(draw(1, 4))),
  ZeroPad2d: onPlanes((draw) => new nn.ZeroPad2d([draw(-1, 2), 1, 0, draw(0, 2)])),
  ConstantPad1d: onRows(() => new nn.ConstantPad1d([1, 2], 3.5)),
  ReflectionPad2d: onPlanes((draw) => new nn.ReflectionPad2d(draw(1, 3))),
  ReplicationPad2d: onPlanes((draw) => new nn.ReplicationPad2d(draw(1, 3))),
  CircularPad2d: onPlanes((draw) => new nn.CircularPad2d(draw(1, 3))),
  "Upsample (nearest)": onPlanes(() => new nn.Upsample(null, 2)),
  "Upsample (bilinear)": onPlanes((draw) => new nn.Upsample([draw(3, 15), draw(3, 15)], null, "bilinear", draw(0, 1) === 1)),
  "Upsample (bicubic)": onPlanes((draw) => new nn.Upsample(null, 1.5, "bicubic", draw(0, 1) === 1)),
  "Upsample (trilinear)": onVolumes(() => new nn.Upsample(null, 2, "trilinear")),
  PixelShuffle: onPlanes(() => new nn.PixelShuffle(2), 8),
  PixelUnshuffle: (draw) => [new nn.PixelUnshuffle(2) as never, randn(draw(1, 3), 2, 2 * draw(1, 4), 2 * draw(1, 4))],
  ChannelShuffle: onPlanes(() => new nn.ChannelShuffle(2)),
  Unfold: onPlanes((draw) => new nn.Unfold([2, 3], 1, draw(0, 1), draw(1, 2))),
  Fold: (draw) => [new nn.Fold([4, 5], 2) as never, randn(draw(1, 4), 3 * 4, 12)],
  BatchNorm1d: onRows(() => new nn.BatchNorm1d(4)),
  "BatchNorm1d (matrix)": (draw) => [new nn.BatchNorm1d(5) as never, randn(draw(2, 5), 5)],
  BatchNorm2d: onPlanes((draw) => new nn.BatchNorm2d(4, 1e-5, 0.1, draw(0, 1) === 1)),
  BatchNorm3d: onVolumes(() => new nn.BatchNorm3d(2)),
  InstanceNorm1d: onRows(() => new nn.InstanceNorm1d(4)),
  InstanceNorm2d: onPlanes((draw) => new nn.InstanceNorm2d(4, 1e-5, 0.1, draw(0, 1) === 1, draw(0, 1) === 1)),
  GroupNorm: onPlanes((draw) => new nn.GroupNorm([1, 2, 4][draw(0, 2)]!, 4)),
  LayerNorm: onSequences((features, draw) => new nn.LayerNorm([features], 1e-5, draw(0, 1) === 1)),
  RMSNorm: onSequences((features) => new nn.RMSNorm([features])),
  LocalResponseNorm: onPlanes((draw) => new nn.LocalResponseNorm(draw(2, 4))),
  Embedding: (draw) => [new nn.Embedding(11, draw(1, 6), draw(0, 1) === 1 ? 0 : null) as never, randint(0, 11, [draw(1, 4), draw(1, 6)])],
  EmbeddingBag: (draw) => [
    new nn.EmbeddingBag(11, 4, { mode: (["sum", "mean", "max"] as const)[draw(0, 2)]! }) as never,
    randint(0, 11, [draw(1, 4), draw(1, 6)]),
  ],
  RNN: onSequences(
    (features, draw) => new nn.RNN(features, draw(1, 6), draw(1, 2), (["tanh", "relu"] as const)[draw(0, 1)]!, draw(0, 1) === 1, true, 0, draw(0, 1) === 1),
  ),
  "RNN (time first)": onSequences((features) => new nn.RNN(features, 5), false),
  LSTM: onSequences((features, draw) => new nn.LSTM(features, draw(1, 6), draw(1, 2), draw(0, 1) === 1, true, 0, draw(0, 1) === 1)),
  "LSTM (time first)": onSequences((features, draw) => new nn.LSTM(features, 5, draw(1, 2)), false),
  "LSTM (with a state)": (draw) => {
    const [batch, time, hidden] = [draw(2, 4), 7, 5];
    return [new nn.LSTM(3, hidden, 1, true, true) as never, randn(batch, time, 3), [randn(1, batch, hidden), randn(1, batch, hidden)]];
  },
  "LSTM (projected)": onSequences((features, draw) => {
    const hidden = draw(3, 6);
    return new nn.LSTM(features, hidden, draw(1, 2), draw(0, 1) === 1, true, 0, draw(0, 1) === 1, draw(1, hidden - 1));
  }),
  "LSTM (projected, with a state)": (draw) => {
    const [batch, time] = [draw(2, 4), 7];
    return [new nn.LSTM(3, 5, 1, true, true, 0, false, 2) as never, randn(batch, time, 3), [randn(1, batch, 2), randn(1, batch, 5)]];
  },
  GRU: onSequences((features, draw) => new nn.GRU(features, draw(1, 6), draw(1, 2), draw(0, 1) === 1, true, 0, draw(0, 1) === 1)),
  "GRU (time first)": onSequences((features) => new nn.GRU(features, 5), false),
  RNNCell: (draw) => [new nn.RNNCell(3, 5) as never, vectors(draw, 3)],
  LSTMCell: (draw) => {
    const b = draw(2, 4);
    return [new nn.LSTMCell(3, 5) as never, randn(b, 3), [randn(b, 5), randn(b, 5)]];
  },
  GRUCell: (draw) => {
    const b = draw(2, 4);
    return [new nn.GRUCell(3, 5) as never, randn(b, 3), randn(b, 5)];
  },
  MultiheadAttention: (draw) => {
    const attention = new nn.MultiheadAttention(8, [1, 2, 4][draw(0, 2)]!, { batchFirst: true });
    return [((x: Tensor) => attention(x, x, x)) as never, sequences(draw, 8)];
  },
  "MultiheadAttention (masks)": (draw) => {
    const [batch, time] = [draw(1, 4), draw(2, 6)];
    const attention = new nn.MultiheadAttention(8, 2, { batchFirst: true });
    const padding = tensor(
      Array.from({ length: batch }, () => Array.from({ length: time }, (_, i) => i === time)),
      { dtype: "bool" },
    );
    return [((x: Tensor, keyPaddingMask: Tensor) => attention(x, x, x, { keyPaddingMask, attnMask: causal(time) })) as never, randn(batch, time, 8), padding];
  },
  TransformerEncoderLayer: (draw) => [new nn.TransformerEncoderLayer(8, 2, 16, 0, "gelu", 1e-5, true) as never, sequences(draw, 8)],
  "TransformerEncoderLayer (time first)": (draw) => [new nn.TransformerEncoderLayer(8, 2, 16, 0) as never, sequences(draw, 8, false)],
  TransformerEncoder: (draw) => [
    new nn.TransformerEncoder(new nn.TransformerEncoderLayer(8, 2, 16, 0, "relu", 1e-5, true, true), 2) as never,
    sequences(draw, 8),
  ],
  Transformer: (draw) => {
    const batch = draw(1, 4);
    const model = new nn.Transformer(8, 2, 1, 1, 16, 0, { batchFirst: true });
    return [model as never, randn(batch, 5, 8), randn(batch, 3, 8)];
  },
  Softmax: (draw) => [new nn.Softmax(draw(-2, 2)) as never, randn(draw(1, 4), draw(2, 5), draw(2, 5))],
  LogSoftmax: (draw) => [new nn.LogSoftmax(draw(-2, 2)) as never, randn(draw(1, 4), draw(2, 5), draw(2, 5))],
  Softmin: (draw) => [new nn.Softmin(1) as never, vectors(draw)],
  Softmax2d: onPlanes(() => new nn.Softmax2d()),
  ReLU: pointwise(() => new nn.ReLU()),
  ReLU6: pointwise(() => new nn.ReLU6()),
  LeakyReLU: pointwise(() => new nn.LeakyReLU(0.1)),
  RReLU: pointwise(() => new nn.RReLU()),
  PReLU: onPlanes((draw) => new nn.PReLU([1, 4][draw(0, 1)]!)),
  ELU: pointwise(() => new nn.ELU(0.7)),
  CELU: pointwise(() => new nn.CELU(0.7)),
  SELU: pointwise(() => new nn.SELU()),
  GELU: pointwise(() => new nn.GELU()),
  "GELU (tanh)": pointwise(() => new nn.GELU("tanh")),
  SiLU: pointwise(() => new nn.SiLU()),
  Mish: pointwise(() => new nn.Mish()),
  GLU: (draw) => [new nn.GLU() as never, randn(draw(1, 4), 2 * draw(1, 4))],
  Sigmoid: pointwise(() => new nn.Sigmoid()),
  LogSigmoid: pointwise(() => new nn.LogSigmoid()),
  Hardsigmoid: pointwise(() => new nn.Hardsigmoid()),
  Hardswish: pointwise(() => new nn.Hardswish()),
  Hardtanh: pointwise(() => new nn.Hardtanh(-2, 1)),
  Hardshrink: pointwise(() => new nn.Hardshrink()),
  Softshrink: pointwise(() => new nn.Softshrink()),
  Softplus: pointwise(() => new nn.Softplus(2, 3)),
  Softsign: pointwise(() => new nn.Softsign()),
  Tanh: pointwise(() => new nn.Tanh()),
  Tanhshrink: pointwise(() => new nn.Tanhshrink()),
  Threshold: pointwise(() => new nn.Threshold(0.1, 20)),
  Dropout: pointwise(() => new nn.Dropout()),
  Dropout2d: onPlanes(() => new nn.Dropout2d()),
  AlphaDropout: pointwise(() => new nn.AlphaDropout()),
  FeatureAlphaDropout: onPlanes(() => new nn.FeatureAlphaDropout()),
  CosineSimilarity: (draw) => {
    const b = draw(1, 4);
    return [new nn.CosineSimilarity() as never, randn(b, 5), randn(b, 5)];
  },
  PairwiseDistance: (draw) => {
    const b = draw(1, 4);
    return [new nn.PairwiseDistance() as never, randn(b, 5), randn(b, 5)];
  },
  MSELoss: (draw) => {
    const b = draw(1, 4);
    return [new nn.MSELoss() as never, randn(b, 5), randn(b, 5)];
  },
  SmoothL1Loss: (draw) => {
    const b = draw(1, 4);
    return [new nn.SmoothL1Loss() as never, randn(b, 5), randn(b, 5)];
  },
  CrossEntropyLoss: (draw) => {
    const [batch, classes] = [draw(2, 4), draw(2, 6)];
    const smoothing = [0, 0.1][draw(0, 1)]!;
    return [new nn.CrossEntropyLoss({ labelSmoothing: smoothing }) as never, randn(batch, classes, 3), randint(0, classes, [batch, 3])];
  },
  "CrossEntropyLoss (weights, ignoreIndex)": (draw) => {
    const batch = draw(2, 4);
    const reduction = (["none", "mean", "sum"] as const)[draw(0, 2)]!;
    const loss = new nn.CrossEntropyLoss(tensor([0.5, 2, 1, 3]), { ignoreIndex: 1, reduction, labelSmoothing: [0, 0.2][draw(0, 1)]! });
    return [loss as never, randn(batch, 4), cat([tensor([0]), randint(0, 4, [batch - 1])])];
  },
  NLLLoss: (draw) => {
    const batch = draw(2, 4);
    return [new nn.NLLLoss(tensor([0.5, 2, 1, 3])) as never, randn(batch, 4), randint(0, 4, [batch])];
  },
  BCELoss: (draw) => {
    const batch = draw(1, 4);
    return [new nn.BCELoss() as never, rand(batch, 5), randint(0, 2, [batch, 5]).float()];
  },
  BCEWithLogitsLoss: (draw) => {
    const batch = draw(1, 4);
    return [new nn.BCEWithLogitsLoss() as never, randn(batch, 5).mul(4), randint(0, 2, [batch, 5]).float()];
  },
  scaledDotProductAttention: (draw) => [
    ((q: Tensor) => F.scaledDotProductAttention(q, q, q, { isCausal: true })) as never,
    randn(draw(1, 3), 2, draw(2, 6), 4),
  ],
};
