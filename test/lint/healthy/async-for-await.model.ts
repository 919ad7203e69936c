import { data, nn, noGrad, optim, randint, randn } from "kindling";
const model = new nn.Sequential(new nn.Linear(4, 16), new nn.ReLU(), new nn.Dropout(0.1), new nn.Linear(16, 3));
const trainLoader = new data.DataLoader(new data.TensorDataset(randn(64, 4), randint(0, 3, [64])), { batchSize: 8, shuffle: true });
const valLoader = new data.DataLoader(new data.TensorDataset(randn(32, 4), randint(0, 3, [32])), { batchSize: 8 });
const optimizer = new optim.AdamW(model.parameters());
async function trainEpoch(): Promise<number> {
  let sum = 0;
  for await (const [x, y] of trainLoader) {
    optimizer.zeroGrad();
    const loss = nn.functional.crossEntropy(model(x!), y!);
    loss.backward();
    optimizer.step();
    sum += loss.item();
  }
  return sum / trainLoader.length;
}
async function validate(): Promise<number> {
  model.eval();
  let sum = 0;
  for await (const [x, y] of valLoader) sum += noGrad(() => nn.functional.crossEntropy(model(x!), y!).item());
  model.train();
  return sum / valLoader.length;
}
for (let epoch = 0; epoch < 2; epoch++) {
  await trainEpoch();
  await validate();
}
