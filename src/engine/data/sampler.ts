/** In which order a loader takes samples. Draws from the generators are PyTorch's, so the same seed gives the same order. */
import { filled } from "../dtype.ts";
import { ArgumentError } from "../errors.ts";
import { tensor } from "../ops/creation.ts";
import { multinomial } from "../ops/sampling.ts";
import type { Int } from "../ops/types.ts";
import { defaultGenerator, fillRandint, fillRandperm, passingGenerator, type Generator } from "../random/index.ts";
import { Tensor } from "../tensor.ts";
import { warnOnce } from "../warnings.ts";

/**
 * Indices in some order, as many as `length` says; each iteration is a new epoch.
 * @api data.IndexSource
 */
export interface IndexSource extends Iterable<number> {
  readonly length: number;
}

/** What has a length: a dataset, or a list of samples. */
export type Sized = { readonly length: number } | readonly unknown[];

/**
 * Base class of samplers: the indices of one epoch; a new iteration is a new epoch.
 * @see https://pytorch.org/docs/stable/data.html#torch.utils.data.Sampler
 * @api data.Sampler
 * @base
 */
export abstract class Sampler implements IndexSource {
  /** @param dataSource not used, as in PyTorch; it is to go */
  constructor(dataSource: Sized | null = null) {
    if (dataSource !== null)
      warnOnce("`data_source` argument is not used and will be removed in 2.2.0. You may still have custom implementation that utilizes it.");
  }

  abstract get length(): number;
  abstract [Symbol.iterator](): Iterator<number>;

  /**
   * The streams of random numbers beside the default one that its order follows from.
   * @internal
   */
  get streams(): readonly Generator[] {
    return [];
  }
}

/**
 * 0, 1, 2, …
 * @see https://pytorch.org/docs/stable/data.html#torch.utils.data.SequentialSampler
 * @api data.SequentialSampler
 */
export class SequentialSampler extends Sampler {
  readonly #source: Sized;

  constructor(dataSource: Sized) {
    super();
    this.#source = dataSource;
  }

  get length(): number {
    return this.#source.length;
  }

  *[Symbol.iterator](): IterableIterator<number> {
    for (let i = 0; i < this.length; i++) yield i;
  }
}

/**
 * All indices in random order, or some with replacement.
 * @param replacement whether an index can come more than once
 * @param numSamples `null` for as many as there are samples
 * @param generator `null` for one that is seeded from the default generator at each epoch
 * @throws ArgumentError where there is nothing to draw
 * @see https://pytorch.org/docs/stable/data.html#torch.utils.data.RandomSampler
 * @api data.RandomSampler
 */
export class RandomSampler extends Sampler {
  readonly #source: Sized;
  readonly #replacement: boolean;
  readonly #numSamples: number | null;
  readonly #generator: Generator | null;

  constructor(dataSource: Sized, replacement = false, numSamples: Int | null = null, generator: Generator | null = null) {
    super();
    this.#source = dataSource;
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

  override get streams(): readonly Generator[] {
    return this.#generator ? [this.#generator] : [];
  }

  *[Symbol.iterator](): IterableIterator<number> {
    const generator = this.#generator ?? passingGenerator(drawSeed(defaultGenerator));
    const n = this.#source.length;
    const blocks = this.#replacement ? 32 : n;
    const draw = this.#replacement ? (count: number) => randomIndices(generator, n, count) : (count: number) => randomOrder(generator, n).subarray(0, count);
    for (let i = 0; i < Math.floor(this.length / blocks); i++) yield* draw(blocks);
    // Drawn even where nothing is left over: a generator of the user's must go on as PyTorch's does.
    yield* draw(this.length % blocks);
  }
}

/**
 * Some given indices in random order.
 * @param generator the one that `manualSeed` seeds by default
 * @see https://pytorch.org/docs/stable/data.html#torch.utils.data.SubsetRandomSampler
 * @api data.SubsetRandomSampler
 */
export class SubsetRandomSampler extends Sampler {
  readonly #indices: readonly number[];
  readonly #generator: Generator;

  constructor(indices: Iterable<Int>, generator: Generator | null = null) {
    super();
    this.#indices = [...indices];
    this.#generator = generator ?? defaultGenerator;
  }

  get length(): number {
    return this.#indices.length;
  }

  override get streams(): readonly Generator[] {
    return [this.#generator];
  }

  *[Symbol.iterator](): IterableIterator<number> {
    for (const i of randomOrder(this.#generator, this.length)) yield this.#indices[i]!;
  }
}

/**
 * Indices drawn by weight: `weights[i]` for index i; they need not add up to 1.
 * @param replacement whether an index can come more than once
 * @param generator the one that `manualSeed` seeds by default
 * @throws ArgumentError where the weights aren't a list
 * @see https://pytorch.org/docs/stable/data.html#torch.utils.data.WeightedRandomSampler
 * @api data.WeightedRandomSampler
 */
export class WeightedRandomSampler extends Sampler {
  readonly weights: Tensor;
  readonly numSamples: number;
  readonly replacement: boolean;
  readonly #generator: Generator | null;

  constructor(weights: Iterable<number> | Tensor, numSamples: Int, replacement = true, generator: Generator | null = null) {
    super();
    if (numSamples <= 0) {
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

  override get streams(): readonly Generator[] {
    return this.#generator ? [this.#generator] : [];
  }

  *[Symbol.iterator](): IterableIterator<number> {
    const options = this.#generator ? { generator: this.#generator } : {};
    yield* multinomial(this.weights, this.numSamples, this.replacement, options).toTypedArray();
  }
}

/**
 * One replica's share of a dataset; `setEpoch` gives each epoch another order.
 * @param numReplicas how many shares there are; nobody else knows, as there is one process
 * @param rank which share this is, from 0
 * @param shuffle a new random order for each epoch
 * @param seed the same for all replicas
 * @param dropLast leave out what doesn't divide evenly instead of repeating some
 * @throws ArgumentError where the shares aren't told, or there is no such one
 * @see https://pytorch.org/docs/stable/data.html#torch.utils.data.distributed.DistributedSampler
 * @api data.DistributedSampler
 */
export class DistributedSampler extends Sampler {
  readonly #size: number;
  readonly #options: { readonly shuffle: boolean; readonly seed: number; readonly dropLast: boolean; readonly numReplicas: number; readonly rank: number };
  #epoch = 0;

  constructor(dataset: Sized, numReplicas: Int | null = null, rank: Int | null = null, shuffle = true, seed: Int = 0, dropLast = false) {
    super();
    if (numReplicas === null || rank === null) {
      throw new ArgumentError("Requires distributed package to be available: there is one process here, so say numReplicas and rank", "RuntimeError");
    }
    if (rank >= numReplicas || rank < 0) throw new ArgumentError(`Invalid rank ${rank}, rank should be in the interval [0, ${numReplicas - 1}]`);
    this.#size = dataset.length;
    this.#options = { shuffle, seed, dropLast, numReplicas, rank };
  }

  get length(): number {
    const { dropLast, numReplicas } = this.#options;
    return dropLast && this.#size % numReplicas !== 0 ? Math.ceil((this.#size - numReplicas) / numReplicas) : Math.ceil(this.#size / numReplicas);
  }

  /** Tells which epoch comes next, and so which order. */
  setEpoch(epoch: Int): void {
    this.#epoch = epoch;
  }

  *[Symbol.iterator](): IterableIterator<number> {
    const { shuffle, seed, numReplicas, rank } = this.#options;
    const order = shuffle ? randomOrder(passingGenerator(seed + this.#epoch), this.#size) : filled(new Int32Array(this.#size), (i) => i);
    const total = this.length * numReplicas;
    for (let i = rank; i < total; i += numReplicas) yield order[i % order.length]!;
  }
}

/**
 * Lists of `batchSize` indices of another sampler.
 * @param dropLast leave out a last batch that isn't full
 * @throws ArgumentError for a size below 1
 * @see https://pytorch.org/docs/stable/data.html#torch.utils.data.BatchSampler
 * @api data.BatchSampler
 */
export class BatchSampler implements Iterable<number[]> {
  readonly #sampler: IndexSource;
  readonly batchSize: number;
  readonly dropLast: boolean;

  constructor(sampler: IndexSource | readonly Int[], batchSize: Int, dropLast: boolean) {
    if (batchSize <= 0) {
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

  /** @internal */
  get streams(): readonly Generator[] {
    return streamsOf(this.#sampler);
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

/** The streams of random numbers that a sampler's order follows from, as far as it is one of ours. */
export function streamsOf(sampler: object | null): readonly Generator[] {
  return sampler instanceof Sampler || sampler instanceof BatchSampler ? sampler.streams : [];
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
