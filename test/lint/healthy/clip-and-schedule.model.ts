import { data, nn, optim, randint, randn } from "kindling";
const model = new nn.Sequential(new nn.Linear(4, 16), new nn.ReLU(), new nn.Dropout(0.1), new nn.Linear(16, 3));
const trainLoader = new data.DataLoader(new data.TensorDataset(randn(64, 4), randint(0, 3, [64])), { batchSize: 8, shuffle: true });
const optimizer = new optim.AdamW(model.parameters(), { lr: 1e-3 });
const warmup = new optim.lrScheduler.LambdaLR(optimizer, (step) => Math.min(1, (step + 1) / 5));
for (let epoch = 0; epoch < 2; epoch++) {
  for (const [x, y] of trainLoader) {
    optimizer.zeroGrad();
    nn.functional.crossEntropy(model(x!), y!).backward();
    nn.utils.clipGradNorm_(model.parameters(), 1);
    optimizer.step();
    warmup.step();
  }
}
