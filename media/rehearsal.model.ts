/** What a runner runs while it waits: a little of what most programs do, so that it is quick when a person waits. Shown to nobody. */
import { data, log, manualSeed, nn, noGrad, optim, randn, randint, type Tensor } from "kindling";

class Block extends nn.Module {
  body: nn.Sequential;
  constructor(width: number) {
    super();
    this.body = new nn.Sequential(new nn.Linear(width, width), new nn.BatchNorm1d(width), new nn.ReLU(), new nn.Dropout(0.1));
  }
  override forward(x: Tensor): Tensor {
    return x.add(this.body(x));
  }
}

class Net extends nn.Module {
  conv: nn.Conv2d;
  pool: nn.MaxPool2d;
  blocks: nn.ModuleList<Block>;
  head: nn.Linear;
  constructor() {
    super();
    this.conv = new nn.Conv2d(1, 4, 3, { padding: 1 });
    this.pool = new nn.MaxPool2d(2);
    this.blocks = new nn.ModuleList([new Block(16), new Block(16)]);
    this.head = new nn.Linear(16, 3);
  }
  override forward(x: Tensor): Tensor {
    let h = this.pool(this.conv(x)).relu().flatten(1);
    for (const block of this.blocks) h = block(h);
    return this.head(h);
  }
}

manualSeed(1);
const inputs = randn(64, 1, 4, 4);
const targets = randint(0, 3, [64]);
const loader = new data.DataLoader(new data.TensorDataset(inputs, targets), { batchSize: 16, shuffle: true });
const net = new Net();
const criterion = new nn.CrossEntropyLoss();
const optimizer = new optim.Adam(net.parameters(), { lr: 1e-3 });
for (let epoch = 0; epoch < 12; epoch++) {
  net.train();
  for (const [x, y] of loader) {
    optimizer.zeroGrad();
    const loss = criterion(net(x), y);
    loss.backward();
    optimizer.step();
    log({ loss: loss.item() });
  }
  net.eval();
  noGrad(() => {
    const right = net(inputs).argmax(1).eq(targets).float().mean();
    log({ accuracy: right.item() });
  });
}
