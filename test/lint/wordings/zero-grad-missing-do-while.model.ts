import { data, nn, optim, randint, randn } from "kindling";
const model = new nn.Sequential(new nn.Linear(4, 16), new nn.ReLU(), new nn.Dropout(0.1), new nn.Linear(16, 3));
const trainLoader = new data.DataLoader(new data.TensorDataset(randn(64, 4), randint(0, 3, [64])), { batchSize: 8, shuffle: true });
const optimizer = new optim.RMSprop(model.parameters());
let steps = 0;
do {
  const [x, y] = [randn(8, 4), randint(0, 3, [8])];
  const out = model(x);
  const loss = nn.functional.crossEntropy(out, y);
  loss.backward();
  optimizer.step(); // read: zero-grad-missing
} while (++steps < 6);
