import { data, nn, optim, randint, randn, relu, type Tensor } from "kindling";
class Net extends nn.Module {
  body = new nn.Linear(4, 8);
  head = new nn.Linear(8, 5);
  reset(classes: number): void {
    this.head = new nn.Linear(8, classes);
  }
  override forward(x: Tensor): Tensor {
    return this.head(relu(this.body(x)));
  }
}
const trainLoader = new data.DataLoader(new data.TensorDataset(randn(64, 4), randint(0, 3, [64])), { batchSize: 8, shuffle: true });
class Trainer {
  optimizer: optim.Adam;
  constructor(readonly net: Net) {
    this.optimizer = new optim.Adam(net.parameters()); // run: optimizer-before-surgery
    net.reset(3);
  }
  fit(): void {
    for (const [x, y] of trainLoader) {
      this.optimizer.zeroGrad();
      nn.functional.crossEntropy(this.net(x!), y!).backward();
      this.optimizer.step();
    }
  }
}
new Trainer(new Net()).fit();
