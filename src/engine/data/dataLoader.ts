import { ArgumentError } from "../errors.ts";
import { valueInWords } from "../forms/kinds.ts";
import { instrument, type Resumable } from "../instrument.ts";
import type { Int } from "../ops/types.ts";
import { defaultGenerator, type Generator } from "../random/index.ts";
import { warnOnce } from "../warnings.ts";
import { defaultCollate, defaultConvert, type Collated } from "./collate.ts";
import { checkSource, gatherRows, IterableDataset, sampleAt, type SampleSource } from "./dataset.ts";
import { BatchSampler, drawSeed, RandomSampler, SequentialSampler, streamsOf, type IndexSource } from "./sampler.ts";

/**
 * Lists of indices, one for each batch.
 * @api data.BatchSource
 */
export interface BatchSource extends Iterable<readonly number[]> {
  readonly length: number;
}

/**
 * How far a loader is: what `stateDict()` gives, as torchdata's `StatefulDataLoader` does. A plain value that `save` takes.
 * @api data.DataLoaderStateDict
 */
export interface DataLoaderStateDict {
  /** Batches of the present pass that were handed out. */
  _num_yielded: number;
  /** Whether the pass came to its end; the next one is a new one. */
  _iterator_finished: boolean;
  /** What the generators that the order follows from were like when the pass began; none before the first. */
  _generator_states: Uint8Array[];
  /** What a stream that has a `stateDict()` of its own said of itself. */
  dataset_state: Record<string, unknown> | null;
}

/** A pass over the dataset. */
interface Pass {
  yielded: number;
  isFinished: boolean;
  /** The streams of random numbers as they were when it began. */
  readonly began: readonly Uint8Array[];
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
  /** The one that began last. */
  #pass: Pass | null = null;
  /** Where the next pass goes on, after `loadStateDict`. */
  #loaded: DataLoaderStateDict | null = null;

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

  /**
   * How far the present pass is, to go on from there in another run: save it beside the model's and the optimizer's state and
   * `getRngState()`, and take all of them up before the first loop.
   * @see https://pytorch.org/data/main/stateful_dataloader_tutorial.html
   */
  stateDict(): DataLoaderStateDict {
    if (this.#loaded) return this.#loaded;
    const { yielded, isFinished, began } = this.#pass ?? { yielded: 0, isFinished: false, began: [] };
    const dataset = isFinished ? null : statefulOf(this.dataset);
    return { _num_yielded: yielded, _iterator_finished: isFinished, _generator_states: [...began], dataset_state: dataset?.stateDict() ?? null };
  }

  /**
   * Lets the next pass go on where the loader was that gave the state: with its next batch, in the same order.
   * @throws ArgumentError for what is no state of such a loader
   */
  loadStateDict(stateDict: DataLoaderStateDict): void {
    const { _num_yielded: yielded, _iterator_finished: isFinished, _generator_states: states } = stateDict;
    const isState = Number.isInteger(yielded) && typeof isFinished === "boolean" && Array.isArray(states);
    if (!isState) throw new ArgumentError("loaded state dict is none of a DataLoader: give what a loader's stateDict() gave", "KeyError");
    const count = this.#streams().length;
    if (states.length !== 0 && states.length !== count) {
      throw new ArgumentError(`loaded state dict is of a loader with ${states.length} generators, but this one has ${count}: make the loader as it was then`);
    }
    this.#loaded = stateDict;
  }

  [Symbol.iterator](): IterableIterator<Batch> {
    instrument()?.epochStart?.(this);
    const loaded = this.#loaded;
    this.#loaded = null;
    const isUnderWay = loaded && !loaded._iterator_finished && loaded._generator_states.length > 0;
    const began = isUnderWay ? loaded._generator_states : this.#streams().map((stream) => stream.getState());
    const pass = (this.#pass = { yielded: isUnderWay ? loaded._num_yielded : 0, isFinished: false, began });
    return this.#iterate(pass, isUnderWay ? this.#goOn(loaded) : this.#begin());
  }

  /** A new pass. */
  #begin(): IterableIterator<() => Batch> {
    // PyTorch draws a seed for its workers at the start of each epoch, whether there are any or not.
    drawSeed(this.generator ?? defaultGenerator);
    return this.#all();
  }

  /** The rest of a pass: begun as it was then, and as far as it was; the generators are left as they are now. */
  #goOn({ _num_yielded: yielded, _generator_states: began, dataset_state: state }: DataLoaderStateDict): IterableIterator<() => Batch> {
    const streams = this.#streams();
    const now = streams.map((stream) => stream.getState());
    streams.forEach((stream, i) => stream.setState(began[i]!));
    const dataset = statefulOf(this.dataset);
    const knowsItself = dataset !== null && state !== null;
    if (knowsItself) dataset.loadStateDict(state);
    const batches = this.#begin();
    for (let i = 0; i < yielded && !knowsItself; i++) batches.next();
    streams.forEach((stream, i) => stream.setState(now[i]!));
    return batches;
  }

  /** The streams of random numbers that the order of samples follows from. */
  #streams(): readonly Generator[] {
    return [...new Set([defaultGenerator, ...(this.generator ? [this.generator] : []), ...streamsOf(this.#batches ?? this.#sampler)])];
  }

  async *[Symbol.asyncIterator](): AsyncIterableIterator<Batch> {
    yield* this[Symbol.iterator]();
  }

  *#iterate(pass: Pass, batches: IterableIterator<() => Batch>): IterableIterator<Batch> {
    for (const make of batches) {
      instrument()?.batch?.(this, pass.yielded);
      const batch = make();
      pass.yielded++;
      yield batch;
    }
    pass.isFinished = true;
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

/** A stream of samples that can say how far it is. */
function statefulOf(dataset: object): Resumable | null {
  const { stateDict, loadStateDict } = dataset as Partial<Resumable>;
  return dataset instanceof IterableDataset && typeof stateDict === "function" && typeof loadStateDict === "function"
    ? (dataset as unknown as Resumable)
    : null;
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
