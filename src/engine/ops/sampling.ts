/** Random draws from other distributions than the uniform and the normal one, in PyTorch's order of draws on a CPU. */
import { longName, roomFor } from "../dtype.ts";
import { ArgumentError, KindlingError } from "../errors.ts";
import { defaultGenerator, type Generator } from "../random/index.ts";
import { fillBernoulliEach, fillExponential } from "../random/fill.ts";
import { stateLength } from "../random/mt19937.ts";
import { kernels, memory } from "../memory/linear.ts";
import { fixedBlock } from "../memory/workspace.ts";
import type { Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { div } from "./binary.ts";
import { copyInto } from "./internal/copy.ts";
import { emptyLike, fromTypedArray } from "./creation.ts";
import { fillInPlace, requireDrawable } from "./random.ts";
import { at, make } from "./internal/make.ts";
import { requireFloat } from "./internal/requireKernel.ts";
import { topk } from "./sorting.ts";
import { valuesOf } from "./reading.ts";
import { argmax } from "./extremes.ts";
import type { Int } from "./types.ts";
import { expand } from "./views.ts";

export interface Draw {
  /** Default: the generator that `manualSeed` seeds. */
  generator?: Generator;
}

/** One number after the other. */
function each<T extends Tensor>(input: T, generator: Generator | undefined, draw: (generator: Generator) => number): T {
  return fillInPlace(input, generator, (source, out) => {
    for (let i = 0; i < out.length; i++) out[i] = draw(source);
  }) as T;
}

/** Where the kernel works on a generator's words. Linear memory is shared, so that a view of it stays true as it grows. */
const twister = fixedBlock((stateLength + 4) * 4);
const twisterWords = new Uint32Array(memory.buffer, twister, stateLength);

/** Bytes: 1 with probability `p`, else 0. */
export function randomMask(shape: Shape, p: number, generator: Generator = defaultGenerator): Tensor {
  if (!(p >= 0 && p <= 1)) throw new ArgumentError(`bernoulli_ expects p to be in [0, 1], but got p=${p}`);
  const mask = make(shape, "uint8");
  const target = at(mask);
  generator.drawMany((words, position) => {
    twisterWords.set(words);
    const after = kernels.bernoulli(twister, position, target, mask.numel(), p);
    words.set(twisterWords);
    return after;
  });
  return mask;
}

/**
 * Ones with probability `p` (one for all, or a tensor with one for each element), zeros elsewhere.
 * @api Tensor.bernoulli_
 */
export function bernoulli_<T extends Tensor>(input: T, p: number | Tensor = 0.5, options: Draw = {}): T {
  if (typeof p !== "number") return fillInPlace(input, options.generator, eachOf(valuesOf(expand(p.detach(), input.shape)) as Float32Array)) as T;
  input.beforeChange();
  copyInto(input, randomMask(input.shape, p, options.generator));
  return input;
}

function eachOf(probabilities: Float32Array) {
  return (generator: Generator, out: Float32Array): void => fillBernoulliEach(generator, out, probabilities);
}

/**
 * Ones with the probabilities given by `input` (or with one `p`, in its shape), zeros elsewhere.
 * @api torch.bernoulli Tensor.bernoulli
 * @see https://pytorch.org/docs/stable/generated/torch.bernoulli.html
 */
export function bernoulli(input: Tensor, options?: Draw): Tensor;
export function bernoulli(input: Tensor, p: number, options?: Draw): Tensor;
export function bernoulli(input: Tensor, p?: number | Draw, options: Draw = {}): Tensor {
  if (typeof p !== "number") requireFloat("bernoulli_tensor_cpu_p_", input.dtype);
  return typeof p === "number" ? bernoulli_(emptyLike(input.detach()), p, options) : bernoulli_(emptyLike(input.detach()), input, p ?? {});
}

/**
 * Density λ·e^(−λx).
 * @api Tensor.exponential_
 */
export function exponential_<T extends Tensor>(input: T, lambd = 1, options: Draw = {}): T {
  requireFloat("exponential_cpu", input.dtype);
  return fillInPlace(input, options.generator, (generator, out) => fillExponential(generator, out, lambd)) as T;
}

/**
 * The number of trials up to the first success, each with probability `p`.
 * @api Tensor.geometric_
 */
export function geometric_<T extends Tensor>(input: T, p: number, options: Draw = {}): T {
  if (!(p > 0 && p < 1)) throw new KindlingError(`geometric_ expects p to be in (0, 1), but got p=${p}`);
  return each(input, options.generator, (generator) => Math.ceil(Math.log(generator.uniformDouble()) / Math.log1p(-p)));
}

/**
 * The Cauchy distribution around `median` with half-width `sigma`.
 * @api Tensor.cauchy_
 */
export function cauchy_<T extends Tensor>(input: T, median = 0, sigma = 1, options: Draw = {}): T {
  requireFloat("cauchy_cpu", input.dtype);
  return each(input, options.generator, (generator) => median + sigma * Math.tan(Math.PI * (generator.uniformDouble() - 0.5)));
}

/**
 * e to the power of a normally distributed number.
 * @api Tensor.logNormal_
 */
export function logNormal_<T extends Tensor>(input: T, mean = 1, std = 2, options: Draw = {}): T {
  requireFloat("log_normal_cpu", input.dtype);
  return each(input, options.generator, (generator) => Math.exp(mean + std * generator.normalDouble()));
}

/**
 * Whole numbers from `from` up to, not including, `to`; by default all that the type holds exactly.
 * @api Tensor.random_
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.random_.html
 */
export function random_<T extends Tensor>(input: T, options?: Draw): T;
export function random_<T extends Tensor>(input: T, to: Int, options?: Draw): T;
export function random_<T extends Tensor>(input: T, from: Int, to: Int | null, options?: Draw): T;
export function random_<T extends Tensor>(input: T, ...given: readonly (Int | Draw | null | undefined)[]): T {
  const bounds = given.filter((value) => typeof value === "number");
  const { generator } = (given.find((value) => typeof value === "object" && value !== null) ?? {}) as Draw;
  const largest = input.dtype === "float32" ? 2 ** 24 + 1 : input.dtype === "bool" ? 2 : input.dtype === "uint8" ? 256 : 2 ** 31;
  const isRange = bounds.length === 2 || given[1] === null;
  const low = isRange ? bounds[0]! : 0;
  const high = (isRange ? bounds[1] : bounds[0]) ?? largest;
  if (!(high > low)) throw new KindlingError(`random_ expects 'from' to be less than 'to', but got from=${low} >= to=${high}`);
  requireDrawable(low, high, input.dtype);
  return each(input, generator, (source) => low + (source.random32() % (high - low)));
}

/**
 * Positions drawn by weight from each row (or the vector) of weights that aren't negative.
 * @param replacement whether a position may be drawn again
 * @returns `[…, numSamples]`, `int32`
 * @api torch.multinomial Tensor.multinomial
 * @see https://pytorch.org/docs/stable/generated/torch.multinomial.html
 */
export function multinomial(input: Tensor, numSamples: Int, replacement = false, { generator }: Draw = {}): Tensor {
  if (input.dtype !== "float32") throw new KindlingError(`multinomial only supports floating-point dtypes for input, got: ${longName(input.dtype)}`);
  if (input.shape.length !== 1 && input.shape.length !== 2) throw new KindlingError("prob_dist must be 1 or 2 dim");
  if (!(numSamples > 0)) throw new KindlingError("cannot sample n_sample <= 0 samples");
  const categories = input.shape.at(-1)!;
  if (!replacement && numSamples > categories) throw new KindlingError("cannot sample n_sample > prob_dist.size(-1) samples without replacement");
  const weights = valuesOf(input) as Float32Array;
  checkWeights(weights, categories);
  if (replacement) return drawnAgain(input, weights, numSamples, generator ?? defaultGenerator);
  const keys = div(input.detach(), exponential_(emptyLike(input.detach()), 1, generator ? { generator } : {}));
  return numSamples === 1 ? argmax(keys, -1, true) : topk(keys, numSamples).indices;
}

function checkWeights(weights: Float32Array, categories: number): void {
  if (weights.some((weight) => !(weight >= 0) || weight === Infinity)) {
    throw new ArgumentError("probability tensor contains either `inf`, `nan` or element < 0", "RuntimeError");
  }
  for (let row = 0; row < weights.length; row += categories) {
    if (weights.subarray(row, row + categories).every((weight) => weight === 0)) {
      throw new ArgumentError("invalid multinomial distribution (sum of probabilities <= 0)", "RuntimeError");
    }
  }
}

/** Each draw on its own, by its place among the running sums. */
function drawnAgain(input: Tensor, weights: Float32Array, count: number, generator: Generator): Tensor {
  const categories = input.shape.at(-1)!;
  const found = roomFor(Int32Array, (weights.length / categories) * count);
  for (let row = 0; row * categories < weights.length; row++) {
    const sums = runningShares(weights.subarray(row * categories, (row + 1) * categories));
    for (let j = 0; j < count; j++) {
      const place = generator.uniformDouble();
      let [low, high] = [0, categories];
      while (low < high) {
        const middle = low + ((high - low) >> 1);
        if (sums[middle]! < place) low = middle + 1;
        else high = middle;
      }
      found[row * count + j] = low;
    }
  }
  return fromTypedArray(found, [...input.shape.slice(0, -1), count]);
}

function runningShares(weights: Float32Array): Float32Array {
  const sums = new Float32Array(weights.length);
  let total = 0;
  weights.forEach((weight, i) => (sums[i] = total = Math.fround(total + weight)));
  for (let i = 0; i < sums.length; i++) sums[i] = sums[i]! / total;
  if (sums.length > 0) sums[sums.length - 1] = 1;
  return sums;
}
