import { ArgumentError } from "../errors.ts";
import { valueInWords } from "../forms/kinds.ts";
import { instrument } from "../instrument.ts";
import type { Int } from "../ops/types.ts";
import { defaultGenerator, type Generator } from "../random/index.ts";
import { warnOnce } from "../warnings.ts";
import { defaultCollate, defaultConvert, type Collated } from "./collate.ts";
import { checkSource, gatherRows, IterableDataset, sampleAt, type SampleSource } from "./dataset.ts";
import { BatchSampler, drawSeed, RandomSampler, SequentialSampler, type IndexSource } from "./sampler.ts";

/**
 * Lists of indices, one for each batch.
 * @api data.BatchSource
 */
export interface BatchSource extends Iterable<readonly number[]> {
  readonly length: number;
}

/** What in PyTorch is about processes that load samples beside the program's own. */
interface WorkerOptions {
  /** How many batches each worker loads ahead. */
  prefetchFactor?: Int | null;
  /** Whether workers outlive an epoch. Default false. */
  persistentWorkers?: boolean;
  /** Where memory is pinned. Default "". */
  pinMemoryDevice?: string;
  /** Whether batches keep their order, as they always do here. Default true. */
  inOrder?: boolean;
}

/**
 * Goes through a dataset (or a plain array of samples) in batches, once for each `for (const batch of loader)`; `for await` does the same.
 * With the same seed, batches are PyTorch's. Samples are loaded in the program's own process, one after the other: what is
 * about workers or pinned memory is taken and changes nothing, of which a warning tells.
 * @param batchSize samples per batch; `null` hands out single samples
 * @param shuffle a new random order for each epoch
 * @param sampler which samples, in which order; instead of `shuffle`
 * @param batchSampler lists of indices, one for each batch; instead of `batchSize`, `shuffle`, `sampler` and `dropLast`
 * @param collateFn makes a batch of samples; by default stacks tensors and numbers, entry by entry (see `defaultCollate`)
 * @param dropLast leave out a last batch that isn't full
 * @param generator the one that `manualSeed` seeds by default
 * @throws ArgumentError for what is no dataset, and for arguments that exclude one another
 * @see https://pytorch.org/docs/stable/data.html#torch.utils.data.DataLoader
 * @api data.DataLoader
 */
// oxlint-disable-next-line no-explicit-any
export class DataLoader<Item = any, Batch = Collated<Item>> implements Iterable<Batch> {
  readonly dataset: SampleSource<Item> | IterableDataset<Item>;
  /** Samples per batch; `null` with a `batchSampler`, or without batches. */
  readonly batchSize: number | null;
  readonly dropLast: boolean;
  readonly generator: Generator | null;
  readonly #batches: BatchSource | null;
  readonly #sampler: IndexSource | null;
  readonly #collate: ((samples: Item[]) => Batch) | null;

  constructor(
    dataset: SampleSource<Item> | IterableDataset<Item>,
    batchSize: Int | null = 1,
    shuffle: boolean | null = false,
    sampler: IndexSource | readonly Int[] | null = null,
    batchSampler: BatchSource | readonly (readonly Int[])[] | null = null,
    numWorkers: Int = 0,
    collateFn: ((samples: Item[]) => Batch) | null = null,
    pinMemory = false,
    dropLast = false,
    timeout = 0,
    workerInitFn: ((worker: number) => void) | null = null,
    multiprocessingContext: unknown = null,
    generator: Generator | null = null,
    { prefetchFactor = null, persistentWorkers = false, pinMemoryDevice = "", inOrder = true }: WorkerOptions = {},
  ) {
    checkWorkers(numWorkers, timeout, prefetchFactor, persistentWorkers);
    warnOfWorkers({
      numWorkers: numWorkers > 0,
      pinMemory,
      timeout: timeout > 0,
      workerInitFn: workerInitFn !== null,
      multiprocessingContext: multiprocessingContext !== null,
      prefetchFactor: prefetchFactor !== null,
      persistentWorkers,
      pinMemoryDevice: pinMemoryDevice !== "",
      inOrder: !inOrder,
    });
    const order = { shuffle: shuffle ?? false, sampler, batchSampler, batchSize, dropLast };
    checkExclusive(order);
    const isStream = dataset instanceof IterableDataset;
    if (isStream) checkStream(order);
    else checkSource(dataset);
    this.dataset = dataset;
    this.batchSize = batchSampler ? null : batchSize;
    this.dropLast = dropLast;
    this.generator = generator;
    this.#sampler =
      isStream || batchSampler ? null : (sampler ?? (shuffle ? new RandomSampler(dataset, false, null, generator) : new SequentialSampler(dataset)));
    this.#batches = batchSampler ?? (batchSize !== null && this.#sampler ? new BatchSampler(this.#sampler, batchSize, dropLast) : null);
    this.#collate = collateFn;
    instrument()?.loaderConstructed?.(this);
  }

  /**
   * Whether each pass takes the samples as they lie in the dataset.
   * @internal
   */
  get isInOrder(): boolean {
    return this.#sampler instanceof SequentialSampler;
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
    instrument()?.epochStart?.(this);
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
      instrument()?.batch?.(this, index++);
      yield batch();
    }
    instrument()?.epochEnd?.(this);
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
    if (!Array.isArray(indices))
      throw new ArgumentError(`a batch sampler gives lists of indices, one for each batch, but gave ${valueInWords(indices)}`, "TypeError");
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

/** Which samples come when. */
interface Order {
  readonly shuffle: boolean;
  readonly sampler: object | null;
  readonly batchSampler: object | null;
  readonly batchSize: number | null;
  readonly dropLast: boolean;
}

function checkExclusive({ sampler, shuffle, batchSampler, batchSize, dropLast }: Order): void {
  if (batchSize === null && dropLast) throw new ArgumentError("batch_size=None option disables auto-batching and is mutually exclusive with drop_last");
  if (sampler && shuffle) throw new ArgumentError("sampler option is mutually exclusive with shuffle");
  if (batchSampler && (batchSize !== 1 || shuffle || sampler || dropLast)) {
    throw new ArgumentError("batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last");
  }
}

function checkStream({ shuffle, sampler, batchSampler }: Order): void {
  if (shuffle) throw new ArgumentError("DataLoader with IterableDataset: expected unspecified shuffle option, but got shuffle=True");
  if (sampler) throw new ArgumentError("DataLoader with IterableDataset: expected unspecified sampler option, but got a sampler");
  if (batchSampler) throw new ArgumentError("DataLoader with IterableDataset: expected unspecified batch_sampler option, but got a batch_sampler");
}

function checkWorkers(numWorkers: number, timeout: number, prefetchFactor: number | null, persistentWorkers: boolean): void {
  if (numWorkers < 0) throw new ArgumentError("num_workers option should be non-negative; use num_workers=0 to disable multiprocessing.");
  if (timeout < 0) throw new ArgumentError("timeout option should be non-negative");
  if (numWorkers === 0 && prefetchFactor !== null) {
    throw new ArgumentError(
      "prefetch_factor option could only be specified in multiprocessing. let num_workers > 0 to enable multiprocessing, otherwise set prefetch_factor to None.",
    );
  }
  if (numWorkers === 0 && persistentWorkers) throw new ArgumentError("persistent_workers option needs num_workers > 0");
}

/** Programs for PyTorch say such things all the time; they stay right without. */
function warnOfWorkers(given: Readonly<Record<string, boolean>>): void {
  const names = Object.keys(given).filter((name) => given[name]);
  if (names.length === 0) return;
  const [list, have] = names.length === 1 ? [names[0]!, "has"] : [`${names.slice(0, -1).join(", ")} and ${names.at(-1)!}`, "have"];
  warnOnce(`DataLoader: ${list} ${have} no effect here: samples are loaded in the program's own process, one after the other, and there is one memory.`);
}

/**
 * PyTorch's workers ask who they are; here nobody is one.
 * @see https://pytorch.org/docs/stable/data.html#torch.utils.data.get_worker_info
 * @api data.getWorkerInfo
 */
export function getWorkerInfo(): null {
  return null;
}
