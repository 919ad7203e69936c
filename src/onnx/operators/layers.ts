/** Products, convolutions, pooling and normalisation. */
import type { Attributes, Call, Form, Forms, Graph } from "../graph.ts";
import { isGrowing, type Size } from "../sizes.ts";
import { Refusal } from "../refusal.ts";

// --- products -------------------------------------------------------------------------------------------------------

const linear: Form = ({ graph, inputs: [x, weight, bias] }) => {
  const shift = bias ? [bias.value] : [];
  if (x!.shape.length === 2) return graph.op("Gemm", [x!.value, weight!.value, ...shift], { transB: 1 });
  const result = graph.op("MatMul", [x!.value, graph.transpose(weight!.value, [1, 0])]);
  return bias ? graph.op("Add", [result, bias.value]) : result;
};

const product: Form = ({ graph, inputs: [a, b] }) => graph.op("MatMul", [a!.value, b!.value]);

// --- convolutions ---------------------------------------------------------------------------------------------------

/** As the engine's kernels take it: see `Geometry` and `PlaneWindows` there. */
type Geometry = readonly [batch: Size, groups: number, channels: number, out: number, ...windows: number[]];

const convolution: Form = ({ graph, inputs, data }) => {
  const values = inputs.map(({ value }) => value);
  const isTransposed = !Array.isArray(data);
  const [, group, , , ...windows] = isTransposed ? (data as { transposed: Geometry }).transposed : (data as unknown as Geometry);
  const [h, w, kh, kw, oh, ow, sh, sw, ph, pw, dh, dw] = windows as [
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
  const attributes = { kernel_shape: [kh, kw], strides: [sh, sw], dilations: [dh, dw], group };
  if (!isTransposed) return graph.op("Conv", values, { ...attributes, pads: [ph, pw, ph, pw] });
  const extra = [h - ((oh - 1) * sh - 2 * ph + dh * (kh - 1) + 1), w - ((ow - 1) * sw - 2 * pw + dw * (kw - 1) + 1)];
  // Runtimes take no more than a step of it; what there is of a border is left on first.
  const [bottom, right] = [Math.min(extra[0]!, ph), Math.min(extra[1]!, pw)];
  return graph.op("ConvTranspose", values, { ...attributes, pads: [ph, pw, ph - bottom, pw - right], output_padding: [extra[0]! - bottom, extra[1]! - right] });
};

// --- pooling --------------------------------------------------------------------------------------------------------

interface Windows {
  readonly size: readonly [number, number];
  readonly kernel: readonly [number, number];
  readonly output: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly padding: readonly [number, number];
  readonly dilation: readonly [number, number];
}

function windowsOf([h, w, kh, kw, oh, ow, sh, sw, ph, pw, dh = 1, dw = 1]: readonly number[]): Windows {
  const pair = (a: number | undefined, b: number | undefined): readonly [number, number] => [a!, b!];
  return { size: pair(h, w), kernel: pair(kh, kw), output: pair(oh, ow), stride: pair(sh, sw), padding: pair(ph, pw), dilation: pair(dh, dw) };
}

/** What lies behind the input in the last window, so that rounding down gives as many windows as there are. */
function paddingBehind({ size, kernel, output, stride, padding, dilation }: Windows): readonly number[] {
  return size.map((n, i) => Math.max(0, (output[i]! - 1) * stride[i]! + dilation[i]! * (kernel[i]! - 1) + 1 - n - padding[i]!));
}

/** ONNX pools `[batch, channels, height, width]` only. */
function pooled({ graph, inputs: [input], outputs: [output] }: Call, pool: (x: string) => string): string {
  const { value, shape } = input!;
  if (shape.length === 4) return pool(value);
  const planes = shape.slice(0, -2).every((size) => !isGrowing(size)) ? [-1, 1] : [-1 as Size, 1];
  const four = graph.op("Reshape", [value, graph.integers([...planes, ...shape.slice(-2)] as number[])]);
  return graph.reshape(pool(four), output!.shape);
}

const largest: Form = (call) => {
  const { graph, data } = call;
  const windows = windowsOf((data as { windows: number[] }).windows);
  const { kernel, stride, padding, dilation } = windows;
  const pads = [...padding, ...paddingBehind(windows)];
  const attributes = { kernel_shape: kernel, strides: stride, dilations: dilation };
  // Runtimes refuse a border that is as wide as a window.
  const isWide = pads.some((size, i) => size >= kernel[i % 2]!);
  if (call.used[1] && !isWide) return withPlaces(call, { ...attributes, pads }, windows.size);
  const values = pooled(call, (x) => {
    if (!isWide) return graph.op("MaxPool", [x], { ...attributes, pads });
    const border = graph.integers([0, 0, padding[0], padding[1], 0, 0, pads[2]!, pads[3]!]);
    return graph.op("MaxPool", [graph.op("Pad", [x, border, graph.scalar(-Infinity)])], attributes);
  });
  return [values, undefined];
};

/** ONNX counts places in the whole tensor, the engine in each plane. */
function withPlaces(call: Call, attributes: Attributes, [height, width]: readonly [number, number]): readonly string[] {
  const { graph, outputs } = call;
  let places = "";
  const values = pooled(call, (x) => {
    const [largest, found] = graph.ops("MaxPool", [x], attributes, 2);
    places = graph.op("Mod", [found!, graph.scalar(height * width, "int64")]);
    return largest!;
  });
  return [values, graph.reshape(graph.cast(places, "int32"), outputs[1]!.shape)];
}

const mean: Form = (call) => {
  const { graph, data } = call;
  const all = (data as { windows: number[] }).windows;
  const [countsPadding, divisor] = all.slice(10) as [number, number];
  const windows = windowsOf(all.slice(0, 10));
  const { size, kernel, output, stride, padding } = windows;
  const pads = [...padding, ...paddingBehind(windows)];
  const attributes = { kernel_shape: kernel, strides: stride };
  if (countsPadding === 0 && divisor === 0) return pooled(call, (x) => graph.op("AveragePool", [x], { ...attributes, pads, count_include_pad: 0 }));
  const area = kernel[0] * kernel[1];
  // What is beyond the border counts for nothing.
  const reach = size.map((n, i) =>
    Array.from({ length: output[i]! }, (_, k) => Math.min(k * stride[i]! - padding[i]! + kernel[i]!, n + padding[i]!) - (k * stride[i]! - padding[i]!)),
  );
  const factors = reach[0]!.flatMap((rows) => reach[1]!.map((cols) => area / (divisor || rows * cols)));
  return pooled(call, (x) => {
    const border = graph.integers([0, 0, padding[0], padding[1], 0, 0, pads[2]!, pads[3]!]);
    const means = graph.op("AveragePool", [pads.some((each) => each > 0) ? graph.op("Pad", [x, border, graph.scalar(0)]) : x], attributes);
    return factors.every((factor) => factor === 1) ? means : graph.op("Mul", [means, graph.constant(factors, [...output], "float32")]);
  });
};

const adaptiveMean: Form = (call) => {
  const { graph, data } = call;
  const [h, w, oh, ow] = (data as { sizes: [number, number, number, number] }).sizes;
  return pooled(call, (x) => {
    if (oh === 1 && ow === 1) return graph.op("GlobalAveragePool", [x]);
    if (h % oh === 0 && w % ow === 0) {
      const kernel = [h / oh, w / ow];
      return graph.op("AveragePool", [x], { kernel_shape: kernel, strides: kernel });
    }
    // Windows of several sizes: each direction is a product with a matrix of shares.
    const rows = graph.op("MatMul", [graph.constant(shares(h, oh), [oh, h], "float32"), x]);
    return graph.op("MatMul", [rows, graph.transpose(graph.constant(shares(w, ow), [ow, w], "float32"), [1, 0])]);
  });
};

function shares(size: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => {
    const [start, end] = [Math.floor((i * size) / count), Math.ceil(((i + 1) * size) / count)];
    return Array.from({ length: size }, (_each, place) => (place >= start && place < end ? 1 / (end - start) : 0));
  }).flat();
}

/** Windows of any kind, direction by direction: the places of each side by side, the last one again where there are fewer. */
const largestOfAny: Form = ({ graph, inputs: [input], data }) => {
  const { windows } = data as { windows: readonly (readonly (readonly number[])[])[] };
  const rank = input!.shape.length;
  return windows.reduce((x, list, i) => {
    const dim = rank - windows.length + i;
    const longest = Math.max(...list.map((window) => window.length));
    const places = list.flatMap((window) => Array.from({ length: longest }, (_, k) => window[Math.min(k, window.length - 1)]!));
    const sides = graph.op("Gather", [x, graph.constant(places, [list.length, longest], "int64")], { axis: dim });
    return graph.op("ReduceMax", [sides], { axes: [dim + 1], keepdims: 0 });
  }, input!.value);
};

// --- normalisation --------------------------------------------------------------------------------------------------

interface Affine {
  readonly weighted: boolean;
  readonly shifted: boolean;
  readonly eps: number;
}

const layerNorm: Form = ({ graph, inputs, data }) => {
  const { shape, eps, weighted, shifted } = data as Affine & { shape: readonly number[] };
  const [x, ...parameters] = inputs.map(({ value }) => value);
  const weight = weighted ? parameters[0]! : graph.constant(new Array<number>(shape.reduce((a, b) => a * b, 1)).fill(1), shape, "float32");
  const bias = shifted ? [parameters[Number(weighted)]!] : [];
  if (shape.some(isGrowing)) throw new Refusal("normalises along the batch, which has no ONNX form");
  return graph.op("LayerNormalization", [x!, weight, ...bias], { axis: -shape.length, epsilon: { float: eps } });
};

/** With the batch's own statistics, or with those that were kept; by its parts, for its channels may be those of a whole batch. */
const batchNorm: Form = ({ graph, inputs, data }) => {
  const { eps, weighted, shifted, training } = data as Affine & { training: boolean };
  const { value: x, shape } = inputs[0]!;
  const parameters = inputs.slice(1, 1 + Number(weighted) + Number(shifted));
  const [, keptMean, keptInverse] = inputs.slice(1 + parameters.length);
  const channels = shape[1]!;
  const column = (value: string): string => graph.reshape(value, [channels, ...shape.slice(2).map(() => 1)]);
  const centredBy = (mean: string): string => graph.op("Sub", [x, mean]);
  const normal = training ? ownStatistics(graph, shape, eps, x, centredBy) : graph.op("Mul", [centredBy(column(keptMean!.value)), column(keptInverse!.value)]);
  const [weight, bias] = weighted ? parameters : [undefined, parameters[0]];
  const scaled = weight ? graph.op("Mul", [normal, column(weight.value)]) : normal;
  return bias ? graph.op("Add", [scaled, column(bias.value)]) : scaled;
};

function ownStatistics(graph: Graph, shape: readonly Size[], eps: number, x: string, centredBy: (mean: string) => string): string {
  const axes = shape.map((_, i) => i).filter((i) => i !== 1);
  const mean = (value: string): string => graph.op("ReduceMean", [value], { axes, keepdims: 1 });
  const centred = centredBy(mean(x));
  const variance = mean(graph.op("Mul", [centred, centred]));
  return graph.op("Div", [centred, graph.op("Sqrt", [graph.op("Add", [variance, graph.scalar(eps)])])]);
}

export const layers: Forms = {
  AddmmBackward0: linear,
  MmBackward0: product,
  BmmBackward0: product,
  ConvolutionBackward0: convolution,
  MaxPool2DWithIndicesBackward0: largest,
  AvgPool2DBackward0: mean,
  AdaptiveAvgPool2DBackward0: adaptiveMean,
  maxPool: largestOfAny,
  NativeLayerNormBackward0: layerNorm,
  NativeBatchNormBackward0: batchNorm,
};
