import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load, nn, optim, save, tensor, type Tensor } from "../../../src/engine/index.ts";
import { readTorch } from "../../../src/engine/io/torchReader.ts";
import { writeTorch } from "../../../src/engine/io/torchWriter.ts";
import { assertClose } from "../../fixtures/closeTo.ts";
import { fixtureJson, fixturePath } from "../../fixtures/files/read.ts";
import { hasTorch, printedByPython } from "../../python/python.ts";

type Optimizer = optim.SGD | optim.Adam;

const makers: Record<string, (parameters: Tensor[]) => Optimizer> = {
  sgd: (parameters) => new optim.SGD(parameters, { lr: 0.05, momentum: 0.9 }),
  adam: (parameters) => new optim.Adam(parameters, { lr: 0.01 }),
};

/** The network and data of make_files.py. */
const network = (): nn.Sequential => new nn.Sequential(new nn.Linear(4, 8), new nn.BatchNorm1d(8), new nn.Tanh(), new nn.Linear(8, 1));
const x = tensor(Array.from({ length: 64 }, (_, i) => (((i * 37) % 11) - 5) / 5)).reshape(16, 4);
const y = x
  .narrow(1, 0, 1)
  .mul(x.narrow(1, 1, 1))
  .sub(x.narrow(1, 2, 1));

function train(model: nn.Sequential, optimizer: Optimizer, steps: number): number[] {
  return Array.from({ length: steps }, () => {
    optimizer.zeroGrad();
    const loss = nn.functional.mseLoss(model(x), y);
    loss.backward();
    optimizer.step();
    return loss.item();
  });
}

describe("a checkpoint", () => {
  const expected = fixtureJson<Record<string, { loss: number; next: number[] }>>("checkpoints.json");

  /** What continue_training.py printed: the losses of PyTorch after five steps of PyTorch and five of Kindling. */
  const continued = fixtureJson<Record<string, number[]>>("continued.json");
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), "kindling-checkpoint-"))));
  after(() => rmSync(folder, { recursive: true }));

  for (const [name, make] of Object.entries(makers)) {
    it(`that Kindling took over and saved again with ${name} goes on in PyTorch as it does here`, async () => {
      const checkpoint = load(fixturePath(`checkpoint_${name}.pt`));
      const model = network();
      const optimizer = make(model.parameters());
      model.loadStateDict(checkpoint.model_state_dict);
      optimizer.loadStateDict(checkpoint.optimizer_state_dict);
      const loss = train(model, optimizer, 5).at(-1);
      const path = join(folder, `${name}.pt`);
      save({ epoch: 10, model_state_dict: model.stateDict(), optimizer_state_dict: optimizer.stateDict(), loss }, path);
      const python = [fixturePath("continue_training.py"), path, name];
      const theirs = (await hasTorch()) ? (JSON.parse(await printedByPython(folder, python)) as number[]) : continued[name]!;
      assertClose(theirs, continued[name]!, { atol: 0, rtol: 1e-4 });
      assertClose(train(model, optimizer, 10), theirs, { atol: 0, rtol: 1e-4 });
    });

    it(`of PyTorch with ${name} goes on here as it does there`, () => {
      const checkpoint = load(fixturePath(`checkpoint_${name}.pt`));
      const model = network();
      const optimizer = make(model.parameters());
      model.loadStateDict(checkpoint.model_state_dict);
      optimizer.loadStateDict(checkpoint.optimizer_state_dict);
      assert.deepEqual([checkpoint.epoch, checkpoint.loss], [5, expected[name]!.loss]);
      assertClose(train(model, optimizer, 10), expected[name]!.next, { atol: 0, rtol: 1e-4 });
    });

    it(`of Kindling's with ${name} goes on as if nothing had happened`, () => {
      const first = network();
      const before = make(first.parameters());
      train(first, before, 3);
      const saved = writeTorch({ model: first.stateDict(), optimizer: before.stateDict() }, "any.pt");
      const next = train(first, before, 5);
      const checkpoint = readTorch(saved, "own.pt") as { model: Map<string, Tensor>; optimizer: optim.OptimizerStateDict };
      const second = network();
      const after = make(second.parameters());
      second.loadStateDict(checkpoint.model);
      after.loadStateDict(checkpoint.optimizer);
      assert.deepEqual(train(second, after, 5), next);
    });
  }

  it("from before batch normalisation counted batches is taken", () => {
    const norm = new nn.BatchNorm1d(2);
    assert.equal(String(norm.loadStateDict(load(fixturePath("batchnorm_0_4.pt")) as Map<string, Tensor>)), "<All keys matched successfully>");
    assertClose(norm.runningMean!.tolist(), [0.2, 0.5]);
    assert.equal(norm.numBatchesTracked!.item(), 0);
  });

  it("of today that lacks the count is refused, as PyTorch refuses it", () => {
    const state = load(fixturePath("batchnorm_incomplete.pt")) as Map<string, Tensor>;
    assert.throws(() => new nn.BatchNorm1d(2).loadStateDict(state), /Missing key\(s\) in state_dict: "num_batches_tracked"/);
  });

  it("from before there were scalars has vectors of one element for them", () => {
    class Scalar extends nn.Module {
      p = new nn.Parameter(tensor(1));
    }
    const module = new Scalar();
    module.loadStateDict(load(fixturePath("scalar_0_3.pt")) as Map<string, Tensor>);
    assert.deepEqual([module.p.shape, module.p.item()], [[], 7]);
  });

  it("of an optimizer that has taken no step is taken up", () => {
    const optimizer = new optim.SGD([new nn.Parameter(tensor([0, 0]))], { lr: 1 });
    optimizer.loadStateDict(load(fixturePath("untrained.pt")).optimizer);
    assert.deepEqual([optimizer.state.size, optimizer.paramGroups[0]!.lr], [0, 0.1]);
  });
});
