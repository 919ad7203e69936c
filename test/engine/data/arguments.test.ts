import assert from "node:assert/strict";
import { arange, data, Generator, log, manualSeed, tensor } from "../../../src/engine/index.ts";
import { setInstrument } from "../../../src/engine/instrument.ts";

// How users of PyTorch write datasets, samplers and loaders: each form does what it says or is refused, and none is silent.

const samples = new data.TensorDataset(arange(10), arange(10).mul(10));
// What the editor underlines, as JavaScript lets it be written.
// oxlint-disable-next-line no-explicit-any
const loose = data as any;

function refused(calls: Readonly<Record<string, [() => unknown, RegExp]>>): void {
  for (const [name, [call, message]] of Object.entries(calls)) it(name, () => assert.throws(call, { message }));
}

/** What is printed as a warning while `run` runs. */
function warnings(run: () => void): string[] {
  const found: string[] = [];
  const { warn } = console;
  console.warn = (text: string) => found.push(text);
  try {
    run();
  } finally {
    console.warn = warn;
  }
  return found;
}

describe("a loader's arguments", () => {
  it("by position, by name or mixed are the same", () => {
    const batches = (make: () => data.DataLoader): unknown[] => {
      manualSeed(3);
      return [...make()].map(([x]) => x.tolist());
    };
    const made = [
      () => new data.DataLoader(samples, 4, true, null, null, 0, null, false, true),
      () => new data.DataLoader(samples, 4, { shuffle: true, dropLast: true }),
      () => new data.DataLoader(samples, { batchSize: 4, shuffle: true, dropLast: true }),
      () => new data.DataLoader({ dataset: samples, batchSize: 4, shuffle: true, dropLast: true }),
    ];
    const [first, ...others] = made.map(batches);
    assert.equal(first!.length, 2);
    for (const other of others) assert.deepEqual(other, first);
  });

  it("an object with a length and a get is a dataset, not arguments by name", () => {
    const squares = { length: 3, get: (index: number) => index * index };
    assert.deepEqual(
      [...new data.DataLoader(squares, 3)].map((batch) => batch.tolist()),
      [[0, 1, 4]],
    );
    assert.equal(new data.DataLoader(squares).length, 3);
  });

  it("lists are samplers, as in PyTorch", () => {
    assert.deepEqual(
      [...new data.DataLoader(samples, 2, { sampler: [3, 1] })].map(([x]) => x.tolist()),
      [[3, 1]],
    );
    assert.deepEqual(
      [...new data.DataLoader(samples, { batchSampler: [[1, 2], [3]] })].map(([x]) => x.tolist()),
      [[1, 2], [3]],
    );
  });

  it("says once what becomes of workers and pinned memory", () => {
    const make = () => new data.DataLoader(samples, 5, { numWorkers: 7, pinMemory: true, persistentWorkers: true });
    const found = warnings(() => {
      assert.equal([...make()].length, 2);
      make();
    });
    assert.deepEqual(found, [
      "UserWarning: DataLoader: numWorkers, pinMemory and persistentWorkers have no effect here: samples are loaded in the program's own process, one after the other, and there is one memory.",
    ]);
    assert.deepEqual(
      warnings(() => new data.DataLoader(samples, 5, true, null, null, 0, null, false)),
      [],
    );
  });

  refused({
    "an unknown name": [() => new loose.DataLoader(samples, { batch_size: 4 }), /'batch_size'; did you mean 'batchSize'\?/],
    "an unknown name among all by name": [() => new loose.DataLoader({ dataset: samples, batchsize: 4 }), /'batchsize'; did you mean 'batchSize'\?/],
    "half a sample": [() => new loose.DataLoader(samples, 4.5), /argument 'batchSize' must be a whole number or null, not 4\.5/],
    "a word for a truth value": [() => new loose.DataLoader(samples, 4, "yes"), /argument 'shuffle' must be true or false or null, not "yes"/],
    "workers below 0": [() => new data.DataLoader(samples, { numWorkers: -1 }), /num_workers option should be non-negative/],
    "what only workers could do": [
      () => new data.DataLoader(samples, { prefetchFactor: 2 }),
      /prefetch_factor option could only be specified in multiprocessing/,
    ],
    "workers that outlive an epoch, of which there are none": [
      () => new data.DataLoader(samples, { persistentWorkers: true }),
      /persistent_workers option needs num_workers > 0/,
    ],
  });

  it("a loader is a type without saying of what", () => {
    const count = (loader: data.DataLoader): number => {
      let total = 0;
      for (const [x, y] of loader) total += x.shape[0] + y.dim();
      return total;
    };
    assert.equal(count(new data.DataLoader(samples, 5)), 12);
  });
});

describe("arguments of datasets and samplers", () => {
  it("by position and by name are the same", () => {
    const indices = (sampler: Iterable<number>): number[] => [...sampler];
    const generator = () => new Generator().manualSeed(1);
    assert.deepEqual(
      indices(new data.RandomSampler({ dataSource: samples, replacement: true, numSamples: 4, generator: generator() })),
      indices(new data.RandomSampler(samples, true, 4, generator())),
    );
    assert.deepEqual(
      indices(new data.SubsetRandomSampler([1, 2, 3], { generator: generator() })),
      indices(new data.SubsetRandomSampler([1, 2, 3], generator())),
    );
    assert.deepEqual(
      indices(new data.WeightedRandomSampler({ weights: [1, 2], numSamples: 5, generator: generator() })),
      indices(new data.WeightedRandomSampler([1, 2], 5, true, generator())),
    );
    assert.deepEqual(
      indices(new data.DistributedSampler(samples, { numReplicas: 2, rank: 1, seed: 3 })),
      indices(new data.DistributedSampler(samples, 2, 1, true, 3)),
    );
    assert.deepEqual([...new data.BatchSampler([1, 2, 3], 2, false)], [[1, 2], [3]]);
    const parts = (made: readonly data.Subset<unknown>[]): unknown => made.map((part) => [...part.indices]);
    assert.deepEqual(
      parts(data.randomSplit({ dataset: samples, lengths: [7, 3], generator: generator() })),
      parts(data.randomSplit(samples, [7, 3], generator())),
    );
    assert.equal(new data.StackDataset({ datasets: [samples, samples] }).length, 10);
    assert.equal(new data.SequentialSampler([5, 6]).length, 2);
  });

  refused({
    "tensors in a list": [() => new loose.TensorDataset([arange(3)]), /argument 'tensors' must be a tensor, not a list/],
    "datasets that aren't in a list": [() => new data.ConcatDataset(...([samples, samples] as never as [[]])), /takes 1 positional argument but 2 were given/],
    "an unknown name": [() => new loose.RandomSampler(samples, { num_samples: 4 }), /did you mean 'numSamples'\?/],
    "a seed in place of a generator": [() => loose.randomSplit(samples, [7, 3], 5), /argument 'generator' must be a Generator or null, not 5/],
    "an argument that PyTorch wants": [() => new loose.BatchSampler([1], 2), /missing 1 required argument: 'dropLast'/],
    "a share of nobody knows how many": [() => new loose.DistributedSampler(samples), /say numReplicas and rank/],
    "an argument to what takes none": [() => loose.getWorkerInfo(1), /takes 0 positional arguments but 1 was given/],
  });
});

describe("arguments of what reads files", () => {
  refused({
    "an unknown name": [() => loose.parseCsv("a\n1\n", { delimeter: ";" }), /did you mean 'delimiter'\?/],
    "a number for a path": [() => loose.readCsv(5), /argument 'path' must be a string or a URL, not 5/],
    "a type that tables don't give": [
      () => loose.parseCsv("a\n1\n").column("a", { dtype: "int64" }),
      /argument 'dtype' must be "float32" or "int32", not "int64"/,
    ],
    "a column without a name": [() => loose.parseCsv("a\n1\n").column(), /missing 1 required argument: 'name'/],
    "an unknown mode": [() => loose.readImage("x.png", "rgb"), /argument 'mode' must be "unchanged" or "RGB", not "rgb"; did you mean "RGB"\?/],
  });
});

describe("log", () => {
  it("is the logarithm of a tensor, and a note on the charts of anything by name", () => {
    const noted: unknown[] = [];
    setInstrument({ log: (values) => noted.push(values) });
    try {
      assert.deepEqual(log(tensor([1])).tolist(), [0]);
      for (const values of [{ loss: 3 }, { input: 3 }, { values: 1, loss: 2 }]) log(values);
    } finally {
      setInstrument(null);
    }
    assert.deepEqual(noted, [{ loss: 3 }, { input: 3 }, { values: 1, loss: 2 }]);
    // oxlint-disable-next-line no-explicit-any
    assert.throws(() => (log as any)("loss", 3), /log\(\) takes 1 positional argument but 2 were given/);
  });
});
