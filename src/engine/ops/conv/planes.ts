/** Convolutions of planes by the compiled kernels, which all others are made of. Forward beside backward. */
import { noGrad } from "../../autograd/gradMode.ts";
import { record, type Node, type Operation } from "../../autograd/node.ts";
import { longName } from "../../dtype.ts";
import { KindlingError, ShapeError } from "../../errors.ts";
import { kernels } from "../../memory/linear.ts";
import { workspace } from "../../memory/workspace.ts";
import { shapeText, type Shape } from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";
import { add } from "../binary.ts";
import { contiguous } from "../conversion.ts";
import { at, make } from "../internal/make.ts";
import { planeWindows, type PlaneWindows, type Steps } from "../internal/planeWindows.ts";
import { sum } from "../reductions.ts";
import { reshape } from "../views.ts";

/** The sizes of one convolution, as the compiled kernels take them; channels are those of the side that is convolved. */
type Geometry = readonly [batch: number, groups: number, channels: number, out: number, ...PlaneWindows];

/** Address of what convolutions scribble in. */
function workFor([, groups, channels, out, ...windows]: Geometry): number {
  return workspace.ofSize(kernels.conv2dWorkBytes(channels / groups, out / groups, ...windows));
}

// A convolution has three parts: its input, its weight and its result. From any two of them it makes the third's kind, and
// each of these three products is linear in both: its gradients are the other two, however often they are taken.

/** The sums over all windows: `[batch, out, oh, ow]`. */
function convolve(x: Tensor, weight: Tensor, bias: Tensor | null, geometry: Geometry): Tensor {
  const [batch, , , out, , , , , oh, ow] = geometry;
  const values = bias && contiguous(bias);
  const result = make([batch, out, oh, ow]);
  const [to, from, filter, shift] = [at(result), at(x), at(weight), values ? at(values) : 0];
  kernels.conv2d(from, filter, shift, to, ...geometry, workFor(geometry));
  return record(convolveOp, result, bias ? [x, weight, bias] : [x, weight], [x, weight], geometry);
}

/** Each value of a result spread over the window that it came from: the gradient of the input, and a transposed convolution. */
function spread(y: Tensor, weight: Tensor, bias: Tensor | null, geometry: Geometry): Tensor {
  const [batch, , channels, , h, w] = geometry;
  const result = make([batch, channels, h, w]);
  const [to, from, filter] = [at(result), at(y), at(weight)];
  kernels.conv2dBackwardInput(from, filter, to, ...geometry, workFor(geometry));
  const shifted = bias ? noGrad(() => add(result, reshape(bias, [-1, 1, 1]))) : result;
  return record(spreadOp, shifted, bias ? [y, weight, bias] : [y, weight], [y, weight], { transposed: geometry });
}

/** For each element of the weight the sum over all windows of what it joined: the gradient of the weight. */
function correlate(y: Tensor, x: Tensor, geometry: Geometry): Tensor {
  const [, groups, channels, out, , , kh, kw] = geometry;
  const result = make([out, channels / groups, kh, kw]);
  const [to, from, input] = [at(result), at(y), at(x)];
  kernels.conv2dBackwardWeight(from, input, to, ...geometry, workFor(geometry), 0, out, 0, (channels / groups) * kh * kw);
  return record(correlateOp, result, [y, x], [y, x], geometry);
}

const biasGradient = (node: Node, gradient: Tensor): Tensor | null => (node.next.length > 2 && node.needs(2) ? sum(gradient, [0, 2, 3]) : null);

const convolveOp: Operation<Geometry> = {
  name: "ConvolutionBackward0",
  backward(node, gradient) {
    const [x, weight, geometry] = [node.saved(0), node.saved(1), node.data];
    const y = contiguous(gradient);
    return [node.needs(0) ? spread(y, weight, null, geometry) : null, node.needs(1) ? correlate(y, x, geometry) : null, biasGradient(node, y)];
  },
};

/** By what it remembers it is told from a convolution, which has the same name. */
const spreadOp: Operation<{ transposed: Geometry }> = {
  name: "ConvolutionBackward0",
  backward(node, gradient) {
    const [y, weight, geometry] = [node.saved(0), node.saved(1), node.data.transposed];
    const x = contiguous(gradient);
    return [node.needs(0) ? convolve(x, weight, null, geometry) : null, node.needs(1) ? correlate(y, x, geometry) : null, biasGradient(node, x)];
  },
};

const correlateOp: Operation<Geometry> = {
  name: "ConvolutionBackwardBackward0",
  backward(node, gradient) {
    const [y, x, geometry] = [node.saved(0), node.saved(1), node.data];
    const weight = contiguous(gradient);
    return [node.needs(0) ? convolve(x, weight, null, geometry) : null, node.needs(1) ? spread(y, weight, null, geometry) : null];
  },
};

// --- from arguments to geometry -------------------------------------------------------------------------------------

/**
 * @param input [batch, inChannels, height, width]
 * @param weight [outChannels, inChannels / groups, kernelHeight, kernelWidth]
 */
export function convolvePlanes(input: Tensor, weight: Tensor, bias: Tensor | null, steps: Steps, groups: number): Tensor {
  const [x, filter] = [contiguous(input), contiguous(weight)];
  checkTypes(x, filter, bias);
  checkGroups(filter.shape, groups);
  checkBias(bias, filter, filter.shape[0]!);
  const [batch, channels, ...plane] = x.shape as [number, number, number, number];
  const [out, perGroup, ...kernel] = filter.shape as [number, number, number, number];
  if (channels !== perGroup * groups) {
    throw new ShapeError(
      `Given groups=${groups}, weight of size ${shapeText(filter.shape)}, expected input${shapeText(x.shape)} to have ${perGroup * groups} channels, but got ${channels} channels instead`,
      x.shape,
      filter.shape,
    );
  }
  const spans = kernel.map((size, i) => steps.dilation[i]! * (size - 1) + 1);
  const room = plane.map((size, i) => size + 2 * steps.padding[i]!);
  const output = room.map((size, i) => Math.floor((size - spans[i]!) / steps.stride[i]!) + 1);
  if (output.some((size) => size <= 0)) throw kernelTooLarge(room, spans);
  return convolve(x, filter, bias, [batch, groups, channels, out, ...planeWindows(plane, kernel, output, steps)]);
}

/**
 * The transpose of `convolvePlanes` with the same weight.
 * @param input [batch, inChannels, height, width]
 * @param weight [inChannels, outChannels / groups, kernelHeight, kernelWidth]
 * @param extra rows and columns more at the end of the output
 */
export function spreadPlanes(input: Tensor, weight: Tensor, bias: Tensor | null, steps: Steps, extra: readonly number[], groups: number): Tensor {
  const [x, filter] = [contiguous(input), contiguous(weight)];
  checkTypes(x, filter, bias);
  checkGroups(filter.shape, groups);
  const { stride, padding, dilation } = steps;
  const [batch, channels, ...plane] = x.shape as [number, number, number, number];
  const [inputs, perGroup, ...kernel] = filter.shape as [number, number, number, number];
  if (channels !== inputs) {
    throw new ShapeError(
      `Given transposed=1, weight of size ${shapeText(filter.shape)}, expected input${shapeText(x.shape)} to have ${inputs} channels, but got ${channels} channels instead`,
      x.shape,
      filter.shape,
    );
  }
  checkBias(bias, filter, perGroup * groups);
  const size = plane.map((n, i) => (n - 1) * stride[i]! - 2 * padding[i]! + dilation[i]! * (kernel[i]! - 1) + extra[i]! + 1);
  if (size.some((n) => n <= 0)) {
    throw new ShapeError(
      `Given input size per channel: (${plane.join(" x ")}). Calculated output size per channel: (${size.join(" x ")}). Output size is too small`,
      x.shape,
      filter.shape,
    );
  }
  return spread(x, filter, bias, [batch, groups, perGroup * groups, inputs, ...planeWindows(size, kernel, plane, steps)]);
}

/** Kernels read float32. */
function checkTypes(...operands: readonly (Tensor | null)[]): void {
  const other = operands.find((operand) => operand !== null && operand.dtype !== "float32");
  if (other) throw new KindlingError(`expected scalar type Float but found ${longName(other.dtype)}`);
}

/** Kernels read as many biases as there are outputs. */
export function checkBias(bias: Tensor | null, weight: Tensor, outputs: number): void {
  if (bias === null || (bias.shape.length === 1 && bias.shape[0] === outputs)) return;
  throw new ShapeError(
    `Given weight of size ${shapeText(weight.shape)}, expected bias to be 1-dimensional with ${outputs} elements, but got bias of size ${shapeText(bias.shape)} instead`,
    weight.shape,
    bias.shape,
  );
}

function checkGroups(filter: Shape, groups: number): void {
  if (!(groups > 0)) throw new KindlingError("non-positive groups is not supported");
  if (filter[0]! % groups !== 0) {
    throw new ShapeError(
      `Given groups=${groups}, expected weight to be divisible by ${groups} at dimension 0, but got weight of size [${shapeText(filter)}] instead`,
      filter,
    );
  }
}

/** @param kernel with the gaps between its elements */
export function kernelTooLarge(size: readonly number[], kernel: readonly number[]): ShapeError {
  return new ShapeError(
    `Calculated padded input size per channel: (${size.join(" x ")}). Kernel size: (${kernel.join(" x ")}). Kernel size can't be greater than actual input size`,
    size,
    kernel,
  );
}
