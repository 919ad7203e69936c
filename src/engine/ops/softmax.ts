/** Softmax and its logarithm. Forward beside backward. */
import { isGradEnabled } from "../autograd/gradMode.ts";
import { record, type Operation } from "../autograd/node.ts";
import { dtypeNamed, longName, type DTypeName } from "../dtype.ts";
import { KindlingError } from "../errors.ts";
import { kernels } from "../memory/linear.ts";
import { numelOf, wrapDim, type Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { warnOnce } from "../warnings.ts";
import { contiguous } from "./conversion.ts";
import { at, make } from "./internal/make.ts";
import { asFloat } from "./internal/unaryKernels.ts";
import type { Int } from "./types.ts";

type Kernel = (x: number, out: number, outer: number, n: number, inner: number) => void;
type BackwardKernel = (gradient: number, output: number, out: number, outer: number, n: number, inner: number) => void;

/** The tensor as [outer, n, inner] with `dim` in the middle. */
function around(shape: Shape, dim: number): [outer: number, n: number, inner: number] {
  return [numelOf(shape.slice(0, dim)), shape[dim] ?? 1, numelOf(shape.slice(dim + 1))];
}

function run(kernel: Kernel, input: Tensor, dim: number): Tensor {
  const source = contiguous(input.detach());
  const result = make(input.shape);
  const target = at(result);
  kernel(at(source), target, ...around(input.shape, dim));
  return result;
}

function runBackward(kernel: BackwardKernel, gradient: Tensor, output: Tensor, dim: number): Tensor {
  const upstream = contiguous(gradient);
  const result = make(gradient.shape);
  const target = at(result);
  const from = at(upstream);
  kernel(from, at(output), target, ...around(gradient.shape, dim));
  return result;
}

const softmaxOp: Operation<number> = {
  name: "SoftmaxBackward0",
  backward(node, gradient) {
    const output = node.saved(0);
    const dim = node.data;
    if (!isGradEnabled()) return [runBackward(kernels.softmaxBackward, gradient, output, dim)];
    const weighted = gradient.mul(output);
    return [weighted.sub(output.mul(weighted.sum(dim, true)))];
  },
};

/** Only floats have a softmax: no other type can be asked for. */
function floats(name: string, input: Tensor, dtype: DTypeName | null): Tensor {
  if (dtype && dtypeNamed(dtype) !== "float32") {
    throw new KindlingError(`"${name}_lastdim_kernel_impl" not implemented for '${longName(dtypeNamed(dtype))}'`);
  }
  return asFloat(input);
}

/**
 * eˣ / Σ eˣ along `dim`.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.softmax.html
 * @api torch.softmax Tensor.softmax
 */
export function softmax(input: Tensor, dim: Int, dtype: DTypeName | null = null): Tensor {
  const source = floats("softmax", input, dtype);
  const d = wrapDim(dim, source.shape.length);
  const result = run(kernels.softmax, source, d);
  return record(softmaxOp, result, [source], [result], d);
}

const logSoftmaxOp: Operation<number> = {
  name: "LogSoftmaxBackward0",
  backward(node, gradient) {
    const output = node.saved(0);
    const dim = node.data;
    if (!isGradEnabled()) return [runBackward(kernels.logSoftmaxBackward, gradient, output, dim)];
    return [gradient.sub(output.exp().mul(gradient.sum(dim, true)))];
  },
};

/**
 * x − ln Σ eˣ along `dim`.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.log_softmax.html
 * @api torch.logSoftmax Tensor.logSoftmax
 */
export function logSoftmax(input: Tensor, dim: Int, dtype: DTypeName | null = null): Tensor {
  const source = floats("log_softmax", input, dtype);
  const d = wrapDim(dim, source.shape.length);
  const result = run(kernels.logSoftmax, source, d);
  return record(logSoftmaxOp, result, [source], [result], d);
}

// --- without a dimension --------------------------------------------------------------------------------------------

/** The dimension that older programs mean by telling none: of vectors and of rank 3 the first, else the second. */
export function impliedDim(name: string, rank: number): number {
  warnOnce(`Implicit dimension choice for ${name} has been deprecated. Change the call to include dim=X as an argument.`);
  return rank === 0 || rank === 1 || rank === 3 ? 0 : 1;
}

/**
 * eˣ / Σ eˣ along `dim`.
 * @param dim to be told always; for older programs: the first dimension of vectors and of rank 3, else the second
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.softmax.html
 * @api nn.functional.softmax
 */
export function softmaxAlong(input: Tensor, dim: Int | null = null, dtype: DTypeName | null = null): Tensor {
  return softmax(input, dim ?? impliedDim("softmax", input.shape.length), dtype);
}

/**
 * x − ln Σ eˣ along `dim`.
 * @param dim to be told always; for older programs: the first dimension of vectors and of rank 3, else the second
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.log_softmax.html
 * @api nn.functional.logSoftmax
 */
export function logSoftmaxAlong(input: Tensor, dim: Int | null = null, dtype: DTypeName | null = null): Tensor {
  return logSoftmax(input, dim ?? impliedDim("log_softmax", input.shape.length), dtype);
}
