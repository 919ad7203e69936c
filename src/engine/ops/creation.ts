/** Making tensors from nothing, from numbers, and at random. */
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
import { MOST_DIMENSIONS, numelOf, shapeOf, sameShape, shapeText, tooManyDimensions, type Shape } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { contiguous, to } from "./copy.ts";
import { at, make } from "./make.ts";
import { toTypedArray } from "./reading.ts";
import type { Sizes } from "./types.ts";
import { writeValues } from "./writing.ts";

export interface TensorOptions {
  /** Default `"float32"`. */
  dtype?: DTypeName;
  /** Default false. */
  requiresGrad?: boolean;
}

export interface RandomOptions extends TensorOptions {
  /** Default: the generator that `manualSeed` seeds. */
  generator?: Generator;
}

/** A shape as numbers or as a list, then perhaps options: `zeros(2, 3)`, `zeros([2, 3], { dtype: "int32" })`. */
export type ShapeAnd<Options> = [...shape: number[]] | [...shape: number[], options: Options] | [shape: Shape, options?: Options];

function parse<Options extends object>(values: readonly unknown[]): { shape: number[]; options: Partial<Options> } {
  const last = values.at(-1);
  const hasOptions = typeof last === "object" && last !== null && !Array.isArray(last);
  const sizes = (hasOptions ? values.slice(0, -1) : values).filter((value) => value !== undefined) as number[];
  return { shape: shapeOf(sizes), options: hasOptions ? (last as Options) : {} };
}

/** The type that options ask for. */
function typeOf(options: TensorOptions, fallback: DType = "float32"): DType {
  return options.dtype === undefined ? fallback : dtypeNamed(options.dtype);
}

function finish(tensor: Tensor, options: TensorOptions): Tensor {
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

/** Undefined contents. */
export function empty(...args: ShapeAnd<TensorOptions>): Tensor {
  const { shape, options } = parse<TensorOptions>(args);
  return finish(make(shape, typeOf(options)), options);
}

/**
 * A tensor of the given size, filled with zeros.
 * @api torch.zeros
 */
export function zeros(size: Sizes, options: TensorOptions = {}): Tensor {
  return finish(fillFresh(make(size, typeOf(options)), 0), options);
}

/**
 * A tensor of the given size, filled with ones.
 * @api torch.ones
 */
export function ones(size: Sizes, options: TensorOptions = {}): Tensor {
  return finish(fillFresh(make(size, typeOf(options)), 1), options);
}

export function full(shape: Shape, value: number | boolean, options: TensorOptions = {}): Tensor {
  const dtype = typeOf(options, typeof value === "boolean" ? "bool" : "float32");
  return finish(fillFresh(make(shape, dtype), Number(value)), options);
}

export function emptyLike(tensor: Tensor, options: TensorOptions = {}): Tensor {
  return finish(make(tensor.shape, typeOf(options, tensor.dtype)), options);
}

export function zerosLike(tensor: Tensor, options: TensorOptions = {}): Tensor {
  return full(tensor.shape, 0, { dtype: tensor.dtype, ...options });
}

export function onesLike(tensor: Tensor, options: TensorOptions = {}): Tensor {
  return full(tensor.shape, 1, { dtype: tensor.dtype, ...options });
}

export function fullLike(tensor: Tensor, value: number, options: TensorOptions = {}): Tensor {
  return full(tensor.shape, value, { dtype: tensor.dtype, ...options });
}

/** Numbers, booleans, tensors with one element, nested lists of them, a typed array, or a tensor to copy. */
export type TensorData = number | boolean | TypedArray | Float64Array | Tensor | readonly TensorData[];

/**
 * A tensor with a copy of `data`. Numbers make `float32` (JavaScript has no integers to tell apart), booleans `bool`;
 * an Int32Array makes `int32`.
 * @throws ShapeError if nested lists differ in length
 */
export function tensor(data: TensorData, options: TensorOptions = {}): Tensor {
  if (data instanceof Tensor) return finish(to(data.detach(), { dtype: typeOf(options, data.dtype), copy: true }), options);
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

/** A tensor of the given shape with a copy of `values` in row-major order. */
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

/** `arange(end)`, `arange(start, end)`, `arange(start, end, step)`; whole numbers make `int32`. */
export function arange(...args: number[] | [...number[], TensorOptions]): Tensor {
  const last = args.at(-1);
  const options = typeof last === "object" ? last : {};
  const numbers = (args as unknown[]).filter((value): value is number => typeof value === "number");
  const start = numbers.length === 1 ? 0 : numbers[0]!;
  const end = numbers.length === 1 ? numbers[0]! : numbers[1]!;
  const step = numbers[2] ?? 1;
  if (step === 0) throw new KindlingError("step must be nonzero");
  if ((end - start) / step < 0) throw new KindlingError("upper bound and larger bound inconsistent with step sign");
  if (!Number.isFinite(start) || !Number.isFinite(end)) throw new KindlingError(`unsupported range: ${start} -> ${end}`);
  const count = Math.ceil((end - start) / step);
  const dtype = typeOf(options, numbers.every(Number.isInteger) ? "int32" : "float32");
  return fromFlat(filled(roomFor(Float64Array, count), (i) => start + i * step), [count], dtype, options);
}

/** @throws KindlingError where `steps` is no number of values */
export function checkSteps(steps: number): void {
  if (!Number.isInteger(steps)) throw new ArgumentError(`the number of steps is a whole number, but got ${steps}`, "TypeError");
  if (steps < 0) throw new KindlingError("number of steps must be non-negative");
}

/** `steps` values from `start` to `end`, both included. */
export function linspace(start: number, end: number, steps: number, options: TensorOptions = {}): Tensor {
  checkSteps(steps);
  const step = steps > 1 ? Math.fround((end - start) / (steps - 1)) : 0;
  // From both ends towards the middle, as PyTorch does, so that the last value is exact.
  const value = (i: number): number => (i < steps / 2 ? start + step * i : end - step * (steps - i - 1));
  return fromFlat(filled(roomFor(Float64Array, steps), value), [steps], typeOf(options, "float32"), options);
}

/** Ones on the diagonal of an `n` × `m` (default `n`) matrix. */
export function eye(n: number, m: number = n, options: TensorOptions = {}): Tensor {
  if (!(n >= 0)) throw new KindlingError(`n must be greater or equal to 0, got ${n}`);
  if (!(m >= 0)) throw new KindlingError(`m must be greater or equal to 0, got ${m}`);
  const values = roomFor(Float32Array, n * m);
  for (let i = 0; i < Math.min(n, m); i++) values[i * m + i] = 1;
  return fromFlat(values, [n, m], typeOf(options, "float32"), options);
}

/** One row per index with a single 1 in it: `[...shape, numClasses]`, `int32`. */
export function oneHot(indices: Tensor, numClasses = -1): Tensor {
  const source = contiguous(to(indices, "int32"));
  const classes = numClasses >= 0 ? numClasses : (toTypedArray(source) as Int32Array).reduce((most, value) => Math.max(most, value + 1), 0);
  const result = make([...indices.shape, classes], "int32");
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
  const typed = options.dtype === undefined || options.dtype === "float32" ? result : result.to(options.dtype);
  return finish(typed, options);
}

/** Uniform in [0, 1). */
export function rand(...args: ShapeAnd<RandomOptions>): Tensor {
  const { shape, options } = parse<RandomOptions>(args);
  return randomFloats(shape, options, (generator, out) => fillUniform(generator, out));
}

/** Standard normal. */
export function randn(...args: ShapeAnd<RandomOptions>): Tensor {
  const { shape, options } = parse<RandomOptions>(args);
  return randomFloats(shape, options, (generator, out) => fillNormal(generator, out));
}

export function randLike(tensor: Tensor, options: RandomOptions = {}): Tensor {
  return rand(tensor.shape, options);
}

export function randnLike(tensor: Tensor, options: RandomOptions = {}): Tensor {
  return randn(tensor.shape, options);
}

/** Normal with the given mean and standard deviation. */
export function normal(mean: number, std: number, shape: Shape, options: RandomOptions = {}): Tensor {
  return randomFloats(shape, options, (generator, out) => fillNormal(generator, out, mean, std));
}

/** Integers from `low` (included) to `high` (excluded): `randint(high, shape)` or `randint(low, high, shape)`. */
export function randint(high: number, shape: Shape, options?: RandomOptions): Tensor;
export function randint(low: number, high: number, shape: Shape, options?: RandomOptions): Tensor;
export function randint(...args: unknown[]): Tensor {
  const low = typeof args[1] === "number" ? (args[0] as number) : 0;
  const [high, shape, options] = (typeof args[1] === "number" ? args.slice(1) : args) as [number, Shape, RandomOptions?];
  requireDrawable(low, high, "int32");
  const result = make(shapeOf(shape), "int32");
  const start = at(result) >>> 2;
  fillRandint(options?.generator ?? defaultGenerator, i32.subarray(start, start + result.numel()), low, high);
  return options?.dtype && options.dtype !== "int32" ? finish(result.to(options.dtype), options) : result;
}

/** Whole numbers can be drawn only between those that the type holds. */
export function requireDrawable(low: number, high: number, dtype: DType): void {
  const [least, most] = dtype === "int32" ? [-(2 ** 31), 2 ** 31 - 1] : dtype === "uint8" ? [0, 255] : [-Infinity, Infinity];
  if (low < least) throw new KindlingError(`from is out of bounds for ${dtype}`);
  if (high - 1 > most) throw new KindlingError(`to - 1 is out of bounds for ${dtype}`);
}

/** The numbers from 0 to n − 1 in random order, `int32`. */
export function randperm(n: number, options: RandomOptions = {}): Tensor {
  const result = make([n], "int32");
  const start = at(result) >>> 2;
  fillRandperm(options.generator ?? defaultGenerator, i32.subarray(start, start + n));
  return result;
}

/** Overwrites the input with what `fill` draws. */
export function fillInPlace(input: Tensor, generator: Generator | undefined, fill: FloatFiller): Tensor {
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
export function normal_<T extends Tensor>(input: T, mean = 0, std = 1, options: { generator?: Generator } = {}): T {
  return fillInPlace(input, options.generator, (generator, out) => fillNormal(generator, out, mean, std)) as T;
}

/**
 * Overwrites with numbers drawn evenly from [from, to).
 * @api Tensor.uniform_
 */
export function uniform_<T extends Tensor>(input: T, from = 0, to = 1, options: { generator?: Generator } = {}): T {
  return fillInPlace(input, options.generator, (generator, out) => fillUniform(generator, out, from, to)) as T;
}

/** Whether two tensors have the same shape and the same values. */
export function equal(a: Tensor, b: Tensor): boolean {
  if (!sameShape(a.shape, b.shape)) return false;
  const left = toTypedArray(a);
  const right = toTypedArray(b);
  return left.every((value, i) => value === right[i]);
}

/** Whether |a − b| ≤ atol + rtol·|b| everywhere. */
export function allclose(a: Tensor, b: Tensor, options: { rtol?: number; atol?: number } = {}): boolean {
  const { rtol = 1e-5, atol = 1e-8 } = options;
  const left = toTypedArray(a);
  const right = toTypedArray(b.expand(a.shape));
  return left.every((value, i) => value === right[i] || Math.abs(value - right[i]!) <= atol + rtol * Math.abs(right[i]!));
}
