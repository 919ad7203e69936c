import { data, nn, optim, randint, randn, type Tensor } from "kindling";
const model = new nn.Sequential(new nn.Linear(4, 16), new nn.ReLU(), new nn.Dropout(0.1), new nn.Linear(16, 3));
const trainLoader = new data.DataLoader(new data.TensorDataset(randn(64, 4), randint(0, 3, [64])), { batchSize: 8, shuffle: true });
abstract class Loop {
  abstract lossOf(x: Tensor, y: Tensor): Tensor;
  constructor(readonly optimizer: optim.Optimizer) {}
  run(loader: typeof trainLoader): void {
    for (const [x, y] of loader) {
      const loss = this.lossOf(x!, y!);
      this.optimizer.zeroGrad();
      loss.backward();
      this.optimizer.step();
    }
  }
}
class Classify extends Loop {
  override lossOf(x: Tensor, y: Tensor): Tensor {
    return nn.functional.crossEntropy(model(x), y);
  }
}
const loop = new Classify(new optim.Adam(model.parameters()));
for (let i = 0; i < 2; i++) loop.run(trainLoader);
