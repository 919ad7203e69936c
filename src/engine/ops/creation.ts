/** Making tensors from nothing, from numbers, and of the type of others. */
import { requireProcessor, type DeviceLike } from "../device.ts";
import { dtypeNamed, filled, roomFor, type DType, type DTypeName, type TypedArray } from "../dtype.ts";
import { ArgumentError, KindlingError, ShapeError } from "../errors.ts";
import { operationWatch, tellReading } from "../instrument.ts";
import { f32, i32, u8 } from "../memory/linear.ts";
import { MOST_DIMENSIONS, numelOf, shapeText, tooManyDimensions, type Shape } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { to } from "./conversion.ts";
import { at, make } from "./internal/make.ts";
import type { Int, Sizes } from "./types.ts";
import { writeValues } from "./internal/writing.ts";

/**
 * What every function that makes tensors takes by name.
 * @api torch.TensorOptions
 */
export interface TensorOptions {
  /** Default `"float32"`, or what the function says. */
  dtype?: DTypeName | null;
  /** The processor: there is no other. */
  device?: DeviceLike | null;
  /** Default false. */
  requiresGrad?: boolean;
}

/** The type that options ask for. */
export function typeOf(options: TensorOptions, fallback: DType = "float32"): DType {
  return options.dtype ? dtypeNamed(options.dtype) : fallback;
}

export function finish(tensor: Tensor, options: TensorOptions): Tensor {
  if (options.device !== undefined) requireProcessor(options.device);
  if (options.requiresGrad) tensor.requiresGrad = true;
  operationWatch()?.made?.(tensor);
  return tensor;
}

/** Sets every element of a fresh (dense) tensor. */
function fillFresh(tensor: Tensor, value: number): Tensor {
  checkRange([value], tensor.dtype);
  const start = at(tensor);
  const count = tensor.numel();
  if (tensor.dtype === "float32") f32.fill(value, start >>> 2, (start >>> 2) + count);
  else if (tensor.dtype === "int32") i32.fill(value, start >>> 2, (start >>> 2) + count);
  else u8.fill(tensor.dtype === "bool" ? Number(value !== 0) : value, start, start + count);
  return tensor;
}

/**
 * A tensor of the given size with undefined contents.
 * @see https://pytorch.org/docs/stable/generated/torch.empty.html
 * @api torch.empty
 */
export function empty(size: Sizes, options: TensorOptions = {}): Tensor {
  return finish(make(size, typeOf(options)), options);
}

/**
 * A tensor of the given size, filled with zeros.
 * @see https://pytorch.org/docs/stable/generated/torch.zeros.html
 * @api torch.zeros
 */
export function zeros(size: Sizes, options: TensorOptions = {}): Tensor {
  return finish(fillFresh(make(size, typeOf(options)), 0), options);
}

/**
 * A tensor of the given size, filled with ones.
 * @see https://pytorch.org/docs/stable/generated/torch.ones.html
 * @api torch.ones
 */
export function ones(size: Sizes, options: TensorOptions = {}): Tensor {
  return finish(fillFresh(make(size, typeOf(options)), 1), options);
}

/**
 * A tensor of the given size, filled with one value: `float32` for a number, `bool` for a truth value, unless another type is asked for.
 * @see https://pytorch.org/docs/stable/generated/torch.full.html
 * @api torch.full
 */
export function full(size: Shape, fillValue: number | boolean, options: TensorOptions = {}): Tensor {
  const dtype = typeOf(options, typeof fillValue === "boolean" ? "bool" : "float32");
  return finish(fillFresh(make(size, dtype), Number(fillValue)), options);
}

/**
 * A tensor of another's shape and type with undefined contents.
 * @see https://pytorch.org/docs/stable/generated/torch.empty_like.html
 * @api torch.emptyLike
 */
export function emptyLike(input: Tensor, options: TensorOptions = {}): Tensor {
  return empty(input.shape, likeOf(input, options));
}

/**
 * Zeros in another tensor's shape and type.
 * @see https://pytorch.org/docs/stable/generated/torch.zeros_like.html
 * @api torch.zerosLike
 */
export function zerosLike(input: Tensor, options: TensorOptions = {}): Tensor {
  return zeros(input.shape, likeOf(input, options));
}

/**
 * Ones in another tensor's shape and type.
 * @see https://pytorch.org/docs/stable/generated/torch.ones_like.html
 * @api torch.onesLike
 */
export function onesLike(input: Tensor, options: TensorOptions = {}): Tensor {
  return ones(input.shape, likeOf(input, options));
}

/**
 * One value in another tensor's shape and type.
 * @see https://pytorch.org/docs/stable/generated/torch.full_like.html
 * @api torch.fullLike
 */
export function fullLike(input: Tensor, fillValue: number | boolean, options: TensorOptions = {}): Tensor {
  return full(input.shape, fillValue, likeOf(input, options));
}

/** Options under which a tensor is of another's type unless they say otherwise. */
export function likeOf<Options extends TensorOptions>(input: Tensor, options: Options): Options {
  return { ...options, dtype: options.dtype ?? input.dtype };
}

/**
 * Numbers, booleans, tensors with one element, nested lists of them, a typed array, or a tensor to copy.
 * @api torch.TensorData
 */
export type TensorData = number | boolean | TypedArray | Float64Array | Tensor | readonly TensorData[];

/**
 * A tensor with a copy of `data`. Numbers make `float32` (JavaScript has no integers to tell apart), booleans `bool`;
 * an Int32Array makes `int32`.
 * @throws ArgumentError if nested lists differ in length
 * @see https://pytorch.org/docs/stable/generated/torch.tensor.html
 * @api torch.tensor
 */
export function tensor(data: TensorData, options: TensorOptions = {}): Tensor {
  if (data instanceof Tensor) return finish(to(data.detach(), typeOf(options, data.dtype), false, true), options);
  if (isTypedArray(data)) return fromFlat(data, [data.length], typeOf(options, dtypeOf(data)), options);
  const shape = nestedShape(data);
  const flat = new Numbers();
  const kinds = new Set<string>();
  flatten(data, shape, 0, flat, kinds);
  const inferred: DType = kinds.size === 1 && kinds.has("boolean") ? "bool" : "float32";
  const dtype = typeOf(options, inferred);
  return fromFlat(flat.values, shape, dtype, options);
}

/** A growing list. JavaScript's own ends the process where it grows beyond some 100 million. */
class Numbers {
  #room = new Float64Array(16);
  #length = 0;

  push(value: number): void {
    if (this.#length === this.#room.length) {
      const larger = roomFor(Float64Array, 2 * this.#length);
      larger.set(this.#room);
      this.#room = larger;
    }
    this.#room[this.#length++] = value;
  }

  get values(): Float64Array {
    return this.#room.subarray(0, this.#length);
  }
}

/** Numbers that an integer type can't hold are an error where a program wrote them down. */
function checkRange(values: ArrayLike<number>, dtype: DType): void {
  if ((dtype !== "int32" && dtype !== "uint8") || values instanceof Uint8Array || (dtype === "int32" && values instanceof Int32Array)) return;
  // As in PyTorch, small negative numbers wrap round in uint8.
  const [low, high] = dtype === "int32" ? [-(2 ** 31), 2 ** 31 - 1] : [-255, 255];
  for (let i = 0; i < values.length; i++) {
    const whole = Math.trunc(values[i]!);
    if (!(whole >= low && whole <= high)) throw new KindlingError(`value cannot be converted to type ${dtype} without overflow`);
  }
}

function fromFlat(values: ArrayLike<number>, shape: Shape, dtype: DType, options: TensorOptions): Tensor {
  checkRange(values, dtype);
  const result = make(shape, dtype);
  writeValues(result, values);
  return finish(result, options);
}

/**
 * A tensor of the given shape with a copy of `values` in row-major order, of their type unless another is asked for.
 * @throws ShapeError where the shape has another number of elements
 * @api torch.fromTypedArray
 */
export function fromTypedArray(values: TypedArray, shape: Shape, options: TensorOptions = {}): Tensor {
  if (numelOf(shape) !== values.length) {
    throw new ShapeError(`shape '${shapeText(shape)}' is invalid for input of size ${values.length}`, shape);
  }
  return fromFlat(values, shape, typeOf(options, dtypeOf(values)), options);
}

function isTypedArray(data: TensorData): data is TypedArray | Float64Array {
  return ArrayBuffer.isView(data);
}

function dtypeOf(data: TypedArray | Float64Array): DType {
  if (data instanceof Int32Array) return "int32";
  return data instanceof Uint8Array ? "uint8" : "float32";
}

function nestedShape(data: TensorData): number[] {
  const shape: number[] = [];
  let level: unknown = data;
  while (Array.isArray(level) || ArrayBuffer.isView(level)) {
    const list = level as unknown as ArrayLike<unknown>;
    shape.push(list.length);
    if (shape.length > MOST_DIMENSIONS) throw tooManyDimensions();
    level = list[0];
  }
  return shape;
}

function flatten(data: unknown, shape: Shape, dim: number, out: Numbers, kinds: Set<string>): void {
  if (dim === shape.length) {
    if (data instanceof Tensor) {
      tellReading("tensor", data);
      data = data.item();
    }
    if (typeof data !== "number" && typeof data !== "boolean") {
      throw new ArgumentError(`new(): data must be numbers or booleans, but got ${describe(data)} (at dim ${dim})`, "TypeError");
    }
    kinds.add(typeof data);
    out.push(Number(data));
    return;
  }
  const list = data as ArrayLike<unknown>;
  const length = typeof data === "object" && data !== null ? list.length : undefined;
  if (length === undefined || length !== shape[dim]) {
    throw new ArgumentError(
      length === undefined
        ? `not a sequence: expected a list of length ${shape[dim]} at dim ${dim}, but got ${describe(data)}`
        : `expected sequence of length ${shape[dim]} at dim ${dim} (got ${length})`,
    );
  }
  for (let i = 0; i < length; i++) flatten(list[i], shape, dim + 1, out, kinds);
}

function describe(value: unknown): string {
  return value === null ? "null" : Array.isArray(value) ? "a list" : typeof value;
}

/**
 * Numbers from `start` (default 0) up to, not including, `end`, `step` apart. Whole numbers make `int32` unless another
 * type is asked for.
 * @see https://pytorch.org/docs/stable/generated/torch.arange.html
 * @api torch.arange
 */
export function arange(end: number, options?: TensorOptions): Tensor;
export function arange(start: number, end: number, step?: number, options?: TensorOptions): Tensor;
export function arange(first: number, second?: number | TensorOptions, step = 1, options: TensorOptions = {}): Tensor {
  if (typeof second !== "number") return arange(0, first, 1, second);
  const [start, end] = [first, second];
  if (step === 0) throw new KindlingError("step must be nonzero");
  if (!Number.isFinite(start) || !Number.isFinite(end)) throw new KindlingError(`unsupported range: ${start} -> ${end}`);
  if ((end - start) / step < 0) throw new KindlingError("upper bound and larger bound inconsistent with step sign");
  const count = Math.ceil((end - start) / step);
  const dtype = typeOf(options, [start, end, step].every(Number.isInteger) ? "int32" : "float32");
  return fromFlat(
    filled(roomFor(Float64Array, count), (i) => start + i * step),
    [count],
    dtype,
    options,
  );
}

/** @throws KindlingError where `steps` is no number of values */
export function checkSteps(steps: Int): void {
  if (steps < 0) throw new KindlingError("number of steps must be non-negative");
}

/**
 * `steps` values from `start` to `end`, both included, evenly spaced.
 * @see https://pytorch.org/docs/stable/generated/torch.linspace.html
 * @api torch.linspace
 */
export function linspace(start: number, end: number, steps: Int, options: TensorOptions = {}): Tensor {
  checkSteps(steps);
  const step = steps > 1 ? Math.fround((end - start) / (steps - 1)) : 0;
  // From both ends towards the middle, as PyTorch does, so that the last value is exact.
  const value = (i: number): number => (i < steps / 2 ? start + step * i : end - step * (steps - i - 1));
  return fromFlat(filled(roomFor(Float64Array, steps), value), [steps], typeOf(options, "float32"), options);
}

/**
 * Ones on the diagonal of an `n` × `m` (default `n`) matrix, zeros elsewhere.
 * @see https://pytorch.org/docs/stable/generated/torch.eye.html
 * @api torch.eye
 */
export function eye(n: Int, m: Int = n, options: TensorOptions = {}): Tensor {
  if (!(n >= 0)) throw new KindlingError(`n must be greater or equal to 0, got ${n}`);
  if (!(m >= 0)) throw new KindlingError(`m must be greater or equal to 0, got ${m}`);
  const values = roomFor(Float32Array, n * m);
  for (let i = 0; i < Math.min(n, m); i++) values[i * m + i] = 1;
  return fromFlat(values, [n, m], typeOf(options, "float32"), options);
}

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
  return tensor(
    filled(roomFor(Float64Array, steps), (i) => base ** exponent(i)),
    { ...options, dtype: options.dtype ?? "float32" },
  );
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
