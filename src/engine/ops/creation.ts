/** Making tensors from nothing, from numbers, and at random. */
import { noGrad } from "../autograd/gradMode.ts";
import { requireProcessor, type DeviceLike } from "../device.ts";
import { dtypeNamed, filled, roomFor, type DType, type DTypeName, type TypedArray } from "../dtype.ts";
import { ArgumentError, KindlingError, ShapeError } from "../errors.ts";
import { f32, i32, kernels, u8 } from "../memory/linear.ts";
import {
  defaultGenerator,
  fillNormal,
  fillRandint,
  fillRandperm,
  fillUniform,
  type Generator,
} from "../random/index.ts";
import { broadcastShapes, MOST_DIMENSIONS, numelOf, sameShape, shapeText, tooManyDimensions, type Shape } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { contiguous, to } from "./conversion.ts";
import { at, make } from "./make.ts";
import { positions } from "./positions.ts";
import { toTypedArray } from "./reading.ts";
import type { Int, ScalarOrTensor, Sizes } from "./types.ts";
import { writeValues } from "./writing.ts";

export interface TensorOptions {
  /** Default `"float32"`, or what the function says. */
  dtype?: DTypeName | null;
  /** The processor: there is no other. */
  device?: DeviceLike | null;
  /** Default false. */
  requiresGrad?: boolean;
}

export interface RandomOptions extends TensorOptions {
  /** Default: the generator that `manualSeed` seeds. */
  generator?: Generator | null;
}

/** The type that options ask for. */
function typeOf(options: TensorOptions, fallback: DType = "float32"): DType {
  return options.dtype ? dtypeNamed(options.dtype) : fallback;
}

function finish(tensor: Tensor, options: TensorOptions): Tensor {
  if (options.device !== undefined) requireProcessor(options.device);
  if (options.requiresGrad) tensor.requiresGrad = true;
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

/** Numbers, booleans, tensors with one element, nested lists of them, a typed array, or a tensor to copy. */
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
    if (data instanceof Tensor) data = data.item();
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
  return fromFlat(filled(roomFor(Float64Array, count), (i) => start + i * step), [count], dtype, options);
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
 * One row per class index with a single 1 in it: `[...shape]` → `[...shape, numClasses]`, `int32`.
 * @param numClasses -1 for one more than the largest index
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.one_hot.html
 * @api nn.functional.oneHot
 */
export function oneHot(tensor: Tensor, numClasses: Int = -1): Tensor {
  const source = contiguous(positions(tensor, "one_hot is only applicable to index tensor."));
  const classes = numClasses >= 0 ? numClasses : (toTypedArray(source) as Int32Array).reduce((most, value) => Math.max(most, value + 1), 0);
  const result = make([...tensor.shape, classes], "int32");
  const target = at(result);
  const wrong = kernels.oneHot(at(source), target, source.numel(), classes);
  if (wrong < 0) return result;
  const isNegative = i32[(at(source) >>> 2) + wrong]! < 0;
  throw new KindlingError(isNegative ? "Class values must be non-negative." : "Class values must be smaller than num_classes.");
}

// --- random ---------------------------------------------------------------------------------------------------------

type FloatFiller = (generator: Generator, out: Float32Array) => void;

function randomFloats(shape: Shape, options: RandomOptions, fill: FloatFiller): Tensor {
  const result = make(shape, "float32");
  const start = at(result) >>> 2;
  fill(options.generator ?? defaultGenerator, f32.subarray(start, start + result.numel()));
  return finish(to(result, typeOf(options)), options);
}

/**
 * Numbers drawn uniformly from [0, 1).
 * @see https://pytorch.org/docs/stable/generated/torch.rand.html
 * @api torch.rand
 */
export function rand(size: Sizes, options: RandomOptions = {}): Tensor {
  return randomFloats(size, options, (generator, out) => fillUniform(generator, out));
}

/**
 * Numbers drawn from the normal distribution with mean 0 and standard deviation 1.
 * @see https://pytorch.org/docs/stable/generated/torch.randn.html
 * @api torch.randn
 */
export function randn(size: Sizes, options: RandomOptions = {}): Tensor {
  return randomFloats(size, options, (generator, out) => fillNormal(generator, out));
}

/**
 * `rand` in another tensor's shape.
 * @see https://pytorch.org/docs/stable/generated/torch.rand_like.html
 * @api torch.randLike
 */
export function randLike(input: Tensor, options: RandomOptions = {}): Tensor {
  return rand(input.shape, options);
}

/**
 * `randn` in another tensor's shape.
 * @see https://pytorch.org/docs/stable/generated/torch.randn_like.html
 * @api torch.randnLike
 */
export function randnLike(input: Tensor, options: RandomOptions = {}): Tensor {
  return randn(input.shape, options);
}

/**
 * Numbers drawn from normal distributions: one for each element of `mean` and `std` (broadcast), or `size` of one.
 * @see https://pytorch.org/docs/stable/generated/torch.normal.html
 * @api torch.normal
 */
export function normal(mean: Tensor, std: Tensor, options?: { generator?: Generator | null }): Tensor;
export function normal(mean: Tensor, std?: number, options?: { generator?: Generator | null }): Tensor;
export function normal(mean: number, std: Tensor, options?: { generator?: Generator | null }): Tensor;
export function normal(mean: number, std: number, size: Shape, options?: RandomOptions): Tensor;
export function normal(mean: ScalarOrTensor, std: ScalarOrTensor = 1, size?: Shape | RandomOptions, options?: RandomOptions): Tensor {
  if (typeof mean === "number" && typeof std === "number") return drawNormal(mean, std, size as Shape, options ?? {});
  const chosen = (size as RandomOptions | undefined) ?? {};
  const shape = broadcastShapes(typeof mean === "number" ? [] : mean.shape, typeof std === "number" ? [] : std.shape);
  return noGrad(() => {
    if (typeof std === "number") return drawNormal(0, std, shape, chosen).add(mean);
    if (toTypedArray(std).some((value) => value < 0)) throw new KindlingError("normal expects all elements of std >= 0.0");
    return drawNormal(0, 1, shape, chosen).mul(std).add(mean);
  });
}

function drawNormal(mean: number, std: number, shape: Shape, options: RandomOptions): Tensor {
  if (!(std >= 0)) throw new KindlingError(`normal expects std >= 0.0, but found std ${std}`);
  return randomFloats(shape, options, (generator, out) => fillNormal(generator, out, mean, std));
}

/**
 * Whole numbers drawn uniformly from `low` (default 0) up to, not including, `high`; `int32` unless another type is asked
 * for.
 * @see https://pytorch.org/docs/stable/generated/torch.randint.html
 * @api torch.randint
 */
export function randint(high: Int, size: Shape, options?: RandomOptions): Tensor;
export function randint(low: Int, high: Int, size: Shape, options?: RandomOptions): Tensor;
export function randint(first: Int, second: Int | Shape, third?: Shape | RandomOptions, fourth: RandomOptions = {}): Tensor {
  if (typeof second !== "number") return randint(0, first, second, third as RandomOptions | undefined);
  const [low, high, size, options] = [first, second, third as Shape, fourth];
  requireDrawable(low, high, "int32");
  const result = make(size, "int32");
  const start = at(result) >>> 2;
  fillRandint(options.generator ?? defaultGenerator, i32.subarray(start, start + result.numel()), low, high);
  return finish(to(result, typeOf(options, "int32")), options);
}

/** Whole numbers can be drawn only between those that the type holds. */
export function requireDrawable(low: number, high: number, dtype: DType): void {
  const [least, most] = dtype === "int32" ? [-(2 ** 31), 2 ** 31 - 1] : dtype === "uint8" ? [0, 255] : [-Infinity, Infinity];
  if (low < least) throw new KindlingError(`from is out of bounds for ${dtype}`);
  if (high - 1 > most) throw new KindlingError(`to - 1 is out of bounds for ${dtype}`);
}

/**
 * The numbers from 0 to n − 1 in random order, `int32` unless another type is asked for.
 * @see https://pytorch.org/docs/stable/generated/torch.randperm.html
 * @api torch.randperm
 */
export function randperm(n: Int, options: RandomOptions = {}): Tensor {
  const result = make([n], "int32");
  const start = at(result) >>> 2;
  fillRandperm(options.generator ?? defaultGenerator, i32.subarray(start, start + n));
  return finish(to(result, typeOf(options, "int32")), options);
}

/** Overwrites the input with what `fill` draws. */
export function fillInPlace(input: Tensor, generator: Generator | null | undefined, fill: FloatFiller): Tensor {
  input.beforeChange();
  const source = generator ?? defaultGenerator;
  input.storage.version++;
  if (input.dense && input.dtype === "float32") {
    const start = at(input) >>> 2;
    fill(source, f32.subarray(start, start + input.numel()));
  } else {
    const values = new Float32Array(input.numel());
    fill(source, values);
    writeValues(input, values);
  }
  return input;
}

/**
 * Overwrites with normally distributed numbers.
 * @api Tensor.normal_
 */
export function normal_<T extends Tensor>(input: T, mean = 0, std = 1, options: { generator?: Generator | null } = {}): T {
  return fillInPlace(input, options.generator, (generator, out) => fillNormal(generator, out, mean, std)) as T;
}

/**
 * Overwrites with numbers drawn evenly from [from, to).
 * @api Tensor.uniform_
 */
export function uniform_<T extends Tensor>(input: T, from = 0, to = 1, options: { generator?: Generator | null } = {}): T {
  return fillInPlace(input, options.generator, (generator, out) => fillUniform(generator, out, from, to)) as T;
}

/**
 * Whether two tensors have the same shape and the same values.
 * @see https://pytorch.org/docs/stable/generated/torch.equal.html
 * @api torch.equal Tensor.equal
 */
export function equal(input: Tensor, other: Tensor): boolean {
  if (!sameShape(input.shape, other.shape)) return false;
  const left = toTypedArray(input);
  const right = toTypedArray(other);
  return left.every((value, i) => value === right[i]);
}

/**
 * Whether |input − other| ≤ atol + rtol·|other| everywhere; the two are broadcast.
 * @param equalNan whether NaN is close to NaN
 * @see https://pytorch.org/docs/stable/generated/torch.allclose.html
 * @api torch.allclose Tensor.allclose
 */
export function allclose(input: Tensor, other: Tensor, rtol = 1e-5, atol = 1e-8, equalNan = false): boolean {
  const shape = broadcastShapes(input.shape, other.shape);
  const left = toTypedArray(input.expand(shape));
  const right = toTypedArray(other.expand(shape));
  const isClose = (a: number, b: number): boolean =>
    a === b || Math.abs(a - b) <= atol + rtol * Math.abs(b) || (equalNan && Number.isNaN(a) && Number.isNaN(b));
  return left.every((value, i) => isClose(value, right[i]!));
}
