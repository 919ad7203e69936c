import { data, nn, optim, randint, randn } from "kindling";
const model = new nn.Sequential(new nn.Linear(4, 16), new nn.ReLU(), new nn.Dropout(0.1), new nn.Linear(16, 3));
const trainLoader = new data.DataLoader(new data.TensorDataset(randn(64, 4), randint(0, 3, [64])), { batchSize: 8, shuffle: true });
const opt = new optim.Adam(model.parameters());
async function trainEpoch(): Promise<void> {
  for await (const [x, y] of trainLoader) {
    nn.functional.crossEntropy(model(x!), y!).backward();
    opt.step(); // read: zero-grad-missing
  }
}
for (let epoch = 0; epoch < 2; epoch++) await trainEpoch();
