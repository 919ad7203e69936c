/** Tensors from what is there already: from data, and of the type of another tensor. */
import { requireProcessor, type DeviceLike } from "../device.ts";
import { filled, roomFor, type DTypeName, type TypedArray } from "../dtype.ts";
import type { Shape } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { asStrided } from "./arranging.ts";
import { to } from "./conversion.ts";
import { checkSteps, empty, full, likeOf, ones, tensor, zeros, type TensorData, type TensorOptions } from "./creation.ts";
import type { Int, Sizes } from "./types.ts";
import { detach } from "./views.ts";

/**
 * The tensor itself if it is one of the wanted type, else a new one with a copy of the data.
 * @see https://pytorch.org/docs/stable/generated/torch.as_tensor.html
 * @api torch.asTensor
 */
export function asTensor(data: TensorData, { dtype, device }: { dtype?: DTypeName | null; device?: DeviceLike | null } = {}): Tensor {
  requireProcessor(device);
  if (!(data instanceof Tensor)) return tensor(data, { dtype: dtype ?? null });
  return dtype ? to(data, dtype) : data;
}

/**
 * A tensor with a copy of a typed array (PyTorch's shares the memory).
 * @see https://pytorch.org/docs/stable/generated/torch.from_numpy.html
 * @api torch.fromNumpy
 */
export function fromNumpy(ndarray: TypedArray | Float64Array): Tensor {
  return tensor(ndarray);
}

/**
 * A tensor without dimensions.
 * @api torch.scalarTensor
 */
export function scalarTensor(s: number | boolean, options: TensorOptions = {}): Tensor {
  return full([], Number(s), options);
}

/**
 * `steps` values from `base ** start` to `base ** end`, their exponents evenly spaced.
 * @see https://pytorch.org/docs/stable/generated/torch.logspace.html
 * @api torch.logspace
 */
export function logspace(start: number, end: number, steps: Int, base = 10, options: TensorOptions = {}): Tensor {
  checkSteps(steps);
  const step = steps > 1 ? (end - start) / (steps - 1) : 0;
  const exponent = (i: number): number => (i < steps / 2 ? start + step * i : end - step * (steps - i - 1));
  return tensor(filled(roomFor(Float64Array, steps), (i) => base ** exponent(i)), { ...options, dtype: options.dtype ?? "float32" });
}

/**
 * A tensor of the given size and strides with undefined contents.
 * @param stride steps between neighbours in each dimension, counted in elements
 * @see https://pytorch.org/docs/stable/generated/torch.empty_strided.html
 * @api torch.emptyStrided
 */
export function emptyStrided(size: Shape, stride: Shape, { dtype, requiresGrad }: TensorOptions = {}): Tensor {
  const reach = size.includes(0) ? 0 : size.reduce((last, n, i) => last + (n - 1) * (stride[i] ?? 0), 1);
  const made = detach(asStrided(empty([reach], { dtype: dtype ?? null }), size, stride));
  return requiresGrad ? made.requiresGrad_() : made;
}

/**
 * Zeros of the given size, of this tensor's type unless another is asked for.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.new_zeros.html
 * @api Tensor.newZeros
 */
export function newZeros(input: Tensor, size: Sizes, options: TensorOptions = {}): Tensor {
  return zeros(size, likeOf(input, options));
}

/**
 * Ones of the given size, of this tensor's type unless another is asked for.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.new_ones.html
 * @api Tensor.newOnes
 */
export function newOnes(input: Tensor, size: Sizes, options: TensorOptions = {}): Tensor {
  return ones(size, likeOf(input, options));
}

/**
 * Undefined contents of the given size, of this tensor's type unless another is asked for.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.new_empty.html
 * @api Tensor.newEmpty
 */
export function newEmpty(input: Tensor, size: Sizes, options: TensorOptions = {}): Tensor {
  return empty(size, likeOf(input, options));
}

/**
 * One value in the given size, of this tensor's type unless another is asked for.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.new_full.html
 * @api Tensor.newFull
 */
export function newFull(input: Tensor, size: Shape, fillValue: number | boolean, options: TensorOptions = {}): Tensor {
  return full(size, fillValue, likeOf(input, options));
}

/**
 * A new tensor with a copy of `data`, of this tensor's type unless another is asked for.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.new_tensor.html
 * @api Tensor.newTensor
 */
export function newTensor(input: Tensor, data: TensorData, options: TensorOptions = {}): Tensor {
  return tensor(data, likeOf(input, options));
}
