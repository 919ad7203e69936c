/** In which order a loader takes samples. Draws from the generators are PyTorch's, so the same seed gives the same order. */
import { filled } from "../dtype.ts";
import { ArgumentError } from "../errors.ts";
import { multinomial, tensor } from "../ops/index.ts";
import { defaultGenerator, fillRandint, fillRandperm, Generator } from "../random/index.ts";
import { Tensor } from "../tensor.ts";

/** Indices of one epoch; a new iteration is a new epoch. */
export abstract class Sampler implements Iterable<number> {
  abstract get length(): number;
  abstract [Symbol.iterator](): Iterator<number>;
}

/** 0, 1, 2, … */
export class SequentialSampler extends Sampler {
  readonly #source: { readonly length: number };

  constructor(source: { readonly length: number }) {
    super();
    this.#source = source;
  }

  get length(): number {
    return this.#source.length;
  }

  *[Symbol.iterator](): IterableIterator<number> {
    for (let i = 0; i < this.length; i++) yield i;
  }
}

export interface RandomSamplerOptions {
  /** Whether an index can come more than once. Default false. */
  replacement?: boolean;
  /** Default: as many as there are samples. */
  numSamples?: number;
  /** Default: one that is seeded from the default generator at each epoch. */
  generator?: Generator;
}

/** All indices in random order, or some with replacement. */
export class RandomSampler extends Sampler {
  readonly #source: { readonly length: number };
  readonly #replacement: boolean;
  readonly #numSamples: number | undefined;
  readonly #generator: Generator | undefined;

  constructor(source: { readonly length: number }, { replacement = false, numSamples, generator }: RandomSamplerOptions = {}) {
    super();
    this.#source = source;
    this.#replacement = replacement;
    this.#numSamples = numSamples;
    this.#generator = generator;
    if (!(this.length > 0)) {
      throw new ArgumentError(`num_samples should be a positive integer value, but got num_samples=${this.length}`);
    }
  }

  get length(): number {
    return this.#numSamples ?? this.#source.length;
  }

  *[Symbol.iterator](): IterableIterator<number> {
    const generator = this.#generator ?? new Generator().manualSeed(drawSeed(defaultGenerator));
    const n = this.#source.length;
    const blocks = this.#replacement ? 32 : n;
    const draw = this.#replacement
      ? (count: number) => randomIndices(generator, n, count)
      : (count: number) => randomOrder(generator, n).subarray(0, count);
    for (let i = 0; i < Math.floor(this.length / blocks); i++) yield* draw(blocks);
    // Drawn even where nothing is left over: a generator of the user's must go on as PyTorch's does.
    yield* draw(this.length % blocks);
  }
}

/** Some given indices in random order. */
export class SubsetRandomSampler extends Sampler {
  readonly #indices: readonly number[];
  readonly #generator: Generator;

  constructor(indices: Iterable<number>, { generator = defaultGenerator }: { generator?: Generator } = {}) {
    super();
    this.#indices = [...indices];
    this.#generator = generator;
  }

  get length(): number {
    return this.#indices.length;
  }

  *[Symbol.iterator](): IterableIterator<number> {
    for (const i of randomOrder(this.#generator, this.length)) yield this.#indices[i]!;
  }
}

export interface WeightedOptions {
  /** Whether an index can come more than once. Default true. */
  replacement?: boolean;
  generator?: Generator;
}

/** Indices drawn by weight: `weights[i]` for index i; they need not add up to 1. */
export class WeightedRandomSampler extends Sampler {
  readonly weights: Tensor;
  readonly numSamples: number;
  readonly replacement: boolean;
  readonly #generator: Generator | undefined;

  constructor(weights: Iterable<number> | Tensor, numSamples: number, options: WeightedOptions | boolean = {}) {
    super();
    const { replacement = true, generator } = typeof options === "boolean" ? { replacement: options } : options;
    if (!Number.isInteger(numSamples) || numSamples <= 0) {
      throw new ArgumentError(`num_samples should be a positive integer value, but got num_samples=${numSamples}`);
    }
    this.weights = weights instanceof Tensor ? weights : tensor([...weights], { dtype: "float32" });
    if (this.weights.dim() !== 1) {
      throw new ArgumentError(`weights should be a 1d sequence but given weights have shape (${this.weights.shape.join(", ")})`);
    }
    this.numSamples = numSamples;
    this.replacement = replacement;
    this.#generator = generator;
  }

  get length(): number {
    return this.numSamples;
  }

  *[Symbol.iterator](): IterableIterator<number> {
    const options = this.#generator ? { generator: this.#generator } : {};
    yield* multinomial(this.weights, this.numSamples, this.replacement, options).toTypedArray();
  }
}

export interface DistributedOptions {
  numReplicas: number;
  rank: number;
  /** Default true. */
  shuffle?: boolean;
  /** Default 0. */
  seed?: number;
  /** Leave out what doesn't divide evenly instead of repeating some. Default false. */
  dropLast?: boolean;
}

/** One replica's share of a dataset; `setEpoch` gives each epoch another order. */
export class DistributedSampler extends Sampler {
  readonly #size: number;
  readonly #options: Required<DistributedOptions>;
  #epoch = 0;

  constructor(dataset: { readonly length: number }, { shuffle = true, seed = 0, dropLast = false, ...options }: DistributedOptions) {
    super();
    if (options.rank >= options.numReplicas || options.rank < 0) {
      throw new ArgumentError(`Invalid rank ${options.rank}, rank should be in the interval [0, ${options.numReplicas - 1}]`);
    }
    this.#size = dataset.length;
    this.#options = { shuffle, seed, dropLast, ...options };
  }

  get length(): number {
    const { dropLast, numReplicas } = this.#options;
    return dropLast && this.#size % numReplicas !== 0 ? Math.ceil((this.#size - numReplicas) / numReplicas) : Math.ceil(this.#size / numReplicas);
  }

  setEpoch(epoch: number): void {
    this.#epoch = epoch;
  }

  *[Symbol.iterator](): IterableIterator<number> {
    const { shuffle, seed, numReplicas, rank } = this.#options;
    const order = shuffle ? randomOrder(new Generator().manualSeed(seed + this.#epoch), this.#size) : filled(new Int32Array(this.#size), (i) => i);
    const total = this.length * numReplicas;
    for (let i = rank; i < total; i += numReplicas) yield order[i % order.length]!;
  }
}

/** Lists of `batchSize` indices of another sampler. */
export class BatchSampler implements Iterable<number[]> {
  readonly #sampler: Iterable<number> & { readonly length: number };
  readonly batchSize: number;
  readonly dropLast: boolean;

  /** @param dropLast leave out a last batch that isn't full */
  constructor(sampler: Iterable<number> & { readonly length: number }, batchSize: number, dropLast: boolean) {
    if (!Number.isInteger(batchSize) || batchSize <= 0) {
      throw new ArgumentError(`batch_size should be a positive integer value, but got batch_size=${batchSize}`);
    }
    this.#sampler = sampler;
    this.batchSize = batchSize;
    this.dropLast = dropLast;
  }

  get length(): number {
    const batches = this.#sampler.length / this.batchSize;
    return this.dropLast ? Math.floor(batches) : Math.ceil(batches);
  }

  *[Symbol.iterator](): IterableIterator<number[]> {
    let batch: number[] = [];
    for (const index of this.#sampler) {
      batch.push(index);
      if (batch.length < this.batchSize) continue;
      yield batch;
      batch = [];
    }
    if (batch.length > 0 && !this.dropLast) yield batch;
  }
}

/** A seed as PyTorch's loaders and samplers draw it: 63 random bits. */
export function drawSeed(generator: Generator): bigint {
  return BigInt.asUintN(63, generator.random64());
}

function randomOrder(generator: Generator, n: number): Int32Array {
  const order = new Int32Array(n);
  fillRandperm(generator, order);
  return order;
}

function randomIndices(generator: Generator, n: number, count: number): Int32Array {
  const indices = new Int32Array(count);
  fillRandint(generator, indices, 0, n);
  return indices;
}
