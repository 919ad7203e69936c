/** Where samples come from: anything that has a `length` and gives the sample at an index. */
import { filled } from "../dtype.ts";
import { ArgumentError } from "../errors.ts";
import { tensor } from "../ops/creation.ts";
import { randperm } from "../ops/random.ts";
import { select } from "../ops/views.ts";
import type { Int } from "../ops/types.ts";
import type { Generator } from "../random/index.ts";
import type { Tensor } from "../tensor.ts";

/**
 * What a `DataLoader` needs of a dataset; an array-like class with these two will do.
 * @api data.Samples
 */
export interface Samples<Item> {
  /** Number of samples. */
  readonly length: number;
  /** The sample at an index, from 0. */
  get(index: Int): Item;
}

/**
 * What may stand where a dataset does: a plain array is one, as a list is in PyTorch.
 * @api data.SampleSource
 */
export type SampleSource<Item> = Samples<Item> | readonly Item[];

/** The sample at an index, from 0. */
export function sampleAt<Item>(source: SampleSource<Item>, index: number): Item {
  return isList(source) ? source[index]! : source.get(index);
}

/** @throws ArgumentError for what has no samples by number */
export function checkSource(source: unknown): void {
  const { length, get } = (source ?? {}) as { length?: unknown; get?: unknown };
  if (isList(source) || (typeof length === "number" && typeof get === "function")) return;
  const type = source === null || source === undefined ? String(source) : ((source as object).constructor?.name ?? typeof source);
  const lacks = typeof length === "number" ? "has no `get(index)`" : typeof get === "function" ? "has no `get length()`" : "is neither";
  throw new ArgumentError(`a dataset is an array, or has a \`length\` and a \`get(index)\`; ${type} ${lacks}`, "TypeError");
}

function isList<Item>(source: unknown): source is readonly Item[] {
  return Array.isArray(source) || (ArrayBuffer.isView(source) && !(source instanceof DataView));
}

/**
 * Base class of datasets: say how many samples there are (`length`), and which is which (`get`).
 * @see https://pytorch.org/docs/stable/data.html#torch.utils.data.Dataset
 * @api data.Dataset
 * @base
 */
export abstract class Dataset<Item = unknown> implements Samples<Item> {
  abstract get length(): number;
  abstract get(index: Int): Item;
}

/**
 * Samples that are rows of tensors: `get(i)` gives row i of each.
 * @param tensors all of the same first size
 * @throws ArgumentError (AssertionError) where their first sizes differ
 * @see https://pytorch.org/docs/stable/data.html#torch.utils.data.TensorDataset
 * @api data.TensorDataset
 */
export class TensorDataset<Rows extends Tensor[] = Tensor[]> extends Dataset<Rows> {
  readonly tensors: Rows;

  constructor(...tensors: Rows) {
    super();
    if (tensors.some((each) => each.length !== tensors[0]!.length)) {
      throw new ArgumentError(`Size mismatch between tensors: first sizes are ${tensors.map((each) => each.length).join(", ")}`, "AssertionError");
    }
    this.tensors = tensors;
  }

  get length(): number {
    return this.tensors[0]?.length ?? 0;
  }

  get(index: Int): Rows {
    return this.tensors.map((each) => select(each, 0, index)) as Rows;
  }
}

/**
 * Base class of samples that come one after the other and have no numbers: a stream.
 * @see https://pytorch.org/docs/stable/data.html#torch.utils.data.IterableDataset
 * @api data.IterableDataset
 * @base
 */
export abstract class IterableDataset<Item = unknown> implements Iterable<Item> {
  abstract [Symbol.iterator](): Iterator<Item>;
}

/**
 * Several streams, one after the other.
 * @see https://pytorch.org/docs/stable/data.html#torch.utils.data.ChainDataset
 * @api data.ChainDataset
 */
export class ChainDataset<Item> extends IterableDataset<Item> {
  readonly datasets: readonly Iterable<Item>[];

  constructor(datasets: Iterable<Iterable<Item>>) {
    super();
    this.datasets = [...datasets];
  }

  *[Symbol.iterator](): IterableIterator<Item> {
    for (const dataset of this.datasets) {
      if (!(dataset instanceof IterableDataset)) throw new ArgumentError("ChainDataset only supports IterableDataset", "AssertionError");
      yield* dataset as Iterable<Item>;
    }
  }
}

/**
 * Several datasets side by side: sample i is the list of all their samples i, or an object of them.
 * @param datasets a list, or an object with a dataset under each name; all of one length
 * @throws ArgumentError where their lengths differ
 * @see https://pytorch.org/docs/stable/data.html#torch.utils.data.StackDataset
 * @api data.StackDataset
 */
export class StackDataset<Sources extends readonly SampleSource<unknown>[] | Readonly<Record<string, SampleSource<unknown>>>> extends Dataset<unknown> {
  readonly datasets: Sources;

  constructor(datasets: Sources) {
    super();
    this.datasets = datasets;
    if (new Set(Object.values(datasets).map((dataset) => dataset.length)).size > 1) throw new ArgumentError("Size mismatch between datasets");
  }

  get length(): number {
    return Object.values(this.datasets)[0]?.length ?? 0;
  }

  get(index: Int): unknown {
    const { datasets } = this;
    if (Array.isArray(datasets)) return datasets.map((dataset: SampleSource<unknown>) => sampleAt(dataset, index));
    return Object.fromEntries(Object.entries(datasets).map(([name, dataset]) => [name, sampleAt(dataset as SampleSource<unknown>, index)]));
  }
}

/**
 * Some samples of a dataset, by their indices.
 * @see https://pytorch.org/docs/stable/data.html#torch.utils.data.Subset
 * @api data.Subset
 */
export class Subset<Item> extends Dataset<Item> {
  readonly dataset: SampleSource<Item>;
  readonly indices: readonly number[];

  constructor(dataset: SampleSource<Item>, indices: Iterable<number>) {
    super();
    checkSource(dataset);
    this.dataset = dataset;
    this.indices = [...indices];
  }

  get length(): number {
    return this.indices.length;
  }

  get(index: Int): Item {
    return sampleAt(this.dataset, this.indices[checkedIndex(index, this.length)]!);
  }
}

/**
 * Several datasets, one after the other.
 * @throws ArgumentError (AssertionError) for none
 * @see https://pytorch.org/docs/stable/data.html#torch.utils.data.ConcatDataset
 * @api data.ConcatDataset
 */
export class ConcatDataset<Item> extends Dataset<Item> {
  readonly datasets: readonly SampleSource<Item>[];
  readonly #ends: number[];

  constructor(datasets: Iterable<SampleSource<Item>>) {
    super();
    this.datasets = [...datasets];
    if (this.datasets.length === 0) throw new ArgumentError("datasets should not be an empty iterable", "AssertionError");
    this.datasets.forEach(checkSource);
    let end = 0;
    this.#ends = this.datasets.map((dataset) => (end += dataset.length));
  }

  get length(): number {
    return this.#ends.at(-1)!;
  }

  get(index: Int): Item {
    const position = checkedIndex(index, this.length);
    const which = this.#ends.findIndex((end) => position < end);
    return sampleAt(this.datasets[which]!, position - (this.#ends[which - 1] ?? 0));
  }
}

function checkedIndex(index: number, length: number): number {
  const wrapped = index < 0 ? index + length : index;
  if (!Number.isInteger(index) || wrapped < 0 || wrapped >= length) {
    throw new ArgumentError(`index ${index} is out of range for a dataset of length ${length}`, "IndexError");
  }
  return wrapped;
}

/**
 * Splits a dataset at random into parts that don't overlap.
 * @param lengths of the parts, or fractions that add up to 1; what rounding leaves goes to the first parts
 * @param generator the one that `manualSeed` seeds by default
 * @throws ArgumentError where the lengths don't add up to the dataset's
 * @see https://pytorch.org/docs/stable/data.html#torch.utils.data.random_split
 * @api data.randomSplit
 */
export function randomSplit<Item, const Lengths extends readonly number[]>(
  dataset: SampleSource<Item>,
  lengths: Lengths,
  generator: Generator | null = null,
): { [Part in keyof Lengths]: Subset<Item> } {
  const sizes = partSizes(dataset.length, lengths);
  const order = randperm(dataset.length, generator ? { generator } : {}).toTypedArray();
  let start = 0;
  return sizes.map((size) => new Subset(dataset, order.subarray(start, (start += size)))) as { [Part in keyof Lengths]: Subset<Item> };
}

function partSizes(total: number, lengths: readonly number[]): readonly number[] {
  const sum = lengths.reduce((a, b) => a + b, 0);
  if (Math.abs(sum - 1) <= 1e-9 && sum <= 1 + 1e-9 && !lengths.every(Number.isInteger)) return fractionSizes(total, lengths);
  if (sum !== total) throw new ArgumentError("Sum of input lengths does not equal the length of the input dataset!");
  return lengths;
}

function fractionSizes(total: number, fractions: readonly number[]): number[] {
  fractions.forEach((fraction, i) => {
    if (fraction < 0 || fraction > 1) throw new ArgumentError(`Fraction at index ${i} is not between 0 and 1`);
  });
  const sizes = fractions.map((fraction) => Math.floor(total * fraction));
  const rest = total - sizes.reduce((a, b) => a + b, 0);
  for (let i = 0; i < rest; i++) sizes[i % sizes.length]!++;
  return sizes;
}

/**
 * A whole batch at once where samples are rows of tensors, else `null`. The values are those that `get` and the
 * default collation would give.
 */
export function gatherRows(dataset: SampleSource<unknown>, indices: readonly number[]): Tensor[] | null {
  if (dataset instanceof Subset && dataset.get === Subset.prototype.get) {
    return gatherRows(
      dataset.dataset,
      indices.map((index) => dataset.indices[checkedIndex(index, dataset.length)]!),
    );
  }
  if (!(dataset instanceof TensorDataset) || dataset.get !== TensorDataset.prototype.get) return null;
  const rows = tensor(filled(new Int32Array(indices.length), (i) => checkedIndex(indices[i]!, dataset.length)));
  return dataset.tensors.map((each: Tensor) => each.indexSelect(0, rows));
}
