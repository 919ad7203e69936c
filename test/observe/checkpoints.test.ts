/** What a checkpoint holds of a run, put back into another run of the same program, makes the rest of both the same to the bit. */
import assert from "node:assert/strict";
import { cat, data, deepcopy, Generator, manualSeed, nn, noGrad, numpyRandom, optim, randn, type Tensor } from "../../src/engine/index.ts";
import { readSafetensorsMetadata } from "../../src/engine/io/safetensors.ts";
import { Mismatch, type Checkpoint } from "../../src/observe/checkpoints/checkpoint.ts";
import { watch } from "./watch.ts";

const { functional: F } = nn;

class Net extends nn.Module {
  fc1 = new nn.Linear(4, 8);
  norm = new nn.BatchNorm1d(8);
  drop = new nn.Dropout(0.3);
  fc2 = new nn.Linear(8, 2);

  override forward(x: Tensor): Tensor {
    return this.fc2(this.drop(this.norm(this.fc1(x)).relu()));
  }
}

const optimizers: Readonly<Record<string, (params: Iterable<Tensor>) => optim.Optimizer>> = {
  SGD: (params) => new optim.SGD(params, { lr: 0.1, momentum: 0.9 }),
  Adam: (params) => new optim.Adam(params, { amsgrad: true }),
  NAdam: (params) => new optim.NAdam(params),
  RAdam: (params) => new optim.RAdam(params),
  ASGD: (params) => new optim.ASGD(params),
  Rprop: (params) => new optim.Rprop(params),
  RMSprop: (params) => new optim.RMSprop(params, { momentum: 0.9, centered: true }),
  Adagrad: (params) => new optim.Adagrad(params),
  Adadelta: (params) => new optim.Adadelta(params),
  Adamax: (params) => new optim.Adamax(params),
};

/** A program with about everything that lasts; `spoil` is called in its loop before each batch. */
function train(makeOptimizer: (params: Iterable<Tensor>) => optim.Optimizer, spoil: (batch: number, model: Net) => void = () => {}): string {
  manualSeed(0);
  const model = new Net();
  const optimizer = makeOptimizer(model.parameters());
  const scheduler = new optim.lrScheduler.StepLR(optimizer, { stepSize: 3, gamma: 0.5 });
  const average = deepcopy(model);
  const own = new Generator().manualSeed(7);
  const noise = numpyRandom(3);
  const loader = new data.DataLoader(new data.TensorDataset(randn(20, 4), randn(20, 2)), { batchSize: 5, shuffle: true, generator: own });
  let batch = 0;
  for (let epoch = 0; epoch < 3; epoch++) {
    for (const [x, y] of loader) {
      spoil(batch++, model);
      if (batch === 6) model.fc1.requiresGrad_(false);
      optimizer.zeroGrad();
      F.mseLoss(model(x!.add(noise.randn(5, 4), { alpha: 0.1 })), y!).backward();
      optimizer.step();
      scheduler.step();
      noGrad(() => average.parameters().forEach((one, i) => one.mul_(0.9).add_(model.parameters()[i]!, { alpha: 0.1 })));
    }
  }
  return ended(model, average);
}

function ended(...models: nn.Module[]): string {
  return Buffer.from(
    cat(models.flatMap((model) => [...model.parameters(), ...model.buffers()].map((one) => one.detach().flatten().to("float32")))).toTypedArray().buffer,
  ).toString("base64");
}

describe("checkpoints", () => {
  for (const [name, makeOptimizer] of Object.entries(optimizers)) {
    it(`put everything back that ${name} and the rest of a program go on from`, () => {
      const taken: Checkpoint[] = [];
      let end = "";
      watch(() => (end = train(makeOptimizer)), { atMoment: (_, checkpoints) => taken.push(checkpoints.capture()) });
      assert.deepEqual(
        taken.map(({ step }) => step),
        [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
      );
      const { step, file } = taken[6]!;
      let resumed = "";
      const spoiled = (batch: number, model: Net): void => {
        if (batch < step) noGrad(() => model.parameters().forEach((one) => one.add_(0.5)));
      };
      watch(() => (resumed = train(makeOptimizer, spoiled)), { atMoment: (at, checkpoints) => at === step && checkpoints.restore(file) });
      assert.equal(resumed, end);
    });
  }

  it("hold a model that was copied, and of models that are made anew one after the other only the one in use", () => {
    const modelsAt: string[][] = [];
    const fold = (): void => {
      const model = new nn.Linear(2, 1);
      const optimizer = new optim.Adam(model.parameters());
      const average = deepcopy(model);
      for (let i = 0; i < 4; i++) {
        optimizer.zeroGrad();
        average(model(randn(3, 2)).expand(3, 2))
          .sum()
          .backward();
        optimizer.step();
      }
    };
    watch(() => [1, 2, 3].forEach(fold), {
      atMoment: (_, checkpoints) => {
        const { models } = JSON.parse(readSafetensorsMetadata(checkpoints.capture().file, "")["kindling"]!);
        modelsAt.push(models.map(({ name }: { name: string }) => name));
      },
    });
    assert.ok(modelsAt.length > 8);
    // Copies are kept for a while: nothing tells whether they are still used.
    for (const names of modelsAt) assert.ok(names.length >= 2 && names.length <= 3, names.join());
  });

  it("refuse a run whose loader is elsewhere", () => {
    const run = (length: number) => () => {
      const model = new nn.Linear(1, 1);
      const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
      for (let epoch = 0; epoch < 3; epoch++) {
        for (const [x] of new data.DataLoader(new data.TensorDataset(randn(length, 1)), { batchSize: 1 })) {
          model(x!).sum().backward();
          optimizer.step();
        }
      }
    };
    let file: Uint8Array | undefined;
    watch(run(4), { atMoment: (step, checkpoints) => step === 6 && (file = checkpoints.capture().file) });
    watch(run(5), {
      atMoment: (step, checkpoints) => {
        if (step !== 6) return;
        assert.throws(() => checkpoints.restore(file!), /The loaders are elsewhere: .*loader 2 at batch 2 in the checkpoint, .*loader 2 at batch 1 in the run/);
        file = undefined;
      },
    });
    assert.equal(file, undefined);
  });

  it("refuse a program that makes other things, and change nothing then", () => {
    let file: Uint8Array | undefined;
    watch(() => train(optimizers["Adam"]!), { atMoment: (step, checkpoints) => step === 2 && (file = checkpoints.capture().file) });
    let refused: unknown;
    let end = "";
    watch(() => (end = train(optimizers["SGD"]!)), {
      atMoment: (step, checkpoints) => {
        if (step !== 2) return;
        try {
          checkpoints.restore(file!);
        } catch (error) {
          refused = error;
        }
      },
    });
    assert.ok(refused instanceof Mismatch);
    assert.match(refused.message, /The optimizers differ: the checkpoint has Adam; the run has SGD/);
    assert.equal(end, train(optimizers["SGD"]!));
  });
});
