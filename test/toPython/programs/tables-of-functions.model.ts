/** Tables of functions, options passed along, transforms by name. */
import { manualSeed, nn, noGrad, optim, rand, randn, type Tensor } from "kindling";

type Transform = (x: Tensor, strength: number) => Tensor;
const transforms: Record<string, Transform> = {
  none: (x) => x,
  noise: (x, strength) => x.add(randn(x.shape).mul(strength)),
  scale: (x, s) => x.mul(1 + s),
  drop(x, s) {
    return x.mul(rand(x.shape).gt(s).float());
  },
};
interface LossOptions {
  smoothing?: number;
  weight?: { a: number; b?: number };
  reduce?: boolean;
}
const losses = {
  mse: (a: Tensor, b: Tensor, { smoothing = 0, weight, reduce = true }: LossOptions = {}) => {
    const l = a
      .sub(b)
      .pow(2)
      .mul(weight?.b ?? weight?.a ?? 1)
      .add(smoothing);
    return reduce ? l.mean() : l;
  },
  huber: (a: Tensor, b: Tensor, options?: LossOptions) => nn.functional.huberLoss(a, b).mul(options?.weight?.a ?? 1),
} as const;

const wait = async <T>(value: T): Promise<T> => value;
const schedule: ((epoch: number) => number)[] = [() => 1, (e) => 0.5 ** e, (e) => 1 / (1 + e)];

manualSeed(6);
const x = randn(16, 4);
const y = x.sum(1, true);
for (const [i, [name, transform]] of Object.entries(transforms).entries()) {
  const model = new nn.Sequential(new nn.Linear(4, 6), new nn.Tanh(), new nn.Linear(6, 1));
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
  const lossName: keyof typeof losses = i % 2 === 0 ? "mse" : "huber";
  const options: LossOptions = i === 0 ? { weight: { a: 0.5 } } : i === 1 ? {} : { smoothing: 0.01, weight: { a: 2, b: 1 } };
  const curve: string[] = [];
  for (let epoch = 0; epoch < 4; epoch++) {
    const factor = schedule[i % schedule.length]!(epoch);
    const loss = losses[lossName](model(transform(x, 0.1)), y, options);
    optimizer.zeroGrad();
    loss.backward();
    for (const group of optimizer.paramGroups) group.lr = 0.1 * factor;
    optimizer.step();
    curve.push((await wait(loss)).item().toFixed(4));
  }
  const { weight, smoothing } = options;
  console.log(`${name.padEnd(6)}${curve.join(" ")} ${weight?.a ?? "-"} ${smoothing ?? 0}`);
}
const perSample = noGrad(() => losses.mse(x, x.mul(2), { reduce: false }));
console.log(perSample.shape.join("x"), perSample.mean().item().toFixed(4));
const summary = [
  ["a", 3],
  ["b", 1],
]
  .map(([k, v]) => `${k}${v}`)
  .join();
let total = 0;
for (const { length } of ["x", "yy"]) total += length;
const nested = { a: { b: [1, { c: 2 }] as const } };
const {
  a: {
    b: [one, { c }],
  },
} = nested;
console.log(
  summary,
  total,
  one + c,
  Object.keys(transforms)
    .map((k, i) => `${i}${k[0]}`)
    .join(""),
);
try {
  if (total > 2) throw new RangeError(`total ${total} too large`);
} catch (error) {
  console.log(error instanceof RangeError ? "range" : "other", (error as Error).message);
} finally {
  console.log("done");
}
