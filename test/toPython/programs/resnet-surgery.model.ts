/** A residual CNN: pretrained on one task, its head taken off and fine-tuned on another; checkpoints, schedulers, early stopping. */
import { data, deepcopy, manualSeed, nn, noGrad, optim, randn, type Tensor } from "kindling";

manualSeed(11);

class BasicBlock extends nn.Module {
  static expansion = 1;
  conv1: nn.Conv2d;
  bn1: nn.BatchNorm2d;
  conv2: nn.Conv2d;
  bn2: nn.BatchNorm2d;
  shortcut: nn.Module;

  constructor(inPlanes: number, planes: number, stride = 1) {
    super();
    this.conv1 = new nn.Conv2d(inPlanes, planes, 3, { stride, padding: 1, bias: false });
    this.bn1 = new nn.BatchNorm2d(planes);
    this.conv2 = new nn.Conv2d(planes, planes, { kernelSize: 3, padding: 1, bias: false });
    this.bn2 = new nn.BatchNorm2d(planes);
    this.shortcut = new nn.Identity();
    if (stride !== 1 || inPlanes !== BasicBlock.expansion * planes) {
      this.shortcut = new nn.Sequential(
        new nn.Conv2d(inPlanes, BasicBlock.expansion * planes, { kernelSize: 1, stride, bias: false }),
        new nn.BatchNorm2d(BasicBlock.expansion * planes),
      );
    }
  }

  override forward(x: Tensor): Tensor {
    let out = nn.functional.relu(this.bn1(this.conv1(x)));
    out = this.bn2(this.conv2(out));
    return nn.functional.relu(out.add(this.shortcut(x)));
  }
}

class ResNet extends nn.Module {
  private inPlanes = 8;
  conv1 = new nn.Conv2d(1, 8, 3, { padding: 1, bias: false });
  layer1: nn.Sequential;
  layer2: nn.Sequential;
  pool = new nn.AdaptiveAvgPool2d([1, 1]);
  linear: nn.Linear;

  constructor(numBlocks: readonly [number, number], numClasses: number) {
    super();
    this.layer1 = this.makeLayer(8, numBlocks[0], 1);
    this.layer2 = this.makeLayer(16, numBlocks[1], 2);
    this.linear = new nn.Linear(16 * BasicBlock.expansion, numClasses);
  }

  private makeLayer(planes: number, numBlocks: number, stride: number): nn.Sequential {
    const strides = [stride, ...Array(numBlocks - 1).fill(1)];
    const layers: BasicBlock[] = [];
    for (const s of strides) {
      layers.push(new BasicBlock(this.inPlanes, planes, s));
      this.inPlanes = planes * BasicBlock.expansion;
    }
    return new nn.Sequential(...layers);
  }

  override forward(x: Tensor): Tensor {
    const out = this.layer2(this.layer1(nn.functional.relu(this.conv1(x))));
    return this.linear(this.pool(out).flatten(1));
  }
}

function makeSet(count: number, classes: number): data.TensorDataset<[Tensor, Tensor]> {
  const x = randn(count, 1, 8, 8);
  const y = x.mean([1, 2, 3]).mul(20).floor().remainder(classes).long();
  return new data.TensorDataset(x, y);
}

const counts = (model: nn.Module): string => {
  const all = [...model.parameters()];
  const trainable = all.filter((p) => p.requiresGrad).reduce((n, p) => n + p.numel(), 0);
  const total = all.reduce((n, p) => n + p.numel(), 0);
  return `${trainable.toLocaleString()} of ${total.toLocaleString()} (${((100 * trainable) / total).toFixed(1)} %)`;
};

class EarlyStopping {
  best = Infinity;
  bestState: nn.StateDict | null = null;
  private bad = 0;

  constructor(
    private readonly patience: number,
    private readonly minDelta = 1e-4,
  ) {}

  shouldStop(loss: number, model: nn.Module): boolean {
    if (loss < this.best - this.minDelta) {
      this.best = loss;
      this.bad = 0;
      this.bestState = deepcopy(model).stateDict();
    } else {
      this.bad++;
    }
    return this.bad >= this.patience;
  }
}

function evaluate(model: nn.Module, loader: Iterable<[Tensor, Tensor]>): { loss: number; accuracy: number } {
  const criterion = new nn.CrossEntropyLoss({ reduction: "sum" });
  let [loss, correct, total] = [0, 0, 0];
  model.eval();
  using _ = noGrad();
  for (const [x, y] of loader) {
    const out = model(x);
    loss += criterion(out, y).item();
    correct += out.argmax({ dim: 1 }).eq(y).sum().item();
    total += y.size(0);
  }
  return { loss: loss / total, accuracy: correct / total };
}

const model = new ResNet([1, 2], 4);
console.log(`Trainable: ${counts(model)}`);
const trainLoader = new data.DataLoader(makeSet(96, 4), { batchSize: 16, shuffle: true });
const valLoader = new data.DataLoader(makeSet(48, 4), { batchSize: 48 });
const optimizer = new optim.SGD(model.parameters(), { lr: 0.05, momentum: 0.9, nesterov: true, weightDecay: 5e-4 });
const scheduler = new optim.lrScheduler.SequentialLR(
  optimizer,
  [new optim.lrScheduler.LinearLR(optimizer, { startFactor: 0.1, totalIters: 2 }), new optim.lrScheduler.CosineAnnealingLR(optimizer, { tMax: 4 })],
  { milestones: [2] },
);
const criterion = new nn.CrossEntropyLoss({ labelSmoothing: 0.1 });

for (let epoch = 0; epoch < 3; epoch++) {
  model.train();
  for (const [x, y] of trainLoader) {
    const loss = criterion(model(x), y);
    optimizer.zeroGrad({ setToNone: true });
    loss.backward();
    optimizer.step();
  }
  const [lr] = scheduler.getLastLr();
  scheduler.step();
  const { loss, accuracy } = evaluate(model, valLoader);
  console.log(`epoch ${epoch} lr ${lr!.toFixed(5)} val loss ${loss.toFixed(4)}, right ${(accuracy * 48).toFixed(0)}`);
}

// Surgery: everything but the last block and a new head is frozen.
for (const [name, p] of model.namedParameters()) {
  if (!name.startsWith("layer2.1") && !name.startsWith("linear")) p.requiresGrad = false;
}
model.linear = new nn.Linear(model.linear.inFeatures, 2);
console.log(`Trainable: ${counts(model)}`);

const head = new optim.AdamW(
  model.parameters().filter((p) => p.requiresGrad),
  { lr: 1e-2 },
);
const small = new data.DataLoader(makeSet(32, 2), { batchSize: 8, shuffle: true });
const stopping = new EarlyStopping(2);
for (let epoch = 0; epoch < 6; epoch++) {
  for (const [x, y] of small) {
    const loss = criterion(model(x), y);
    head.zeroGrad();
    loss.backward();
    head.step();
  }
  const { loss } = evaluate(model, small);
  console.log(`tuning ${epoch}: ${loss.toFixed(4)}`);
  if (stopping.shouldStop(loss, model)) {
    console.log("stopped early");
    break;
  }
}
if (stopping.bestState) {
  const { missingKeys, unexpectedKeys } = model.loadStateDict(stopping.bestState, { strict: false });
  console.log(`best ${stopping.best.toFixed(4)}, missing ${missingKeys.length}, unexpected ${unexpectedKeys.length}`);
}
console.log([...model.namedChildren()].map(([name, child]) => `${name}: ${child.constructor.name}`).join(", "));
