import { data, manualSeed, nn, optim, randint, randn } from "kindling";
const trainLoader = new data.DataLoader(new data.TensorDataset(randn(64, 4), randint(0, 3, [64])), { batchSize: 8, shuffle: true });
function trainOnce(seed: number): number {
  manualSeed(seed);
  const model = new nn.Sequential(new nn.Linear(4, 8), new nn.ReLU(), new nn.Linear(8, 3));
  const optimizer = new optim.Adam(model.parameters());
  let last = 0;
  for (let epoch = 0; epoch < 2; epoch++) {
    for (const [x, y] of trainLoader) {
      optimizer.zeroGrad();
      const loss = nn.functional.crossEntropy(model(x!), y!);
      loss.backward();
      optimizer.step();
      last = loss.item();
    }
  }
  return last;
}
for (let seed = 0; seed < 3; seed++) console.log(trainOnce(seed));
