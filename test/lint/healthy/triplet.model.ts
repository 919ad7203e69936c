/** Metric learning with triplets; evaluated by nearest neighbours. */
import { cdist, data, manualSeed, nn, optim, noGrad, randint, randn, type Tensor } from "kindling";

manualSeed(16);
const X = randn(90, 6);
const y = randint(0, 3, [90]);
X.add_(nn.functional.oneHot(y, 6).float().mul(2));

class Triplets extends data.Dataset<[Tensor, Tensor, Tensor]> {
  override get length(): number {
    return 60;
  }
  override get(index: number): [Tensor, Tensor, Tensor] {
    const label = y.select(0, index).item();
    const labels = y.tolist() as number[];
    const positive = labels.findIndex((one, i) => one === label && i !== index);
    const negative = labels.findIndex((one) => one !== label);
    return [X.select(0, index), X.select(0, positive), X.select(0, negative)];
  }
}

const embedder = new nn.Sequential(new nn.Linear(6, 16), new nn.ReLU(), new nn.Dropout(0.1), new nn.Linear(16, 4));
const criterion = new nn.TripletMarginLoss({ margin: 1 });
const optimizer = new optim.Adam(embedder.parameters(), { lr: 1e-2 });
const loader = new data.DataLoader(new Triplets(), { batchSize: 12, shuffle: true });

for (let epoch = 0; epoch < 3; epoch++) {
  embedder.train();
  for (const [anchor, positive, negative] of loader) {
    const loss = criterion(embedder(anchor), embedder(positive), embedder(negative));
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
  }
}

embedder.eval();
const accuracy = noGrad(() => {
  const train = embedder(X.narrow(0, 0, 60));
  const test = embedder(X.narrow(0, 60, 30));
  const nearest = cdist(test, train).argmin(1);
  return y
    .indexSelect(0, nearest)
    .eq(y.narrow(0, 60, 30))
    .float()
    .mean()
    .item();
});
console.log(accuracy.toFixed(2));
