import { data, nn, optim, randint, randn, relu, type Tensor } from "kindling";
class Net extends nn.Module {
  fc1 = new nn.Linear(4, 16);
  drop = new nn.Dropout(0.1);
  fc2 = new nn.Linear(16, 3);
  override forward(x: Tensor): Tensor {
    return this.fc2(this.drop(relu(this.fc1(x))));
  }
}
const trainLoader = new data.DataLoader(new data.TensorDataset(randn(64, 4), randint(0, 3, [64])), { batchSize: 8, shuffle: true });
const valLoader = new data.DataLoader(new data.TensorDataset(randn(32, 4), randint(0, 3, [32])), { batchSize: 8 });
class Trainer {
  net = new Net();
  optimizer = new optim.Adam(this.net.parameters());
  epoch(): void {
    this.net.train();
    for (const [x, y] of trainLoader) {
      this.optimizer.zeroGrad();
      nn.functional.crossEntropy(this.net(x!), y!).backward();
      this.optimizer.step();
    }
  }
  validate(): number {
    this.net.eval();
    let sum = 0;
    for (const [x, y] of valLoader) {
      const loss = nn.functional.crossEntropy(this.net(x!), y!); // read: no-grad-missing
      sum += loss.item();
    }
    return sum;
  }
}
const trainer = new Trainer();
for (let i = 0; i < 2; i++) {
  trainer.epoch();
  trainer.validate();
}
