import { data, nn, noGrad, optim, randint, randn } from "kindling";
const model = new nn.Sequential(new nn.Linear(4, 16), new nn.ReLU(), new nn.Dropout(0.1), new nn.Linear(16, 3));
const trainLoader = new data.DataLoader(new data.TensorDataset(randn(64, 4), randint(0, 3, [64])), { batchSize: 8, shuffle: true });
const valLoader = new data.DataLoader(new data.TensorDataset(randn(32, 4), randint(0, 3, [32])), { batchSize: 8 });
const optimizer = new optim.Adam(model.parameters());
let [best, patience] = [Infinity, 2];
for (let epoch = 0; epoch < 3 && patience > 0; epoch++) {
  for (const [x, y] of trainLoader) {
    optimizer.zeroGrad();
    const loss = nn.functional.crossEntropy(model(x!), y!);
    loss.backward();
    optimizer.step();
  }
  let valLoss = 0;
  for (const batch of valLoader) {
    const [x, y] = batch;
    valLoss += noGrad(() => nn.functional.crossEntropy(model(x!), y!)).item(); // read: eval-missing
  }
  if (valLoss < best) best = valLoss;
  else patience--;
}
