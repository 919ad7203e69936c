/** Getters, private fields, static blocks, abstract classes, iterators, generics. */
import { manualSeed, nn, optim, randn, type Tensor } from "kindling";

abstract class Metric<T = number> {
  static #made = 0;
  static readonly registry: string[] = [];
  static {
    Metric.registry.push("base");
  }
  readonly name: string;
  protected values: T[] = [];
  constructor(name: string) {
    this.name = name;
    Metric.#made++;
    Metric.registry.push(name);
  }
  static get made(): number {
    return Metric.#made;
  }
  add(value: T): this {
    this.values.push(value);
    return this;
  }
  get count(): number {
    return this.values.length;
  }
  abstract result(): number;
  *[Symbol.iterator](): Generator<T> {
    yield* this.values;
  }
  toString(): string {
    return `${this.name}=${this.result().toFixed(3)} (n=${this.count})`;
  }
}
class Mean extends Metric {
  override result(): number {
    return this.values.reduce((a, b) => a + b, 0) / this.count;
  }
}
class Best extends Metric {
  #mode: "min" | "max";
  constructor(name: string, mode: "min" | "max" = "min") {
    super(name);
    this.#mode = mode;
  }
  override result(): number {
    return (this.#mode === "min" ? Math.min : Math.max)(...this.values);
  }
  get mode(): string {
    return this.#mode;
  }
  set mode(value: string) {
    if (value !== "min" && value !== "max") throw new RangeError(`no such mode: ${value}`);
    this.#mode = value;
  }
}
class RingBuffer<T> {
  readonly #items: (T | undefined)[];
  #next = 0;
  #size = 0;
  constructor(readonly capacity: number) {
    this.#items = new Array<T | undefined>(capacity).fill(undefined);
  }
  push(item: T): void {
    this.#items[this.#next] = item;
    this.#next = (this.#next + 1) % this.capacity;
    this.#size = Math.min(this.#size + 1, this.capacity);
  }
  get length(): number {
    return this.#size;
  }
  *[Symbol.iterator](): IterableIterator<T> {
    for (let i = 0; i < this.#size; i++) yield this.#items[(this.#next - this.#size + i + this.capacity) % this.capacity]!;
  }
}
class Residual extends nn.Module {
  readonly body: nn.Sequential;
  scale: nn.Parameter;
  constructor(dim: number, { hidden = 2 * dim, init = 0.1 }: { hidden?: number; init?: number } = {}) {
    super();
    this.body = new nn.Sequential(new nn.Linear(dim, hidden), new nn.SiLU(), new nn.Linear(hidden, dim));
    this.scale = new nn.Parameter(randn(dim).mul(init));
  }
  override forward(x: Tensor): Tensor {
    return x.add(this.body(x).mul(this.scale));
  }
  get width(): number {
    return this.scale.numel();
  }
}
manualSeed(5);
const net = new nn.Sequential(new Residual(6), new Residual(6, { hidden: 4 }), new nn.Linear(6, 1));
const x = randn(32, 6);
const y = x.pow(2).sum(1, true).sqrt();
const optimizer = new optim.AdamW(net.parameters(), { lr: 0.02, weightDecay: 0.01 });
const [mean, best] = [new Mean("mean"), new Best("best")];
const ring = new RingBuffer<number>(3);
for (let step = 0; step < 10; step++) {
  const loss = nn.functional.smoothL1Loss(net(x), y);
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
  mean.add(loss.item());
  best.add(loss.item()).add(loss.item() + 1);
  ring.push(loss.item());
}
console.log(`${mean}`, String(best), Metric.made, Metric.registry.join(","));
console.log([...ring].map((v) => v.toFixed(4)).join(" "), ring.length, ring.capacity);
best.mode = "max";
console.log(best.mode, best.result().toFixed(4), [...mean].length);
try {
  best.mode = "median";
} catch (e) {
  console.log((e as Error).message, e instanceof RangeError);
}
const first = net.at(0) as Residual;
console.log(first.width, first instanceof Residual, first.scale.shape.join("x"));
