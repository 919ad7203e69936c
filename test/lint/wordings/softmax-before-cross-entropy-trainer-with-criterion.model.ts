import { data, nn, optim, randint, randn } from "kindling";
const trainLoader = new data.DataLoader(new data.TensorDataset(randn(64, 4), randint(0, 3, [64])), { batchSize: 8, shuffle: true });
class Trainer {
  constructor(readonly net: nn.Sequential, readonly criterion: nn.CrossEntropyLoss) {}
  fit(): void {
    const optimizer = new optim.Adam(this.net.parameters());
    for (const [x, y] of trainLoader) {
      optimizer.zeroGrad();
      const out = this.net(x!);
      this.criterion(out, y!).backward();
      optimizer.step();
    }
  }
}
const net = new nn.Sequential(new nn.Linear(4, 3), new nn.Softmax(1)); // read: softmax-before-cross-entropy
new Trainer(net, new nn.CrossEntropyLoss()).fit();
