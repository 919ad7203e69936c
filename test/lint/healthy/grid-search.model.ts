import { data, manualSeed, nn, optim, randint, randn } from "kindling";
const trainLoader = new data.DataLoader(new data.TensorDataset(randn(64, 4), randint(0, 3, [64])), { batchSize: 8, shuffle: true });
for (const lr of [0.1, 0.01]) {
  for (const width of [8, 16]) {
    manualSeed(1);
    const model = new nn.Sequential(new nn.Linear(4, width), new nn.ReLU(), new nn.Linear(width, 3));
    const optimizer = new optim.SGD(model.parameters(), { lr, momentum: 0.9 });
    const scheduler = new optim.lrScheduler.CosineAnnealingLR(optimizer, 2);
    for (let epoch = 0; epoch < 2; epoch++) {
      for (const [x, y] of trainLoader) {
        optimizer.zeroGrad();
        const loss = nn.functional.crossEntropy(model(x!), y!);
        loss.backward();
        optimizer.step();
      }
      scheduler.step();
    }
  }
}
