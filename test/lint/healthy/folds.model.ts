import { data, manualSeed, nn, noGrad, optim, randint, randn } from "kindling";
const x = randn(60, 4),
  y = randint(0, 3, [60]);
const scores: number[] = [];
for (let fold = 0; fold < 3; fold++) {
  const inside = (i: number): boolean => i % 3 === fold;
  const all = Array.from({ length: 60 }, (_, i) => i);
  const dataset = new data.TensorDataset(x, y);
  const trainLoader = new data.DataLoader(
    new data.Subset(
      dataset,
      all.filter((i) => !inside(i)),
    ),
    { batchSize: 8, shuffle: true },
  );
  const valLoader = new data.DataLoader(new data.Subset(dataset, all.filter(inside)), { batchSize: 20 });
  manualSeed(0);
  const model = new nn.Sequential(new nn.Linear(4, 8), new nn.ReLU(), new nn.Dropout(0.2), new nn.Linear(8, 3));
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
  let right = 0;
  for (const [a, b] of valLoader) right += noGrad(() => model(a!).argmax(1).eq(b!).sum().item());
  scores.push(right / 20);
}
