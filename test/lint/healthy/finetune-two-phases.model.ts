import { data, nn, optim, randint, randn, type Tensor } from "kindling";
class Net extends nn.Module {
  body = new nn.Sequential(new nn.Linear(4, 16), new nn.ReLU());
  head = new nn.Linear(16, 3);
  override forward(x: Tensor): Tensor {
    return this.head(this.body(x));
  }
}
const model = new Net();
const trainLoader = new data.DataLoader(new data.TensorDataset(randn(64, 4), randint(0, 3, [64])), { batchSize: 8, shuffle: true });
let optimizer = new optim.Adam(model.head.parameters());
model.body.requiresGrad_(false);
for (let epoch = 0; epoch < 2; epoch++) {
  for (const [x, y] of trainLoader) {
    optimizer.zeroGrad();
    const loss = nn.functional.crossEntropy(model(x!), y!);
    loss.backward();
    optimizer.step();
  }
}
model.body.requiresGrad_(true);
optimizer = new optim.Adam(model.parameters(), { lr: 1e-4 });
for (let epoch = 0; epoch < 2; epoch++) {
  for (const [x, y] of trainLoader) {
    optimizer.zeroGrad();
    const loss = nn.functional.crossEntropy(model(x!), y!);
    loss.backward();
    optimizer.step();
  }
}
