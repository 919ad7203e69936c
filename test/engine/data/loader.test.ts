import assert from "node:assert/strict";
import { arange, data, Generator, manualSeed, rand, randn, tensor, type Tensor } from "../../../src/engine/index.ts";
import { setInstrument } from "../../../src/engine/instrument.ts";
import { readFixture } from "../../fixtures/read.ts";

interface Loading {
  epochs: number[][][];
  length: number;
  after: number[];
}

const expected = readFixture<{
  loaders: Record<string, Loading> & { generatorAfter: number[] };
  splits: Record<"lengths" | "fractions" | "generator", number[][]>;
}>("optimizers.json");

const samples = new data.TensorDataset(arange(10), arange(10).mul(10));

describe("DataLoader", () => {
  describe("hands out PyTorch's batches and leaves the generators where PyTorch leaves them", () => {
    const own = new Generator().manualSeed(5);
    const makers: Record<string, () => data.DataLoader<[Tensor, Tensor]>> = {
      sequential: () => new data.DataLoader(samples, { batchSize: 4 }),
      dropLast: () => new data.DataLoader(samples, { batchSize: 4, dropLast: true }),
      shuffled: () => new data.DataLoader(samples, { batchSize: 3, shuffle: true }),
      generator: () => new data.DataLoader(samples, { batchSize: 3, shuffle: true, generator: own }),
      replacement: () => new data.DataLoader(samples, { batchSize: 8, sampler: new data.RandomSampler(samples, { replacement: true, numSamples: 70 }) }),
      fewer: () => new data.DataLoader(samples, { batchSize: 8, sampler: new data.RandomSampler(samples, { numSamples: 23 }) }),
      subsetSampler: () => new data.DataLoader(samples, { batchSize: 2, sampler: new data.SubsetRandomSampler([9, 1, 5, 7]) }),
      subset: () => new data.DataLoader(new data.Subset(samples, [3, 1, 4, 1, 5]), { batchSize: 2, shuffle: true }),
    };
    for (const [name, make] of Object.entries(makers)) {
      it(name, () => {
        const truth = expected.loaders[name]!;
        manualSeed(0);
        const loader = make();
        const epochs = [0, 1].map(() => [...loader].map(([x]) => x.tolist()));
        assert.deepEqual(epochs, truth.epochs);
        assert.equal(loader.length, truth.length);
        assert.deepEqual(rand(2).tolist(), truth.after);
        if (name === "generator") assert.deepEqual(rand([2], { generator: own }).tolist(), expected.loaders.generatorAfter);
      });
    }
  });

  it("gives tensors, typed as the dataset's", () => {
    for (const [x, y] of new data.DataLoader(new data.TensorDataset(randn(6, 2, 3), arange(6)), { batchSize: 4 })) {
      assert.deepEqual([...x.shape.slice(1), y.dtype], [2, 3, "int32"]);
    }
  });

  it("takes a plain array for a dataset, as PyTorch takes a list", () => {
    const samples: [Tensor, number][] = [
      [tensor([1, 2]), 0],
      [tensor([3, 4]), 1],
      [tensor([5, 6]), 1],
    ];
    const batches = [...new data.DataLoader(samples, { batchSize: 2 })].map(([x, y]) => [x.tolist(), y.tolist()]);
    assert.deepEqual(batches, [
      [
        [
          [1, 2],
          [3, 4],
        ],
        [0, 1],
      ],
      [[[5, 6]], [1]],
    ]);
    assert.deepEqual(
      [...new data.DataLoader([5, 6, 7], { batchSize: 3 })].map((batch) => batch.tolist()),
      [[5, 6, 7]],
    );
    const parts = new data.ConcatDataset([new data.Subset([1, 2, 3], [2, 0]), [9]]);
    assert.deepEqual(
      [0, 1, 2].map((index) => parts.get(index)),
      [3, 1, 9],
    );
    assert.deepEqual(new data.StackDataset({ a: [1, 2], b: ["x", "y"] }).get(1), { a: 2, b: "y" });
    assert.deepEqual(
      data.randomSplit([1, 2, 3], [2, 1]).map(({ length }) => length),
      [2, 1],
    );
  });

  it("says what a dataset is where it gets none", () => {
    for (const nothing of [{ length: 3 }, new Set([1]), null, 7]) {
      assert.throws(
        () => new data.DataLoader(nothing as never),
        /a dataset is an array, or has a `length` and a `get\(index\)`; (Object|Set|null|Number) (is neither|has no `get\(index\)`)/,
      );
    }
  });

  it("is async-iterable, too", async () => {
    const batches: unknown[] = [];
    for await (const [x] of new data.DataLoader(samples, { batchSize: 5 })) batches.push(x.tolist());
    assert.deepEqual(batches, [
      [0, 1, 2, 3, 4],
      [5, 6, 7, 8, 9],
    ]);
  });

  it("collates numbers, booleans, strings, tensors, tuples and objects", () => {
    class Mixed extends data.Dataset<{ x: Tensor; label: number; weight: number; ok: boolean; name: string; pair: [number, Tensor] }> {
      get length() {
        return 3;
      }
      get(index: number) {
        const pair: [number, Tensor] = [index / 2, tensor(index)];
        return { x: tensor([index, index + 1]), label: index, weight: index / 4, ok: index === 1, name: `n${index}`, pair };
      }
    }
    const [batch] = [...new data.DataLoader(new Mixed(), { batchSize: 3 })];
    assert.deepEqual(batch!.x.tolist(), [
      [0, 1],
      [1, 2],
      [2, 3],
    ]);
    assert.deepEqual([batch!.label.dtype, batch!.label.tolist()], ["int32", [0, 1, 2]]);
    assert.deepEqual([batch!.weight.dtype, batch!.weight.tolist()], ["float32", [0, 0.25, 0.5]]);
    assert.deepEqual([batch!.ok.dtype, batch!.ok.tolist()], ["bool", [false, true, false]]);
    assert.deepEqual(batch!.name, ["n0", "n1", "n2"]);
    assert.deepEqual(batch!.pair[1].tolist(), [0, 1, 2]);
  });

  it("says what to do with samples that are promises", async () => {
    class Later extends data.Dataset<Promise<Tensor>> {
      get length() {
        return 4;
      }
      async get(index: number) {
        return tensor(index);
      }
    }
    assert.throws(() => [...new data.DataLoader(new Later(), { batchSize: 2 })], { message: /the samples are promises.*`collateFn: async \(samples\) =>/ });
    const collateFn = async (samples: Promise<Tensor>[]) => data.defaultCollate(await Promise.all(samples));
    const batches: number[][] = [];
    for await (const batch of new data.DataLoader(new Later(), { batchSize: 2, collateFn })) batches.push(batch.tolist() as number[]);
    assert.deepEqual(batches, [
      [0, 1],
      [2, 3],
    ]);
  });

  it("collateFn makes the batch instead", () => {
    const loader = new data.DataLoader(samples, { batchSize: 4, collateFn: (items) => items.length });
    const sizes: number[] = [...loader];
    assert.deepEqual(sizes, [4, 4, 2]);
  });

  it("the short way for tensors gives what samples one by one give", () => {
    const concatenated = new data.ConcatDataset([new data.Subset(samples, [4, 2]), samples]);
    const slow = new data.DataLoader(concatenated, { batchSize: 5 });
    assert.deepEqual([...slow].map(([x, y]) => [x.tolist(), y.tolist()]).at(0), [
      [4, 2, 0, 1, 2],
      [40, 20, 0, 10, 20],
    ]);
    class Doubled extends data.TensorDataset<[Tensor]> {
      override get(index: number): [Tensor] {
        return [super.get(index)[0].mul(2)];
      }
    }
    assert.deepEqual([...new data.DataLoader(new Doubled(arange(3)), { batchSize: 3 })][0]![0].tolist(), [0, 2, 4]);
  });

  it("refuses what PyTorch refuses", () => {
    assert.throws(() => new data.DataLoader(samples, { batchSize: 0 }), /batch_size should be a positive integer value, but got batch_size=0/);
    assert.throws(
      () => new data.DataLoader(samples, { shuffle: true, sampler: new data.SequentialSampler(samples) }),
      /sampler option is mutually exclusive with shuffle/,
    );
    assert.throws(
      () => new data.DataLoader(new data.Subset(samples, []), { shuffle: true }),
      /num_samples should be a positive integer value, but got num_samples=0/,
    );
    assert.throws(() => new data.TensorDataset(arange(3), arange(4)), /Size mismatch between tensors/);
    assert.throws(() => samples.get(10));
    assert.throws(() => new data.Subset(samples, [1]).get(1), { name: "IndexError" });
  });

  it("tells an instrument of epochs and batches, and not of the end of a loop that was left", () => {
    const events: string[] = [];
    setInstrument({
      epochStart: (loader) => events.push(`start ${loader.length}`),
      batch: (_, index) => events.push(`batch ${index}`),
      epochEnd: () => events.push("end"),
    });
    try {
      const loader = new data.DataLoader(samples, { batchSize: 5 });
      for (const _ of loader);
      for (const _ of loader) break;
    } finally {
      setInstrument(null);
    }
    assert.deepEqual(events, ["start 2", "batch 0", "batch 1", "end", "start 2", "batch 0"]);
  });
});

describe("randomSplit", () => {
  it("gives PyTorch's parts, by lengths and by fractions", () => {
    const parts = (lengths: number[], generator?: Generator) =>
      data.randomSplit(samples, lengths, generator ? { generator } : {}).map((part) => [...part.indices]);
    manualSeed(1);
    assert.deepEqual(parts([7, 3]), expected.splits.lengths);
    assert.deepEqual(parts([0.33, 0.33, 0.34]), expected.splits.fractions);
    assert.deepEqual(parts([5, 5], new Generator().manualSeed(42)), expected.splits.generator);
    assert.throws(() => parts([7, 4]), /Sum of input lengths does not equal the length of the input dataset!/);
  });
});
