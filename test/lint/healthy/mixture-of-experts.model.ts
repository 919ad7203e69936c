/** A mixture of experts: a gate that chooses, experts in a ModuleList, a load-balancing loss beside the main one. */
import { data, manualSeed, nn, noGrad, optim, randint, randn, stack, type Tensor } from "kindling";

manualSeed(11);

class Expert extends nn.Module {
  net: nn.Sequential;
  constructor(width: number) {
    super();
    this.net = new nn.Sequential(new nn.Linear(width, 2 * width), new nn.ReLU(), new nn.Linear(2 * width, width));
  }
  override forward(x: Tensor): Tensor {
    return this.net(x);
  }
}

class MixtureOfExperts extends nn.Module<[x: Tensor], [output: Tensor, balance: Tensor]> {
  experts: nn.ModuleList<Expert>;
  gate: nn.Linear;
  head: nn.Linear;

  constructor(width: number, count: number, classes: number) {
    super();
    const experts: Expert[] = [];
    for (let i = 0; i < count; i++) experts.push(new Expert(width));
    this.experts = new nn.ModuleList(experts);
    this.gate = new nn.Linear(width, count);
    this.head = new nn.Linear(width, classes);
  }

  override forward(x: Tensor): [Tensor, Tensor] {
    const weights = this.gate(x).softmax(-1);
    const outputs = stack(
      [...this.experts].map((expert) => expert(x)),
      1,
    );
    const mixed = weights.unsqueeze(-1).mul(outputs).sum(1);
    const balance = weights.mean(0).square().sum();
    return [this.head(mixed), balance];
  }
}

const loader = new data.DataLoader(new data.TensorDataset(randn(160, 8), randint(0, 3, [160])), { batchSize: 16, shuffle: true });
const model = new MixtureOfExperts(8, 4, 3);
const criterion = new nn.CrossEntropyLoss({ labelSmoothing: 0.1 });
const optimizer = new optim.AdamW(model.parameters(), { lr: 3e-3 });
const scheduler = new optim.lrScheduler.OneCycleLR(optimizer, { maxLr: 3e-3, totalSteps: 20 });

for (let epoch = 0; epoch < 2; epoch++) {
  for (const [x, y] of loader) {
    const [logits, balance] = model(x!);
    const loss = criterion(logits, y!).add(balance.mul(0.01));
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    scheduler.step();
  }
}
noGrad(() => {
  const [logits] = model(randn(4, 8));
  console.log(logits.softmax(1).max(1).values.tolist());
});
