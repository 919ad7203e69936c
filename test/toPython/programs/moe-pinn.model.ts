/** A mixture of experts with a gate, and a network that solves u'' = -sin(x) by its own derivatives. */
import { autograd, linspace, manualSeed, nn, optim, rand, sin, stack, zeros, type Tensor } from "kindling";

manualSeed(8);

type Activation = "tanh" | "relu" | "gelu";

function activation(name: Activation): nn.Module {
  switch (name) {
    case "tanh":
      return new nn.Tanh();
    case "relu":
      return new nn.ReLU();
    case "gelu":
    default:
      return new nn.GELU();
  }
}

abstract class Expert extends nn.Module {
  static count = 0;
  readonly id = Expert.count++;

  abstract describe(): string;

  override toString(): string {
    return `#${this.id} ${this.describe()}`;
  }
}

class MLPExpert extends Expert {
  net: nn.Sequential;

  constructor(
    dims: readonly number[],
    private readonly kind: Activation = "tanh",
  ) {
    super();
    const layers = dims.slice(0, -1).flatMap((size, i) => [new nn.Linear(size, dims[i + 1]!), activation(kind)]);
    layers.pop();
    this.net = new nn.Sequential(...layers);
  }

  override describe(): string {
    return `${this.kind}×${this.net.length}`;
  }

  override forward(x: Tensor): Tensor {
    return this.net(x);
  }
}

class MixtureOfExperts extends nn.Module<[Tensor], { y: Tensor; balance: Tensor }> {
  experts: nn.ModuleList<MLPExpert>;
  gate: nn.Linear;

  constructor(
    kinds: Activation[],
    readonly topK = 2,
  ) {
    super();
    this.experts = new nn.ModuleList(kinds.map((kind) => new MLPExpert([1, 12, 1], kind)));
    this.gate = new nn.Linear(1, kinds.length);
  }

  override forward(x: Tensor): { y: Tensor; balance: Tensor } {
    const scores = this.gate(x);
    const { values, indices } = scores.topk(this.topK, { dim: -1 });
    const weights = zeros(...scores.shape).scatter(1, indices, nn.functional.softmax(values, 1));
    const outputs = stack(
      [...this.experts].map((expert) => expert(x)),
      1,
    );
    const load = weights.mean(0);
    return { y: outputs.squeeze(-1).mul(weights).sum(1, true), balance: load.mul(load).sum() };
  }
}

const moe = new MixtureOfExperts(["tanh", "relu", "gelu"]);
const grid = linspace(-3, 3, 48).unsqueeze(1);
const optimizer = new optim.Adam(moe.parameters(), { lr: 0.02 });
for (let i = 0; i < 30; i++) {
  const { y, balance } = moe(grid);
  const loss = y.sub(sin(grid)).square().mean().add(balance.mul(0.01));
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
  if (i % 10 === 9) console.log(`experts ${i + 1}: ${loss.item().toFixed(5)}`);
}
console.log([...moe.experts].map((expert) => expert.describe()).join(" | "));

const u = new MLPExpert([1, 16, 16, 1]);
const adam = new optim.NAdam(u.parameters(), { lr: 0.01 });
const derivative = (y: Tensor, x: Tensor): Tensor => autograd.grad(y.sum(), [x], { createGraph: true })[0]!;
const ends = zeros(2, 1);
ends.at(1).fill_(Math.PI);
let losses: number[] = [];
do {
  const points = rand(40, 1).mul(Math.PI).requiresGrad_();
  const residual = derivative(derivative(u(points), points), points).add(sin(points));
  const loss = residual.pow(2).mean().add(u(ends).pow(2).mean());
  adam.zeroGrad();
  loss.backward();
  adam.step();
  losses = [...losses, loss.item()].slice(-5);
  if (!Number.isFinite(losses.at(-1)!)) throw new RangeError("diverged");
} while (losses.length < 5 || losses.reduce((a, b) => a + b) / losses.length > 0.45);
console.log(
  `residual ${(losses.reduce((a, b) => a + b, 0) / losses.length).toFixed(4)}, u(π/2) = ${u(ends.mean().view(1, 1)).item().toFixed(3)}, experts made: ${Expert.count}`,
);
try {
  moe.gate(zeros(2, 5));
} catch (error) {
  console.log(`refused: ${(error as Error).message.includes("mat1 and mat2") ? "shapes" : "?"}`);
} finally {
  console.log("done");
}
