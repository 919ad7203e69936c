import { data, nn, noGrad, optim, randint, randn } from "kindling";
const model = new nn.Sequential(new nn.Linear(4, 16), new nn.ReLU(), new nn.Dropout(0.1), new nn.Linear(16, 3));
const trainLoader = new data.DataLoader(new data.TensorDataset(randn(64, 4), randint(0, 3, [64])), { batchSize: 8, shuffle: true });
const valLoader = new data.DataLoader(new data.TensorDataset(randn(32, 4), randint(0, 3, [32])), { batchSize: 8 });
const optimizer = new optim.Adam(model.parameters());
for (let epoch = 0; epoch < 2; epoch++) {
  for (const [x, y] of trainLoader) {
    optimizer.zeroGrad();
    const loss = nn.functional.crossEntropy(model(x!), y!);
    loss.backward();
    optimizer.step();
  }
}
model.eval();
let correct = 0;
noGrad(() => {
  for (const [x, y] of valLoader) {
    const guess = model(x!).argmax(1);
    correct += guess.eq(y!).sum().item();
  }
});
console.log((100 * correct) / valLoader.length); // read: accuracy-per-batch
