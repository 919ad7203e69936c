/** Two-dimensional convolution and pooling. Forward beside backward. */
import { noGrad } from "../autograd/gradMode.ts";
import { record, type Node, type Operation } from "../autograd/node.ts";
import type { DType } from "../dtype.ts";
import { KindlingError, ShapeError } from "../errors.ts";
import { kernels } from "../memory/linear.ts";
import { workspace } from "../memory/workspace.ts";
import { sizeText } from "./format.ts";
import { numelOf, shapeText, type Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { add } from "./binary.ts";
import { contiguous } from "./conversion.ts";
import { gather } from "./scatter.ts";
import { at, make } from "./internal/make.ts";
import { sum } from "./reductions.ts";
import { reshape } from "./views.ts";

export type Pair = readonly [number, number];

/** One number stands for both directions. */
export function pairOf(value: number | readonly number[]): Pair {
  return typeof value === "number" ? [value, value] : [value[0]!, value[1] ?? value[0]!];
}

export interface Conv2dOptions {
  /** Default 1. */
  stride?: number | Pair;
  /** Zeros on each side. Default 0. */
  padding?: number | Pair;
  /** Distance between the kernel's elements. Default 1. */
  dilation?: number | Pair;
  /** Channels are split into so many independent convolutions. Default 1. */
  groups?: number;
}

/** The sizes that every part of one convolution needs. */
export interface Geometry {
  readonly batch: number;
  readonly channels: number;
  readonly h: number;
  readonly w: number;
  readonly out: number;
  readonly kh: number;
  readonly kw: number;
  readonly oh: number;
  readonly ow: number;
  readonly stride: Pair;
  readonly padding: Pair;
  readonly dilation: Pair;
  readonly groups: number;
}

function outputSize(size: number, kernel: number, stride: number, padding: number, dilation: number): number {
  return Math.floor((size + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1;
}

/** The sizes of a convolution of an input with a weight of these shapes. */
export function plan(input: Shape, filter: Shape, options: Conv2dOptions): Geometry {
  const [stride, padding, dilation] = [pairOf(options.stride ?? 1), pairOf(options.padding ?? 0), pairOf(options.dilation ?? 1)];
  const groups = options.groups ?? 1;
  checkSizes(filter, stride, padding, groups);
  const [batch, channels, h, w] = input as unknown as [number, number, number, number];
  const [out, perGroup, kh, kw] = filter as unknown as [number, number, number, number];
  if (channels !== perGroup * groups) {
    throw new ShapeError(
      `Given groups=${groups}, weight of size ${shapeText(filter)}, expected input${shapeText(input)} to have ${perGroup * groups} channels, but got ${channels} channels instead`,
      input,
      filter,
    );
  }
  const oh = outputSize(h, kh, stride[0], padding[0], dilation[0]);
  const ow = outputSize(w, kw, stride[1], padding[1], dilation[1]);
  if (oh <= 0 || ow <= 0) {
    const span: Pair = [dilation[0] * (kh - 1) + 1, dilation[1] * (kw - 1) + 1];
    throw new ShapeError(
      `Calculated padded input size per channel: (${h + 2 * padding[0]} x ${w + 2 * padding[1]}). Kernel size: (${span[0]} x ${span[1]}). Kernel size can't be greater than actual input size`,
      input,
      filter,
    );
  }
  return { batch, channels, h, w, out, kh, kw, oh, ow, stride, padding, dilation, groups };
}

/** What addresses are computed from has to make sense before any are. */
function checkSizes(filter: Shape, stride: Pair, padding: Pair, groups: number): void {
  if (filter.length !== 4) throw new ShapeError(`weight should have 4 dimensions, but got a weight of size ${shapeText(filter)}`, filter);
  if (stride.some((step) => !(step > 0))) throw new KindlingError("non-positive stride is not supported");
  if (padding.some((size) => !(size >= 0))) throw new KindlingError("negative padding is not supported");
  if (!(groups > 0)) throw new KindlingError("non-positive groups is not supported");
  if (filter[0]! % groups !== 0) {
    throw new ShapeError(`Given groups=${groups}, expected weight to be divisible by ${groups} at dimension 0, but got weight of size [${shapeText(filter)}] instead`, filter);
  }
}

/** Kernels read float32, and as many biases as there are outputs. */
export function checkOperands(input: Tensor, weight: Tensor, bias: Tensor | null, outputs: number): void {
  for (const operand of [input, weight, ...(bias ? [bias] : [])]) {
    if (operand.dtype !== "float32") throw new KindlingError(`expected scalar type Float but found ${typeName(operand.dtype)}`);
  }
  if (bias && (bias.shape.length !== 1 || bias.shape[0] !== outputs)) {
    throw new ShapeError(
      `Given weight of size ${shapeText(weight.shape)}, expected bias to be 1-dimensional with ${outputs} elements, but got bias of size ${shapeText(bias.shape)} instead`,
      weight.shape,
      bias.shape,
    );
  }
}

const typeName = (dtype: DType): string => ({ float32: "Float", int32: "Long", bool: "Bool", uint8: "Byte" })[dtype];

/** Kernels of pooling read float32. */
function checkPooled(name: string, input: Tensor): void {
  if (input.dtype !== "float32") throw new KindlingError(`"${name}" not implemented for '${typeName(input.dtype)}'`);
}

/** Address of what convolutions scribble in. */
function workFor(g: Geometry): number {
  const { stride, padding, dilation } = g;
  return workspace.ofSize(kernels.conv2dWorkBytes(
    g.channels / g.groups, g.out / g.groups, g.h, g.w, g.kh, g.kw, g.oh, g.ow, stride[0], stride[1], padding[0], padding[1], dilation[0], dilation[1],
  ));
}

/**
 * A convolution has three parts: its input, its weight and its result. From any two of them it makes the third's kind, and
 * each of these three products is linear in both: its gradients are the other two, however often they are taken.
 */
export function convolve(x: Tensor, weight: Tensor, bias: Tensor | null, g: Geometry): Tensor {
  const { batch, groups, channels, out, h, w, kh, kw, oh, ow, stride, padding, dilation } = g;
  const values = bias && contiguous(bias);
  const result = make([batch, out, oh, ow]);
  const [to, from, filter, shift] = [at(result), at(x), at(weight), values ? at(values) : 0];
  kernels.conv2d(
    from, filter, shift, to, batch, groups, channels, out, h, w, kh, kw, oh, ow,
    stride[0], stride[1], padding[0], padding[1], dilation[0], dilation[1], workFor(g),
  );
  return record(convolveOp, result, bias ? [x, weight, bias] : [x, weight], [x, weight], g);
}

/** Each value of a result spread over the window that it came from: the gradient of the input, and a transposed convolution. */
export function spread(y: Tensor, weight: Tensor, bias: Tensor | null, g: Geometry): Tensor {
  const { batch, groups, channels, out, h, w, kh, kw, oh, ow, stride, padding, dilation } = g;
  const result = make([batch, channels, h, w]);
  const [to, from, filter] = [at(result), at(y), at(weight)];
  kernels.conv2dBackwardInput(
    from, filter, to, batch, groups, channels, out, h, w, kh, kw, oh, ow,
    stride[0], stride[1], padding[0], padding[1], dilation[0], dilation[1], workFor(g),
  );
  const shifted = bias ? noGrad(() => add(result, reshape(bias, [-1, 1, 1]))) : result;
  return record(spreadOp, shifted, bias ? [y, weight, bias] : [y, weight], [y, weight], g);
}

/** For each element of the weight the sum over all windows of what it joined: the gradient of the weight. */
function correlate(y: Tensor, x: Tensor, g: Geometry): Tensor {
  const { batch, groups, channels, out, h, w, kh, kw, oh, ow, stride, padding, dilation } = g;
  const result = make([out, channels / groups, kh, kw]);
  const [to, from, input] = [at(result), at(y), at(x)];
  kernels.conv2dBackwardWeight(
    from, input, to, batch, groups, channels, out, h, w, kh, kw, oh, ow,
    stride[0], stride[1], padding[0], padding[1], dilation[0], dilation[1], workFor(g), 0, out, 0, (channels / groups) * kh * kw,
  );
  return record(correlateOp, result, [y, x], [y, x], g);
}

const biasGradient = (node: Node, gradient: Tensor): Tensor | null => (node.next.length > 2 && node.needs(2) ? sum(gradient, [0, 2, 3]) : null);

const convolveOp: Operation<Geometry> = {
  name: "ConvolutionBackward0",
  backward(node, gradient) {
    const [x, weight, g] = [node.saved(0), node.saved(1), node.data];
    const y = contiguous(gradient);
    return [node.needs(0) ? spread(y, weight, null, g) : null, node.needs(1) ? correlate(y, x, g) : null, biasGradient(node, y)];
  },
};

const spreadOp: Operation<Geometry> = {
  name: "ConvolutionBackward0",
  backward(node, gradient) {
    const [y, weight, g] = [node.saved(0), node.saved(1), node.data];
    const x = contiguous(gradient);
    return [node.needs(0) ? convolve(x, weight, null, g) : null, node.needs(1) ? correlate(y, x, g) : null, biasGradient(node, x)];
  },
};

const correlateOp: Operation<Geometry> = {
  name: "ConvolutionBackwardBackward0",
  backward(node, gradient) {
    const [y, x, g] = [node.saved(0), node.saved(1), node.data];
    const weight = contiguous(gradient);
    return [node.needs(0) ? convolve(x, weight, null, g) : null, node.needs(1) ? spread(y, weight, null, g) : null];
  },
};

/**
 * Two-dimensional cross-correlation.
 * @param input [batch, inChannels, height, width] or [inChannels, height, width]
 * @param weight [outChannels, inChannels / groups, kernelHeight, kernelWidth]
 * @param bias [outChannels]
 * @returns [batch, outChannels, outHeight, outWidth]
 */
export function conv2d(input: Tensor, weight: Tensor, bias?: Tensor | null, options: Conv2dOptions = {}): Tensor {
  if (input.shape.length === 3) return conv2d(reshape(input, [1, ...input.shape]), weight, bias, options).squeeze(0);
  if (input.shape.length !== 4) {
    throw new ShapeError(
      `Expected 3D (unbatched) or 4D (batched) input to conv2d, but got input of size: ${shapeText(input.shape)}`,
      input.shape,
    );
  }
  checkOperands(input, weight, bias ?? null, weight.shape[0] ?? 0);
  const x = contiguous(input);
  const filter = contiguous(weight);
  return convolve(x, filter, bias ?? null, plan(x.shape, filter.shape, options));
}

// --- pooling --------------------------------------------------------------------------------------------------------

export interface PoolOptions {
  /** Default: the kernel's size. */
  stride?: number | Pair;
  padding?: number | Pair;
  /** Round the output's size up instead of down. Default false. */
  ceilMode?: boolean;
}

export interface MaxPool2dOptions extends PoolOptions {
  dilation?: number | Pair;
}

interface Pool {
  readonly shape: Shape;
  readonly planes: number;
  readonly h: number;
  readonly w: number;
  readonly oh: number;
  readonly ow: number;
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly padding: Pair;
  readonly dilation: Pair;
}

function pooledSize(size: number, kernel: number, stride: number, padding: number, dilation: number, ceil: boolean): number {
  const span = size + 2 * padding - dilation * (kernel - 1) - 1;
  if (!ceil) return Math.floor(span / stride) + 1;
  const count = Math.ceil(span / stride) + 1;
  // The last window has to start inside the input or its left padding.
  return (count - 1) * stride >= size + padding ? count - 1 : count;
}

function poolGeometry(name: string, input: Tensor, kernelSize: number | readonly number[], options: MaxPool2dOptions): Pool {
  const rank = input.shape.length;
  if (rank !== 3 && rank !== 4) throw new ShapeError(`${name}: Expected 3D or 4D (batch mode) tensor, but got input of size: ${shapeText(input.shape)}`, input.shape);
  const kernel = pairOf(kernelSize);
  const stride = pairOf(options.stride ?? kernel);
  const padding = pairOf(options.padding ?? 0);
  const dilation = pairOf(options.dilation ?? 1);
  if (padding[0] > kernel[0] / 2 || padding[1] > kernel[1] / 2) {
    throw new KindlingError(`pad should be at most half of effective kernel size, but got pad=${Math.max(...padding)}, kernel_size=${kernel[0]} and dilation=${dilation[0]}`);
  }
  const [h, w] = input.shape.slice(-2) as [number, number];
  const ceil = options.ceilMode ?? false;
  const oh = pooledSize(h, kernel[0], stride[0], padding[0], dilation[0], ceil);
  const ow = pooledSize(w, kernel[1], stride[1], padding[1], dilation[1], ceil);
  const lead = input.shape.slice(0, -2);
  if (oh <= 0 || ow <= 0) {
    const channels = lead.at(-1) ?? 1;
    throw new ShapeError(
      `Given input size: (${channels}x${h}x${w}). Calculated output size: (${channels}x${oh}x${ow}). Output size is too small`,
      input.shape,
    );
  }
  const planes = lead.reduce((product, size) => product * size, 1);
  return { shape: [...lead, oh, ow], planes, h, w, oh, ow, kernel, stride, padding, dilation };
}

interface MaxPool extends Pool {
  readonly inputShape: Shape;
}

const maxPoolOp: Operation<MaxPool> = {
  name: "MaxPool2DWithIndicesBackward0",
  backward: (node, gradient) => [putBack(contiguous(gradient), node.saved(0), node.data)],
};

/** Adds each value where in the planes of the input its window found the largest. */
function putBack(values: Tensor, indices: Tensor, pool: MaxPool): Tensor {
  const { planes, h, w, oh, ow, inputShape } = pool;
  const result = make(inputShape);
  const to = at(result);
  const from = at(values);
  kernels.maxPool2dBackward(from, at(indices), to, planes, oh * ow, h * w);
  return record(putBackOp, result, [values], [indices], pool);
}

const putBackOp: Operation<MaxPool> = {
  name: "MaxPool2DWithIndicesBackwardBackward0",
  backward(node, gradient) {
    const { planes, h, w, oh, ow, shape } = node.data;
    const picked = gather(reshape(gradient, [planes, h * w]), 1, reshape(node.saved(0), [planes, oh * ow]));
    return [reshape(picked, shape)];
  },
};

/** The largest value in each window. Input [batch, channels, height, width] or without batch. */
export function maxPool2d(input: Tensor, kernelSize: number | readonly number[], options: MaxPool2dOptions = {}): Tensor {
  checkPooled("max_pool2d", input);
  const pool = poolGeometry("max_pool2d", input, kernelSize, options);
  const { planes, h, w, oh, ow, kernel, stride, padding, dilation } = pool;
  const x = contiguous(input);
  const result = make(pool.shape);
  const indices = make(pool.shape, "int32");
  const [to, places, from] = [at(result), at(indices), at(x)];
  kernels.maxPool2d(from, to, places, planes, h, w, kernel[0], kernel[1], oh, ow, stride[0], stride[1], padding[0], padding[1], dilation[0], dilation[1]);
  return record(maxPoolOp, result, [x], [indices], { ...pool, inputShape: input.shape }, [indices]);
}

// Means are linear: the gradient spreads each value over its window, and the gradient of that is a mean again.

interface AveragePool extends Pool {
  readonly inputShape: Shape;
  /** 1 where the padding's zeros count. */
  readonly countPadding: 0 | 1;
}

const averagePoolOp: Operation<AveragePool> = {
  name: "AvgPool2DBackward0",
  backward: (node, gradient) => [spreadMeans(contiguous(gradient), node.data)],
};

function means(x: Tensor, pool: AveragePool): Tensor {
  const { shape, planes, h, w, oh, ow, kernel, stride, padding, countPadding } = pool;
  const result = make(shape);
  const to = at(result);
  kernels.avgPool2d(at(x), to, planes, h, w, kernel[0], kernel[1], oh, ow, stride[0], stride[1], padding[0], padding[1], countPadding, 0);
  return record(averagePoolOp, result, [x], [], pool);
}

function spreadMeans(values: Tensor, pool: AveragePool): Tensor {
  const { inputShape, planes, h, w, oh, ow, kernel, stride, padding, countPadding } = pool;
  const result = make(inputShape);
  const to = at(result);
  kernels.avgPool2dBackward(at(values), to, planes, h, w, kernel[0], kernel[1], oh, ow, stride[0], stride[1], padding[0], padding[1], countPadding, 0);
  return record(spreadMeansOp, result, [values], [], pool);
}

const spreadMeansOp: Operation<AveragePool> = {
  name: "AvgPool2DBackwardBackward0",
  backward: (node, gradient) => [means(contiguous(gradient), node.data)],
};

/** The mean of each window; `countIncludePad` (default true) lets the padding's zeros count. */
export function avgPool2d(
  input: Tensor,
  kernelSize: number | readonly number[],
  options: PoolOptions & { countIncludePad?: boolean } = {},
): Tensor {
  checkPooled("avg_pool2d", input);
  const pool = poolGeometry("avg_pool2d", input, kernelSize, options);
  return means(contiguous(input), { ...pool, inputShape: input.shape, countPadding: (options.countIncludePad ?? true) ? 1 : 0 });
}

interface AdaptivePool {
  readonly lead: Shape;
  readonly h: number;
  readonly w: number;
  readonly oh: number;
  readonly ow: number;
}

const adaptivePoolOp: Operation<AdaptivePool> = {
  name: "AdaptiveAvgPool2DBackward0",
  backward: (node, gradient) => [spreadAdaptiveMeans(contiguous(gradient), node.data)],
};

function adaptiveMeans(x: Tensor, pool: AdaptivePool): Tensor {
  const { lead, h, w, oh, ow } = pool;
  const result = make([...lead, oh, ow]);
  const to = at(result);
  kernels.adaptiveAvgPool2d(at(x), to, numelOf(lead), h, w, oh, ow);
  return record(adaptivePoolOp, result, [x], [], pool);
}

function spreadAdaptiveMeans(values: Tensor, pool: AdaptivePool): Tensor {
  const { lead, h, w, oh, ow } = pool;
  const result = make([...lead, h, w]);
  const to = at(result);
  kernels.adaptiveAvgPool2dBackward(at(values), to, numelOf(lead), h, w, oh, ow);
  return record(spreadAdaptiveMeansOp, result, [values], [], pool);
}

const spreadAdaptiveMeansOp: Operation<AdaptivePool> = {
  name: "AdaptiveAvgPool2DBackwardBackward0",
  backward: (node, gradient) => [adaptiveMeans(contiguous(gradient), node.data)],
};

/** Means of windows laid so that the output has the given height and width. */
export function adaptiveAvgPool2d(input: Tensor, outputSize: number | readonly number[]): Tensor {
  checkPooled("adaptive_avg_pool2d", input);
  const [oh, ow] = pairOf(outputSize);
  if (input.shape.length !== 3 && input.shape.length !== 4) {
    throw new ShapeError(`adaptive_avg_pool2d(): Expected 3D or 4D tensor, but got ${sizeText(input.shape)}`, input.shape);
  }
  const [h, w] = input.shape.slice(-2) as [number, number];
  return adaptiveMeans(contiguous(input), { lead: input.shape.slice(0, -2), h, w, oh, ow });
}
