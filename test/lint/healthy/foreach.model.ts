import { data, nn, optim, randint, randn } from "kindling";
const model = new nn.Sequential(new nn.Linear(4, 16), new nn.ReLU(), new nn.Dropout(0.1), new nn.Linear(16, 3));
const trainLoader = new data.DataLoader(new data.TensorDataset(randn(64, 4), randint(0, 3, [64])), { batchSize: 8, shuffle: true });
const optimizer = new optim.SGD(model.parameters(), { lr: 0.1, momentum: 0.9 });
Array.from({ length: 3 }).forEach(() => {
  [...trainLoader].forEach(([x, y]) => {
    const loss = nn.functional.crossEntropy(model(x!), y!);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
  });
});
