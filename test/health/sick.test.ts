/** Networks that show each sign, and how it reads. They really train. */
import assert from "node:assert/strict";
import { manualSeed, nn, optim, randint, randn, type Tensor, functional as F } from "../../src/engine/index.ts";
import { healthOf, finding } from "./trained.ts";

interface Training {
  readonly steps?: number;
  readonly make?: (model: nn.Module) => { step(): unknown; zeroGrad(): void };
}

/** Ten clouds of points; learnable. */
function clouds(count: number, size: number, classes: number): [Tensor, Tensor] {
  const centres = randn(classes, size).mul(2);
  const labels = randint(0, classes, [count]);
  return [centres.indexSelect(0, labels).add(randn(count, size)), labels];
}

function classify(model: nn.Module, { steps = 300, make = (one) => new optim.Adam(one.parameters(), { lr: 1e-3 }) }: Training = {}): void {
  const optimizer = make(model);
  const lossFn = new nn.CrossEntropyLoss();
  const [x, y] = clouds(640, 20, 4);
  for (let step = 0; step < steps; step++) {
    const at = (step * 64) % 640;
    const loss = lossFn(model(x.narrow(0, at, 64)), y.narrow(0, at, 64));
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
  }
}

describe("a network in trouble", function () {
  this.timeout(60_000);
  beforeEach(() => void manualSeed(1));

  it("says which layer's units are dead, how many and since when", () => {
    const result = healthOf(() => {
      const model = new nn.Sequential(new nn.Linear(20, 64), new nn.ReLU(), new nn.Linear(64, 64), new nn.ReLU(), new nn.Linear(64, 4));
      classify(model, { make: (one) => new optim.Adam(one.parameters(), { lr: 0.5 }) });
    });
    console.log(result);
  });

  it("vanishing", () => {
    const result = healthOf(() => {
      const layers = Array.from({ length: 10 }, (_, i) => [new nn.Linear(i === 0 ? 20 : 32, 32), new nn.Sigmoid()]).flat();
      classify(new nn.Sequential(...layers, new nn.Linear(32, 4)));
    });
    console.log(result);
  });
  it("vanishing sgd", () => {
    const result = healthOf(() => {
      const layers = Array.from({ length: 10 }, (_, i) => [new nn.Linear(i === 0 ? 20 : 32, 32), new nn.Sigmoid()]).flat();
      classify(new nn.Sequential(...layers, new nn.Linear(32, 4)), { make: (one) => new optim.SGD(one.parameters(), { lr: 0.1 }) });
    });
    console.log(result);
  });
  it("lr tiny", () => {
    console.log(
      healthOf(() =>
        classify(new nn.Sequential(new nn.Linear(20, 32), new nn.ReLU(), new nn.Linear(32, 4)), {
          make: (one) => new optim.SGD(one.parameters(), { lr: 1e-9 }),
        }),
      ),
    );
  });
  it("nan", () => {
    console.log(
      healthOf(() =>
        classify(new nn.Sequential(new nn.Linear(20, 32), new nn.ReLU(), new nn.Linear(32, 4)), {
          make: (one) => new optim.SGD(one.parameters(), { lr: 1e9 }),
        }),
      ),
    );
  });
  it("healthy", () => {
    console.log(healthOf(() => classify(new nn.Sequential(new nn.Linear(20, 32), new nn.ReLU(), new nn.Linear(32, 4)))));
  });
});
