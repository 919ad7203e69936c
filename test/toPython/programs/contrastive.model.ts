/** Contrastive learning with a weighted sampler, collate functions and transforms by name. */
import { arange, cat, data, eye, manualSeed, nn, optim, randn, randperm, stack, tensor, type Tensor } from "kindling";

type Transform = (x: Tensor) => Tensor;
type Sample = { readonly x: Tensor; readonly label: number };

const compose =
  (...transforms: readonly Transform[]): Transform =>
  (x) =>
    transforms.reduce((value, t) => t(value), x);
const transforms = {
  jitter:
    (scale: number): Transform =>
    (x) =>
      x.add(randn(x.shape).mul(scale)),
  mask:
    (count: number): Transform =>
    (x) => {
      const keep = randperm(x.numel()).ge(count).float();
      return x.mul(keep);
    },
  flip: (): Transform => (x) => x.flip(0),
} as const;
type TransformName = keyof typeof transforms;
const names = Object.keys(transforms) as TransformName[];

class Clusters extends data.Dataset<Sample> {
  readonly #samples: Sample[];
  constructor(
    n: number,
    readonly classes = 3,
    readonly dim = 6,
  ) {
    super();
    const centers = randn(classes, dim).mul(2);
    this.#samples = Array.from({ length: n }, (_, i) => {
      const label = i < n / 2 ? 0 : 1 + (i % (classes - 1));
      return { x: centers.at(label).add(randn(dim).mul(0.3)), label };
    });
  }
  get length(): number {
    return this.#samples.length;
  }
  get(i: number): Sample {
    return this.#samples[i]!;
  }
  get labels(): number[] {
    return this.#samples.map(({ label }) => label);
  }
}
manualSeed(99);
const dataset = new Clusters(36);
const counts = dataset.labels.reduce((m, l) => m.set(l, (m.get(l) ?? 0) + 1), new Map<number, number>());
console.log([...counts.entries()].map(([l, n]) => `${l}:${n}`).join(" "), names.join("/"));
const weights = dataset.labels.map((l) => 1 / counts.get(l)!);
const sampler = new data.WeightedRandomSampler(weights, dataset.length, { replacement: true });
const augment = compose(transforms.jitter(0.1), transforms.mask(1));
const loader = new data.DataLoader(dataset, {
  batchSize: 12,
  sampler,
  collateFn: (samples: Sample[]) => {
    const views = [0, 1].map(() => stack(samples.map(({ x }) => augment(x))));
    return {
      a: views[0]!,
      b: views[1]!,
      labels: tensor(
        samples.map((s) => s.label),
        { dtype: "int64" },
      ),
    };
  },
});
class Projector extends nn.Module {
  net = new nn.Sequential(new nn.Linear(6, 16), new nn.BatchNorm1d(16), new nn.ReLU(), new nn.Linear(16, 4));
  override forward(x: Tensor): Tensor {
    return nn.functional.normalize(this.net(x), { dim: 1 });
  }
}
function ntXent(a: Tensor, b: Tensor, temperature = 0.5): Tensor {
  const n = a.shape[0]!;
  const z = cat([a, b]);
  const similarity = z
    .matmul(z.t())
    .div(temperature)
    .maskedFill(eye(2 * n).bool(), -1e9);
  const targets = cat([arange(n, 2 * n), arange(0, n)]);
  return nn.functional.crossEntropy(similarity, targets);
}
const model = new Projector();
const optimizer = new optim.SGD(model.parameters(), { lr: 0.2, momentum: 0.9, weightDecay: 1e-4 });
const plateau = new optim.lrScheduler.ReduceLROnPlateau(optimizer, { factor: 0.5, patience: 0 });
for (let epoch = 1; epoch <= 4; epoch++) {
  const seen = new Set<number>();
  const losses: number[] = [];
  for (const { a, b, labels } of loader) {
    const loss = ntXent(model(a), model(b));
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    losses.push(loss.item());
    labels.tolist<number[]>().forEach((l) => seen.add(l));
  }
  const mean = losses.reduce((s, l) => s + l, 0) / losses.length;
  plateau.step(mean);
  console.log(`epoch ${epoch}: ${mean.toFixed(4)} lr ${optimizer.paramGroups[0]!.lr} classes ${[...seen].sort((p, q) => p - q).join(",")}`);
}
