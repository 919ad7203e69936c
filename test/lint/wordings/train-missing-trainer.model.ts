import { data, nn, noGrad, optim, randint, randn, relu, type Tensor } from "kindling";
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
  run(): void {
    for (let epoch = 0; epoch < 4; epoch++) {
      for (const [x, y] of trainLoader) {
        this.optimizer.zeroGrad();
        nn.functional.crossEntropy(this.net(x!), y!).backward();
        this.optimizer.step();
      }
      this.check();
    }
  }
  check(): void {
    this.net.eval(); // read: train-missing
    using _ = noGrad();
    for (const [x] of valLoader) this.net(x!).argmax(1);
  }
}
new Trainer().run();
