import { ArgumentError } from "../errors.ts";
import { instrument } from "../instrument.ts";
import { defaultGenerator, type Generator } from "../random/index.ts";
import { defaultCollate, type Collated } from "./collate.ts";
import { gatherRows, type Samples } from "./dataset.ts";
import { BatchSampler, drawSeed, RandomSampler, SequentialSampler, type Sampler } from "./sampler.ts";

export interface DataLoaderOptions<Item, Batch> {
  /** Samples per batch. Default 1. */
  batchSize?: number;
  /** A new random order for each epoch. Default false. */
  shuffle?: boolean;
  /** Which samples, in which order; instead of `shuffle`. */
  sampler?: Sampler;
  /** Lists of indices, one for each batch; instead of `batchSize`, `shuffle`, `sampler` and `dropLast`. */
  batchSampler?: Iterable<readonly number[]> & { readonly length: number };
  /** Leave out a last batch that isn't full. Default false. */
  dropLast?: boolean;
  /** Makes a batch of samples. Default: stacks tensors and numbers, entry by entry (see `defaultCollate`). */
  collateFn?: (samples: Item[]) => Batch;
  /** Default: the generator that `manualSeed` seeds. */
  generator?: Generator;
  /** Accepted for PyTorch's sake; loading is never a bottleneck here that a worker would mend. */
  numWorkers?: number;
  /** Accepted for PyTorch's sake; does nothing. */
  pinMemory?: boolean;
}

/**
 * Goes through a dataset in batches, once for each `for (const batch of loader)`; `for await` does the same.
 * With the same seed, batches are PyTorch's.
 */
export class DataLoader<Item, Batch = Collated<Item>> implements Iterable<Batch> {
  readonly dataset: Samples<Item>;
  /** Samples per batch; `null` with a `batchSampler`. */
  readonly batchSize: number | null;
  readonly dropLast: boolean;
  readonly generator: Generator | null;
  readonly #batches: Iterable<readonly number[]> & { readonly length: number };
  readonly #collate: ((samples: Item[]) => Batch) | null;

  constructor(dataset: Samples<Item>, options: DataLoaderOptions<Item, Batch> = {}) {
    const { batchSize = 1, dropLast = false, collateFn, generator, batchSampler } = options;
    checkExclusive(options);
    this.dataset = dataset;
    this.batchSize = batchSampler ? null : batchSize;
    this.dropLast = dropLast;
    this.generator = generator ?? null;
    this.#batches = batchSampler ?? new BatchSampler(samplerFor(dataset, options), batchSize, dropLast);
    this.#collate = collateFn ?? null;
  }

  /** Number of batches. */
  get length(): number {
    return this.#batches.length;
  }

  [Symbol.iterator](): IterableIterator<Batch> {
    instrument()?.epochStart?.(this as DataLoader<unknown>);
    // PyTorch draws a seed for its workers at the start of each epoch, whether there are any or not.
    drawSeed(this.generator ?? defaultGenerator);
    return this.#iterate();
  }

  async *[Symbol.asyncIterator](): AsyncIterableIterator<Batch> {
    yield* this[Symbol.iterator]();
  }

  *#iterate(): IterableIterator<Batch> {
    let index = 0;
    for (const indices of this.#batches) {
      instrument()?.batch?.(this as DataLoader<unknown>, index++);
      yield this.#batch(indices);
    }
    instrument()?.epochEnd?.(this as DataLoader<unknown>);
  }

  #batch(indices: readonly number[]): Batch {
    if (this.#collate === null) {
      const rows = gatherRows(this.dataset, indices);
      if (rows !== null) return rows as Batch;
    }
    const samples = indices.map((index) => this.dataset.get(index));
    return this.#collate === null ? (defaultCollate(samples) as Batch) : this.#collate(samples);
  }
}

function samplerFor<Item, Batch>(dataset: Samples<Item>, options: DataLoaderOptions<Item, Batch>): Sampler {
  if (options.sampler) return options.sampler;
  if (!options.shuffle) return new SequentialSampler(dataset);
  return new RandomSampler(dataset, options.generator ? { generator: options.generator } : {});
}

function checkExclusive<Item, Batch>(options: DataLoaderOptions<Item, Batch>): void {
  const { sampler, shuffle, batchSampler, batchSize, dropLast } = options;
  if (sampler && shuffle) throw new ArgumentError("sampler option is mutually exclusive with shuffle");
  if (batchSampler && ((batchSize ?? 1) !== 1 || shuffle || sampler || dropLast)) {
    throw new ArgumentError("batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last");
  }
}
