/** Tensors of random numbers. */
import { noGrad } from "../autograd/gradMode.ts";
import type { DType } from "../dtype.ts";
import { KindlingError } from "../errors.ts";
import { f32, i32 } from "../memory/linear.ts";
import { defaultGenerator, fillNormal, fillRandint, fillRandperm, fillUniform, type Generator } from "../random/index.ts";
import { broadcastShapes, type Shape } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { to } from "./conversion.ts";
import { finish, tensor, typeOf, type TensorOptions } from "./creation.ts";
import { at, make } from "./internal/make.ts";
import { requireFloat } from "./internal/requireKernel.ts";
import { valuesOf } from "./reading.ts";
import type { Int, ScalarOrTensor, Sizes } from "./types.ts";
import { writeValues } from "./internal/writing.ts";

/**
 * What every function that draws takes by name.
 * @api torch.RandomOptions
 */
export interface RandomOptions extends TensorOptions {
  /** Default: the generator that `manualSeed` seeds. */
  generator?: Generator | null;
}

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
    if (valuesOf(std).some((value) => value < 0)) throw new KindlingError("normal expects all elements of std >= 0.0");
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

/**
 * What the numbers follow from that random functions draw next: a `uint8` tensor, byte for byte PyTorch's.
 * @see https://pytorch.org/docs/stable/generated/torch.get_rng_state.html
 * @api torch.getRngState
 */
export function getRngState(): Tensor {
  return tensor(defaultGenerator.getState());
}

/**
 * Lets random functions go on as they would have where `getRngState()` was called, here or in PyTorch.
 * @see https://pytorch.org/docs/stable/generated/torch.set_rng_state.html
 * @api torch.setRngState
 */
export function setRngState(newState: Tensor): void {
  if (newState.dtype !== "uint8") throw new KindlingError(`expected a tensor of uint8, as getRngState() gives, but got one of ${newState.dtype}`);
  defaultGenerator.setState(valuesOf(newState) as Uint8Array);
}

/** Overwrites the input with what `fill` draws. */
export function fillInPlace(input: Tensor, generator: Generator | null | undefined, fill: FloatFiller): Tensor {
  input.beforeChange();
  const source = generator ?? defaultGenerator;
  input.storage.changed();
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
  requireFloat("normal_kernel_cpu", input.dtype);
  return fillInPlace(input, options.generator, (generator, out) => fillNormal(generator, out, mean, std)) as T;
}

/**
 * Overwrites with numbers drawn evenly from [from, to).
 * @api Tensor.uniform_
 */
export function uniform_<T extends Tensor>(input: T, from = 0, to = 1, options: { generator?: Generator | null } = {}): T {
  requireFloat("check_uniform_bounds", input.dtype);
  if (!(from <= to)) throw new KindlingError(`uniform_ expects to return a [from, to) range, but found from=${from} > to=${to}`);
  return fillInPlace(input, options.generator, (generator, out) => fillUniform(generator, out, from, to)) as T;
}
