import { data, nn, optim, randint, randn } from "kindling";
const trainLoader = new data.DataLoader(new data.TensorDataset(randn(64, 4), randint(0, 3, [64])), { batchSize: 8, shuffle: true });
for (let epoch = 0; epoch < 3; epoch++) {
  const model = new nn.Sequential(new nn.Linear(4, 8), new nn.ReLU(), new nn.Linear(8, 3)); // read: made-each-epoch
  const optimizer = new optim.Adam(model.parameters());
  for (const [x, y] of trainLoader) {
    optimizer.zeroGrad();
    const loss = nn.functional.crossEntropy(model(x!), y!);
    loss.backward();
    optimizer.step();
  }
}
