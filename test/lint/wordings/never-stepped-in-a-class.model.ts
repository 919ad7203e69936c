import { data, nn, optim, randint, randn } from "kindling";
const model = new nn.Sequential(new nn.Linear(4, 16), new nn.ReLU(), new nn.Dropout(0.1), new nn.Linear(16, 3));
const trainLoader = new data.DataLoader(new data.TensorDataset(randn(64, 4), randint(0, 3, [64])), { batchSize: 8, shuffle: true });
class Trainer {
  optimizer = new optim.SGD(model.parameters(), { lr: 0.1 }); // read: never-stepped
  run(): void {
    for (const [x, y] of trainLoader) {
      this.optimizer.zeroGrad();
      nn.functional.crossEntropy(model(x!), y!).backward();
    }
  }
}
new Trainer().run();
