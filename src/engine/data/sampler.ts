/** In which order a loader takes samples. Draws from the generators are PyTorch's, so the same seed gives the same order. */
import { ArgumentError } from "../errors.ts";
import { defaultGenerator, fillRandint, fillRandperm, Generator } from "../random/index.ts";

/** Indices of one epoch; a new iteration is a new epoch. */
export interface Sampler extends Iterable<number> {
  readonly length: number;
}

/** 0, 1, 2, … */
export class SequentialSampler implements Sampler {
  readonly #source: { readonly length: number };

  constructor(source: { readonly length: number }) {
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
export class RandomSampler implements Sampler {
  readonly #source: { readonly length: number };
  readonly #replacement: boolean;
  readonly #numSamples: number | undefined;
  readonly #generator: Generator | undefined;

  constructor(source: { readonly length: number }, { replacement = false, numSamples, generator }: RandomSamplerOptions = {}) {
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
export class SubsetRandomSampler implements Sampler {
  readonly #indices: readonly number[];
  readonly #generator: Generator;

  constructor(indices: Iterable<number>, { generator = defaultGenerator }: { generator?: Generator } = {}) {
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

/** Lists of `batchSize` indices of another sampler. */
export class BatchSampler implements Iterable<number[]> {
  readonly #sampler: Sampler;
  readonly batchSize: number;
  readonly dropLast: boolean;

  /** @param dropLast leave out a last batch that isn't full */
  constructor(sampler: Sampler, batchSize: number, dropLast: boolean) {
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
