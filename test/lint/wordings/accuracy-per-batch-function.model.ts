import { data, nn, noGrad, optim, randint, randn } from "kindling";
const model = new nn.Sequential(new nn.Linear(4, 16), new nn.ReLU(), new nn.Dropout(0.1), new nn.Linear(16, 3));
const trainLoader = new data.DataLoader(new data.TensorDataset(randn(64, 4), randint(0, 3, [64])), { batchSize: 8, shuffle: true });
const valLoader = new data.DataLoader(new data.TensorDataset(randn(32, 4), randint(0, 3, [32])), { batchSize: 8 });
const optimizer = new optim.Adam(model.parameters());
function accuracy(loader: typeof valLoader): number {
  let right = 0;
  model.eval();
  using _ = noGrad();
  for (const [x, y] of loader) right += model(x!).argmax(1).eq(y!).float().sum().item();
  model.train();
  return right / loader.length; // read: accuracy-per-batch
}
for (let epoch = 0; epoch < 2; epoch++) {
  for (const [x, y] of trainLoader) {
    optimizer.zeroGrad();
    const loss = nn.functional.crossEntropy(model(x!), y!);
    loss.backward();
    optimizer.step();
  }
  accuracy(valLoader);
}
