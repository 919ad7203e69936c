/** What is measured of layers beside their tensors, against values counted from the program's own numbers. */
import assert from "node:assert/strict";
import { manualSeed, nn, noGrad, optim, randint, randn, relu, sigmoid, type Tensor } from "../../src/engine/index.ts";
import type { ModuleStatistics, StepStatistics } from "../../src/protocol/index.ts";
import type { RunSnapshot } from "../../src/run/snapshot.ts";
import { rootMeanSquare } from "../../src/run/rootMeanSquare.ts";
import { trained } from "./health/trained.ts";

const values = (tensor: Tensor): number[] => [...(tensor.toTypedArray() as Float32Array)];

function samplesOf(run: RunSnapshot): readonly StepStatistics[] {
  return [...run.samples.values()][0]!.filter(({ afterwards }) => !afterwards);
}

function statisticsOf(run: RunSnapshot, path: string, sample = 0): ModuleStatistics {
  const module = run.models[0]!.modules.find((one) => one.path === path)!;
  return samplesOf(run)[sample]!.modules.find((one) => one.module === module.id)!;
}

/** A layer that is followed by relu, as a module and as a function, by pooling before it, and by a gate. */
class Net extends nn.Module {
  conv = new nn.Conv2d(1, 6, 3);
  pool = new nn.MaxPool2d(2);
  first = new nn.Linear(54, 16);
  act = new nn.ReLU(true);
  gate = new nn.Linear(16, 16);
  second = new nn.Linear(16, 3);
  seen: Record<string, Tensor> = {};
  override forward(x: Tensor): Tensor {
    const pictures = (this.seen["conv"] = relu(this.pool(this.conv(x))));
    const hidden = (this.seen["first"] = this.act(this.first(pictures.flatten(1))));
    const gate = (this.seen["gate"] = sigmoid(this.gate(hidden).mul(8)));
    return this.second(hidden.mul(gate));
  }
}

describe("what is measured of layers", () => {
  before(() => void manualSeed(4));

  it("is how many units a ReLU behind them left at zero, wherever it is called", () => {
    let counted: Record<string, number> = {};
    const run = trained(() => {
      const model = new Net();
      noGrad(() => model.conv.bias!.narrow(0, 0, 2).fill_(-100));
      noGrad(() => model.first.bias!.narrow(0, 3, 5).fill_(-100));
      new nn.CrossEntropyLoss()(model(randn(9, 1, 8, 8)), randint(0, 3, [9])).backward();
      const zeros = (of: Tensor, dims: number[]): number => of.abs().amax(dims).eq(0).sum().item();
      counted = { conv: zeros(model.seen["conv"]!, [0, 2, 3]), first: zeros(model.seen["first"]!, [0]) };
      new optim.SGD(model.parameters(), { lr: 0.1 }).step();
    });
    assert.equal(statisticsOf(run, "conv").rectified?.count, 6);
    assert.equal(statisticsOf(run, "conv").rectified?.zero, counted["conv"]);
    assert.ok(counted["conv"]! >= 2);
    assert.equal(statisticsOf(run, "first").rectified?.count, 16);
    assert.equal(statisticsOf(run, "first").rectified?.zero, counted["first"]);
    assert.ok(counted["first"]! >= 5);
    assert.equal(statisticsOf(run, "second").rectified, undefined);
  });

  it("is what share of a Sigmoid's values lies at its ends", () => {
    let share = NaN;
    const run = trained(() => {
      const model = new Net();
      model(randn(9, 1, 8, 8))
        .sum()
        .backward();
      const gate = values(model.seen["gate"]!);
      share = gate.filter((value) => value <= 0.01 || value >= 0.99).length / gate.length;
      new optim.SGD(model.parameters(), { lr: 0.1 }).step();
    });
    assert.equal(statisticsOf(run, "gate").saturated, share);
  });

  for (const [name, newOptimizer] of Object.entries({
    SGD: (parameters: Tensor[]) => new optim.SGD(parameters, { lr: 0.3 }),
    Adam: (parameters: Tensor[]) => new optim.Adam(parameters, { lr: 0.01 }),
    LBFGS: (parameters: Tensor[]) => new optim.LBFGS(parameters, { lr: 0.5 }),
  })) {
    it(`is how far each step moved each parameter, with ${name}`, () => {
      const moved: number[] = [];
      const x = randn(20, 4);
      const run = trained(() => {
        const model = new nn.Linear(4, 2);
        const optimizer = newOptimizer(model.parameters());
        for (let step = 0; step < 4; step++) {
          const before = values(model.weight);
          optimizer.step(() => {
            optimizer.zeroGrad();
            const loss = model(x).square().mean();
            loss.backward();
            return loss;
          });
          moved.push(Math.sqrt(values(model.weight).reduce((sum, value, i) => sum + (value - before[i]!) ** 2, 0) / before.length));
        }
      });
      const changes = samplesOf(run).map((_, i) => statisticsOf(run, "", i).parameters[0]!.change!);
      assert.equal(changes.length, moved.length);
      changes.forEach((change, i) => assert.ok(Math.abs(change - moved[i]!) <= 1e-6 * moved[i]!, `${change}, not ${moved[i]}`));
      assert.ok(rootMeanSquare(statisticsOf(run, "").parameters[0]!.value) > 0);
    });
  }

  it("is how far a step by hand moved them", () => {
    const run = trained(() => {
      const model = new nn.Linear(4, 2);
      for (let step = 0; step < 3; step++) {
        model(randn(5, 4)).square().mean().backward();
        noGrad(() => {
          for (const parameter of model.parameters()) {
            parameter.add_(0.25);
            parameter.grad = null;
          }
        });
      }
    });
    assert.ok(Math.abs(statisticsOf(run, "").parameters[0]!.change! - 0.25) < 1e-6);
  });

  it("is what guessing gives: the entropy of the labels, the variance of what is to be met", () => {
    const labels = randint(0, 5, [200]);
    const targets = randn(200, 1).mul(3);
    const guess = (loss: (model: nn.Module, x: Tensor) => Tensor, size: number): number | undefined => {
      const run = trained(() => {
        const model = new nn.Linear(3, size);
        loss(model, randn(200, 3)).backward();
        new optim.SGD(model.parameters(), { lr: 0.1 }).step();
      });
      return samplesOf(run)[0]!.guess;
    };
    const counts = [0, 1, 2, 3, 4].map((label) => values(labels.eq(label).float()).reduce((a, b) => a + b, 0) / 200);
    const entropy = counts.reduce((sum, share) => sum - share * Math.log(share), 0);
    assert.ok(Math.abs(guess((model, x) => nn.functional.crossEntropy(model(x), labels), 5)! - entropy) < 1e-9);
    const mean = values(targets).reduce((a, b) => a + b, 0) / 200;
    const variance = values(targets).reduce((sum, value) => sum + (value - mean) ** 2, 0) / 200;
    assert.ok(Math.abs(guess((model, x) => nn.functional.mseLoss(model(x), targets), 1)! - variance) < 1e-6 * variance);
    assert.equal(
      guess((model, x) => nn.functional.mseLoss(model(x), targets, { reduction: "sum" }), 1),
      undefined,
    );
  });
});
