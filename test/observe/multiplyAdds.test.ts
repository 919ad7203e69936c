import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { einsum, nn, randint, randn, type Tensor } from "../../src/engine/index.ts";
import type { StepWork } from "../../src/protocol/index.ts";
import { watch } from "./watch.ts";

const F = nn.functional;

/** Counted by PyTorch: by network and path of the module, those with any. */
const counted = JSON.parse(readFileSync(new URL("../fixtures/multiply_adds.json", import.meta.url), "utf8")) as Record<string, Record<string, number>>;

const sumOf = (parts: readonly Tensor[]): Tensor => parts.map((part) => part.sum()).reduce((a, b) => a.add(b));

class NetLeNet extends nn.Module {
  conv1 = new nn.Conv2d(1, 6, 5, { padding: 2 });
  conv2 = new nn.Conv2d(6, 16, 5);
  fc1 = new nn.Linear(400, 120);
  fc2 = new nn.Linear(120, 84);
  fc3 = new nn.Linear(84, 10);
  override forward(input: Tensor): Tensor {
    let x = F.maxPool2d(F.relu(this.conv1(input)), 2);
    x = F.maxPool2d(F.relu(this.conv2(x)), 2);
    return this.fc3(F.relu(this.fc2(F.relu(this.fc1(x.flatten(1))))));
  }
}

class NetBlock extends nn.Module {
  conv1: nn.Conv2d;
  bn1: nn.BatchNorm2d;
  conv2: nn.Conv2d;
  bn2: nn.BatchNorm2d;
  shortcut: nn.Module;
  constructor(inputs: number, outputs: number, stride: number) {
    super();
    this.conv1 = new nn.Conv2d(inputs, outputs, 3, { stride, padding: 1, bias: false });
    this.bn1 = new nn.BatchNorm2d(outputs);
    this.conv2 = new nn.Conv2d(outputs, outputs, 3, { padding: 1, bias: false });
    this.bn2 = new nn.BatchNorm2d(outputs);
    this.shortcut =
      stride === 1 ? new nn.Identity() : new nn.Sequential(new nn.Conv2d(inputs, outputs, 1, { stride, bias: false }), new nn.BatchNorm2d(outputs));
  }
  override forward(x: Tensor): Tensor {
    return F.relu(this.bn2(this.conv2(F.relu(this.bn1(this.conv1(x))))).add(this.shortcut(x)));
  }
}

class NetResNet extends nn.Module {
  stem = new nn.Conv2d(3, 16, 3, { padding: 1, bias: false });
  layers = new nn.Sequential(new NetBlock(16, 16, 1), new NetBlock(16, 32, 2), new NetBlock(32, 64, 2));
  fc = new nn.Linear(64, 10);
  override forward(x: Tensor): Tensor {
    return this.fc((this.layers(this.stem(x)) as Tensor).mean([2, 3]));
  }
}

class NetConvolutions extends nn.Module {
  c1 = new nn.Conv1d(4, 6, 3, { stride: 2, padding: 1, dilation: 2 });
  c2 = new nn.Conv2d(4, 8, [3, 5], { groups: 4, padding: "same" });
  c3 = new nn.Conv3d(2, 3, [2, 3, 3], { stride: [1, 2, 1] });
  t1 = new nn.ConvTranspose1d(4, 6, 3, { stride: 2, outputPadding: 1 });
  t2 = new nn.ConvTranspose2d(4, 6, 3, { stride: 2, padding: 1, groups: 2 });
  t3 = new nn.ConvTranspose3d(2, 3, 2, { stride: 2 });
  override forward(x: Tensor): Tensor {
    const [rows, planes, volumes] = [x.reshape(2, 4, 60), x.reshape(2, 4, 6, 10), x.reshape(2, 2, 4, 5, 6)];
    return sumOf([this.c1(rows), this.c2(planes), this.c3(volumes), this.t1(rows), this.t2(planes), this.t3(volumes)]);
  }
}

class NetRecurrent extends nn.Module {
  words = new nn.Embedding(20, 6);
  rnn = new nn.RNN(6, 5, { nonlinearity: "relu", bias: false });
  lstm = new nn.LSTM(6, 5, { numLayers: 2, bidirectional: true });
  projected = new nn.LSTM(6, 5, { projSize: 3, batchFirst: true });
  gru = new nn.GRU(6, 5, { bidirectional: true });
  cell = new nn.LSTMCell(6, 5);
  override forward(input: Tensor): Tensor {
    const x = this.words(input);
    return sumOf([this.rnn(x)[0], this.lstm(x)[0], this.projected(x)[0], this.gru(x)[0], this.cell(x.select(0, 0))[0]]);
  }
}

class NetProducts extends nn.Module {
  scale = new nn.Parameter(randn(6, 7));
  bilinear = new nn.Bilinear(6, 5, 4);
  override forward(x: Tensor): Tensor {
    const y = x.matmul(this.scale);
    const first = x.select(0, 0);
    return sumOf([y.matmul(y.transpose(1, 2)), einsum("bik,bjk->bij", x, x), first.matmul(first.select(0, 0)), this.bilinear(x, x.narrow(2, 0, 5))]);
  }
}

class NetCrossAttention extends nn.Module {
  own = new nn.MultiheadAttention(16, 4);
  other = new nn.MultiheadAttention(16, 2, { kdim: 8, vdim: 6, addBiasKv: true });
  override forward(x: Tensor): Tensor {
    const start = x.narrow(0, 0, 3);
    const y = this.own(x, start, start)[0];
    return this.other(y, x.narrow(2, 0, 8), x.narrow(2, 0, 6))[0];
  }
}

const networks: Readonly<Record<string, readonly [() => nn.Module, Tensor]>> = {
  LeNet: [() => new NetLeNet(), randn(4, 1, 28, 28)],
  ResNet: [() => new NetResNet(), randn(2, 3, 16, 16)],
  Convolutions: [() => new NetConvolutions(), randn(480)],
  Recurrent: [() => new NetRecurrent(), randint(0, 20, [7, 3])],
  Products: [() => new NetProducts(), randn(3, 4, 6)],
  Transformer: [() => new nn.TransformerEncoder(new nn.TransformerEncoderLayer(16, 4, { dimFeedforward: 32 }), 2), randn(5, 2, 16)],
  CrossAttention: [() => new NetCrossAttention(), randn(5, 2, 16)],
};

describe("multiply-adds", () => {
  for (const [name, [make, input]] of Object.entries(networks)) {
    it(`are those of the operations that PyTorch runs, module by module: ${name}`, () => {
      const { models, works } = watch(() => {
        const network = make();
        (network(input) as Tensor).sum().backward();
      });
      const [{ model, multiplyAdds }] = works as [StepWork];
      const found = models[model]!.modules.flatMap(({ path }, i) => (multiplyAdds[i]! > 0 ? [[path, multiplyAdds[i]]] : []));
      assert.deepEqual(Object.fromEntries(found), counted[name]);
    });
  }
});
