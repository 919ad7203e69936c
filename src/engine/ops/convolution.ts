/** Two-dimensional convolution and pooling. Forward beside backward. */
import { isGradEnabled } from "../autograd/gradMode.ts";
import { record, recordMany, type Operation } from "../autograd/node.ts";
import type { DType } from "../dtype.ts";
import { KindlingError, ShapeError } from "../errors.ts";
import { Binary } from "../kernels/exports.ts";
import { f32, kernels } from "../memory/linear.ts";
import { sizeText } from "./format.ts";
import { shapeText, type Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { contiguous } from "./copy.ts";
import { at, make } from "./make.ts";
import { notTwiceDifferentiable } from "./pointwise.ts";
import { sum } from "./reductions.ts";
import { reshape } from "./views.ts";
import { gemm } from "./gemm.ts";

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

function isPointwise(g: Geometry): boolean {
  return g.kh === 1 && g.kw === 1 && g.stride[0] === 1 && g.stride[1] === 1 && g.padding[0] === 0 && g.padding[1] === 0;
}

type PatchKernel = typeof kernels.im2col;

function patches(kernel: PatchKernel, from: number, to: number, channels: number, g: Geometry): void {
  const { h, w, kh, kw, oh, ow, stride, padding, dilation } = g;
  kernel(from, to, channels, h, w, kh, kw, oh, ow, stride[0], stride[1], padding[0], padding[1], dilation[0], dilation[1]);
}

/** Where each image and group lies, in bytes, and the sizes of its matrices. */
function sizes(g: Geometry) {
  const channels = g.channels / g.groups;
  const rows = g.out / g.groups;
  const depth = channels * g.kh * g.kw;
  const spots = g.oh * g.ow;
  return { channels, rows, depth, spots, image: channels * g.h * g.w * 4, result: rows * spots * 4, filter: rows * depth * 4 };
}

/** Calls `visit` with the byte offsets of each image's group in input, output and weight. */
function forEachGroup(g: Geometry, visit: (x: number, y: number, weight: number) => void): void {
  const { image, result, filter } = sizes(g);
  for (let n = 0; n < g.batch; n++) {
    for (let k = 0; k < g.groups; k++) {
      visit((n * g.groups + k) * image, (n * g.groups + k) * result, k * filter);
    }
  }
}

export function convolveForward(x: Tensor, weight: Tensor, bias: Tensor | null, g: Geometry): Tensor {
  const { channels, rows, depth, spots } = sizes(g);
  const pointwise = isPointwise(g);
  const result = make([g.batch, g.out, g.oh, g.ow]);
  const columns = make([pointwise ? 0 : depth, spots]);
  const [to, patch, from, filter] = [at(result), at(columns), at(x), at(weight)];
  forEachGroup(g, (xAt, yAt, wAt) => {
    if (!pointwise) patches(kernels.im2col, from + xAt, patch, channels, g);
    const b = pointwise ? from + xAt : patch;
    gemm(rows, spots, depth, filter + wAt, depth, 1, b, spots, 1, to + yAt, spots);
  });
  if (bias) addChannelBias(result, bias, g);
  return result;
}

function addChannelBias(result: Tensor, bias: Tensor, g: Geometry): void {
  const values = contiguous(bias);
  const plane = g.oh * g.ow;
  const to = at(result);
  const from = at(values);
  for (let n = 0; n < g.batch; n++) {
    const image = to + n * g.out * plane * 4;
    kernels.binaryColumn(Binary.add, image, from, image, g.out, plane, 0, 1);
  }
}

function inputGradient(gradient: Tensor, weight: Tensor, shape: Shape, g: Geometry): Tensor {
  const { channels, rows, depth, spots } = sizes(g);
  const pointwise = isPointwise(g);
  const result = make(shape);
  const columns = make([pointwise ? 0 : depth, spots]);
  const [to, patch, from, filter] = [at(result), at(columns), at(gradient), at(weight)];
  if (!pointwise) f32.fill(0, to >>> 2, (to >>> 2) + result.numel());
  forEachGroup(g, (xAt, yAt, wAt) => {
    const target = pointwise ? to + xAt : patch;
    gemm(depth, spots, rows, filter + wAt, 1, depth, from + yAt, spots, 1, target, spots);
    if (!pointwise) patches(kernels.col2im, patch, to + xAt, channels, g);
  });
  return result;
}

function weightGradient(gradient: Tensor, x: Tensor, shape: Shape, g: Geometry): Tensor {
  const { channels, rows, depth, spots } = sizes(g);
  const pointwise = isPointwise(g);
  const result = make(shape);
  const columns = make([pointwise ? 0 : depth, spots]);
  const [to, patch, from, input] = [at(result), at(columns), at(gradient), at(x)];
  f32.fill(0, to >>> 2, (to >>> 2) + result.numel());
  forEachGroup(g, (xAt, yAt, wAt) => {
    if (!pointwise) patches(kernels.im2col, input + xAt, patch, channels, g);
    const b = pointwise ? input + xAt : patch;
    gemm(rows, depth, spots, from + yAt, spots, 1, b, 1, spots, to + wAt, depth, true);
  });
  return result;
}

/** The gradients of a convolution, which are the parts of a transposed one as well. */
export const convolutionGradients = { input: inputGradient, weight: weightGradient };

const conv2dOp: Operation = {
  name: "ConvolutionBackward0",
  backward(node, gradient) {
    if (isGradEnabled()) throw notTwiceDifferentiable("convolution");
    const x = node.saved(0);
    const weight = node.saved(1);
    const g = node.data as Geometry;
    const upstream = contiguous(gradient);
    return [
      node.needs(0) ? inputGradient(upstream, weight, x.shape, g) : null,
      node.needs(1) ? weightGradient(upstream, x, weight.shape, g) : null,
      node.next.length > 2 && node.needs(2) ? sum(upstream, [0, 2, 3]) : null,
    ];
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
  const g = plan(x.shape, filter.shape, options);
  const result = convolveForward(x, filter, bias ?? null, g);
  return record(conv2dOp, result, bias ? [x, filter, bias] : [x, filter], [x, filter], g);
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

const maxPoolOp: Operation = {
  name: "MaxPool2DWithIndicesBackward0",
  backward(node, gradient) {
    if (isGradEnabled()) throw notTwiceDifferentiable("max_pool2d");
    const { planes, h, w, oh, ow, inputShape } = node.data as Pool & { inputShape: Shape };
    const upstream = contiguous(gradient);
    const result = make(inputShape);
    const to = at(result);
    const from = at(upstream);
    kernels.maxPool2dBackward(from, at(node.saved(0)), to, planes, oh * ow, h * w);
    return [result];
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
  recordMany(maxPoolOp, [result], [x], [indices], { ...pool, inputShape: input.shape });
  return result;
}

/** One window of an average: rows and columns that it covers inside the input, and what its sum is divided by. */
interface Area {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
  readonly divisor: number;
}

interface AveragePool {
  readonly inputShape: Shape;
  readonly planes: number;
  readonly areas: readonly Area[];
}

const averagePoolOp: Operation = {
  name: "AvgPool2DBackward0",
  backward(node, gradient) {
    if (isGradEnabled()) throw notTwiceDifferentiable("avg_pool2d");
    const { inputShape, planes, areas } = node.data as AveragePool;
    const [h, w] = inputShape.slice(-2) as [number, number];
    const upstream = contiguous(gradient);
    const result = make(inputShape);
    const to = at(result) >>> 2;
    const from = at(upstream) >>> 2;
    f32.fill(0, to, to + planes * h * w);
    for (let p = 0; p < planes; p++) {
      areas.forEach(({ top, bottom, left, right, divisor }, i) => {
        const share = f32[from + p * areas.length + i]! / divisor;
        for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) f32[to + (p * h + y) * w + x]! += share;
      });
    }
    return [result];
  },
};

function averageAreas(input: Tensor, shape: Shape, areas: readonly Area[]): Tensor {
  const [h, w] = input.shape.slice(-2) as [number, number];
  const planes = input.numel() / (h * w);
  const x = contiguous(input);
  const result = make(shape);
  const to = at(result) >>> 2;
  const from = at(x) >>> 2;
  for (let p = 0; p < planes; p++) {
    areas.forEach(({ top, bottom, left, right, divisor }, i) => {
      let total = 0;
      for (let y = top; y < bottom; y++) for (let k = left; k < right; k++) total += f32[from + (p * h + y) * w + k]!;
      f32[to + p * areas.length + i] = total / divisor;
    });
  }
  return record(averagePoolOp, result, [x], [], { inputShape: input.shape, planes, areas });
}

/** The mean of each window; `countIncludePad` (default true) lets the padding's zeros count. */
export function avgPool2d(
  input: Tensor,
  kernelSize: number | readonly number[],
  options: PoolOptions & { countIncludePad?: boolean } = {},
): Tensor {
  checkPooled("avg_pool2d", input);
  const pool = poolGeometry("avg_pool2d", input, kernelSize, options);
  const { h, w, oh, ow, kernel, stride, padding } = pool;
  const areas: Area[] = [];
  for (let i = 0; i < oh; i++) {
    for (let j = 0; j < ow; j++) {
      const [y, x] = [i * stride[0] - padding[0], j * stride[1] - padding[1]];
      const [yEnd, xEnd] = [Math.min(y + kernel[0], h + padding[0]), Math.min(x + kernel[1], w + padding[1])];
      const [top, left, bottom, right] = [Math.max(y, 0), Math.max(x, 0), Math.min(yEnd, h), Math.min(xEnd, w)];
      const inside = (bottom - top) * (right - left);
      areas.push({ top, bottom, left, right, divisor: (options.countIncludePad ?? true) ? (yEnd - y) * (xEnd - x) : inside });
    }
  }
  return averageAreas(input, pool.shape, areas);
}

/** Means of windows laid so that the output has the given height and width. */
export function adaptiveAvgPool2d(input: Tensor, outputSize: number | readonly number[]): Tensor {
  const [oh, ow] = pairOf(outputSize);
  if (input.shape.length !== 3 && input.shape.length !== 4) {
    throw new ShapeError(`adaptive_avg_pool2d(): Expected 3D or 4D tensor, but got ${sizeText(input.shape)}`, input.shape);
  }
  const [h, w] = input.shape.slice(-2) as [number, number];
  const areas: Area[] = [];
  for (let i = 0; i < oh; i++) {
    for (let j = 0; j < ow; j++) {
      const [top, bottom] = [Math.floor((i * h) / oh), Math.ceil(((i + 1) * h) / oh)];
      const [left, right] = [Math.floor((j * w) / ow), Math.ceil(((j + 1) * w) / ow)];
      areas.push({ top, bottom, left, right, divisor: (bottom - top) * (right - left) });
    }
  }
  return averageAreas(input, [...input.shape.slice(0, -2), oh, ow], areas);
}
