import assert from "node:assert/strict";
import { arange, manualSeed, nn, optim, randint, randn, tensor, type Tensor, empty } from "../../../src/engine/index.ts";
import type { AnyModule } from "../../../src/engine/nn/module.ts";
import { assertClose } from "../../fixtures/closeTo.ts";
import { readFixture } from "../../fixtures/read.ts";
import { Bare, Heads, ResNet, SimpleClassifier } from "./models.ts";

type Nested = number | Nested[];

interface NormRun {
  weight: number[];
  bias: number[];
  inputs: Nested[];
  outputs: Nested[];
  gradients: Nested[];
  weightGradient: number[];
  biasGradient: number[];
  evaluated: Nested;
  state: Record<string, Nested>;
}

interface Fixture {
  initial: Record<string, Record<string, Nested>>;
  init: Record<string, Nested>;
  gains: Record<string, number>;
  repr: Record<string, string>;
  stateKeys: Record<"classifier" | "resnet", string[]>;
  loadError: string;
  batchNorm: Record<"oneD" | "cumulative" | "twoD", NormRun>;
  training: { losses: number[]; state: Record<string, Nested> };
  clip: { before: Nested[]; total: number; clipped: Nested[]; clamped: Nested[] };
}

const expected = readFixture<Fixture>("modules.json");
const gradients = (module: AnyModule) => module.parameters().map((parameter) => parameter.grad!.tolist());

describe("modules beside PyTorch's", () => {
  describe("first values after manualSeed(0)", () => {
    const makers: Record<string, () => AnyModule> = {
      linear: () => new nn.Linear(5, 3),
      linearNoBias: () => new nn.Linear(5, 3, { bias: false }),
      conv: () => new nn.Conv2d(2, 4, 3),
      convGroups: () => new nn.Conv2d(4, 4, [3, 1], { stride: 2, padding: [1, 0], groups: 2, bias: false }),
      embedding: () => new nn.Embedding(6, 3, { paddingIdx: 2 }),
      batchNorm: () => new nn.BatchNorm1d(3),
      layerNorm: () => new nn.LayerNorm([2, 3]),
      classifier: () => new SimpleClassifier(4, 5, 3),
    };
    for (const [name, make] of Object.entries(makers)) {
      it(name, () => {
        manualSeed(0);
        const state = Object.fromEntries([...make().stateDict()].map(([key, value]) => [key, value.tolist()]));
        assert.deepEqual(state, expected.initial[name]);
      });
    }
  });

  describe("nn.init", () => {
    const fills: Record<string, [shape: number[], fill: (t: Tensor) => Tensor]> = {
      xavierUniform: [[3, 4], (t) => nn.init.xavierUniform_(t, { gain: 1.5 })],
      xavierNormal: [[3, 4], nn.init.xavierNormal_],
      kaimingUniform: [[3, 4], (t) => nn.init.kaimingUniform_(t, { mode: "fan_out", nonlinearity: "relu" })],
      kaimingNormal: [[3, 2, 3, 3], (t) => nn.init.kaimingNormal_(t, { a: 0.2 })],
      normal: [[3, 2], (t) => nn.init.normal_(t, 1, 2)],
      uniform: [[3, 2], (t) => nn.init.uniform_(t, -1, 1)],
      eye: [[2, 3], (t) => nn.init.eye_(t)],
    };
    for (const [name, [shape, fill]] of Object.entries(fills)) {
      it(name, () => {
        manualSeed(1);
        assert.deepEqual(fill(empty(shape)).tolist(), expected.init[name]);
      });
    }

    it("gains", () => {
      for (const [name, gain] of Object.entries(expected.gains)) {
        assert.equal(nn.init.calculateGain(name as nn.init.Nonlinearity), gain, name);
      }
    });
  });

  describe("String(model) is what print(model) shows", () => {
    const models: Record<string, () => AnyModule> = {
      classifier: () => new SimpleClassifier(20, 64, 3),
      resnet: () => new ResNet(20, 64, 10, 2),
      heads: () => new Heads(),
      bare: () => new Bare(),
      sequential: () =>
        new nn.Sequential(
          new nn.Conv2d(1, 32, 3, { padding: 1, bias: false }),
          new nn.BatchNorm2d(32, { eps: 1e-3, momentum: null }),
          new nn.ReLU({ inplace: true }),
          new nn.MaxPool2d(2),
          new nn.Flatten(),
          new nn.Dropout(0.25),
        ),
      named: () => new nn.Sequential({ fc: new nn.Linear(2, 2), act: new nn.LeakyReLU(0.2) }),
      conv: () => new nn.Conv2d(2, 4, [3, 5], { stride: 2, padding: [1, 2], dilation: 2, groups: 2 }),
      same: () => new nn.Conv2d(2, 4, 3, { padding: "same" }),
      pools: () =>
        new nn.Sequential(
          new nn.MaxPool2d(3, 2, { padding: 1 }),
          new nn.MaxPool2d([2, 3], { ceilMode: true }),
          new nn.AvgPool2d(2),
          new nn.AdaptiveAvgPool2d([1, 1]),
          new nn.AdaptiveAvgPool2d(1),
        ),
      norms: () =>
        new nn.Sequential(
          new nn.LayerNorm(8),
          new nn.LayerNorm([2, 3], { eps: 1e-6, elementwiseAffine: false }),
          new nn.BatchNorm1d(4, { affine: false, trackRunningStats: false }),
        ),
      activations: () =>
        new nn.Sequential(
          new nn.ReLU(),
          new nn.LeakyReLU(),
          new nn.LeakyReLU(0.1, { inplace: true }),
          new nn.GELU(),
          new nn.GELU({ approximate: "tanh" }),
          new nn.Sigmoid(),
          new nn.Tanh(),
          new nn.Softmax(1),
          new nn.LogSoftmax(-1),
          new nn.Identity(),
        ),
      embedding: () => new nn.Sequential(new nn.Embedding(10, 3), new nn.Embedding(10, 3, { paddingIdx: -1 })),
      losses: () =>
        new nn.ModuleList<AnyModule>([
          new nn.CrossEntropyLoss(),
          new nn.BCELoss(),
          new nn.BCEWithLogitsLoss(),
          new nn.MSELoss(),
          new nn.NLLLoss(),
          new nn.L1Loss(),
        ]),
      empty: () => new nn.Sequential(),
      emptyList: () => new nn.ModuleList(),
    };
    for (const [name, make] of Object.entries(models)) {
      it(name, () => assert.equal(String(make()), expected.repr[name]));
    }
  });

  it("state dicts have PyTorch's keys in PyTorch's order", () => {
    assert.deepEqual([...new SimpleClassifier(2, 3, 2).stateDict().keys()], expected.stateKeys.classifier);
    assert.deepEqual([...new ResNet(2, 3, 2, 1).stateDict().keys()], expected.stateKeys.resnet);
  });

  it("loadStateDict says what is missing, left over or of the wrong shape in PyTorch's words", () => {
    const model = new SimpleClassifier(2, 3, 2);
    const state = model.stateDict();
    for (const key of [...state.keys()]) if (!key.startsWith("layer1")) state.delete(key);
    state.set("layer1.weight", empty(3, 5)).set("extra", empty(1));
    assert.throws(() => model.loadStateDict(state), { message: expected.loadError });
  });

  describe("batch normalisation: three training batches, then eval", () => {
    const run = (name: keyof Fixture["batchNorm"], module: AnyModule & nn.Module) => {
      const truth = expected.batchNorm[name];
      module.loadStateDict({ weight: tensor(truth.weight), bias: tensor(truth.bias) }, { strict: false });
      truth.inputs.forEach((values, i) => {
        const x = tensor(values, { requiresGrad: true });
        const y = module(x);
        y.mul(arange(y.numel()).reshape(y.shape)).sum().backward();
        assertClose(y.tolist(), truth.outputs[i], {}, `output ${i}`);
        assertClose(x.grad!.tolist(), truth.gradients[i], { atol: 2e-5, rtol: 1e-4 }, `gradient ${i}`);
      });
      assertClose(gradients(module), [truth.weightGradient, truth.biasGradient], { atol: 1e-4, rtol: 1e-5 });
      module.eval();
      assertClose(module(tensor(truth.inputs.at(-1)!)).tolist(), truth.evaluated);
      for (const [key, value] of module.stateDict()) assertClose(value.tolist(), truth.state[key], {}, key);
    };
    it("BatchNorm1d", () => run("oneD", new nn.BatchNorm1d(3)));
    it("BatchNorm1d with a cumulative average", () => run("cumulative", new nn.BatchNorm1d(2, { momentum: null })));
    it("BatchNorm2d", () => run("twoD", new nn.BatchNorm2d(2)));
  });

  it("the tutorial's classifier, seeded alike, learns with the same losses", () => {
    manualSeed(42);
    const model = new SimpleClassifier(4, 8, 3);
    const [x, y] = [randn(16, 4), randint(0, 3, [16])];
    const optimizer = new optim.AdamW(model.parameters(), { lr: 1e-2, weightDecay: 0.01 });
    const lossFn = new nn.CrossEntropyLoss();
    const losses: number[] = [];
    for (let i = 0; i < 10; i++) {
      const loss = lossFn(model(x), y);
      optimizer.zeroGrad();
      loss.backward();
      optimizer.step();
      losses.push(loss.item());
    }
    assertClose(losses, expected.training.losses, { atol: 1e-5 });
    const state = model.stateDict();
    for (const [key, value] of Object.entries(expected.training.state)) {
      assertClose(state.get(key)!.tolist(), value, { atol: 1e-5 }, key);
    }
  });

  it("clipGradNorm_ and clipGradValue_", () => {
    manualSeed(7);
    const net = new nn.Linear(3, 2);
    net(randn(4, 3)).square().sum().mul(3).backward();
    assertClose(gradients(net), expected.clip.before, { atol: 1e-4 });
    assertClose(nn.utils.clipGradNorm_(net.parameters(), 0.5).item(), expected.clip.total);
    assertClose(gradients(net), expected.clip.clipped);
    nn.utils.clipGradValue_(net.parameters(), 0.1);
    assertClose(gradients(net), expected.clip.clamped);
  });
});
