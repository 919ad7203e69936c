import assert from "node:assert/strict";
import * as torch from "../../../src/engine/index.ts";
import { nn, tensor, type Tensor } from "../../../src/engine/index.ts";

// Programs as they are written after PyTorch's; that this file passes the type check is part of what it holds.

const close = (actual: Tensor, expected: unknown): void =>
  assert.ok(torch.allclose(actual, tensor(expected as number[])), `${String(actual)} isn't ${JSON.stringify(expected)}`);
const x = tensor([
  [1, 2],
  [3, -1],
]);
const classes = tensor([0, 1], { dtype: "int32" });

describe("layers take their arguments as PyTorch's do", () => {
  it("by position", () => {
    close(new nn.CrossEntropyLoss(tensor([1, 3]))(x, classes), 3.3419277667999268);
    close(new nn.BatchNorm1d(2, 0.8)(x), [
      [-0.7453559637069702, 0.8588975071907043],
      [0.7453559637069702, -0.8588975071907043],
    ]);
    close(new nn.Embedding(5, 3, 0).weight.select(0, 0), [0, 0, 0]);
    close(new nn.SmoothL1Loss("sum", 2)(x, torch.zeros(2, 2)), 3.5);
    close(new nn.MultiMarginLoss(2, 0.5)(x, classes), 5.625);
    assert.equal(new nn.LSTM(2, 3, 2, true).parameters().length, 8);
    assert.equal(new nn.LSTM(2, 3, 2, false).parameters().length, 4);
    assert.equal(String(new nn.TransformerEncoderLayer(4, 2, 8, 0.25).dropout), "Dropout(p=0.25, inplace=False)");
    const before = tensor([-1, 1]);
    new nn.ReLU(true)(before);
    close(before, [0, 1]);
  });

  it("by name, and both mixed", () => {
    assert.deepEqual(new nn.Conv2d(1, 8, { kernelSize: 3 }).weight.shape, [8, 1, 3, 3]);
    assert.deepEqual(new nn.Conv2d({ inChannels: 1, outChannels: 8, kernelSize: [3, 2], bias: false }).weight.shape, [8, 1, 3, 2]);
    assert.equal(new nn.BatchNorm1d(4, 0.8, { momentum: null }).momentum, null);
    close(new nn.CrossEntropyLoss({ weight: tensor([1, 3]) })(x, { target: classes } as unknown as Tensor), 3.3419277667999268);
    assert.equal(new nn.Linear(2, 3, { dtype: "float32" }).bias.numel(), 3);
  });

  it("refuses what fits nowhere, and names the nearest", () => {
    const any = nn as unknown as Record<string, new (...args: unknown[]) => unknown>;
    const refused = (name: string, args: unknown[], message: RegExp): void => assert.throws(() => new any[name]!(...args), { name: "TypeError", message });
    refused("Conv2d", [1, 8, 3, { pading: 1 }], /unexpected keyword argument 'pading'; did you mean 'padding'\?/);
    refused("Linear", [2], /missing 1 required argument: 'outFeatures'/);
    refused("Linear", [2, 3, true, null, null, 5], /but 6 were given/);
    refused("Linear", [2, 3, { dtype: "float64" }], /argument 'dtype' must be "float32" or null/);
    refused("MSELoss", ["men"], /did you mean "mean"\?/);
    refused("Dropout", ["0.5"], /argument 'p' must be a number/);
    assert.throws(() => (new nn.ReLU() as nn.Module)(x, x), /ReLU\(\) takes 1 positional argument but 2 were given/);
    assert.throws(
      () =>
        new (class extends nn.Module {
          constructor() {
            super(...([3] as unknown as []));
          }
        })(),
      /nn\.Module takes no arguments but 1 was given/,
    );
  });

  it("first values and gradients' bounds too", () => {
    torch.manualSeed(0);
    close(nn.init.xavierUniform_(torch.empty(2, 2), 2), [
      [-0.018338890746235847, 1.314013123512268],
      [-2.016040802001953, -1.8026751279830933],
    ]);
    assert.ok(
      torch
        .isfinite(nn.init.normal_(torch.empty(4), { mean: 0, std: 1 }))
        .all()
        .item(),
    );
    const p = new nn.Parameter(tensor([3, 4]));
    p.grad = tensor([3, 4]);
    close(nn.utils.clipGradNorm_([p], { maxNorm: 1 }), 5);
    close(p.grad, [0.6, 0.8]);
    assert.throws(() => nn.init.kaimingNormal_(torch.empty(2, 2), { mod: "fan_out" } as object), /did you mean 'mode'\?/);
  });
});

describe("a module's own methods take arguments by position or by name", () => {
  it("train, parameters, loadStateDict, registerBuffer", () => {
    const net = new nn.Linear(2, 2);
    assert.equal(net.train({ mode: false }).training, false);
    assert.throws(() => net.train("yes" as never), /argument 'mode' must be true or false/);
    assert.equal(new nn.Sequential(net).parameters({ recurse: false }).length, 0);
    assert.deepEqual(net.loadStateDict({ weight: torch.ones(2, 2) }, { strict: false }).missingKeys, ["bias"]);
    net.registerBuffer("extra", torch.ones(1), { persistent: false });
    assert.deepEqual([...net.stateDict({ prefix: "p." }).keys()], ["p.weight", "p.bias"]);
    assert.throws(() => net.namedParameters({ prefx: "a" } as object), /did you mean 'prefix'\?/);
  });

  it("loadStateDict with assign puts the given tensors in place", () => {
    const net = new nn.BatchNorm1d(2);
    const [weight, mean] = [torch.full([2], 3), torch.full([2], 5)];
    net.loadStateDict({ weight, running_mean: mean }, { strict: false, assign: true });
    weight.mul_(2);
    close(net.weight, [6, 6]);
    assert.equal(net.weight.requiresGrad, true);
    assert.equal(net.runningMean, mean);
  });

  it("names what is shared once, or each time", () => {
    const shared = new nn.Linear(2, 2, false);
    const net = new nn.Sequential(shared, shared);
    assert.deepEqual(
      net.namedParameters().map(([name]) => name),
      ["0.weight"],
    );
    assert.deepEqual(
      net.namedParameters({ removeDuplicate: false }).map(([name]) => name),
      ["0.weight", "1.weight"],
    );
    shared.weight.data = torch.eye(2);
    close(nn.utils.stateless.functionalCall(net, { "0.weight": torch.eye(2).mul(2) }, torch.ones(2)) as Tensor, [4, 4]);
    close(nn.utils.stateless.functionalCall(net, { "0.weight": torch.eye(2).mul(2) }, torch.ones(2), { tieWeights: true }) as Tensor, [4, 4]);
    assert.throws(() => nn.utils.stateless.functionalCall(net, {}, [torch.ones(2)], { strict: true }), /Missing key/);
  });

  it("hooks may be put first", () => {
    const order: number[] = [];
    const net = new nn.Identity();
    net.registerForwardHook(() => void order.push(1));
    net.registerForwardHook(() => void order.push(2), { prepend: true });
    net(x);
    assert.deepEqual(order, [2, 1]);
  });

  it("parameters are a list and an iterator", () => {
    const found = new nn.Linear(2, 2).parameters();
    assert.deepEqual(found.next().value.shape, [2, 2]);
    assert.deepEqual(found.next().value.shape, [2]);
    assert.equal(found.next().done, true);
    assert.equal([...found].length, 2);
  });
});

describe("calls of layers with more than an input", () => {
  it("attention, recurrent layers, transposed convolutions", () => {
    const q = torch.randn(1, 3, 4);
    const attention = new nn.MultiheadAttention(4, 2, { batchFirst: true });
    assert.equal(attention(q, q, q, { needWeights: false })[1], null);
    assert.deepEqual(attention(q, q, q, null, true, null, false)[1]!.shape, [1, 2, 3, 3]);
    assert.throws(() => attention(q, q, q, null, true, null, true, true), /Need attn_mask if specifying the is_causal hint/);
    const state: [Tensor, Tensor] = [torch.ones(1, 1, 3), torch.ones(1, 1, 3)];
    const lstm = new nn.LSTM(2, 3);
    const sequence = torch.randn(4, 1, 2);
    assert.ok(torch.equal(lstm(sequence, { hx: state })[0], lstm(sequence, state)[0]));
    const up = new nn.ConvTranspose2d(1, 1, 3, 2);
    assert.deepEqual(up(torch.randn(1, 1, 3, 3), { outputSize: [8, 8] }).shape, [1, 1, 8, 8]);
  });

  it("an implicit dimension of softmax is PyTorch's", () => {
    const softmax = new nn.Softmax();
    close(softmax(x).sum(1), [1, 1]);
    close(softmax(torch.ones(2, 2, 2)).sum(0), [
      [1, 1],
      [1, 1],
    ]);
  });

  it("padSequence fills up on either side, and pruning takes scores", () => {
    assert.deepEqual(nn.utils.rnn.padSequence([tensor([1, 2]), tensor([3])], true, -1).tolist(), [
      [1, 2],
      [3, -1],
    ]);
    assert.deepEqual(nn.utils.rnn.padSequence([tensor([1, 2]), tensor([3])], { batchFirst: true, paddingSide: "left" }).tolist(), [
      [1, 2],
      [0, 3],
    ]);
    const layer = new nn.Linear(4, 1, false);
    layer.weight.data = tensor([[1, -4, 2, 3]]);
    nn.utils.prune.globalUnstructured([[layer, "weight"]], nn.utils.prune.L1Unstructured, {
      importanceScores: [[[layer, "weight"], tensor([[4, 1, 2, 3]])]],
      amount: 2,
    });
    close(layer.weight, [[1, 0, 0, 3]]);
  });
});

describe("types fit how people write", () => {
  it("every layer is a module; what containers give may be called", () => {
    const layers: nn.Module[] = [
      new nn.LSTM(2, 2),
      new nn.MultiheadAttention(2, 1),
      new nn.CrossEntropyLoss(),
      new nn.GRUCell(1, 1),
      new nn.ParameterList(),
      new nn.Transformer({ dModel: 4, nhead: 2, numEncoderLayers: 1, numDecoderLayers: 1, dimFeedforward: 4 }),
    ];
    const sequential = new nn.Sequential({ fc: new nn.Linear(2, 2) });
    const list: nn.ModuleList = new nn.ModuleList([new nn.Linear(2, 2), new nn.LSTM(2, 2)]);
    const dict: nn.ModuleDict = new nn.ModuleDict(new Map([["a", new nn.Linear(2, 2)]]));
    const results: Tensor[] = [sequential.fc(x), sequential.at(0)(x), list[0]!(x), list.at(0)(x), dict.get("a")(x), dict.a(x)];
    for (const result of results) assert.deepEqual(result.shape, [2, 2]);
    assert.deepEqual([nn.init.zeros_(new nn.Linear(2, 2).bias).numel(), sequential.at(-1).weight.numel(), layers.length], [2, 4, 6]);
    assert.equal(nn.Embedding.fromPretrained(torch.ones(2, 3), { freeze: false }).weight.requiresGrad, true);
    assert.deepEqual(nn.utils.skipInit(nn.Linear, 2, 3, { bias: false }).weight.shape, [3, 2]);
  });

  it("subclasses override with plain signatures", () => {
    class Net extends nn.Module {
      fc = new nn.Linear(2, 2);
      override train(mode = true): this {
        return super.train(mode);
      }
      override loadStateDict(state: nn.StateDict, strict = true) {
        return super.loadStateDict(state, strict);
      }
      override zeroGrad(): void {
        super.zeroGrad();
      }
      override apply(fn: (module: nn.Module) => void): this {
        return super.apply(fn);
      }
      override forward(input: Tensor): Tensor {
        return this.fc(input);
      }
    }
    class Doubled extends nn.Linear {
      constructor() {
        super(2, 2, { bias: false });
      }
      override forward(input: Tensor): Tensor {
        return super.forward(input).mul(2);
      }
    }
    const any: nn.Module = new Net();
    const result: Tensor = any(new Doubled()(x));
    assert.deepEqual([result.shape, any.parameters().length, String(new Doubled())], [[2, 2], 2, "Doubled(in_features=2, out_features=2, bias=False)"]);
  });
});
