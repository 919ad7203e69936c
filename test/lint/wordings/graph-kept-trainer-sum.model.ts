import { data, nn, optim, randint, randn, zeros } from "kindling";
const model = new nn.Sequential(new nn.Linear(4, 16), new nn.ReLU(), new nn.Dropout(0.1), new nn.Linear(16, 3));
const trainLoader = new data.DataLoader(new data.TensorDataset(randn(64, 4), randint(0, 3, [64])), { batchSize: 8, shuffle: true });
class Trainer {
  total = zeros(1);
  optimizer = new optim.Adam(model.parameters());
  fit(): void {
    for (const [x, y] of trainLoader) {
      this.optimizer.zeroGrad();
      const loss = nn.functional.crossEntropy(model(x!), y!);
      loss.backward();
      this.optimizer.step();
      this.total = this.total.add(loss); // read: graph-kept
    }
  }
}
new Trainer().fit();
