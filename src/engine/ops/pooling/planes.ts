/** Pooling of planes by the compiled kernels. Forward beside backward. */
import { record, type Operation } from "../../autograd/node.ts";
import { longName } from "../../dtype.ts";
import { KindlingError } from "../../errors.ts";
import { kernels } from "../../memory/linear.ts";
import { numelOf, type Shape } from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";
import { contiguous } from "../conversion.ts";
import { at, make } from "../internal/make.ts";
import { planeWindows, type PlaneWindows } from "../internal/planeWindows.ts";
import { gather } from "../scatter.ts";
import { reshape } from "../views.ts";
import type { Layout } from "./windows.ts";

/** The largest value of each window and its place in the flattened plane. */
export type Pooled = readonly [values: Tensor, indices: Tensor];

/** Kernels read float32. */
function checkPooled(name: string, input: Tensor): void {
  if (input.dtype !== "float32") throw new KindlingError(`"${name}" not implemented for '${longName(input.dtype)}'`);
}

// --- maximum --------------------------------------------------------------------------------------------------------

interface MaxPool {
  readonly windows: PlaneWindows;
  readonly input: Shape;
  readonly output: Shape;
  readonly planes: number;
  readonly cells: number;
  readonly places: number;
}

const maxPoolOp: Operation<MaxPool> = {
  name: "MaxPool2DWithIndicesBackward0",
  backward: (node, gradient) => [putBack(contiguous(gradient), node.saved(0), node.data)],
};

/** Adds each value where in the planes of the input its window found the largest. */
function putBack(values: Tensor, indices: Tensor, pool: MaxPool): Tensor {
  const result = make(pool.input);
  const to = at(result);
  kernels.maxPool2dBackward(at(values), at(indices), to, pool.planes, pool.cells, pool.places);
  return record(putBackOp, result, [values], [indices], pool);
}

const putBackOp: Operation<MaxPool> = {
  name: "MaxPool2DWithIndicesBackwardBackward0",
  backward(node, gradient) {
    const { planes, cells, places, output } = node.data;
    return [reshape(gather(reshape(gradient, [planes, places]), 1, reshape(node.saved(0), [planes, cells])), output)];
  },
};

/**
 * The largest value of each window of `[…, height, width]`.
 * @param keepsIndices whether somebody will look at the indices
 */
export function maxOfPlanes(input: Tensor, { size, kernel, output, ...steps }: Layout, keepsIndices: boolean): Pooled {
  checkPooled("max_pool2d", input);
  const x = contiguous(input);
  const lead = input.shape.slice(0, -2);
  const shape = [...lead, ...output];
  const [values, indices] = [make(shape), make(shape, "int32")];
  const [to, places, from] = [at(values), at(indices), at(x)];
  const windows = planeWindows(size, kernel, output, steps);
  kernels.maxPool2d(from, to, places, numelOf(lead), ...windows);
  const pool: MaxPool = { windows, input: input.shape, output: shape, planes: numelOf(lead), cells: numelOf(output), places: numelOf(size) };
  return [record(maxPoolOp, values, [x], [indices], pool, keepsIndices ? [] : [indices]), indices];
}

// --- mean -----------------------------------------------------------------------------------------------------------
// Means are linear: the gradient spreads each value over its window, and the gradient of that is a mean again.

type WithoutDilation = PlaneWindows extends readonly [...infer Kept, number, number] ? Kept : never;

interface AveragePool {
  readonly input: Shape;
  readonly output: Shape;
  readonly planes: number;
  /** The windows, whether the padding's zeros count, and what sums are divided by (0: the window's size). */
  readonly windows: readonly [...WithoutDilation, countPadding: number, divisor: number];
}

const averagePoolOp: Operation<AveragePool> = {
  name: "AvgPool2DBackward0",
  backward: (node, gradient) => [spreadMeans(contiguous(gradient), node.data)],
};

function means(x: Tensor, pool: AveragePool): Tensor {
  const result = make(pool.output);
  const to = at(result);
  kernels.avgPool2d(at(x), to, pool.planes, ...pool.windows);
  return record(averagePoolOp, result, [x], [], pool);
}

function spreadMeans(values: Tensor, pool: AveragePool): Tensor {
  const result = make(pool.input);
  const to = at(result);
  kernels.avgPool2dBackward(at(values), to, pool.planes, ...pool.windows);
  return record(spreadMeansOp, result, [values], [], pool);
}

const spreadMeansOp: Operation<AveragePool> = {
  name: "AvgPool2DBackwardBackward0",
  backward: (node, gradient) => [means(contiguous(gradient), node.data)],
};

/**
 * The mean of each window of `[…, height, width]`.
 * @param divisor what sums are divided by instead of the window's size
 */
export function meansOfPlanes(input: Tensor, { size, kernel, output, ...steps }: Layout, countsPadding: boolean, divisor: number | null): Tensor {
  checkPooled("avg_pool2d", input);
  const lead = input.shape.slice(0, -2);
  const windows = planeWindows(size, kernel, output, steps).slice(0, -2) as WithoutDilation;
  return means(contiguous(input), {
    input: input.shape,
    output: [...lead, ...output],
    planes: numelOf(lead),
    windows: [...windows, Number(countsPadding), divisor ?? 0],
  });
}

interface AdaptivePool {
  readonly lead: Shape;
  readonly sizes: readonly [h: number, w: number, oh: number, ow: number];
}

const adaptivePoolOp: Operation<AdaptivePool> = {
  name: "AdaptiveAvgPool2DBackward0",
  backward: (node, gradient) => [spreadAdaptiveMeans(contiguous(gradient), node.data)],
};

function adaptiveMeans(x: Tensor, pool: AdaptivePool): Tensor {
  const { lead, sizes } = pool;
  const result = make([...lead, sizes[2], sizes[3]]);
  const to = at(result);
  kernels.adaptiveAvgPool2d(at(x), to, numelOf(lead), ...sizes);
  return record(adaptivePoolOp, result, [x], [], pool);
}

function spreadAdaptiveMeans(values: Tensor, pool: AdaptivePool): Tensor {
  const { lead, sizes } = pool;
  const result = make([...lead, sizes[0], sizes[1]]);
  const to = at(result);
  kernels.adaptiveAvgPool2dBackward(at(values), to, numelOf(lead), ...sizes);
  return record(spreadAdaptiveMeansOp, result, [values], [], pool);
}

const spreadAdaptiveMeansOp: Operation<AdaptivePool> = {
  name: "AdaptiveAvgPool2DBackwardBackward0",
  backward: (node, gradient) => [adaptiveMeans(contiguous(gradient), node.data)],
};

/** Means of windows of `[…, height, width]` laid so that the output has the given height and width. */
export function adaptiveMeansOfPlanes(input: Tensor, output: readonly number[]): Tensor {
  checkPooled("adaptive_avg_pool2d", input);
  const [h, w] = input.shape.slice(-2) as [number, number];
  return adaptiveMeans(contiguous(input), { lead: input.shape.slice(0, -2), sizes: [h, w, output[0]!, output[1]!] });
}
