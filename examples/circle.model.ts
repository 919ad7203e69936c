/** Is a point inside a circle? A small network with dropout learns it from 800 points; AdamW with cosine annealing. */
import { data, log, manualSeed, nn, noGrad, numpyRandom, optim, type Tensor } from "kindling";

manualSeed(0);

/** Points around the origin; label 1 inside the circle of radius √1.5. */
class CircleDataset extends data.Dataset<[Tensor, Tensor]> {
  X: Tensor;
  y: Tensor;

  constructor(samples = 1000) {
    super();
    this.X = numpyRandom(42).randn(samples, 2);
    this.y = this.X.square().sum(1).lt(1.5).float();
  }

  override get length(): number {
    return this.X.length;
  }

  override get(index: number): [Tensor, Tensor] {
    return [this.X.select(0, index), this.y.select(0, index)];
  }
}

const trainData = new CircleDataset(800);
const valData = new CircleDataset(200);
const trainLoader = new data.DataLoader(trainData, { batchSize: 32, shuffle: true });
const valLoader = new data.DataLoader(valData, { batchSize: 64 });

const model = new nn.Sequential(
  new nn.Linear(2, 32), new nn.ReLU(), new nn.Dropout(0.2),
  new nn.Linear(32, 16), new nn.ReLU(),
  new nn.Linear(16, 1), new nn.Sigmoid(),
);

const lossFn = new nn.BCELoss();
const optimizer = new optim.AdamW(model.parameters(), { lr: 0.001, weightDecay: 0.01 });
const scheduler = new optim.lrScheduler.CosineAnnealingLR(optimizer, 30);

function accuracy(loader: Iterable<[Tensor, Tensor]>): number {
  model.eval();
  let correct = 0;
  let total = 0;
  noGrad(() => {
    for (const [x, y] of loader) {
      correct += model(x).squeeze().gt(0.5).eq(y).sum().item();
      total += y.length;
    }
  });
  return correct / total;
}

for (let epoch = 0; epoch < 30; epoch++) {
  model.train();
  let trainLoss = 0;
  for (const [x, y] of trainLoader) {
    const loss = lossFn(model(x).squeeze(), y);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    trainLoss += loss.item();
  }
  scheduler.step();
  const valAcc = accuracy(valLoader);
  log({ valAcc });
  if (epoch % 5 === 0) {
    console.log(`Epoch ${epoch}: train_loss=${(trainLoss / trainLoader.length).toFixed(4)}, val_acc=${(valAcc * 100).toFixed(1)}%`);
  }
}

console.log(`Train accuracy: ${(accuracy(trainLoader) * 100).toFixed(1)}%`);
console.log(`Val accuracy: ${(accuracy(valLoader) * 100).toFixed(1)}%`);
