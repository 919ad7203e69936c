/** A trainer with callbacks and events, template methods, and a configuration that is merged deeply. */
import { data, manualSeed, nn, noGrad, optim, randn, type Tensor } from "kindling";

type DeepPartial<T> = { [K in keyof T]?: T[K] extends object ? DeepPartial<T[K]> : T[K] };
interface Config {
  optim: { name: "sgd" | "adam"; lr: number; momentum: number };
  epochs: number;
  seed: number;
}
const defaults: Config = { optim: { name: "sgd", lr: 0.1, momentum: 0 }, epochs: 3, seed: 0 };
function configure(over: DeepPartial<Config> = {}): Config {
  return { ...defaults, ...over, optim: { ...defaults.optim, ...over.optim } };
}
interface Callback {
  onStart?(trainer: Trainer): void;
  onEpoch?(epoch: number, metrics: Record<string, number>): void | boolean;
  onEnd?(): void;
}
type Listener<E> = (event: E) => void;
class Emitter<Events extends Record<string, unknown>> {
  private listeners: { [K in keyof Events]?: Listener<Events[K]>[] } = {};
  on<K extends keyof Events>(name: K, listener: Listener<Events[K]>): () => void {
    (this.listeners[name] ??= []).push(listener);
    return () => {
      this.listeners[name] = this.listeners[name]?.filter((l) => l !== listener);
    };
  }
  emit<K extends keyof Events>(name: K, event: Events[K]): void {
    for (const listener of this.listeners[name] ?? []) listener(event);
  }
}
abstract class Trainer {
  protected readonly callbacks: Callback[] = [];
  readonly events = new Emitter<{ batch: { loss: number }; done: string }>();
  protected optimizer!: optim.Optimizer;
  constructor(
    readonly model: nn.Module,
    protected readonly config: Config,
  ) {}
  protected abstract loss(batch: [Tensor, Tensor]): Tensor;
  with(...callbacks: Callback[]): this {
    this.callbacks.push(...callbacks);
    return this;
  }
  protected setup(): void {
    const { name, lr, momentum } = this.config.optim;
    const makers = {
      sgd: () => new optim.SGD(this.model.parameters(), { lr, momentum }),
      adam: () => new optim.Adam(this.model.parameters(), { lr }),
    };
    this.optimizer = makers[name]();
  }
  fit(loader: Iterable<[Tensor, Tensor]>): number {
    this.setup();
    this.callbacks.forEach((c) => c.onStart?.(this));
    let last = Infinity;
    for (let epoch = 1; epoch <= this.config.epochs; epoch++) {
      const losses: number[] = [];
      for (const batch of loader) {
        const loss = this.loss(batch);
        this.optimizer.zeroGrad();
        loss.backward();
        this.optimizer.step();
        losses.push(loss.item());
        this.events.emit("batch", { loss: loss.item() });
      }
      last = losses.reduce((a, b) => a + b) / losses.length;
      const stop = this.callbacks.map((c) => c.onEpoch?.(epoch, { loss: last, batches: losses.length })).some((r) => r === false);
      if (stop) break;
    }
    this.callbacks.forEach((c) => c.onEnd?.());
    this.events.emit("done", this.constructor.name);
    return last;
  }
}
class Regression extends Trainer {
  protected override loss([x, y]: [Tensor, Tensor]): Tensor {
    return nn.functional.mseLoss(this.model(x), y);
  }
}
class Printer implements Callback {
  constructor(private readonly prefix = "") {}
  onStart(trainer: Trainer): void {
    console.log(`${this.prefix}start`, trainer.model instanceof nn.Sequential, trainer.constructor.name);
  }
  onEpoch(epoch: number, { loss, ...more }: Record<string, number>): void {
    console.log(
      `${this.prefix}${epoch}: ${loss!.toFixed(4)}`,
      Object.entries(more)
        .map(([k, v]) => `${k}=${v}`)
        .join(" "),
    );
  }
}
const stopper = (below: number): Callback => ({ onEpoch: (_, { loss }) => loss! >= below });
const run = (over: DeepPartial<Config>, ...callbacks: Callback[]): number => {
  const config = configure(over);
  manualSeed(config.seed);
  const model = new nn.Sequential(new nn.Linear(3, 8), new nn.Softplus(), new nn.Linear(8, 1));
  const x = randn(16, 3);
  const y = x.square().sum(1, true);
  const loader = new data.DataLoader(new data.TensorDataset(x, y), { batchSize: 8 });
  const trainer = new Regression(model, config).with(...callbacks);
  let batches = 0;
  const off = trainer.events.on("batch", () => void batches++);
  trainer.events.on("done", (name) => console.log("done", name, batches));
  const last = trainer.fit(loader);
  off();
  trainer.events.emit("batch", { loss: 0 });
  const mean = noGrad(() => model(x).mean().item());
  console.log(JSON.stringify({ last: +last.toFixed(3), mean: Number(mean.toFixed(2)), batches }));
  return last;
};
const results = [run({ optim: { lr: 0.01 } }, new Printer("a ")), run({ optim: { name: "adam" }, epochs: 6, seed: 3 }, new Printer("b "), stopper(5))];
console.log(results.length, results[0]! > results[1]! ? "second" : "first", configure().optim.lr, defaults.epochs);
