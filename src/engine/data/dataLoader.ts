import { ArgumentError } from "../errors.ts";
import { instrument } from "../instrument.ts";
import { defaultGenerator, type Generator } from "../random/index.ts";
import { defaultCollate, defaultConvert, type Collated } from "./collate.ts";
import { checkSource, gatherRows, IterableDataset, sampleAt, type SampleSource } from "./dataset.ts";
import { BatchSampler, drawSeed, RandomSampler, SequentialSampler } from "./sampler.ts";

export interface DataLoaderOptions<Item, Batch> {
  /** Samples per batch; `null` hands out single samples. Default 1. */
  batchSize?: number | null;
  /** A new random order for each epoch. Default false. */
  shuffle?: boolean;
  /** Which samples, in which order; instead of `shuffle`. */
  sampler?: Iterable<number> & { readonly length: number };
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
  /** Accepted for PyTorch's sake; these do nothing. */
  pinMemory?: boolean;
  timeout?: number;
  persistentWorkers?: boolean;
  prefetchFactor?: number | null;
  workerInitFn?: ((worker: number) => void) | null;
}

/**
 * Goes through a dataset (or a plain array of samples) in batches, once for each `for (const batch of loader)`; `for await` does the same.
 * With the same seed, batches are PyTorch's.
 */
export class DataLoader<Item, Batch = Collated<Item>> implements Iterable<Batch> {
  readonly dataset: SampleSource<Item> | IterableDataset<Item>;
  /** Samples per batch; `null` with a `batchSampler`, or without batches. */
  readonly batchSize: number | null;
  readonly dropLast: boolean;
  readonly generator: Generator | null;
  readonly #batches: (Iterable<readonly number[]> & { readonly length: number }) | null;
  readonly #sampler: (Iterable<number> & { readonly length: number }) | null;
  readonly #collate: ((samples: Item[]) => Batch) | null;

  constructor(dataset: SampleSource<Item> | IterableDataset<Item>, options: DataLoaderOptions<Item, Batch> = {}) {
    const { batchSize = 1, dropLast = false, collateFn, generator, batchSampler } = options;
    const isStream = dataset instanceof IterableDataset;
    checkExclusive(options);
    if (isStream) checkStream(options);
    else checkSource(dataset);
    this.dataset = dataset;
    this.batchSize = batchSampler ? null : batchSize;
    this.dropLast = dropLast;
    this.generator = generator ?? null;
    this.#sampler = isStream || batchSampler ? null : samplerFor(dataset, options);
    this.#batches = batchSampler ?? (batchSize !== null && this.#sampler ? new BatchSampler(this.#sampler, batchSize, dropLast) : null);
    this.#collate = collateFn ?? null;
  }

  /** Number of batches. */
  get length(): number {
    const whole = this.#batches ?? this.#sampler;
    if (whole !== null) return whole.length;
    const { length } = this.dataset as { length?: number };
    if (typeof length !== "number") throw new ArgumentError(`object of type '${this.dataset.constructor.name}' has no len()`, "TypeError");
    if (this.batchSize === null) return length;
    return this.dropLast ? Math.floor(length / this.batchSize) : Math.ceil(length / this.batchSize);
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
    for (const batch of this.#all()) {
      instrument()?.batch?.(this as DataLoader<unknown>, index++);
      yield batch();
    }
    instrument()?.epochEnd?.(this as DataLoader<unknown>);
  }

  /** What makes each batch, when it is its turn. */
  *#all(): IterableIterator<() => Batch> {
    if (this.dataset instanceof IterableDataset) yield* this.#streamed(this.dataset);
    else if (this.#batches !== null) for (const indices of this.#batches) yield () => this.#batch(indices);
    else for (const index of this.#sampler!) yield () => this.#single(sampleAt(this.dataset as SampleSource<Item>, index));
  }

  *#streamed(stream: Iterable<Item>): IterableIterator<() => Batch> {
    let samples: Item[] = [];
    for (const item of stream) {
      if (this.batchSize === null) {
        yield () => this.#single(item);
        continue;
      }
      samples.push(item);
      if (samples.length < this.batchSize) continue;
      const full = samples;
      samples = [];
      yield () => this.#collated(full);
    }
    if (samples.length > 0 && !this.dropLast) yield () => this.#collated(samples);
  }

  #batch(indices: readonly number[]): Batch {
    const dataset = this.dataset as SampleSource<Item>;
    if (this.#collate === null) {
      const rows = gatherRows(dataset, indices);
      if (rows !== null) return rows as Batch;
    }
    return this.#collated(indices.map((index) => sampleAt(dataset, index)));
  }

  #collated(samples: Item[]): Batch {
    return this.#collate === null ? (defaultCollate(samples) as Batch) : this.#collate(samples);
  }

  /** Without batches the collating function gets the sample itself. */
  #single(sample: Item): Batch {
    return this.#collate === null ? (defaultConvert(sample) as Batch) : (this.#collate as unknown as (sample: Item) => Batch)(sample);
  }
}

function samplerFor<Item, Batch>(dataset: SampleSource<Item>, options: DataLoaderOptions<Item, Batch>): Iterable<number> & { readonly length: number } {
  if (options.sampler) return options.sampler;
  if (!options.shuffle) return new SequentialSampler(dataset);
  return new RandomSampler(dataset, options.generator ? { generator: options.generator } : {});
}

function checkExclusive<Item, Batch>(options: DataLoaderOptions<Item, Batch>): void {
  const { sampler, shuffle, batchSampler, batchSize, dropLast } = options;
  if (batchSize === null && dropLast) throw new ArgumentError("batch_size=None option disables auto-batching and is mutually exclusive with drop_last");
  if (sampler && shuffle) throw new ArgumentError("sampler option is mutually exclusive with shuffle");
  if (batchSampler && ((batchSize ?? 1) !== 1 || shuffle || sampler || dropLast)) {
    throw new ArgumentError("batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last");
  }
}

function checkStream<Item, Batch>({ shuffle, sampler, batchSampler }: DataLoaderOptions<Item, Batch>): void {
  if (shuffle) throw new ArgumentError("DataLoader with IterableDataset: expected unspecified shuffle option, but got shuffle=True");
  if (sampler) throw new ArgumentError("DataLoader with IterableDataset: expected unspecified sampler option, but got a sampler");
  if (batchSampler) throw new ArgumentError("DataLoader with IterableDataset: expected unspecified batch_sampler option, but got a batch_sampler");
}

/** PyTorch's workers ask who they are; here nobody is one. */
export function getWorkerInfo(): null {
  return null;
}
