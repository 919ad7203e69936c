/** A loop of the user's that saves PyTorch's way and goes on elsewhere ends as if nothing had happened, to the bit. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  cat,
  data,
  Generator,
  getRngState,
  load,
  manualSeed,
  nn,
  numpyRandom,
  optim,
  randn,
  save,
  setRngState,
  tensor,
  type Tensor,
} from "../../../src/engine/index.ts";

const { functional: F } = nn;

class Net extends nn.Module {
  fc1 = new nn.Linear(3, 6);
  norm = new nn.BatchNorm1d(6);
  drop = new nn.Dropout(0.4);
  fc2 = new nn.Linear(6, 1);

  override forward(x: Tensor): Tensor {
    return this.fc2(this.drop(this.norm(this.fc1(x)).tanh()));
  }
}

class Numbers extends data.IterableDataset<[Tensor, Tensor]> {
  override *[Symbol.iterator](): IterableIterator<[Tensor, Tensor]> {
    for (let i = 0; i < 22; i++) yield [tensor([Math.sin(i), Math.cos(i), i / 22]), tensor([i / 11])];
  }
}

const rows = (): data.TensorDataset => {
  const x = tensor(Array.from({ length: 22 }, (_, i) => [Math.sin(i), Math.cos(i), i / 22]));
  return new data.TensorDataset(x, x.sum(1, true));
};

const loaders: Readonly<Record<string, (own: Generator) => data.DataLoader>> = {
  "in order": () => new data.DataLoader(rows(), { batchSize: 4 }),
  "shuffled": () => new data.DataLoader(rows(), { batchSize: 4, shuffle: true }),
  "shuffled by a generator of its own": (generator) => new data.DataLoader(rows(), { batchSize: 4, shuffle: true, generator }),
  "with replacement, by the default generator": () => new data.DataLoader(rows(), { batchSize: 4, sampler: new data.RandomSampler(rows(), true, 70) }),
  "with replacement, by a generator of its own": (generator) =>
    new data.DataLoader(rows(), { batchSize: 4, sampler: new data.RandomSampler(rows(), { replacement: true, numSamples: 70, generator }) }),
  "of a subset": (generator) =>
    new data.DataLoader(rows(), { batchSize: 4, sampler: new data.SubsetRandomSampler([1, 3, 5, 7, 9, 11, 13, 15, 17, 19], generator) }),
  "by weight": () => new data.DataLoader(rows(), { batchSize: 4, sampler: new data.WeightedRandomSampler([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 30) }),
  "of lists of indices": () =>
    new data.DataLoader(rows(), { batchSampler: new data.BatchSampler(new data.RandomSampler(rows()), { batchSize: 3, dropLast: true }) }),
  "of a stream": () => new data.DataLoader(new Numbers(), { batchSize: 4 }),
};

const optimizers: Readonly<Record<string, (params: Iterable<Tensor>) => optim.Optimizer>> = {
  SGD: (params) => new optim.SGD(params, { lr: 0.1, momentum: 0.9 }),
  Adam: (params) => new optim.Adam(params, { amsgrad: true }),
  AdamW: (params) => new optim.AdamW(params),
  NAdam: (params) => new optim.NAdam(params, { lr: 0.01 }),
  RAdam: (params) => new optim.RAdam(params, { lr: 0.01 }),
  ASGD: (params) => new optim.ASGD(params, { t0: 5 }),
  Rprop: (params) => new optim.Rprop(params),
  RMSprop: (params) => new optim.RMSprop(params, { momentum: 0.9, centered: true }),
  Adagrad: (params) => new optim.Adagrad(params, { lrDecay: 0.1 }),
  Adadelta: (params) => new optim.Adadelta(params),
  Adamax: (params) => new optim.Adamax(params),
  LBFGS: (params) => new optim.LBFGS(params, { maxIter: 3, historySize: 4, lineSearchFn: "strong_wolfe" }),
};

type Steps = Pick<optim.lrScheduler.LRScheduler, "stateDict" | "loadStateDict"> & { step(loss?: any): void };

const schedulers: Readonly<Record<string, (optimizer: optim.Optimizer) => Steps>> = {
  StepLR: (own) => new optim.lrScheduler.StepLR(own, { stepSize: 4, gamma: 0.7 }),
  OneCycleLR: (own) => new optim.lrScheduler.OneCycleLR(own, { maxLr: 0.1, totalSteps: 200 }),
  CosineAnnealingWarmRestarts: (own) => new optim.lrScheduler.CosineAnnealingWarmRestarts(own, { t0: 5 }),
  CyclicLR: (own) => new optim.lrScheduler.CyclicLR(own, { baseLr: 0.01, maxLr: 0.1, stepSizeUp: 3 }),
  SequentialLR: (own) =>
    new optim.lrScheduler.SequentialLR(
      own,
      [new optim.lrScheduler.LinearLR(own, { totalIters: 4 }), new optim.lrScheduler.ExponentialLR(own, { gamma: 0.9 })],
      [4],
    ),
  ChainedScheduler: (own) =>
    new optim.lrScheduler.ChainedScheduler([
      new optim.lrScheduler.ConstantLR(own, { totalIters: 4 }),
      new optim.lrScheduler.ExponentialLR(own, { gamma: 0.9 }),
    ]),
};

interface Made {
  readonly loader: keyof typeof loaders;
  readonly optimizer: keyof typeof optimizers;
  readonly scheduler: keyof typeof schedulers;
}

/** Trains for `epochs`, from a file if there is one; saves itself after `until` batches and leaves. @returns what it ended with */
function train({ loader: order, optimizer: kind, scheduler: schedule }: Made, file: string, { resumes = false, until = Infinity } = {}): string {
  manualSeed(resumes ? 99 : 1);
  const model = new Net();
  const optimizer = optimizers[kind]!(model.parameters());
  const scheduler = schedulers[schedule]!(optimizer);
  const own = new Generator().manualSeed(resumes ? 98 : 2);
  const noise = numpyRandom(resumes ? 97 : 3);
  const loader = loaders[order]!(own);
  let [first, done] = [0, 0];
  if (resumes) {
    const kept = load(file);
    model.loadStateDict(kept.model);
    optimizer.loadStateDict(kept.optimizer);
    scheduler.loadStateDict(kept.scheduler);
    loader.loadStateDict(kept.loader);
    own.setState(kept.own);
    noise.setState(kept.noise);
    setRngState(kept.rng);
    [first, done] = [kept.epoch, kept.done];
  }
  for (let epoch = first; epoch < 2; epoch++) {
    for (const [x, y] of loader) {
      const noisy = x.add(noise.randn(...x.shape), { alpha: 0.1 }).add(randn(x.shape), { alpha: 0.1 });
      const loss = optimizer.step(() => {
        optimizer.zeroGrad();
        const computed = F.mseLoss(model(noisy), y);
        computed.backward();
        return computed;
      });
      scheduler.step();
      done++;
      if (done !== until) continue;
      assert.ok(Number.isFinite(loss.item()));
      save(
        {
          epoch,
          done,
          model: model.stateDict(),
          optimizer: optimizer.stateDict(),
          scheduler: scheduler.stateDict(),
          loader: loader.stateDict(),
          own: own.getState(),
          noise: noise.getState(),
          rng: getRngState(),
        },
        file,
      );
      return "";
    }
  }
  const all = [...model.parameters(), ...model.buffers(), getRngState(), tensor(own.getState())].map((one) => one.detach().flatten().to("float32"));
  return `${done} ${Buffer.from(cat(all).toTypedArray().buffer).toString("base64")}`;
}

describe("a loop that saves itself and goes on", () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), "kindling-resuming-"))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  const holds = (made: Made, untils: readonly number[]): void => {
    const file = join(folder, "checkpoint.pt");
    const straight = train(made, file);
    for (const until of untils) {
      train(made, file, { until });
      assert.equal(train(made, file, { resumes: true }) === straight, true, `after ${until} batches`);
    }
  };

  for (const loader of Object.keys(loaders)) {
    it(`ends the same with a loader ${loader}, wherever it was cut`, () => {
      const probe = loaders[loader]!(new Generator());
      const length = [...probe].length;
      holds({ loader, optimizer: "Adam", scheduler: "StepLR" }, [1, 2, length - 1, length, length + 1, 2 * length - 1]);
    });
  }
  for (const optimizer of Object.keys(optimizers))
    it(`ends the same with ${optimizer}`, () => holds({ loader: "shuffled", optimizer, scheduler: "StepLR" }, [4]));
  for (const scheduler of Object.keys(schedulers)) {
    it(`ends the same with ${scheduler}`, () => holds({ loader: "shuffled", optimizer: "SGD", scheduler }, [3, 5]));
  }
});

describe("the state of a loader", () => {
  const rowsOf = (loader: Iterable<unknown>): unknown[] => [...loader].map(([x]: any) => x.tolist());

  it("lets one pass go on, and only one", () => {
    manualSeed(0);
    const loader = new data.DataLoader(rows(), { batchSize: 4, shuffle: true });
    const all: unknown[] = [];
    let state: data.DataLoaderStateDict | undefined;
    for (const [x] of loader) if (all.push(x!.tolist()) === 2) state = loader.stateDict();
    const other = new data.DataLoader(rows(), { batchSize: 4, shuffle: true });
    other.loadStateDict(state!);
    assert.deepEqual(other.stateDict(), state);
    assert.deepEqual(rowsOf(other), all.slice(2));
    assert.equal(rowsOf(other).length, 6);
  });

  it("of a pass that is over, or of none yet, begins a new one", () => {
    const loader = new data.DataLoader(rows(), { batchSize: 4, shuffle: true });
    assert.equal(loader.stateDict()._num_yielded, 0);
    rowsOf(loader);
    const state = loader.stateDict();
    assert.equal(state._iterator_finished, true);
    const other = new data.DataLoader(rows(), { batchSize: 4, shuffle: true });
    other.loadStateDict(state);
    assert.equal(rowsOf(other).length, 6);
  });

  it("asks a stream that knows itself where it is", () => {
    class Counting extends data.IterableDataset<number> {
      at = 0;
      made = 0;
      override *[Symbol.iterator](): IterableIterator<number> {
        while (this.at < 10) {
          this.made++;
          yield this.at++;
        }
        this.at = 0;
      }
      stateDict(): Record<string, unknown> {
        return { at: this.at };
      }
      loadStateDict({ at }: Readonly<Record<string, unknown>>): void {
        this.at = at as number;
      }
    }
    const loader = new data.DataLoader(new Counting(), { batchSize: 2 });
    let state: data.DataLoaderStateDict | undefined;
    let count = 0;
    for (const batch of loader) if (++count === 3) [state] = [loader.stateDict(), batch];
    const dataset = new Counting();
    const other = new data.DataLoader(dataset, { batchSize: 2 });
    other.loadStateDict(state!);
    assert.deepEqual(
      [...other].map((batch: any) => batch.tolist()),
      [
        [6, 7],
        [8, 9],
      ],
    );
    assert.equal(dataset.made, 4);
  });

  it("is refused where it is none, or of another kind of loader", () => {
    const loader = new data.DataLoader(rows(), { batchSize: 4, shuffle: true });
    assert.throws(() => loader.loadStateDict({ epoch: 3 } as never), /none of a DataLoader: give what a loader's stateDict\(\) gave/);
    rowsOf(loader);
    const own = new data.DataLoader(rows(), { batchSize: 4, shuffle: true, generator: new Generator() });
    assert.throws(() => own.loadStateDict(loader.stateDict()), /of a loader with 1 generators, but this one has 2/);
  });
});
