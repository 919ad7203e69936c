import { data, nn, optim, randint, randn } from "kindling";
const model = new nn.Linear(4, 3);
const loader = new data.DataLoader(new data.TensorDataset(randn(20, 4), randint(0, 3, [20])), { batchSize: 32, shuffle: true, dropLast: true }); // run: no-batches
const optimizer = new optim.Adam(model.parameters());
for (let epoch = 0; epoch < 2; epoch++) {
  for (const [x, y] of loader) {
    optimizer.zeroGrad();
    nn.functional.crossEntropy(model(x!), y!).backward();
    optimizer.step();
  }
}
