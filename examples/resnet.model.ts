/** Residual blocks: skip connections, parameter groups, cosine annealing. Random data with ten classes. */
import { data, log, manualSeed, nn, noGrad, optim, randint, randn, relu, type Tensor } from "kindling";

manualSeed(0);

class ResidualBlock extends nn.Module {
  block: nn.Sequential;

  constructor(dim: number) {
    super();
    this.block = new nn.Sequential(
      new nn.Linear(dim, dim),
      new nn.BatchNorm1d(dim),
      new nn.ReLU(),
      new nn.Linear(dim, dim),
      new nn.BatchNorm1d(dim),
    );
  }

  override forward(x: Tensor): Tensor {
    return relu(this.block(x).add(x)); // the skip connection
  }
}

class ResNet extends nn.Module {
  inputLayer: nn.Linear;
  blocks: nn.Sequential;
  outputLayer: nn.Linear;

  constructor(inputDim: number, hiddenDim: number, outputDim: number, nBlocks = 3) {
    super();
    this.inputLayer = new nn.Linear(inputDim, hiddenDim);
    this.blocks = new nn.Sequential(...Array.from({ length: nBlocks }, () => new ResidualBlock(hiddenDim)));
    this.outputLayer = new nn.Linear(hiddenDim, outputDim);
  }

  override forward(x: Tensor): Tensor {
    x = relu(this.inputLayer(x));
    x = this.blocks(x);
    return this.outputLayer(x);
  }
}

const trainX = randn(2000, 20);
const trainY = randint(0, 10, [2000]);
const valX = randn(500, 20);
const valY = randint(0, 10, [500]);
const trainLoader = new data.DataLoader(new data.TensorDataset(trainX, trainY), { batchSize: 64, shuffle: true });
const valLoader = new data.DataLoader(new data.TensorDataset(valX, valY), { batchSize: 128 });

const model = new ResNet(20, 64, 10, 3);
const parameters = [...model.parameters()].reduce((sum, p) => sum + p.numel(), 0);
console.log(`Model: ${parameters.toLocaleString("en-US")} parameters`);

const optimizer = new optim.AdamW(
  [
    { params: model.inputLayer.parameters(), lr: 1e-3 },
    { params: model.blocks.parameters(), lr: 1e-3 },
    { params: model.outputLayer.parameters(), lr: 1e-3 },
  ],
  { weightDecay: 0.01 },
);
const scheduler = new optim.lrScheduler.CosineAnnealingLR(optimizer, 30);
const lossFn = new nn.CrossEntropyLoss();

function validationAccuracy(): number {
  model.eval();
  let correct = 0;
  noGrad(() => {
    for (const [x, y] of valLoader) correct += model(x).argmax(1).eq(y).sum().item();
  });
  return correct / valX.length;
}

for (let epoch = 0; epoch < 30; epoch++) {
  model.train();
  let totalLoss = 0;
  for (const [x, y] of trainLoader) {
    const loss = lossFn(model(x), y);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    totalLoss += loss.item();
  }
  scheduler.step();
  if (epoch % 5 === 0) {
    const valAcc = validationAccuracy();
    log({ valAcc });
    console.log(`Epoch ${epoch}: train_loss=${(totalLoss / trainLoader.length).toFixed(4)}, val_acc=${(valAcc * 100).toFixed(1)}%`);
  }
}

console.log(`\nFinal val accuracy: ${(validationAccuracy() * 100).toFixed(1)}%`);
