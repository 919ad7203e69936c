/** A siamese network in the style of PyTorch's example: shared weights, BCELoss behind a sigmoid. */
import { cat, data, manualSeed, nn, noGrad, optim, randint, randn, type Tensor } from "kindling";

manualSeed(9);

class PairDataset extends data.Dataset<[Tensor, Tensor, Tensor]> {
  X = randn(120, 8);
  labels = randint(0, 2, [120]).float();
  override get length(): number {
    return 120;
  }
  override get(index: number): [Tensor, Tensor, Tensor] {
    return [this.X.select(0, index), this.X.select(0, 119 - index), this.labels.select(0, index)];
  }
}

class SiameseNetwork extends nn.Module<[a: Tensor, b: Tensor]> {
  trunk = new nn.Sequential(new nn.Linear(8, 16), new nn.ReLU(), new nn.Linear(16, 8));
  fc = new nn.Sequential(new nn.Linear(16, 16), new nn.ReLU(), new nn.Linear(16, 1));
  sigmoid = new nn.Sigmoid();

  constructor() {
    super();
    this.trunk.apply((module) => this.initWeights(module));
  }

  initWeights(module: nn.Module): void {
    if (module instanceof nn.Linear) {
      nn.init.xavierUniform_(module.weight);
      module.bias!.data.fill_(0.01);
    }
  }

  forwardOnce(x: Tensor): Tensor {
    return this.trunk(x).flatten(1);
  }

  override forward(a: Tensor, b: Tensor): Tensor {
    const output = this.fc(cat([this.forwardOnce(a), this.forwardOnce(b)], 1));
    return this.sigmoid(output);
  }
}

const trainLoader = new data.DataLoader(new PairDataset(), { batchSize: 16, shuffle: true });
const testLoader = new data.DataLoader(new PairDataset(), { batchSize: 32 });
const model = new SiameseNetwork();
const optimizer = new optim.Adadelta(model.parameters(), { lr: 1 });
const criterion = new nn.BCELoss();

for (let epoch = 0; epoch < 2; epoch++) {
  model.train();
  for (const [a, b, targets] of trainLoader) {
    optimizer.zeroGrad();
    const outputs = model(a, b).squeeze();
    const loss = criterion(outputs, targets);
    loss.backward();
    optimizer.step();
  }
  model.eval();
  let correct = 0;
  noGrad(() => {
    for (const [a, b, targets] of testLoader) {
      const outputs = model(a, b).squeeze();
      correct += outputs.gt(0.5).float().eq(targets).sum().item();
    }
  });
  console.log(correct / 120);
}
