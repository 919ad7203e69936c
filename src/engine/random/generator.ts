/**
 * PyTorch's CPU generator: a Mersenne Twister, and one normal sample kept for the next call of the scalar normal path.
 * Every draw below takes from the twister exactly what PyTorch takes, in the same order.
 */
import type { Int } from "../ops/types.ts";
import { processor, requireProcessor, type Device, type DeviceLike } from "../device.ts";
import { filled } from "../dtype.ts";
import { instrument, operationWatch } from "../instrument.ts";
import { beforeChanging, isUndone } from "../memory/undo.ts";
import { MersenneTwister, stateLength } from "./mt19937.ts";

/** Without `manualSeed`, PyTorch's generators start from this seed. */
const defaultSeed = 67280421310721;

const twoTo32 = 2 ** 32;
const twoToMinus24 = 2 ** -24;
const twoToMinus53 = 2 ** -53;

/** Sizes and places in the state that PyTorch's `Generator.get_state()` gives (a C struct, little-endian). */
const layout = {
  byteLength: 5056,
  seed: 0,
  left: 8,
  seeded: 12,
  next: 16,
  words: 24,
  spareNormal: 32 + 8 * stateLength,
  hasSpareNormal: 48 + 8 * stateLength,
} as const;

/**
 * A stream of random numbers of its own, for functions that take a `generator`.
 * @see https://pytorch.org/docs/stable/generated/torch.Generator.html
 * @api torch.Generator
 */
export class Generator {
  readonly #engine = new MersenneTwister(0);
  #seed: number | bigint = defaultSeed;
  /** The second value of the last Box–Muller pair, not handed out yet. */
  #spareNormal: number | null = null;

  /** @param device the processor: there is no other */
  constructor(device: DeviceLike = processor) {
    requireProcessor(device);
    this.manualSeed(defaultSeed);
    if (!isOwn) instrument()?.generatorConstructed?.(this);
  }

  get device(): Device {
    return processor;
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
    const state = this.getState();
    const seed = this.#seed;
    return () => {
      this.setState(state);
      this.#seed = seed;
    };
  }

  /**
   * Starts the stream that PyTorch's generator gives for this seed.
   * @param seed an integer in [-2⁶³, 2⁶⁴); a negative one means 2⁶⁴ + seed, as in PyTorch. Only its low 32 bits matter.
   */
  manualSeed(seed: Int | bigint): this {
    if (typeof seed === "number" && !Number.isInteger(seed)) {
      throw new TypeError(`manualSeed expects an integer, but got ${seed}`);
    }
    const exact = BigInt(seed);
    if (exact < -(2n ** 63n) || exact >= 2n ** 64n) {
      throw new RangeError("Overflow when unpacking long: a seed must be in [-2^63, 2^64 - 1]");
    }
    const wrapped = BigInt.asUintN(64, exact);
    this.#beforeChange();
    this.#seed = wrapped <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(wrapped) : wrapped;
    this.#engine.seed(Number(wrapped & 0xffffffffn));
    this.#spareNormal = null;
    return this;
  }

  /** Seeds from the system's entropy; returns the seed. */
  seed(): number {
    const [high, low] = crypto.getRandomValues(new Uint32Array(2)) as unknown as [number, number];
    const seed = (high >>> 11) * twoTo32 + low;
    this.manualSeed(seed);
    return seed;
  }

  /** The seed that the stream started from; a `bigint` only where a number can't hold it. */
  initialSeed(): number | bigint {
    return this.#seed;
  }

  /** 32 random bits, unsigned. @internal */
  random32(): number {
    return this.#source.next();
  }

  /** 64 random bits, unsigned; the first draw is the high half. @internal */
  random64(): bigint {
    const high = BigInt(this.#source.next());
    return (high << 32n) | BigInt(this.#source.next());
  }

  /** Many words at once, see `MersenneTwister.drawMany`. @internal */
  drawMany(draw: (words: Uint32Array, position: number) => number): void {
    this.#source.drawMany(draw);
  }

  /** Uniform in [0, 1) with 24 bits: a float32 without rounding. @internal */
  uniformFloat(): number {
    return (this.#source.next() & 0xffffff) * twoToMinus24;
  }

  /** Uniform in [0, 1) with 53 bits. @internal */
  uniformDouble(): number {
    const high = this.#source.next() & 0x1fffff;
    return (high * twoTo32 + this.#source.next()) * twoToMinus53;
  }

  /** Standard normal by Box–Muller in double precision; every second call hands out the kept half of a pair. @internal */
  normalDouble(): number {
    const spare = this.#spareNormal;
    if (spare !== null) {
      this.#beforeDraw();
      this.#spareNormal = null;
      return spare;
    }
    const u1 = this.uniformDouble();
    const u2 = this.uniformDouble();
    const radius = Math.sqrt(-2 * Math.log1p(-u2));
    const angle = 2 * Math.PI * u1;
    this.#spareNormal = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  /** The state, byte for byte as PyTorch's `Generator.get_state()` lays it out (5056 bytes). */
  getState(): Uint8Array {
    const bytes = new Uint8Array(layout.byteLength);
    const view = new DataView(bytes.buffer);
    const { words, position } = this.#engine.getState();
    view.setBigUint64(layout.seed, BigInt(this.#seed), true);
    // PyTorch counts `left` down to 1, where the next draw renews the block.
    view.setInt32(layout.left, stateLength - position + 1, true);
    view.setInt32(layout.seeded, 1, true);
    view.setBigUint64(layout.next, BigInt(position), true);
    words.forEach((word, i) => view.setUint32(layout.words + 8 * i, word, true));
    if (this.#spareNormal !== null) {
      view.setFloat64(layout.spareNormal, this.#spareNormal, true);
      view.setInt32(layout.hasSpareNormal, 1, true);
    }
    return bytes;
  }

  /** Takes up a state of `getState()`, or one that PyTorch wrote. */
  setState(newState: Uint8Array): this {
    if (newState.byteLength !== layout.byteLength) {
      throw new RangeError(`Expected a generator state of ${layout.byteLength} bytes, but got ${newState.byteLength}`);
    }
    this.#beforeChange();
    const view = new DataView(newState.buffer, newState.byteOffset, newState.byteLength);
    const seed = view.getBigUint64(layout.seed, true);
    const left = view.getInt32(layout.left, true);
    const words = filled(new Uint32Array(stateLength), (i) => view.getUint32(layout.words + 8 * i, true));
    this.#seed = seed <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(seed) : seed;
    this.#engine.setState({ words, position: stateLength - left + 1 });
    this.#spareNormal = view.getInt32(layout.hasSpareNormal, true) ? view.getFloat64(layout.spareNormal, true) : null;
    return this;
  }
}

/** Whether the engine makes one for itself. */
let isOwn = false;

/** A stream that lasts for one use of the engine's; nobody is told of it. */
export function passingGenerator(seed: bigint | number): Generator {
  isOwn = true;
  try {
    return new Generator().manualSeed(seed);
  } finally {
    isOwn = false;
  }
}

/** What every random function draws from unless it is given a generator. Unseeded programs differ from run to run. */
export const defaultGenerator = new Generator();
defaultGenerator.seed();

let insteadOf: ((seed: Int | bigint) => Int | bigint) | undefined;

/** From now on programs that seed the default generator get what `instead` makes of their seed: the same experiment with others. */
export function replaceSeeds(instead: (seed: Int | bigint) => Int | bigint): void {
  insteadOf = instead;
}

/**
 * Seeds the generator that random functions draw from; the same seed gives PyTorch's numbers. Returns the generator.
 * @see https://pytorch.org/docs/stable/generated/torch.manual_seed.html
 * @api torch.manualSeed
 */
export function manualSeed(seed: Int | bigint): Generator {
  return defaultGenerator.manualSeed(insteadOf?.(seed) ?? seed);
}

/**
 * Seeds the generator that random functions draw from with the system's entropy; returns the seed.
 * @see https://pytorch.org/docs/stable/generated/torch.seed.html
 * @api torch.seed
 */
export function seed(): number {
  return defaultGenerator.seed();
}

/**
 * The seed that random functions started from.
 * @see https://pytorch.org/docs/stable/generated/torch.initial_seed.html
 * @api torch.initialSeed
 */
export function initialSeed(): number | bigint {
  return defaultGenerator.initialSeed();
}
