/** NumPy's legacy `RandomState` with tensors for arrays, for programs that seed NumPy. */
import { filled, roomFor } from "../dtype.ts";
import { ArgumentError } from "../errors.ts";
import { fromTypedArray, tensor } from "../ops/index.ts";
import { numelOf } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { NumpyLegacyGenerator } from "./numpyLegacy.ts";

/** A length or a shape. */
export type Size = number | readonly number[];

export interface SizeOption {
  size: Size;
}

export interface ChoiceOptions {
  /** Whether something can be chosen more than once. Default true. */
  replace?: boolean;
  /** The probability of each. Default: equal. */
  p?: readonly number[] | Tensor;
}

/** A size given by position or as `{ size }`. */
type SizeArgument = Size | SizeOption | undefined;

/**
 * `numpyRandom(42)` draws what `np.random.RandomState(42)` (and the functions of `np.random` after `np.random.seed(42)`)
 * draw. Without a size a function gives a number, with one a tensor: float32 where NumPy has float64, int32 for integers.
 */
export class NumpyRandom {
  readonly #generator: NumpyLegacyGenerator;

  constructor(seed: number) {
    this.#generator = new NumpyLegacyGenerator(seed);
  }

  /** Uniform in [0, 1). */
  rand(): number;
  rand(...shape: number[]): Tensor;
  rand(...shape: number[]): number | Tensor {
    return this.#floats(shape.length === 0 ? undefined : shape, () => this.#generator.double());
  }

  /** The same as `rand`, with the size as one argument. */
  random(): number;
  random(size: Size | SizeOption): Tensor;
  random(size?: SizeArgument): number | Tensor {
    return this.#floats(size, () => this.#generator.double());
  }

  /** Standard normal. */
  randn(): number;
  randn(...shape: number[]): Tensor;
  randn(...shape: number[]): number | Tensor {
    return this.#floats(shape.length === 0 ? undefined : shape, () => this.#generator.gauss());
  }

  /** Uniform in [low, high). */
  uniform(low?: number, high?: number): number;
  uniform(low: number, high: number, size: Size | SizeOption): Tensor;
  uniform(low = 0, high = 1, size?: SizeArgument): number | Tensor {
    return this.#floats(size, () => low + (high - low) * this.#generator.double());
  }

  normal(loc?: number, scale?: number): number;
  normal(loc: number, scale: number, size: Size | SizeOption): Tensor;
  normal(loc = 0, scale = 1, size?: SizeArgument): number | Tensor {
    if (scale < 0) throw new ArgumentError("scale < 0");
    return this.#floats(size, () => loc + scale * this.#generator.gauss());
  }

  /** Integers: `randint(high)` in [0, high), `randint(low, high)` in [low, high); then perhaps a size. */
  randint(high: number): number;
  randint(low: number, high: number): number;
  randint(high: number, size: SizeOption): Tensor;
  randint(low: number, high: number, size: Size | SizeOption): Tensor;
  randint(first: number, second?: number | SizeOption, third?: SizeArgument): number | Tensor {
    const [low, high] = typeof second === "number" ? [first, second] : [0, first];
    const size = typeof second === "number" ? third : second;
    if (!(low < high)) throw new ArgumentError("low >= high");
    const draw = (): number => low + this.#generator.interval(high - 1 - low);
    if (size === undefined) return draw();
    if (low < -(2 ** 31) || high > 2 ** 31) throw new ArgumentError("a tensor's integers have 32 bits: low and high must lie in [-2^31, 2^31]");
    const shape = shapeOf(size);
    return fromTypedArray(filled(roomFor(Int32Array, numelOf(shape)), draw), shape);
  }

  /** The numbers 0 … n − 1, or the entries (a tensor's rows) of a copy, in random order. */
  permutation(n: number): Tensor;
  permutation(rows: Tensor): Tensor;
  permutation<T>(items: readonly T[]): T[];
  permutation<T>(source: number | Tensor | readonly T[]): Tensor | T[] {
    if (typeof source === "number") return tensor(this.#generator.permutation(source));
    const order = this.#generator.permutation(source.length);
    return source instanceof Tensor ? source.indexSelect(0, tensor(order)) : Array.from(order, (i) => (source as readonly T[])[i]!);
  }

  /** Reorders a list, or the rows of a tensor, in place. */
  shuffle(items: Tensor | unknown[]): void {
    if (items instanceof Tensor) items.copy_(this.permutation(items));
    else this.#generator.shuffle(items);
  }

  /** One of the numbers below `n`, or of the entries of a list or tensor. */
  choice(n: number): number;
  choice<T>(items: readonly T[]): T;
  choice(source: number | Tensor | readonly number[], size: Size, options?: ChoiceOptions): Tensor;
  choice<T>(source: number | Tensor | readonly T[], size?: Size, { replace = true, p }: ChoiceOptions = {}): number | T | Tensor {
    const probabilities = p instanceof Tensor ? Array.from(p.toTypedArray()) : p;
    const shape = size === undefined ? [] : shapeOf(size);
    const population = typeof source === "number" ? source : source.length;
    if (!(population > 0)) throw new ArgumentError("'a' cannot be empty unless no samples are taken");
    const chosen = this.#generator.choice(population, numelOf(shape), replace, probabilities);
    if (size === undefined && !(source instanceof Tensor)) return typeof source === "number" ? chosen[0]! : source[chosen[0]!]!;
    if (typeof source === "number") return fromTypedArray(chosen, shape);
    const items = source instanceof Tensor ? source : tensor(source as readonly number[]);
    return items.indexSelect(0, tensor(chosen)).reshape([...shape, ...items.shape.slice(1)]);
  }

  #floats(size: SizeArgument, draw: () => number): number | Tensor {
    if (size === undefined) return draw();
    const shape = shapeOf(size);
    return fromTypedArray(filled(roomFor(Float32Array, numelOf(shape)), draw), shape);
  }
}

/** NumPy's legacy generator with this seed, an integer in [0, 2³²). */
export function numpyRandom(seed: number): NumpyRandom {
  return new NumpyRandom(seed);
}

function shapeOf(size: Size | SizeOption): number[] {
  if (typeof size === "number") return [size];
  return "size" in size ? shapeOf(size.size) : [...(size as readonly number[])];
}
