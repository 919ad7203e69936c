/** A program of one long synchronous loop, run in a process of its own; prints its resident memory in MiB on the way. */
import { nn, optim, manualSeed, randn, type Tensor } from "../../../src/engine/index.ts";

const MiB = 2 ** 20;
const resident = (): number => {
  globalThis.gc?.();
  return process.memoryUsage().rss / MiB;
};

/** 100,000 training steps that read gradients, look at activations through hooks and keep every loss. */
function train(): number[] {
  manualSeed(0);
  const model = new nn.Sequential(new nn.Linear(4, 8), new nn.Tanh(), new nn.Linear(8, 1));
  const optimizer = new optim.Adam(model.parameters(), { lr: 1e-3 });
  const loss = new nn.MSELoss();
  const [x, y] = [randn(16, 4), randn(16, 1)];
  const readings: number[] = [];
  for (let step = 0; step <= 100_000; step++) {
    // By step 40,000 V8's own heap has found its size.
    if (step === 40_000 || step === 100_000) readings.push(resident());
    optimizer.zeroGrad();
    const error = loss(model(x), y);
    error.backward();
    optimizer.step();
  }
  return readings;
}

/** Steps whose gradients user code sees: by hooks, by `retainGrad` and by reading `grad`. */
function watch(): number[] {
  const weight = randn([64, 64], { requiresGrad: true });
  const x = randn(64, 64);
  const readings: number[] = [];
  let seen: Tensor | null = null;
  for (let step = 0; step <= 6_000; step++) {
    if (step === 2_000 || step === 6_000) readings.push(resident());
    const hidden = x.mul(weight);
    hidden.registerHook((gradient) => void (seen = gradient));
    const output = hidden.square();
    output.retainGrad();
    output.mean().backward();
    if (seen === null || output.grad === null || weight.grad === null) throw new Error("no gradient was seen");
    weight.grad = null;
  }
  return readings;
}

/** Models that are made and forgotten: the most that was resident in each half, as it rises and falls with each clearing out. */
function forget(): number[] {
  const most = [0, 0];
  for (let i = 1; i <= 2_000; i++) {
    const half = i <= 1_000 ? 0 : 1;
    if (i % 50 === 0) most[half] = Math.max(most[half]!, resident());
    const model = new nn.Sequential(new nn.Linear(256, 256), new nn.ReLU(), new nn.Linear(256, 64));
    model(randn(2, 256)).sum().backward();
  }
  return most;
}

/** A list of 20,000 results that are kept, among as many more that aren't. */
function keep(): number[] {
  const before = resident();
  const kept: Tensor[] = [];
  const [small, large] = [randn(256), randn(8192)];
  for (let i = 0; i < 20_000; i++) {
    kept.push(small.mul(2));
    large.mul(2);
  }
  const after = resident();
  if (kept.length !== 20_000) throw new Error("unreachable");
  return [before, after];
}

const programs = { train, watch, forget, keep };
const name = process.argv[2] as keyof typeof programs;
console.log(JSON.stringify(programs[name]()));
