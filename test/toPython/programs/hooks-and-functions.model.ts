/** Hooks, an operation with a gradient of its own, exponential moving averages and a closure that counts. */
import { autograd, deepcopy, manualSeed, nn, noGrad, ones, optim, randn, zerosLike, type Tensor } from "kindling";

manualSeed(4);

/** Rounds forwards, passes gradients through backwards. */
class StraightThrough extends autograd.Function {
  static override forward(ctx: autograd.FunctionCtx, x: Tensor): Tensor {
    ctx.saveForBackward(x);
    return x.mul(4).round().div(4);
  }

  static override backward(ctx: autograd.FunctionCtx, gradOutput: Tensor): Tensor {
    const [x] = ctx.savedTensors;
    return gradOutput.mul(x!.abs().le(1).float());
  }
}

class Quantized extends nn.Module {
  readonly layers: nn.ModuleDict<nn.Linear>;
  readonly gain: nn.Parameter;
  calls = 0;

  constructor(sizes: Record<string, [number, number]>) {
    super();
    this.layers = new nn.ModuleDict({});
    for (const [name, [i, o]] of Object.entries(sizes)) this.layers.set(name, new nn.Linear(i, o));
    this.gain = new nn.Parameter(ones(1));
    this.registerBuffer("seen", zerosLike(this.gain));
  }

  declare seen: Tensor;

  override forward(x: Tensor): Tensor {
    this.calls += 1;
    for (const [name, layer] of this.layers.entries()) {
      x = layer(x);
      if (name !== "out") x = StraightThrough.apply(x.tanh()) as Tensor;
    }
    this.seen.add_(x.size(0));
    return x.mul(this.gain);
  }
}

class EMA {
  readonly shadow: nn.Module;

  constructor(
    model: nn.Module,
    readonly decay: number,
  ) {
    this.shadow = deepcopy(model);
    this.shadow.requiresGrad_(false);
  }

  update(model: nn.Module): void {
    noGrad(() => {
      const own = [...this.shadow.parameters()];
      for (const [i, p] of [...model.parameters()].entries()) {
        own[i]!.mul_(this.decay).add_(p.detach(), { alpha: 1 - this.decay });
      }
    });
  }
}

const model = new Quantized({ first: [3, 8], second: [8, 8], out: [8, 1] });
const ema = new EMA(model, 0.9);
const norms = new Map<string, number[]>();
const handles = [...model.layers.entries()].map(([name, layer]) =>
  layer.registerForwardHook((_module, _inputs, output) => {
    const list = norms.get(name) ?? [];
    list.push((output as Tensor).detach().norm().item());
    norms.set(name, list);
  }),
);
const gradients: Record<string, number> = {};
for (const [name, p] of model.namedParameters()) {
  p.registerHook((grad) => {
    gradients[name] = (gradients[name] ?? 0) + grad.abs().sum().item();
  });
}

function counter(): () => number {
  let count = 0;
  return () => ++count;
}

const x = randn(32, 3);
const y = x.sum(1, true).sin();
const optimizer = new optim.LBFGS(model.parameters(), { lr: 0.5, maxIter: 4 });
const next = counter();
for (let step = 0; step < 3; step++) {
  const loss = optimizer.step(() => {
    optimizer.zeroGrad();
    const loss = nn.functional.mseLoss(model(x), y);
    loss.backward();
    next();
    return loss;
  }) as Tensor;
  ema.update(model);
  console.log(`step ${step}: ${loss.item().toFixed(5)}`);
}
handles.forEach((handle) => handle.remove());
model(x);
console.log(`closure ran ${next() - 1} times, model ${model.calls}, rows ${model.seen.item()}`);
for (const [name, values] of norms) console.log(`${name.padEnd(8)}|${values.length}|${values.at(-1)!.toFixed(4).padStart(10)}`);
const largest = Object.entries(gradients).sort((a, b) => b[1] - a[1])[0]!;
console.log(`largest gradient: ${largest[0]}`);
const apart = [...model.parameters()].map((p, i) =>
  p
    .sub([...ema.shadow.parameters()][i]!)
    .abs()
    .max()
    .item(),
);
console.log(
  apart.every((d) => d > 0),
  Object.keys(gradients).length,
);
