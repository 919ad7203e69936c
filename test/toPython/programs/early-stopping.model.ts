/** A regressor with an options object, defaults and spread; early stopping keeps the best weights. */
import { manualSeed, nn, optim, randn, sin, type Tensor } from "kindling";

interface TrainOptions {
  readonly lr: number;
  readonly epochs: number;
  readonly patience?: number;
  readonly clip?: { maxNorm: number };
  readonly tags?: readonly string[];
}

const DEFAULTS = { lr: 1e-2, epochs: 40, patience: 3 } as const satisfies TrainOptions;
const Mode = { Train: "train", Eval: "eval" } as const;
type Mode = (typeof Mode)[keyof typeof Mode];

class EarlyStopping {
  static instances = 0;
  #best = Infinity;
  #bad = 0;
  readonly #patience: number;

  constructor({ patience = 3 }: { patience?: number | undefined } = {}) {
    this.#patience = patience;
    EarlyStopping.instances++;
  }

  get best(): number {
    return this.#best;
  }

  get stopped(): boolean {
    return this.#bad >= this.#patience;
  }

  update(loss: number): boolean {
    if (loss < this.#best - 1e-4) {
      this.#best = loss;
      this.#bad = 0;
      return true;
    }
    this.#bad += 1;
    return false;
  }
}

class Net extends nn.Module {
  readonly body: nn.Sequential;

  constructor({
    hidden = [16, 16],
    dropout = 0,
    activation = () => new nn.Tanh(),
  }: { hidden?: number[]; dropout?: number; activation?: () => nn.Module } = {}) {
    super();
    const sizes = [1, ...hidden, 1];
    const layers = sizes.slice(0, -1).flatMap((size, i) => {
      const last = i === sizes.length - 2;
      const linear = new nn.Linear(size, sizes[i + 1]!);
      return last ? [linear] : [linear, activation(), ...(dropout > 0 ? [new nn.Dropout(dropout)] : [])];
    });
    this.body = new nn.Sequential(...layers);
  }

  override forward(x: Tensor): Tensor {
    return this.body(x);
  }
}

function describe(options: TrainOptions): string {
  const { lr, epochs, ...rest } = options;
  const clip = options.clip?.maxNorm ?? "none";
  return `lr ${lr.toFixed(3)}, epochs ${String(epochs).padStart(4, ".")}, clip ${clip}, others ${Object.keys(rest).length}, tags ${(options.tags ?? []).join("|") || "-"}`;
}

function setMode(model: nn.Module, mode: Mode): void {
  switch (mode) {
    case Mode.Train:
      model.train();
      break;
    case Mode.Eval:
      model.eval();
      break;
    default:
      throw new Error(`unknown mode ${mode}`);
  }
}

function fit(model: Net, x: Tensor, y: Tensor, overrides: Partial<TrainOptions> = {}): number[] {
  const options: TrainOptions = { ...DEFAULTS, ...overrides };
  console.log(describe(options));
  const optimizer = new optim.Adam(model.parameters(), { lr: options.lr });
  const stopping = new EarlyStopping({ patience: options.patience });
  const history: number[] = [];
  for (let epoch = 1; epoch <= options.epochs; ++epoch) {
    setMode(model, Mode.Train);
    const loss = nn.functional.mseLoss(model(x), y);
    optimizer.zeroGrad();
    loss.backward();
    if (options.clip) nn.utils.clipGradNorm_(model.parameters(), options.clip.maxNorm);
    optimizer.step();
    history.push(loss.item());
    if (!stopping.update(history.at(-1)!) && stopping.stopped) {
      console.log(`stopped at ${epoch}: best ${stopping.best.toFixed(5)}`);
      break;
    }
  }
  setMode(model, Mode.Eval);
  return history;
}

manualSeed(11);
const x = randn(64, 1);
const y = sin(x.mul(2)).add(randn(64, 1).mul(0.05));
const runs = {
  small: { hidden: [8] },
  deep: { hidden: [12, 12, 12], dropout: 0.1, activation: () => new nn.ReLU() },
  default: undefined,
};
const results = new Map<string, number[]>();
for (const [name, config] of Object.entries(runs)) {
  results.set(name, fit(new Net(config), x, y, name === "deep" ? { clip: { maxNorm: 1 }, tags: ["a", "b"] } : { lr: 0.05 }));
}
const ranking = [...results.entries()].map(([name, losses]) => ({ name, last: losses.at(-1)!, steps: losses.length })).toSorted((a, b) => a.last - b.last);
for (const [place, { name, last, steps }] of ranking.entries()) {
  console.log(`${place + 1}. ${name.padEnd(8)} ${last.toFixed(4).padStart(8)} after ${steps} steps`);
}
const lowest = Math.min(...[...results.values()].flat());
const finished = [...results].filter(([, losses]) => losses.length === DEFAULTS.epochs).map(([name]) => name);
console.log(lowest.toFixed(4), finished.length ? finished.join(", ") : "nobody finished", EarlyStopping.instances);
