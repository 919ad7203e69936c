/** An async data pipeline, promises in parallel, a queue, retry with errors and causes, an LR finder, settings of the environment. */
import { data, manualSeed, nn, optim, randn, stack, type Tensor } from "kindling";

class TransientError extends Error {
  constructor(
    message: string,
    readonly attempt: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = "TransientError";
  }
}
let failures = 2;
async function fetchShard(id: number): Promise<Tensor[]> {
  if (id === 1 && failures-- > 0) throw new TransientError(`shard ${id} is busy`, 2 - failures);
  await Promise.resolve();
  return Array.from({ length: 4 }, (_, i) => randn(3).add(id + i / 10));
}
async function retry<T>(run: () => Promise<T>, times = 3): Promise<T> {
  let last: unknown;
  for (let i = 0; i < times; i++) {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof TransientError)) throw error;
      last = error;
      console.log(`retry ${i + 1}: ${error.message} (${error.attempt})`);
    }
  }
  throw new Error("gave up", { cause: last });
}
class Queue<T> {
  #items: T[] = [];
  #max: number;
  dropped = 0;
  constructor(max = Infinity) {
    this.#max = max;
  }
  put(...items: T[]): this {
    for (const item of items) {
      if (this.#items.length >= this.#max) {
        this.#items.shift();
        this.dropped += 1;
      }
      this.#items.push(item);
    }
    return this;
  }
  *drain(): Generator<T, number> {
    let n = 0;
    while (this.#items.length > 0) {
      yield this.#items.shift()!;
      n++;
    }
    return n;
  }
  get length() {
    return this.#items.length;
  }
}
const env = { epochs: Number(process.env.EPOCHS ?? 4), verbose: process.env["VERBOSE"] === "1", extra: process.argv.slice(2).length };
console.log(env.epochs, env.verbose, env.extra);
manualSeed(8);
const shards: Tensor[][] = [];
for (const id of [0, 1, 2]) shards.push(await retry(() => fetchShard(id)));
const [a, b] = await Promise.all([fetchShard(3), fetchShard(4)]);
const queue = new Queue<Tensor>(16).put(...shards.flat()).put(...a, ...b);
console.log(queue.length, queue.dropped);
const samples = [...queue.drain()];
console.log(samples.length, queue.length, samples[0]!.shape.join());
try {
  failures = 99;
  await retry(() => fetchShard(1), 2);
} catch (error) {
  const e = error as Error;
  console.log(e.message, (e.cause as TransientError).message, e.cause instanceof TransientError);
} finally {
  failures = 0;
}
const x = stack(samples);
const y = x.sum(1, true).relu();
const findLr = (lrs: readonly number[]): { lr: number; loss: number }[] =>
  lrs.map((lr) => {
    manualSeed(1);
    const net = new nn.Sequential(new nn.Linear(3, 6), new nn.ELU(), new nn.Linear(6, 1));
    const optimizer = new optim.RAdam(net.parameters(), { lr });
    let loss = 0;
    for (let i = 0; i < 5; i++) {
      const out = nn.functional.mseLoss(net(x), y);
      optimizer.zeroGrad();
      out.backward();
      optimizer.step();
      loss = out.item();
    }
    return { lr, loss };
  });
const trials = findLr([1e-3, 1e-2]);
const { lr } = trials.reduce((m, t) => (t.loss < m.loss ? t : m), { lr: NaN, loss: Infinity });
for (const { lr, loss } of trials) console.log(lr.toExponential(0), loss.toFixed(4));
console.log(`best lr ${lr}`);
class Pairs extends data.Dataset<{ x: Tensor; y: Tensor }> {
  get length() {
    return x.shape[0]!;
  }
  get(i: number) {
    return { x: x.at(i), y: y.at(i) };
  }
}
const net = new nn.Linear(3, 1);
const optimizer = new optim.Adam(net.parameters(), { lr });
const [train, held] = data.randomSplit(new Pairs(), [12, 4]);
for (let epoch = 0; epoch < env.epochs; epoch++) {
  let total = 0;
  for await (const { x, y } of new data.DataLoader(train!, { batchSize: 6, shuffle: true })) {
    const loss = nn.functional.smoothL1Loss(net(x), y);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    total += loss.item();
  }
  if (epoch % 2 === 1) console.log(epoch, total.toFixed(4));
}
console.log(train!.length, held!.length, held!.get(0).y.shape.join("x"));
