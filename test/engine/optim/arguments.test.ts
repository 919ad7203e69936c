import assert from "node:assert/strict";
import { nn, noGrad, optim, randn, tensor, type Tensor } from "../../../src/engine/index.ts";

// How users of PyTorch write optimizers and schedules: each form does what it says or is refused, and none is silent.

const parameters = (): Tensor[] => [new nn.Parameter(tensor([1, 2]))];
const sgd = (): optim.SGD => new optim.SGD(parameters(), 0.1, 0.9);
// What the editor underlines, as JavaScript lets it be written.
// oxlint-disable-next-line no-explicit-any
const loose = { optim, schedules: optim.lrScheduler, averages: optim.swaUtils } as any;

function refused(calls: Readonly<Record<string, [() => unknown, RegExp]>>): void {
  for (const [name, [call, message]] of Object.entries(calls)) it(name, () => assert.throws(call, { message }));
}

describe("an optimizer's arguments", () => {
  it("by position, by name or mixed are the same", () => {
    const wanted = { lr: 0.1, momentum: 0.9, dampening: 0, weightDecay: 0.01, nesterov: true, maximize: true };
    const made = [
      new optim.SGD(parameters(), 0.1, 0.9, 0, 0.01, true, { maximize: true }),
      new optim.SGD(parameters(), 0.1, { momentum: 0.9, weightDecay: 0.01, nesterov: true, maximize: true }),
      new optim.SGD({ params: parameters(), lr: 0.1, momentum: 0.9, weightDecay: 0.01, nesterov: true, maximize: true }),
    ];
    for (const optimizer of made) {
      const { params, ...options } = optimizer.paramGroups[0]!;
      assert.deepEqual([params.length, options], [1, wanted]);
    }
  });

  it("stand in PyTorch's order", () => {
    const options = (optimizer: optim.Optimizer): unknown[] =>
      Object.entries(optimizer.paramGroups[0]!)
        .filter(([name]) => name !== "params")
        .map(([, value]) => value);
    assert.deepEqual(options(new optim.Adagrad(parameters(), 0.1, 0.2, 0.3, 0.4, 0.5) as unknown as optim.Optimizer), [0.1, 0.2, 0.4, 0.5, 0.3, false]);
    const rms = new optim.RMSprop(parameters(), 0.1, 0.9, 1e-5, 0.2, 0.3, true, true).paramGroups[0]!;
    assert.deepEqual([rms.alpha, rms.eps, rms.weightDecay, rms.momentum, rms.centered, rms.maximize], [0.9, 1e-5, 0.2, 0.3, true, true]);
    const nadam = new optim.NAdam(parameters(), 0.1, [0.8, 0.9], 1e-6, 0.2, 0.3).paramGroups[0]!;
    assert.deepEqual([nadam.weightDecay, nadam.momentumDecay], [0.2, 0.3]);
    const lbfgs = new optim.LBFGS(parameters(), 1, 8, null, 1e-6, 1e-8, 5, "strong_wolfe").paramGroups[0]!;
    assert.deepEqual([lbfgs.maxIter, lbfgs.maxEval, lbfgs.historySize, lbfgs.lineSearchFn], [8, 10, 5, "strong_wolfe"]);
  });

  it("decoupled weight decay makes AdamW of Adam, and shrinks weights alike in RAdam and NAdam", () => {
    const after = (make: (p: Tensor[]) => { step(): void }): unknown => {
      const p = parameters();
      p[0]!.grad = tensor([0, 0]);
      make(p).step();
      return p[0]!.tolist();
    };
    assert.deepEqual(
      after((p) => new optim.Adam(p, 0.1, { weightDecay: 0.5, decoupledWeightDecay: true })),
      after((p) => new optim.AdamW(p, 0.1, { weightDecay: 0.5 })),
    );
    for (const type of [optim.RAdam, optim.NAdam]) {
      const [a, b] = after((p) => new type(p, 0.1, { weightDecay: 0.5, decoupledWeightDecay: true })) as [number, number];
      assert.ok(Math.abs(a - 0.95) < 1e-6 && Math.abs(b - 1.9) < 1e-6, type.name);
    }
    assert.ok(new optim.AdamW(parameters()) instanceof optim.Adam);
  });

  refused({
    "an unknown name": [
      () => new loose.optim.SGD(parameters(), 0.1, { weight_decay: 1 }),
      /unexpected keyword argument 'weight_decay'; did you mean 'weightDecay'\?/,
    ],
    "a rate by another name": [() => new loose.optim.Adam(parameters(), { learningRate: 1 }), /did you mean 'lr'\?/],
    "too many": [
      () => new loose.optim.SGD(parameters(), 0.1, 0.9, 0, 0, true, true),
      /takes at most 6 positional arguments \(maximize by name only\) but 7 were given/,
    ],
    "one of PyTorch's without meaning here": [
      () => new loose.optim.AdamW(parameters(), { fused: true }),
      /no argument 'fused' here\. All parameters are updated in one way/,
    ],
    "a rate that is no number": [() => new loose.optim.SGD(parameters(), "0.1"), /argument 'lr' must be a number, not "0\.1"/],
    "betas of another length": [() => new loose.optim.Adam(parameters(), 0.1, [0.9]), /argument 'betas' must be a list of 2 numbers, not \[0\.9\]/],
    "a model in place of its parameters": [
      () => new loose.optim.SGD(new nn.Sequential(new nn.Linear(1, 1)), 0.1),
      /should be an iterable of Tensors or dicts, but got Sequential; give its parameters\(\)/,
    ],
    "nothing": [() => new loose.optim.SGD(), /missing 1 required argument: 'params'/],
    "no new": [() => loose.optim.SGD(parameters(), 0.1), /^optim\.SGD is a class here: write new optim\.SGD\(…\)$/],
    "what is no closure": [() => loose.optim.Optimizer.prototype.step.call(sgd(), 5), /argument 'closure' must be a function, not 5/],
    "a wrong name to a method": [() => (sgd() as never as typeof loose).zeroGrad({ settonone: true }), /did you mean 'setToNone'\?/],
    "a state without groups": [() => (sgd() as never as typeof loose).loadStateDict({ state: {} }), /loaded state dict has no param_groups/],
  });

  it("methods take names, too", () => {
    const optimizer = sgd() as never as typeof loose;
    optimizer.addParamGroup({ paramGroup: { params: parameters(), lr: 3 } });
    assert.equal(optimizer.paramGroups[1].lr, 3);
    assert.equal(optimizer.step({ closure: () => 7 }), 7);
    assert.equal(optimizer.step(null), undefined);
  });
});

describe("a parameter group", () => {
  const group = (options: object) => () => new loose.optim.AdamW([{ params: parameters(), ...options }], 0.1);

  it("keeps names that are nobody's option, as in PyTorch", () => {
    const own = { name: "head", lrScale: 0.5, layer: 3 };
    const { name, lrScale, layer } = group(own)().paramGroups[0];
    assert.deepEqual({ name, lrScale, layer }, own);
  });

  it("takes undefined for not given", () => assert.equal(group({ lr: undefined })().paramGroups[0].lr, 0.1));

  refused({
    "refuses a name in Python's spelling": [group({ weight_decay: 1 }), /^a parameter group has no option 'weight_decay'; did you mean 'weightDecay'\?$/],
    "refuses a slip": [group({ amsgard: true }), /did you mean 'amsgrad'\?$/],
    "refuses another word for the rate": [group({ learningRate: 1 }), /did you mean 'lr'\?$/],
    "refuses a rate that is no number": [group({ lr: "1" }), /^a parameter group's 'lr' must be a number, not "1"$/],
    "refuses betas that aren't two": [group({ betas: [0.9] }), /'betas' must be a list of 2 numbers, not \[0\.9\]$/],
    "refuses what has no meaning here": [group({ fused: true }), /no option 'fused' here\. All parameters are updated in one way/],
    "needs parameters": [() => new loose.optim.SGD([{ lr: 1 }], 0.1), /^a parameter group needs params/],
  });
});

describe("a schedule's arguments", () => {
  const { lrScheduler, swaUtils } = optim;

  it("by position, by name or mixed are the same", () => {
    const rates = (make: (optimizer: optim.SGD) => { step(): void; getLastLr(): number[] }): number[] => {
      const scheduler = make(sgd());
      return Array.from({ length: 5 }, () => {
        scheduler.step();
        return scheduler.getLastLr()[0]!;
      });
    };
    const pairs: Parameters<typeof rates>[0][][] = [
      [
        (o) => new lrScheduler.StepLR(o, 2, 0.5),
        (o) => new lrScheduler.StepLR(o, { stepSize: 2, gamma: 0.5 }),
        (o) => new lrScheduler.StepLR({ optimizer: o, stepSize: 2, gamma: 0.5 }),
      ],
      [(o) => new lrScheduler.ExponentialLR(o, 0.5), (o) => new lrScheduler.ExponentialLR(o, { gamma: 0.5 })],
      [(o) => new lrScheduler.LambdaLR(o, (e) => 1 / (1 + e)), (o) => new lrScheduler.LambdaLR(o, { lrLambda: (e) => 1 / (1 + e) })],
      [
        (o) => new lrScheduler.OneCycleLR(o, 0.5, null, 2, 3),
        (o) => new lrScheduler.OneCycleLR(o, { maxLr: 0.5, epochs: 2, stepsPerEpoch: 3 }),
        (o) => new lrScheduler.OneCycleLR(o, 0.5, 6),
      ],
      [
        (o) => new lrScheduler.CyclicLR(o, 0.01, 0.1, 2, null, "triangular2"),
        (o) => new lrScheduler.CyclicLR(o, { baseLr: 0.01, maxLr: 0.1, stepSizeUp: 2, mode: "triangular2" }),
      ],
      [(o) => new lrScheduler.LinearLR(o, 0.5, 1, 3), (o) => new lrScheduler.LinearLR(o, { startFactor: 0.5, totalIters: 3 })],
      [(o) => new swaUtils.SWALR(o, 0.05, 3, "linear"), (o) => new swaUtils.SWALR(o, { swaLr: 0.05, annealEpochs: 3, annealStrategy: "linear" })],
      [
        (o) => new lrScheduler.SequentialLR(o, [new lrScheduler.StepLR(o, 1), new lrScheduler.ExponentialLR(o, 0.5)], [2]),
        (o) => new lrScheduler.SequentialLR(o, { schedulers: [new lrScheduler.StepLR(o, 1), new lrScheduler.ExponentialLR(o, 0.5)], milestones: [2] }),
      ],
    ];
    for (const [first, ...others] of pairs) for (const other of others) assert.deepEqual(rates(other), rates(first!));
    assert.deepEqual(
      rates((o) => new lrScheduler.ExponentialLR(o, { gamma: 0.5 })),
      [0.05, 0.025, 0.0125, 0.00625, 0.003125],
    );
  });

  it("a plateau's are its properties", () => {
    const scheduler = new lrScheduler.ReduceLROnPlateau(sgd(), "max", 0.5, { patience: 0, minLr: [0.06] });
    assert.deepEqual([scheduler.mode, scheduler.factor, scheduler.patience, scheduler.minLrs], ["max", 0.5, 0, [0.06]]);
    for (const value of [3, 2]) scheduler.step(value);
    assert.deepEqual(scheduler.getLastLr(), [0.06]);
  });

  refused({
    "an unknown name": [() => new loose.schedules.MultiStepLR(sgd(), [1], { gama: 2 }), /'gama'; did you mean 'gamma'\?/],
    "one that PyTorch has dropped": [() => new loose.schedules.StepLR(sgd(), 3, { verbose: true }), /PyTorch 2 has dropped it/],
    "half a step": [() => new loose.schedules.StepLR(sgd(), 1.5), /argument 'stepSize' must be a whole number, not 1\.5/],
    "a missing one": [() => new loose.schedules.StepLR(sgd()), /missing 1 required argument: 'stepSize'/],
    "a model in place of its optimizer": [() => new loose.schedules.StepLR(new nn.Linear(1, 1), 3), /argument 'optimizer' must be an Optimizer, not a Linear/],
    "a word that is none of its own": [
      () => new loose.schedules.OneCycleLR(sgd(), 0.1, 3, { annealStrategy: "cosine" }),
      /must be "cos" or "linear", not "cosine"/,
    ],
    "a list of what are no functions": [() => new loose.schedules.LambdaLR(sgd(), [3]), /must be a function or a list of functions, not \[3\]/],
    "a list of what are no schedulers": [() => new loose.schedules.ChainedScheduler([3]), /must be a list of LRSchedulers, not \[3\]/],
    "schedulers of another optimizer": [
      () => new loose.schedules.SequentialLR(sgd(), [new optim.lrScheduler.StepLR(sgd(), 1)], []),
      /expects all schedulers to belong to the same optimizer/,
    ],
    "an optimizer's state": [
      () => (new optim.lrScheduler.StepLR(sgd(), 1) as never as typeof loose).loadStateDict(sgd().stateDict()),
      /has nothing of this scheduler/,
    ],
    "both averages": [
      () => new loose.averages.AveragedModel(new nn.Linear(1, 1), optim.swaUtils.getEmaAvgFn(), () => {}),
      /Only one of avg_fn and multi_avg_fn/,
    ],
    "a decay of two": [() => optim.swaUtils.getEmaAvgFn(2), /Invalid decay value 2/],
  });

  it("a schedule of one's own says what its base can't take", () => {
    class Halving extends optim.lrScheduler.LRScheduler {
      override getLr(): number[] {
        return this.scaled(this.lastEpoch === 0 ? 1 : 0.5);
      }
    }
    const make = (...given: unknown[]) => new (Halving as never as new (...values: unknown[]) => Halving)(...given);
    const halving = make(sgd());
    halving.step();
    halving.step();
    assert.deepEqual(halving.getLastLr(), [0.05]);
    assert.throws(() => make(new nn.Linear(1, 1)), { message: "a Linear is not an Optimizer" });
    assert.throws(() => make(sgd(), { lastEpoch: 3 }), /lastEpoch must be a whole number, not { lastEpoch }/);
  });
});

describe("AveragedModel", () => {
  it("averages all values at once with multiAvgFn as one by one with avgFn", () => {
    const model = new nn.Linear(2, 1);
    const one = new optim.swaUtils.AveragedModel(model, optim.swaUtils.getEmaAvgFn(0.5));
    const all = new optim.swaUtils.AveragedModel(model, {
      multiAvgFn: (averaged, values) => averaged.forEach((each, i) => each.copy_(each.mul(0.5).add(values[i]!, { alpha: 0.5 }))),
    });
    for (let i = 0; i < 3; i++) {
      noGrad(() => model.weight.copy_(randn(1, 2)));
      for (const averaged of [one, all]) averaged.updateParameters(model);
    }
    assert.deepEqual(all.module.weight.tolist(), one.module.weight.tolist());
    assert.notDeepEqual(one.module.weight.tolist(), model.weight.tolist());
    assert.deepEqual(all.nAveraged.item(), 3);
  });
});
