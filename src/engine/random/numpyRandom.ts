/** NumPy's legacy `RandomState` with tensors for arrays, for programs that seed NumPy. */
import { filled, roomFor } from "../dtype.ts";
import { ArgumentError } from "../errors.ts";
import { fromTypedArray, tensor } from "../ops/creation.ts";
import type { Int, Size } from "../ops/types.ts";
import { numelOf } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { NumpyLegacyGenerator, type NumpyState } from "./numpyLegacy.ts";

/**
 * `numpyRandom(42)` draws what `np.random.RandomState(42)` (and the functions of `np.random` after `np.random.seed(42)`)
 * draw. Without a size a function gives a number, with one a tensor: float32 where NumPy has float64, int32 for integers.
 * @see https://numpy.org/doc/stable/reference/random/legacy.html
 * @api torch.NumpyRandom
 */
export class NumpyRandom {
  readonly #generator: NumpyLegacyGenerator;

  constructor(seed: Int) {
    this.#generator = new NumpyLegacyGenerator(seed);
  }

  /** What the next numbers follow from, as NumPy's `get_state()` lists it; a plain value that `save` takes. */
  getState(): NumpyState {
    return this.#generator.getState();
  }

  /** Takes up a state of `getState()`, or one of NumPy's. */
  setState(state: NumpyState): void {
    this.#generator.setState(state);
  }

  /** Uniform in [0, 1); the sizes of a tensor one by one, or none for a number. */
  rand(): number;
  rand(...size: readonly Int[]): Tensor;
  rand(...size: readonly Int[]): number | Tensor {
    return this.#floats(size.length === 0 ? null : size, () => this.#generator.double());
  }

  /** The same as `rand`, with the size as one argument. */
  random(): number;
  random(size: Size | null): Tensor;
  random(size: Size | null = null): number | Tensor {
    return this.#floats(size, () => this.#generator.double());
  }

  /** Standard normal; the sizes of a tensor one by one, or none for a number. */
  randn(): number;
  randn(...size: readonly Int[]): Tensor;
  randn(...size: readonly Int[]): number | Tensor {
    return this.#floats(size.length === 0 ? null : size, () => this.#generator.gauss());
  }

  /** Uniform in [low, high). */
  uniform(low?: number, high?: number): number;
  uniform(low?: number, high?: number, size?: Size | null): Tensor;
  uniform(low = 0, high = 1, size: Size | null = null): number | Tensor {
    return this.#floats(size, () => low + (high - low) * this.#generator.double());
  }

  normal(loc?: number, scale?: number): number;
  normal(loc?: number, scale?: number, size?: Size | null): Tensor;
  normal(loc = 0, scale = 1, size: Size | null = null): number | Tensor {
    if (scale < 0) throw new ArgumentError("scale < 0");
    return this.#floats(size, () => loc + scale * this.#generator.gauss());
  }

  /** Integers: `randint(high)` in [0, high), `randint(low, high)` in [low, high). */
  randint(low: Int, high?: Int | null): number;
  randint(low: Int, high?: Int | null, size?: Size | null): Tensor;
  randint(first: Int, second: Int | null = null, size: Size | null = null): number | Tensor {
    const [low, high] = second === null ? [0, first] : [first, second];
    if (!(low < high)) throw new ArgumentError("low >= high");
    const draw = (): number => low + this.#generator.interval(high - 1 - low);
    if (size === null) return draw();
    if (low < -(2 ** 31) || high > 2 ** 31) throw new ArgumentError("a tensor's integers have 32 bits: low and high must lie in [-2^31, 2^31]");
    const shape = shapeOf(size);
    return fromTypedArray(filled(roomFor(Int32Array, numelOf(shape)), draw), shape);
  }

  /** The numbers 0 … n − 1, or the entries (a tensor's rows) of a copy, in random order. */
  permutation(x: Int): Tensor;
  permutation(x: Tensor): Tensor;
  permutation<T>(x: readonly T[]): T[];
  permutation<T>(x: Int | Tensor | readonly T[]): Tensor | T[] {
    if (typeof x === "number") return tensor(this.#generator.permutation(x));
    const order = this.#generator.permutation(x.length);
    return x instanceof Tensor ? x.indexSelect(0, tensor(order)) : Array.from(order, (i) => (x as readonly T[])[i]!);
  }

  /** Reorders a list, or the rows of a tensor, in place. */
  shuffle(x: Tensor | unknown[]): void {
    if (x instanceof Tensor) x.copy_(this.permutation(x));
    else this.#generator.shuffle(x);
  }

  /**
   * One of the numbers below `a`, or of the entries of a list or tensor; with a size a tensor of them.
   * @param replace whether something can be chosen more than once
   * @param p the probability of each; equal where none are given
   */
  choice(a: Int): number;
  choice<T>(a: readonly T[]): T;
  choice(a: Int | Tensor | readonly number[], size?: Size | null, replace?: boolean, p?: readonly number[] | Tensor | null): Tensor;
  choice<T>(a: Int | Tensor | readonly T[], size: Size | null = null, replace = true, p: readonly number[] | Tensor | null = null): number | T | Tensor {
    const probabilities = p instanceof Tensor ? Array.from(p.toTypedArray()) : (p ?? undefined);
    const shape = size === null ? [] : shapeOf(size);
    const population = typeof a === "number" ? a : a.length;
    if (!(population > 0)) throw new ArgumentError("'a' cannot be empty unless no samples are taken");
    const chosen = this.#generator.choice(population, numelOf(shape), replace, probabilities);
    if (size === null && !(a instanceof Tensor)) return typeof a === "number" ? chosen[0]! : a[chosen[0]!]!;
    if (typeof a === "number") return fromTypedArray(chosen, shape);
    const items = a instanceof Tensor ? a : tensor(a as readonly number[]);
    return items.indexSelect(0, tensor(chosen)).reshape([...shape, ...items.shape.slice(1)]);
  }

  #floats(size: Size | null, draw: () => number): number | Tensor {
    if (size === null) return draw();
    const shape = shapeOf(size);
    return fromTypedArray(filled(roomFor(Float32Array, numelOf(shape)), draw), shape);
  }
}

/**
 * NumPy's legacy generator with this seed, an integer in [0, 2³²).
 * @api torch.numpyRandom
 */
export function numpyRandom(seed: Int): NumpyRandom {
  return new NumpyRandom(seed);
}

const shapeOf = (size: Size): readonly number[] => (typeof size === "number" ? [size] : size);
