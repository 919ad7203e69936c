import { data, nn, optim, rand, randint, randn } from "kindling";
const model = new nn.Sequential(new nn.Linear(4, 16), new nn.ReLU(), new nn.Dropout(0.1), new nn.Linear(16, 3));
const trainLoader = new data.DataLoader(new data.TensorDataset(randn(64, 4), randint(0, 3, [64])), { batchSize: 8, shuffle: true });
const optimizer = new optim.Adam(model.parameters());
const criterion = new nn.CrossEntropyLoss({ reduction: "none" });
for (const [x, y] of trainLoader) {
  const each = criterion(model(x!), y!);
  const loss = each.mul(rand(8)).mean();
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
}
