import { data, nn, optim, randint, randn } from "kindling";
const model = new nn.Sequential(new nn.Linear(4, 16), new nn.ReLU(), new nn.Dropout(0.1), new nn.Linear(16, 3));
const trainLoader = new data.DataLoader(new data.TensorDataset(randn(64, 4), randint(0, 3, [64])), { batchSize: 8, shuffle: true });
const other = new nn.Sequential(new nn.Linear(4, 16), new nn.ReLU(), new nn.Linear(16, 3));
const optimizer = new optim.Adam(other.parameters());
for (const [x, y] of trainLoader) {
  optimizer.zeroGrad();
  nn.functional.crossEntropy(model(x!), y!).backward();
  optimizer.step(); // run: step-without-gradient
}
