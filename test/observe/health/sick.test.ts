/** Networks that show each sign, and how it reads. They really train. */
import assert from "node:assert/strict";
import { manualSeed, nn, noGrad, optim, randint, randn, relu, sigmoid, type Tensor } from "../../../src/engine/index.ts";
import { finding, healthOf } from "./trained.ts";

type Optimizer = Pick<optim.Optimizer, "step" | "zeroGrad">;

/** Clouds of points in 20 dimensions that overlap, and which of four each is of. */
function clouds(): [Tensor, Tensor] {
  const centres = randn(4, 20).mul(0.5);
  const labels = randint(0, 4, [640]);
  return [centres.indexSelect(0, labels).add(randn(640, 20)), labels];
}

interface Training {
  readonly steps?: number;
  readonly optimizer?: (parameters: Iterable<Tensor>) => Optimizer;
  readonly loss?: (output: Tensor, target: Tensor) => Tensor;
}

/** What is said of a network that is trained to tell the clouds apart. */
function classified(make: () => nn.Module, options: Training = {}): ReturnType<typeof healthOf> {
  const { steps = 300, optimizer: newOptimizer = adam(1e-3), loss: lossFn = new nn.CrossEntropyLoss() } = options;
  manualSeed(1);
  return healthOf(() => {
    const model = make();
    const optimizer = newOptimizer(model.parameters());
    const [x, y] = clouds();
    for (let step = 0; step < steps; step++) {
      const at = (step * 64) % 640;
      const loss = lossFn(model(x.narrow(0, at, 64)), y.narrow(0, at, 64));
      optimizer.zeroGrad();
      loss.backward();
      optimizer.step();
    }
  });
}

const sgd =
  (lr: number, options: { maximize?: boolean; weightDecay?: number } = {}) =>
  (parameters: Iterable<Tensor>): Optimizer =>
    new optim.SGD(parameters, { lr, ...options });
const adam =
  (lr: number) =>
  (parameters: Iterable<Tensor>): Optimizer =>
    new optim.Adam(parameters, { lr });

/** As people write it in PyTorch: `relu` is a function. */
class Functional extends nn.Module {
  layer1 = new nn.Linear(20, 64);
  layer2 = new nn.Linear(64, 64);
  output = new nn.Linear(64, 4);
  override forward(x: Tensor): Tensor {
    return this.output(relu(this.layer2(relu(this.layer1(x)))));
  }
}

const perceptron = (): nn.Sequential => new nn.Sequential(new nn.Linear(20, 64), new nn.ReLU(), new nn.Linear(64, 64), new nn.ReLU(), new nn.Linear(64, 4));

function deep(activation: () => nn.Module, std?: number): nn.Sequential {
  const layers = Array.from({ length: 10 }, (_, i) => [new nn.Linear(i === 0 ? 20 : 32, 32), activation()]).flat();
  const model = new nn.Sequential(...layers, new nn.Linear(32, 4));
  if (std !== undefined) for (const parameter of model.parameters()) if (parameter.shape.length > 1) nn.init.normal_(parameter, 0, std);
  return model;
}

/** Some of the second layer's units lie beyond all inputs. */
function withDead(units: number): Functional {
  const model = new Functional();
  noGrad(() => model.layer2.bias!.narrow(0, 0, units).fill_(-1000));
  return model;
}

describe("a network in trouble says so:", function () {
  this.timeout(60_000);

  describe("dead units", () => {
    it("are told of their layer, how many of how many and since when, also where relu is a function", () => {
      const result = classified(() => withDead(61));
      assert.equal(result.sentence, "`layer2`: 61 of 64 units have been zero behind its ReLU for every sample since step 0.");
      assert.match(finding(result, "deadUnits")!.advice, /never were anything else/);
    });

    it("are told with their model where there are several", () => {
      manualSeed(1);
      const result = healthOf(() => {
        const [well, dead] = [new Functional(), withDead(61)];
        const [x, y] = clouds();
        for (const model of [well, dead]) {
          const optimizer = new optim.Adam(model.parameters());
          for (let step = 0; step < 60; step++) {
            const at = (step * 64) % 640;
            const loss = nn.functional.crossEntropy(model(x.narrow(0, at, 64)), y.narrow(0, at, 64));
            optimizer.zeroGrad();
            loss.backward();
            optimizer.step();
          }
        }
      });
      assert.match(result.sentence, /^In `[^`]+`: `layer2`: 61 of 64 units have been zero/);
    });

    it("that a learning rate too high killed are told with that", () => {
      const result = classified(() => new Functional(), { optimizer: adam(0.5) });
      const found = finding(result, "deadUnits")!;
      assert.match(found.what, /^`layer2`: [3-6]\d of 64 units have been zero behind its ReLU for every sample since step [1-9]\d*\.$/);
      assert.match(found.advice, /^Often a learning rate that is too high: lr 0\.5 is 50 × Adam's usual\./);
    });

    it("that are all of a layer are an error, and what follows from them is not told beside", () => {
      const result = classified(() => withDead(64));
      assert.equal(result.state, "error");
      assert.deepEqual(
        result.findings.map(({ rule }) => rule),
        ["deadLayer"],
      );
    });

    it("are no sign where a few sleep", () => assert.deepEqual(classified(() => withDead(12)).findings, []));

    it("of a convolution are its channels", () => {
      const result = healthOf(() => {
        manualSeed(1);
        const model = new nn.Sequential(
          new nn.Conv2d(1, 8, 3),
          new nn.BatchNorm2d(8),
          new nn.ReLU(),
          new nn.MaxPool2d(2),
          new nn.Flatten(),
          new nn.Linear(72, 2),
        );
        noGrad(() => (model.at(1) as nn.BatchNorm2d).bias!.narrow(0, 1, 7).fill_(-1000));
        const optimizer = new optim.SGD(model.parameters(), { lr: 0.01 });
        for (let step = 0; step < 60; step++) {
          const y = randint(0, 2, [32]);
          const loss = new nn.CrossEntropyLoss()(model(randn(32, 1, 8, 8).add(y.reshape(32, 1, 1, 1))), y);
          optimizer.zeroGrad();
          loss.backward();
          optimizer.step();
        }
      });
      assert.match(finding(result, "deadUnits")!.what, /^`1`: 7 of 8 units/);
    });
  });

  describe("gradients", () => {
    for (const [name, optimizer] of [
      ["Adam", adam(1e-3)],
      ["SGD", sgd(0.1)],
    ] as const) {
      it(`that vanish on their way through ten Sigmoids, with ${name}`, () => {
        const result = classified(() => deep(() => new nn.Sigmoid()), { optimizer });
        assert.match(result.sentence, /^The gradient vanishes on its way back: at `0` it is \de−\d+ times what it is at `20`\.$/);
        assert.deepEqual(
          result.findings.map(({ rule }) => rule),
          ["vanishing"],
        );
      });
    }

    it("that explode on their way through layers that begin too large", () => {
      const result = classified(() => deep(() => new nn.ReLU(), 2));
      assert.match(result.sentence, /^The gradient explodes on its way back: at `0` it is [\d.e]+ times as strong as at `20`\.$/);
    });

    it("pass through ten layers that begin rightly", () => {
      const result = classified(() => deep(() => new nn.ReLU(), Math.sqrt(2 / 32)));
      assert.deepEqual(result.findings, []);
    });

    it("that reach nothing of a layer, and a layer that is never called", () => {
      class Detached extends nn.Module {
        body = new nn.Linear(20, 32);
        head = new nn.Linear(32, 4);
        spare = new nn.Linear(3, 3);
        override forward(x: Tensor): Tensor {
          return this.head(relu(this.body(x)).detach());
        }
      }
      const result = classified(() => new Detached());
      assert.equal(finding(result, "noGradient")!.what, "`body`: no gradient ever reaches `weight`, `bias`, though it could be trained.");
      assert.equal(finding(result, "neverCalled")!.what, "`spare` is never called in training, so that it doesn't learn.");
    });
  });

  it("Tanhs that begin saturated", () => {
    const result = classified(() => deep(() => new nn.Tanh(), 3));
    assert.match(result.sentence, /^`0` and 9 more layers: 8\d\.\d % of what the Sigmoid or Tanh behind gives lies at its ends, since step 0\./);
  });

  it("an output that is the same for every sample, and from where on", () => {
    class Blind extends nn.Module {
      body = new nn.Linear(20, 32);
      head = new nn.Linear(32, 4);
      override forward(x: Tensor): Tensor {
        return this.head(relu(this.body(x.mul(0))));
      }
    }
    const result = classified(() => new Blind());
    assert.equal(result.sentence, "The output is the same for every sample of a batch, from `body` on, since step 0.");
  });

  describe("steps", () => {
    it("that are too small", () => {
      const result = classified(perceptron, { optimizer: sgd(1e-8) });
      assert.match(result.sentence, /^No step moves any weight by more than \de−\d % of its size, and the loss stays at 1\.\d\d\. About 0\.1 % is usual\.$/);
      assert.match(result.findings[0]!.advice, /^The learning rate is too low: lr \S+ is far below SGD's usual, 0\.01\./);
    });

    it("that change nothing", () => assert.equal(classified(perceptron, { optimizer: sgd(0) }).sentence, "No step changes any weight."));

    it("that are too large", () => {
      const narrow = (): nn.Sequential => new nn.Sequential(new nn.Linear(20, 16), new nn.LeakyReLU(), new nn.Linear(16, 4), new nn.Softmax(1));
      const result = classified(narrow, { optimizer: sgd(30, { weightDecay: 0.02 }) });
      assert.match(finding(result, "largeSteps")!.what, /^Each step moves `\S+\.weight` by \d+\.\d % of its size, and the loss doesn't fall/);
    });
  });

  describe("a loss", () => {
    it("that stays at what guessing gives", () => {
      const lossFn = new nn.CrossEntropyLoss();
      const result = classified(() => new nn.Linear(20, 4), { steps: 800, loss: (output) => lossFn(output, randint(0, 4, [64])) });
      assert.match(result.sentence, /^No better than guessing so far, which gives 1\.39: loss 1\.\d\d → 1\.\d\d in 800 steps\.$/);
      assert.equal(result.state, "unknown");
    });

    it("that doesn't move", () => {
      const lossFn = new nn.CrossEntropyLoss();
      const result = classified(perceptron, { loss: (output, target) => lossFn(output.detach().add(output.mul(1e-6)), target), optimizer: sgd(0.1) });
      assert.match(finding(result, "notMoving")?.what ?? result.sentence, /^(The loss doesn't move: 1\.\d\d → 1\.\d\d in 300 steps|No step moves)/);
    });

    it("that rises", () => {
      const result = classified(perceptron, { steps: 200, optimizer: sgd(0.01, { maximize: true }) });
      assert.match(result.sentence, /^The loss rises: 1\.\d\d → [\d.]+ in 200 steps\.$/);
    });

    it("that is NaN, with where it began", () => {
      class Logarithmic extends nn.Module {
        body = new nn.Linear(20, 32);
        head = new nn.Linear(32, 4);
        calls = 0;
        override forward(x: Tensor): Tensor {
          const hidden = this.body(x);
          return this.head(this.calls++ >= 8 ? relu(hidden).log() : sigmoid(hidden));
        }
      }
      const result = classified(() => new Logarithmic(), { steps: 60 });
      assert.equal(result.sentence, "The weights are no numbers any more (NaN or ∞). It began in step 8, with the output of `head`.");
      assert.match(result.findings[0]!.advice, /logarithm/);
    });

    it("that a learning rate too high led there is told with that", () => {
      const result = classified(perceptron, { optimizer: sgd(30) });
      assert.match(result.sentence, /^The weights are no numbers any more \(NaN or ∞\)\. It began in step \d, with the output of `\d`\.$/);
      assert.match(result.findings[0]!.advice, /learning rate that is too high: lr 30 is 300 × SGD's usual/);
    });
  });

  it("weights that grow and grow", () => {
    const model = (): nn.Sequential => new nn.Sequential(new nn.Linear(20, 32), new nn.ReLU(), new nn.Linear(32, 4), new nn.Softmax(1));
    assert.match(
      finding(classified(model, { optimizer: adam(0.3) }), "growing")!.what,
      /^`0\.weight` grows and grows: it is \d+ times as large as in step 0\.$/,
    );
  });
});
