/**
 * NumPy's legacy `RandomState`: the Mersenne Twister with the distributions that NumPy has frozen for old seeds.
 * Values come out as float64, as in NumPy.
 */
import { filled, roomFor } from "../dtype.ts";
import { instrument, operationWatch } from "../instrument.ts";
import { beforeChanging, isUndone } from "../memory/undo.ts";
import { MersenneTwister } from "./mt19937.ts";

/**
 * NumPy's `get_state()`: the name of the generator, 624 words, the place of the next, and whether there is a spare normal
 * value, and which.
 * @api torch.NumpyState
 */
export type NumpyState = [name: string, keys: readonly number[], pos: number, hasGauss: number, cachedGaussian: number];

export class NumpyLegacyGenerator {
  readonly #engine: MersenneTwister;
  #spareGauss: number | null = null;

  /** @param seed an integer in [0, 2³²) */
  constructor(seed: number) {
    if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) throw new RangeError("Seed must be between 0 and 2**32 - 1");
    this.#engine = new MersenneTwister(seed);
    instrument()?.generatorConstructed?.(this);
  }

  /** What the next numbers follow from, as NumPy's `get_state()` lists it: words of the twister, place among them, a spare normal value. */
  getState(): NumpyState {
    const { words, position } = this.#engine.getState();
    return ["MT19937", Array.from(words), position, Number(this.#spareGauss !== null), this.#spareGauss ?? 0];
  }

  setState([, words, position, hasGauss, gauss]: NumpyState): void {
    this.#beforeChange();
    this.#engine.setState({ words: new Uint32Array(words), position });
    this.#spareGauss = hasGauss === 0 ? null : gauss;
  }

  /** Where the next numbers come from. */
  get #source(): MersenneTwister {
    this.#beforeDraw();
    return this.#engine;
  }

  #beforeDraw(): void {
    operationWatch()?.draws?.();
    this.#beforeChange();
  }

  #beforeChange(): void {
    if (isUndone()) beforeChanging(this, () => this.#keep());
  }

  #keep(): () => void {
    const state = this.#engine.getState();
    const spare = this.#spareGauss;
    return () => {
      this.#engine.setState(state);
      this.#spareGauss = spare;
    };
  }

  /** Uniform in [0, 1), 53 bits. */
  double(): number {
    const high = this.#source.next() >>> 5;
    const low = this.#source.next() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  /** Standard normal by Marsaglia's polar method, two at a time. */
  gauss(): number {
    if (this.#spareGauss !== null) {
      const spare = this.#spareGauss;
      this.#beforeDraw();
      this.#spareGauss = null;
      return spare;
    }
    let x1: number;
    let x2: number;
    let squared: number;
    do {
      x1 = 2 * this.double() - 1;
      x2 = 2 * this.double() - 1;
      squared = x1 * x1 + x2 * x2;
    } while (squared >= 1 || squared === 0);
    const factor = Math.sqrt((-2 * Math.log(squared)) / squared);
    this.#spareGauss = factor * x1;
    return factor * x2;
  }

  /** An integer in [0, max], by rejection of masked draws. Draws nothing where `max` is 0. */
  interval(max: number): number {
    if (max === 0) return 0;
    if (max <= 0xffffffff) {
      const mask = 2 ** (32 - Math.clz32(max)) - 1;
      let value: number;
      do value = (this.#source.next() & mask) >>> 0;
      while (value > max);
      return value;
    }
    const wideMax = BigInt(max);
    const mask = (1n << BigInt(wideMax.toString(2).length)) - 1n;
    let value: bigint;
    do value = ((BigInt(this.#source.next()) << 32n) | BigInt(this.#source.next())) & mask;
    while (value > wideMax);
    return Number(value);
  }

  /** Fisher–Yates from the end, in place. */
  shuffle<T>(items: { [index: number]: T; readonly length: number }): void {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.interval(i);
      const item = items[i]!;
      items[i] = items[j]!;
      items[j] = item;
    }
  }

  /** The numbers 0 … n − 1 in random order. */
  permutation(n: number): Int32Array {
    const order = filled(roomFor(Int32Array, n), (i) => i);
    this.shuffle(order);
    return order;
  }

  /** `count` indices below `n`, each with the probability in `p` (default: equal). */
  choice(n: number, count: number, replace: boolean, p?: readonly number[]): Int32Array {
    if (!replace && count > n) throw new RangeError("Cannot take a larger sample than population when 'replace=False'");
    if (p === undefined) {
      return replace ? filled(roomFor(Int32Array, count), () => this.interval(n - 1)) : this.permutation(n).slice(0, count);
    }
    checkProbabilities(p, n);
    return replace ? this.#weighted(p, count) : this.#weightedWithoutReplacement(p, count);
  }

  #weighted(p: readonly number[], count: number): Int32Array {
    const cumulative = cumulate(p);
    return filled(roomFor(Int32Array, count), () => firstAbove(cumulative, this.double()));
  }

  /** Draws as many as are missing, drops repetitions, and goes on with what is left. */
  #weightedWithoutReplacement(p: readonly number[], count: number): Int32Array {
    if (p.filter((probability) => probability > 0).length < count) throw new RangeError("Fewer non-zero entries in p than size");
    const found = new Set<number>();
    while (found.size < count) {
      const rest = p.map((probability, i) => (found.has(i) ? 0 : probability));
      for (const index of this.#weighted(rest, count - found.size)) found.add(index);
    }
    return new Int32Array(found);
  }
}

function checkProbabilities(p: readonly number[], n: number): void {
  if (p.length !== n) throw new RangeError("'a' and 'p' must have same size");
  if (p.some((probability) => !(probability >= 0))) throw new RangeError("probabilities are not non-negative");
  const sum = p.reduce((total, probability) => total + probability, 0);
  if (Math.abs(sum - 1) > 1e-8) throw new RangeError("probabilities do not sum to 1");
}

function cumulate(p: readonly number[]): Float64Array {
  let sum = 0;
  const cumulative = filled(roomFor(Float64Array, p.length), (i) => (sum += p[i]!));
  return cumulative.map((value) => value / sum);
}

function firstAbove(sorted: Float64Array, value: number): number {
  const index = sorted.findIndex((bound) => value < bound);
  return index === -1 ? sorted.length : index;
}
