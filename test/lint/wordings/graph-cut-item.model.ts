import { data, nn, optim, randint, randn, tensor } from "kindling";
const model = new nn.Sequential(new nn.Linear(4, 16), new nn.ReLU(), new nn.Dropout(0.1), new nn.Linear(16, 3));
const trainLoader = new data.DataLoader(new data.TensorDataset(randn(64, 4), randint(0, 3, [64])), { batchSize: 8, shuffle: true });
const optimizer = new optim.Adam(model.parameters());
for (const [x, y] of trainLoader) {
  optimizer.zeroGrad();
  const loss = tensor(nn.functional.crossEntropy(model(x!), y!).item());
  loss.backward(); // read: graph-cut
  optimizer.step();
}
