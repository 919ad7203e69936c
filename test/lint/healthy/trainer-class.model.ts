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
  readonly optimizer: optim.Optimizer;
  readonly #lossFn = new nn.CrossEntropyLoss();
  constructor(readonly net: Net) {
    this.optimizer = new optim.Adam(net.parameters());
  }
  fit(epochs: number): void {
    for (let epoch = 0; epoch < epochs; epoch++) {
      this.net.train();
      for (const [x, y] of trainLoader) this.#step(x!, y!);
      this.validate();
    }
  }
  #step(x: Tensor, y: Tensor): void {
    this.optimizer.zeroGrad();
    this.#lossFn(this.net(x), y).backward();
    this.optimizer.step();
  }
  validate(): number {
    this.net.eval();
    using _ = noGrad();
    let right = 0;
    for (const [x, y] of valLoader) right += this.net(x!).argmax(1).eq(y!).sum().item();
    return right / 32;
  }
}
new Trainer(new Net()).fit(3);
