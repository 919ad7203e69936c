import { data, nn, noGrad, optim, randint, randn, stack } from "kindling";
const trainLoader = new data.DataLoader(new data.TensorDataset(randn(64, 4), randint(0, 3, [64])), { batchSize: 8, shuffle: true });
const members = Array.from({ length: 3 }, () => new nn.Sequential(new nn.Linear(4, 8), new nn.ReLU(), new nn.Linear(8, 3)));
for (const model of members) {
  const optimizer = new optim.Adam(model.parameters());
  for (let epoch = 0; epoch < 2; epoch++) {
    for (const [x, y] of trainLoader) {
      optimizer.zeroGrad();
      const loss = nn.functional.crossEntropy(model(x!), y!);
      loss.backward();
      optimizer.step();
    }
  }
}
const votes = noGrad(() =>
  stack(members.map((member) => member(randn(8, 4)).softmax(1)))
    .mean(0)
    .argmax(1),
);
console.log(votes.tolist());
