/** Tensors from what is there already: from data, and of the type of another tensor. */
import { filled, roomFor, type TypedArray } from "../dtype.ts";
import { Tensor } from "../tensor.ts";
import type { Sizes } from "./types.ts";
import { to } from "./copy.ts";
import { checkSteps, empty, full, ones, tensor, zeros, type TensorData, type TensorOptions } from "./creation.ts";
import type { Shape } from "../shape.ts";

/** The tensor itself if it is one of the wanted type, else a new one with a copy of the data. */
export function asTensor(data: TensorData | Tensor, options: Pick<TensorOptions, "dtype" | "device"> = {}): Tensor {
  if (data instanceof Tensor) return to(data, options);
  return tensor(data, options);
}

/** A tensor with a copy of a typed array (PyTorch's shares the memory). */
export function fromNumpy(values: TypedArray | Float64Array): Tensor {
  return tensor(values);
}

/** A tensor without dimensions. */
export function scalarTensor(value: number | boolean, options: TensorOptions = {}): Tensor {
  return full([], Number(value), { dtype: "float32", ...options });
}

/** `steps` values from `base ** start` to `base ** end`, their exponents evenly spaced. */
export function logspace(start: number, end: number, steps: number, base = 10, options: TensorOptions = {}): Tensor {
  checkSteps(steps);
  const step = steps > 1 ? (end - start) / (steps - 1) : 0;
  const exponent = (i: number): number => (i < steps / 2 ? start + step * i : end - step * (steps - i - 1));
  return tensor(filled(roomFor(Float64Array, steps), (i) => base ** exponent(i)), { dtype: "float32", ...options });
}

/** Undefined contents of the given shape and strides. */
export function emptyStrided(shape: Shape, strides: Shape, options: TensorOptions = {}): Tensor {
  const reach = shape.includes(0) ? 0 : shape.reduce((last, size, i) => last + (size - 1) * strides[i]!, 1);
  const made = empty([reach], { ...options, requiresGrad: false }).asStrided(shape, strides).detach();
  return options.requiresGrad ? made.requiresGrad_() : made;
}

/**
 * Zeros of the given size, of this tensor's type unless another is asked for.
 * @api Tensor.newZeros
 */
export function newZeros(like: Tensor, size: Sizes, options: TensorOptions = {}): Tensor {
  return zeros(size, { dtype: like.dtype, ...options });
}

/**
 * Ones of the given size, of this tensor's type unless another is asked for.
 * @api Tensor.newOnes
 */
export function newOnes(like: Tensor, size: Sizes, options: TensorOptions = {}): Tensor {
  return ones(size, { dtype: like.dtype, ...options });
}

/**
 * Undefined contents of the given size, of this tensor's type unless another is asked for.
 * @api Tensor.newEmpty
 */
export function newEmpty(like: Tensor, size: Sizes, options: TensorOptions = {}): Tensor {
  return empty([...size], { dtype: like.dtype, ...options });
}

export function newFull(like: Tensor, shape: Shape, value: number | boolean, options: TensorOptions = {}): Tensor {
  return full(shape, value, { dtype: like.dtype, ...options });
}

/** A new tensor with a copy of `data`, of `like`'s type. */
export function newTensor(like: Tensor, data: TensorData, options: TensorOptions = {}): Tensor {
  return tensor(data, { dtype: like.dtype, ...options });
}
