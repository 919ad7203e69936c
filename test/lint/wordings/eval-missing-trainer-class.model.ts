import { data, nn, noGrad, optim, randint, randn, type Tensor } from "kindling";
class Trainer {
  optimizer: optim.Optimizer;
  constructor(readonly net: Net) {
    this.optimizer = new optim.Adam(net.parameters());
  }
  train(loader: data.DataLoader<Tensor[]>): void {
    for (const [x, y] of loader) {
      this.optimizer.zeroGrad();
      nn.functional.crossEntropy(this.net(x!), y!).backward();
      this.optimizer.step();
    }
  }
  validate(loader: data.DataLoader<Tensor[]>): number {
    using _ = noGrad();
    let total = 0;
    for (const [x, y] of loader) total += nn.functional.crossEntropy(this.net(x!), y!).item(); // read: eval-missing
    return total;
  }
}
class Net extends nn.Module {
  fc1 = new nn.Linear(4, 16);
  drop = new nn.Dropout(0.3);
  fc2 = new nn.Linear(16, 3);
  override forward(x: Tensor): Tensor {
    return this.fc2(this.drop(this.fc1(x).relu()));
  }
}
const trainLoader = new data.DataLoader(new data.TensorDataset(randn(64, 4), randint(0, 3, [64])), { batchSize: 8, shuffle: true });
const valLoader = new data.DataLoader(new data.TensorDataset(randn(32, 4), randint(0, 3, [32])), { batchSize: 8 });
const trainer = new Trainer(new Net());
for (let epoch = 0; epoch < 2; epoch++) {
  trainer.train(trainLoader);
  trainer.validate(valLoader);
}
