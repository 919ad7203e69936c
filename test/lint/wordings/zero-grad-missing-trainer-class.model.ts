import { data, nn, optim, randint, randn, type Tensor } from "kindling";
class Trainer {
  constructor(readonly model: nn.Module, readonly optimizer: optim.Optimizer, readonly lossFn = new nn.CrossEntropyLoss()) {}
  step(x: Tensor, y: Tensor): number {
    const loss = this.lossFn(this.model.forward(x), y);
    loss.backward();
    this.optimizer.step(); // read: zero-grad-missing
    return loss.item();
  }
  fit(loader: data.DataLoader<Tensor[]>, epochs: number): void {
    for (let epoch = 0; epoch < epochs; epoch++) for (const [x, y] of loader) this.step(x!, y!);
  }
}
const model = new nn.Sequential(new nn.Linear(4, 16), new nn.ReLU(), new nn.Dropout(0.1), new nn.Linear(16, 3));
const trainLoader = new data.DataLoader(new data.TensorDataset(randn(64, 4), randint(0, 3, [64])), { batchSize: 8, shuffle: true });
new Trainer(model, new optim.Adam(model.parameters())).fit(trainLoader, 2);
