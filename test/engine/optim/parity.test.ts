import assert from "node:assert/strict";
import { linspace, nn, optim, tensor, zeros, type Tensor } from "../../../src/engine/index.ts";
import { assertClose } from "../../fixtures/closeTo.ts";
import { readFixture } from "../../fixtures/read.ts";

interface Trajectory {
  path: unknown[];
  state: Record<string, Record<string, unknown>>;
  groups: Record<string, unknown>[];
}

const expected = readFixture<{
  optimizers: Record<string, Trajectory>;
  schedules: Record<string, number[][]>;
  resumed: Record<"cosine" | "step", number[][]>;
}>("optimizers.json");

type Groups = { params: Tensor[]; lr?: number }[];
const { SGD, Adam, AdamW, lrScheduler } = optim;

describe("optimizers beside PyTorch's", () => {
  const makers: Record<string, (groups: Groups) => optim.Optimizer> = {
    sgd: (p) => new SGD(p, { lr: 0.01 }),
    sgdMomentum: (p) => new SGD(p, { lr: 0.01, momentum: 0.9, dampening: 0.1, weightDecay: 0.05 }),
    sgdNesterov: (p) => new SGD(p, { lr: 0.01, momentum: 0.8, nesterov: true }),
    sgdMaximize: (p) => new SGD(p, { lr: 0.001, momentum: 0.5, maximize: true }),
    adam: (p) => new Adam(p, { lr: 0.01 }),
    adamDecay: (p) => new Adam(p, { lr: 0.01, betas: [0.8, 0.95], eps: 1e-6, weightDecay: 0.1 }),
    adamAmsgrad: (p) => new Adam(p, { lr: 0.01, amsgrad: true }),
    adamMaximize: (p) => new Adam(p, { lr: 0.01, maximize: true }),
    adamw: (p) => new AdamW(p, { lr: 0.01 }),
    adamwAmsgrad: (p) => new AdamW(p, { lr: 0.01, weightDecay: 0.2, amsgrad: true }),
  };

  /** The function that `make_optimizers.py` minimises, with a group of its own for `b`. */
  function run(make: (groups: Groups) => optim.Optimizer, steps: number) {
    const a = new nn.Parameter(linspace(-1, 1, 6).reshape(2, 3));
    const b = new nn.Parameter(tensor([0.5, -2]));
    const optimizer = make([{ params: [a] }, { params: [b], lr: 0.05 }]);
    const path: unknown[] = [];
    for (let i = 0; i < steps; i++) {
      optimizer.zeroGrad();
      const bowl = a
        .sub(0.3)
        .pow(2)
        .sum()
        .mul(1 + (i % 3));
      bowl.add(b.mul(b).sum()).add(a.sum().mul(b.sum()).mul(0.1)).backward();
      optimizer.step();
      if ([0, 1, 4, 9, 19].includes(i)) path.push([a.tolist(), b.tolist()]);
    }
    return { optimizer, path };
  }

  for (const [name, make] of Object.entries(makers)) {
    it(name, () => {
      const truth = expected.optimizers[name]!;
      const { optimizer, path } = run(make, name.endsWith("Maximize") ? 5 : 20);
      assertClose(path, truth.path, { atol: 2e-6, rtol: 2e-5 });
      const dict = optimizer.stateDict();
      for (const [number, entries] of Object.entries(truth.state)) {
        for (const [key, value] of Object.entries(entries)) {
          // PyTorch notes a missing momentum as None.
          if (value === null) continue;
          const own = dict.state.get(Number(number))![key] as Tensor;
          assertClose(own.tolist(), value, { atol: 1e-5, rtol: 1e-4 }, `${number}.${key}`);
        }
      }
      dict.param_groups.forEach((group, i) => {
        for (const [key, value] of Object.entries(group)) assert.deepEqual(value, truth.groups[i]![key], `group ${i}: ${key}`);
      });
    });
  }

  it("go on alike after stateDict and loadStateDict", () => {
    const { optimizer } = run(makers.adamwAmsgrad!, 7);
    const parameters = optimizer.paramGroups.map((group) => group.params[0]!);
    const copies = parameters.map((parameter) => new nn.Parameter(parameter.detach().clone()));
    const copy = makers.adamwAmsgrad!([{ params: [copies[0]!] }, { params: [copies[1]!] }]);
    copy.loadStateDict(optimizer.stateDict());
    assert.equal(copy.paramGroups[1]!.lr, 0.05);
    for (const list of [parameters, copies]) for (const parameter of list) parameter.grad = parameter.detach().mul(0.5);
    optimizer.step();
    copy.step();
    assert.deepEqual(
      copies.map((each) => each.tolist()),
      parameters.map((each) => each.tolist()),
    );
  });
});

describe("learning-rate schedules beside PyTorch's", () => {
  const twoGroups = () => new SGD([{ params: [new nn.Parameter(zeros(1))] }, { params: [new nn.Parameter(zeros(1))], lr: 0.02 }], { lr: 0.1 });
  const makers: Record<string, (optimizer: optim.SGD) => optim.lrScheduler.LRScheduler> = {
    step: (o) => new lrScheduler.StepLR(o, 7),
    stepHalf: (o) => new lrScheduler.StepLR(o, 5, { gamma: 0.5 }),
    multiStep: (o) => new lrScheduler.MultiStepLR(o, [3, 10, 10, 17], { gamma: 0.3 }),
    exponential: (o) => new lrScheduler.ExponentialLR(o, 0.93),
    cosine: (o) => new lrScheduler.CosineAnnealingLR(o, 10),
    cosineMin: (o) => new lrScheduler.CosineAnnealingLR(o, 7, { etaMin: 0.005 }),
    lambda: (o) => new lrScheduler.LambdaLR(o, [(epoch) => 0.95 ** epoch, (epoch) => 1 / (1 + epoch)]),
  };
  const exact = { atol: 1e-15, rtol: 1e-12 };

  for (const [name, make] of Object.entries(makers)) {
    it(name, () => {
      const optimizer = twoGroups();
      const scheduler = make(optimizer);
      const rates = [scheduler.getLastLr()];
      for (let i = 0; i < 25; i++) {
        optimizer.step();
        scheduler.step();
        rates.push(scheduler.getLastLr());
        assert.deepEqual(
          optimizer.paramGroups.map((group) => group.lr),
          scheduler.getLastLr(),
        );
      }
      assertClose(rates, expected.schedules[name]!, exact);
    });
  }

  it("two on one optimizer", () => {
    const optimizer = twoGroups();
    const schedulers = [new lrScheduler.ExponentialLR(optimizer, 0.9), new lrScheduler.StepLR(optimizer, 4, { gamma: 0.5 })];
    const rates = [optimizer.paramGroups.map((group) => group.lr)];
    for (let i = 0; i < 25; i++) {
      for (const scheduler of schedulers) scheduler.step();
      rates.push(optimizer.paramGroups.map((group) => group.lr));
    }
    assertClose(rates, expected.schedules.chained!, exact);
  });

  it("taken up in the middle", () => {
    const resumed = (make: (optimizer: optim.SGD) => optim.lrScheduler.LRScheduler) => {
      const optimizer = new SGD([new nn.Parameter(zeros(1))], { lr: 0.03 });
      optimizer.paramGroups[0]!.initialLr = 0.1;
      const scheduler = make(optimizer);
      const rates = [scheduler.getLastLr()];
      for (let i = 0; i < 5; i++) {
        scheduler.step();
        rates.push(scheduler.getLastLr());
      }
      return rates;
    };
    assertClose(
      resumed((o) => new lrScheduler.CosineAnnealingLR(o, 10, { lastEpoch: 5 })),
      expected.resumed.cosine,
      exact,
    );
    assertClose(
      resumed((o) => new lrScheduler.StepLR(o, 3, { lastEpoch: 5 })),
      expected.resumed.step,
      exact,
    );
    assert.throws(
      () => new lrScheduler.StepLR(twoGroups(), 3, { lastEpoch: 5 }),
      /param 'initial_lr' is not specified in param_groups\[0\] when resuming an optimizer/,
    );
  });

  it("keep their place in a state with PyTorch's names", () => {
    const optimizer = twoGroups();
    const scheduler = new lrScheduler.CosineAnnealingLR(optimizer, 10);
    for (let i = 0; i < 4; i++) scheduler.step();
    const state = scheduler.stateDict();
    assert.deepEqual(
      { T_max: state.T_max, eta_min: state.eta_min, last_epoch: state.last_epoch, _step_count: state._step_count, base_lrs: state.base_lrs },
      { T_max: 10, eta_min: 0, last_epoch: 4, _step_count: 5, base_lrs: [0.1, 0.02] },
    );
    const copy = new lrScheduler.CosineAnnealingLR(twoGroups(), 3);
    copy.loadStateDict(state);
    copy.optimizer.loadStateDict(optimizer.stateDict());
    copy.step();
    scheduler.step();
    assert.deepEqual(copy.getLastLr(), scheduler.getLastLr());
  });
});
