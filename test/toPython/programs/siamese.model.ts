/** Siamese network with contrastive and triplet losses, pairs drawn from groups. */
import { data, manualSeed, nn, noGrad, numpyRandom, optim, randn, stack, tensor, where, type Tensor } from "kindling";

manualSeed(2);

type Pair = readonly [first: Tensor, second: Tensor, label: Tensor];

class SiameseDataset extends data.Dataset<[Tensor, Tensor, Tensor]> {
  private readonly groups: Map<number, Tensor[]> = new Map();
  private readonly pairs: Array<{ a: [number, number]; b: [number, number] }> = [];

  constructor(groups: number, each: number) {
    super();
    const rng = numpyRandom(0);
    for (let g = 0; g < groups; g++) {
      const centre = randn(8);
      this.groups.set(
        g,
        Array.from({ length: each }, () => centre.add(randn(8).mul(0.3))),
      );
    }
    const order = rng.permutation(groups * each).tolist() as number[];
    for (const [i, place] of order.entries()) {
      const other = order[(i + 1) % order.length]!;
      this.pairs.push({
        a: [Math.floor(place / each), place % each],
        b: i % 2 === 0 ? [Math.floor(place / each), (place + 1) % each] : [Math.floor(other / each), other % each],
      });
    }
  }

  get length(): number {
    return this.pairs.length;
  }

  get(index: number): [Tensor, Tensor, Tensor] {
    const { a, b } = this.pairs[index]!;
    const pick = ([group, i]: [number, number]): Tensor => this.groups.get(group)![i]!;
    return [pick(a), pick(b), tensor(a[0] === b[0] ? 0 : 1)];
  }
}

class SiameseNetwork extends nn.Module<[Tensor, Tensor], [Tensor, Tensor]> {
  readonly net: nn.Sequential;

  constructor(hidden: number, out = hidden / 4) {
    super();
    this.net = new nn.Sequential(new nn.Linear(8, hidden), new nn.PReLU(), new nn.Linear(hidden, out));
  }

  forwardOnce(x: Tensor): Tensor {
    return nn.functional.normalize(this.net(x), { dim: -1 });
  }

  override forward(a: Tensor, b: Tensor): [Tensor, Tensor] {
    return [this.forwardOnce(a), this.forwardOnce(b)];
  }
}

class ContrastiveLoss extends nn.Module<[Tensor, Tensor, Tensor]> {
  constructor(public margin: number = 1) {
    super();
  }

  override forward(a: Tensor, b: Tensor, label: Tensor): Tensor {
    const distance = nn.functional.pairwiseDistance(a, b);
    const positive = label.neg().add(1).mul(distance.pow(2));
    const negative = label.mul(distance.neg().add(this.margin).clamp({ min: 0 }).pow(2));
    return positive.add(negative).mean();
  }
}

const dataset = new SiameseDataset(4, 6);
const loader = new data.DataLoader(dataset, {
  batchSize: 8,
  shuffle: true,
  collateFn: (items: Pair[]) => [0, 1, 2].map((k) => stack(items.map((item) => item[k]!))) as [Tensor, Tensor, Tensor],
});
const model = new SiameseNetwork(16);
const losses = { contrastive: new ContrastiveLoss(), triplet: new nn.TripletMarginLoss({ margin: 0.5 }) };
const optimizer = new optim.Adagrad(model.parameters(), { lr: 0.05 });

for (let epoch = 0; epoch < 5; epoch++) {
  const seen: number[] = [];
  for (const [a, b, label] of loader) {
    const [x, y] = model(a, b);
    const anchor = model.forwardOnce(a.roll(1, 0));
    const loss = losses.contrastive(x, y, label).add(losses.triplet(x, y, anchor).mul(0.1));
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    seen.push(loss.item());
  }
  const mean = seen.reduce((sum, loss) => sum + loss, 0) / seen.length;
  const spread = Math.sqrt(seen.map((loss) => (loss - mean) ** 2).reduce((sum, part) => sum + part, 0) / seen.length);
  console.log(`epoch ${epoch + 1}: ${mean.toFixed(4)} ± ${spread.toFixed(4)}`);
}

const [first, second, label] = dataset.get(3);
const distance = noGrad(() => {
  const [x, y] = model(first.unsqueeze(0), second.unsqueeze(0));
  return x.sub(y).norm().item();
});
const verdict = where(tensor([distance]).gt(0.5), tensor([1]), tensor([0])).item();
console.log(`pair 3: ${label.item() === 0 ? "same" : "different"}, distance ${distance.toFixed(3)}, verdict ${verdict ? "different" : "same"}`);
