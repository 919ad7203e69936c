import { data, nn, noGrad, optim, randint, randn } from "kindling";
const model = new nn.Sequential(new nn.Linear(4, 16), new nn.ReLU(), new nn.Dropout(0.1), new nn.Linear(16, 3));
const trainLoader = new data.DataLoader(new data.TensorDataset(randn(64, 4), randint(0, 3, [64])), { batchSize: 8, shuffle: true });
const optimizer = new optim.Adam(model.parameters());
noGrad(() => {
  for (const [x, y] of trainLoader) {
    optimizer.zeroGrad();
    const loss = nn.functional.crossEntropy(model(x!), y!);
    loss.backward(); // read: graph-cut
    optimizer.step();
  }
});
