import { data, manualSeed, nn, optim, randn, type Tensor } from "kindling";

manualSeed(0);

/** Two layers whose result is added to their input. */
class ResidualBlock extends nn.Module {
  block: nn.Sequential;
  relu: nn.ReLU;

  constructor(features: number) {
    super();
    this.block = new nn.Sequential(
      new nn.Linear(features, features),
      new nn.BatchNorm1d(features),
      new nn.ReLU(),
      new nn.Linear(features, features),
      new nn.BatchNorm1d(features),
    );
    this.relu = new nn.ReLU();
  }

  override forward(x: Tensor): Tensor {
    return this.relu(this.block(x).add(x));
  }
}

class ResidualNet extends nn.Module {
  input: nn.Linear;
  blocks: nn.ModuleList<ResidualBlock>;
  output: nn.Linear;

  constructor(features: number, hidden: number, depth: number) {
    super();
    this.input = new nn.Linear(features, hidden);
    this.blocks = new nn.ModuleList(Array.from({ length: depth }, () => new ResidualBlock(hidden)));
    this.output = new nn.Linear(hidden, 1);
  }

  override forward(x: Tensor): Tensor {
    let hidden = this.input(x);
    for (const block of this.blocks) hidden = block(hidden);
    return this.output(hidden);
  }
}

// A smooth function of ten variables to learn.
const x = randn(1024, 10);
const y = x.at(null, [0, 1]).mul(x.at(null, [1, 2])).add(x.at(null, [2, 3]).sigmoid());
const loader = new data.DataLoader(new data.TensorDataset(x, y), { batchSize: 64, shuffle: true });

const model = new ResidualNet(10, 32, 4);
// A frozen layer keeps its random weights; the optimizer gets only what is to learn.
model.input.requiresGrad_(false);
const trainable = model.parameters().filter((parameter) => parameter.requiresGrad);
const lossFn = new nn.MSELoss();
const optimizer = new optim.AdamW(trainable, { lr: 0.003, weightDecay: 0.01 });

for (let epoch = 0; epoch < 30; epoch++) {
  let total = 0;
  for (const [inputs, targets] of loader) {
    const loss = lossFn(model(inputs), targets);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    total += loss.item();
  }
  if (epoch % 5 === 4) console.log(`Epoch ${epoch + 1}: loss ${(total / loader.length).toFixed(4)}`);
}
