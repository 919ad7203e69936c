import { data, deepcopy, nn, noGrad, optim, randint, randn } from "kindling";
const model = new nn.Sequential(new nn.Linear(4, 16), new nn.ReLU(), new nn.Dropout(0.1), new nn.Linear(16, 3));
const trainLoader = new data.DataLoader(new data.TensorDataset(randn(64, 4), randint(0, 3, [64])), { batchSize: 8, shuffle: true });
const teacher = deepcopy(model).requiresGrad_(false);
const optimizer = new optim.Adam(model.parameters());
for (const [x, y] of trainLoader) {
  const target = noGrad(() => teacher(x!).softmax(1));
  const out = model(x!);
  const loss = nn.functional.crossEntropy(out, y!).add(nn.functional.klDiv(out.logSoftmax(1), target, { reduction: "batchmean" }));
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
  noGrad(() => {
    const own = model.parameters();
    teacher.parameters().forEach((p, i) => p.lerp_(own[i]!, 0.05));
  });
}
