/** Networks that learn, of many kinds: none of them may be said to be in trouble. */
import assert from "node:assert/strict";
import { arange, manualSeed, nn, optim, rand, randint, randn, relu, stack, tensor, zeros, type Tensor } from "../../../src/engine/index.ts";
import { everFound } from "./trained.ts";

const { functional: F } = nn;

interface Loss {
  (): Tensor;
}

function train(parameters: Iterable<Tensor>, loss: Loss, { steps = 250, optimizer = new optim.Adam(parameters, { lr: 2e-3 }) as optim.Optimizer } = {}): void {
  for (let step = 0; step < steps; step++) {
    const value = loss();
    optimizer.zeroGrad();
    value.backward();
    optimizer.step();
  }
}

/** Pictures [count, 1, 12, 12] of bars that stand or lie, in noise, and which they are. */
function bars(count: number): [Tensor, Tensor] {
  const labels = randint(0, 2, [count]);
  const pictures = randn(count, 1, 12, 12).mul(0.3);
  for (let i = 0; i < count; i++) {
    const at = Math.floor(rand(1).item() * 12);
    const bar = labels.select(0, i).item() === 0 ? pictures.select(0, i).select(1, at) : pictures.select(0, i).select(2, at);
    bar.add_(1);
  }
  return [pictures, labels];
}

/** Points [count, 2] on two rings, and which. */
function rings(count: number): [Tensor, Tensor] {
  const labels = randint(0, 2, [count]);
  const angles = rand(count).mul(2 * Math.PI);
  const radii = labels.float().add(1).add(randn(count).mul(0.1));
  return [stack([angles.cos().mul(radii), angles.sin().mul(radii)], 1), labels];
}

/** Sequences over 12 letters, each of which follows from the two before. */
function letters(count: number, length: number): Tensor {
  const text: number[] = [];
  for (let i = 0; i < count; i++) {
    let [a, b] = [i % 12, (i * 5) % 12];
    for (let k = 0; k < length; k++) {
      text.push(a);
      [a, b] = [b, (a + 3 * b + 1) % 12];
    }
  }
  return tensor(text, { dtype: "int32" }).reshape(count, length);
}

function convolutional(): void {
  const [x, y] = bars(256);
  const model = new nn.Sequential(
    new nn.Conv2d(1, 8, 3, { padding: 1 }),
    new nn.ReLU(),
    new nn.MaxPool2d(2),
    new nn.Conv2d(8, 16, 3, { padding: 1 }),
    new nn.ReLU(),
    new nn.AdaptiveAvgPool2d(1),
    new nn.Flatten(),
    new nn.Linear(16, 2),
  );
  train(model.parameters(), () => {
    const batch = randint(0, 256, [32]);
    return F.crossEntropy(model(x.indexSelect(0, batch)), y.indexSelect(0, batch));
  });
}

class Transformer extends nn.Module {
  tokens = new nn.Embedding(12, 32);
  places = new nn.Embedding(16, 32);
  encoder = new nn.TransformerEncoder(new nn.TransformerEncoderLayer(32, 4, { dimFeedforward: 64, activation: "gelu", batchFirst: true, dropout: 0.1 }), 2);
  norm = new nn.LayerNorm(32);
  head = new nn.Linear(32, 12);
  override forward(x: Tensor): Tensor {
    const length = x.shape[1]!;
    const mask = nn.Transformer.generateSquareSubsequentMask(length);
    return this.head(this.norm(this.encoder(this.tokens(x).add(this.places(arange(0, length))), { mask })));
  }
}

function transformer(): void {
  const text = letters(48, 17);
  const model = new Transformer();
  train(
    model.parameters(),
    () => {
      const batch = text.indexSelect(0, randint(0, 48, [12]));
      return F.crossEntropy(model(batch.narrow(1, 0, 16)).reshape(-1, 12), batch.narrow(1, 1, 16).reshape(-1));
    },
    { steps: 150 },
  );
}

class Recurrent extends nn.Module {
  embedding = new nn.Embedding(12, 16);
  lstm = new nn.LSTM(16, 32, { batchFirst: true });
  head = new nn.Linear(32, 12);
  override forward(x: Tensor): Tensor {
    return this.head(this.lstm(this.embedding(x))[0]);
  }
}

function recurrent(): void {
  const text = letters(48, 17);
  const model = new Recurrent();
  const optimizer = new optim.Adam(model.parameters(), { lr: 1e-2 });
  train(
    model.parameters(),
    () => {
      const batch = text.indexSelect(0, randint(0, 48, [12]));
      return F.crossEntropy(model(batch.narrow(1, 0, 16)).reshape(-1, 12), batch.narrow(1, 1, 16).reshape(-1));
    },
    { steps: 150, optimizer },
  );
}

class Autoencoder extends nn.Module<[Tensor], [Tensor, Tensor, Tensor]> {
  encoder = new nn.Linear(36, 32);
  mean = new nn.Linear(32, 4);
  logVariance = new nn.Linear(32, 4);
  decoder = new nn.Sequential(new nn.Linear(4, 32), new nn.ReLU(), new nn.Linear(32, 36), new nn.Sigmoid());
  override forward(x: Tensor): [Tensor, Tensor, Tensor] {
    const hidden = relu(this.encoder(x));
    const [mean, logVariance] = [this.mean(hidden), this.logVariance(hidden)];
    return [
      this.decoder(
        mean.add(
          logVariance
            .mul(0.5)
            .exp()
            .mul(randn(...mean.shape)),
        ),
      ),
      mean,
      logVariance,
    ];
  }
}

/** Of black and white pictures whose sigmoid at the end has every reason to be sure. */
function variational(): void {
  const x = bars(128)[0].narrow(2, 0, 6).narrow(3, 0, 6).flatten(1).gt(0.5).float();
  const model = new Autoencoder();
  train(model.parameters(), () => {
    const target = x.indexSelect(0, randint(0, 128, [32]));
    const [picture, mean, logVariance] = model(target);
    const divergence = mean.square().add(logVariance.exp()).sub(logVariance).sub(1).sum().mul(0.5);
    return F.binaryCrossEntropy(picture, target, { reduction: "sum" }).add(divergence).div(32);
  });
}

/** Two networks against each other: neither loss says whether they learn. */
function adversarial(): void {
  const generator = new nn.Sequential(new nn.Linear(4, 32), new nn.ReLU(), new nn.Linear(32, 2));
  const critic = new nn.Sequential(new nn.Linear(2, 32), new nn.LeakyReLU(0.2), new nn.Linear(32, 1));
  const ofGenerator = new optim.Adam(generator.parameters(), { lr: 1e-3, betas: [0.5, 0.999] });
  const ofCritic = new optim.Adam(critic.parameters(), { lr: 1e-3, betas: [0.5, 0.999] });
  const lossFn = new nn.BCEWithLogitsLoss();
  const [real] = rings(512);
  for (let step = 0; step < 300; step++) {
    const fake = generator(randn(64, 4));
    const yes = critic(real.indexSelect(0, randint(0, 512, [64])));
    const no = critic(fake.detach());
    ofCritic.zeroGrad();
    lossFn(yes, yes.detach().mul(0).add(1))
      .add(lossFn(no, zeros(64, 1)))
      .backward();
    ofCritic.step();
    const judged = critic(fake);
    ofGenerator.zeroGrad();
    lossFn(judged, judged.detach().mul(0).add(1)).backward();
    ofGenerator.step();
  }
}

class Tied extends nn.Module {
  embedding = new nn.Embedding(12, 24);
  hidden = new nn.Linear(24, 24);
  output = new nn.Linear(24, 12, { bias: false });
  constructor() {
    super();
    this.output.weight = this.embedding.weight;
  }
  override forward(x: Tensor): Tensor {
    return this.output(this.hidden(this.embedding(x)).tanh());
  }
}

function tied(): void {
  const model = new Tied();
  train(model.parameters(), () => {
    const x = randint(0, 12, [48]);
    return F.crossEntropy(model(x), x.mul(5).add(1).remainder(12));
  });
}

function normalized(): void {
  const [x, y] = rings(400);
  const block = (from: number, to: number): nn.Module[] => [new nn.Linear(from, to), new nn.BatchNorm1d(to), new nn.ReLU()];
  const model = new nn.Sequential(...block(2, 32), ...block(32, 32), ...block(32, 32), ...block(32, 32), ...block(32, 32), new nn.Linear(32, 2));
  train(model.parameters(), () => {
    const batch = randint(0, 400, [50]);
    return F.crossEntropy(model(x.indexSelect(0, batch)), y.indexSelect(0, batch));
  });
}

/** Strong dropout and weight decay, plain SGD with momentum, a rate that falls to nothing. */
function regularized(): void {
  const [x, y] = rings(400);
  const model = new nn.Sequential(
    new nn.Linear(2, 64),
    new nn.ReLU(),
    new nn.Dropout(0.5),
    new nn.Linear(64, 64),
    new nn.ReLU(),
    new nn.Dropout(0.5),
    new nn.Linear(64, 2),
  );
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.1, momentum: 0.9, weightDecay: 1e-3 });
  const scheduler = new optim.lrScheduler.CosineAnnealingLR(optimizer, 400);
  for (let step = 0; step < 400; step++) {
    const batch = randint(0, 400, [50]);
    const loss = F.crossEntropy(model(x.indexSelect(0, batch)), y.indexSelect(0, batch));
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    scheduler.step();
  }
}

function siamese(): void {
  const [x, y] = rings(400);
  const model = new nn.Sequential(new nn.Linear(2, 32), new nn.ReLU(), new nn.Linear(32, 8));
  train(model.parameters(), () => {
    const [a, b] = [randint(0, 400, [40]), randint(0, 400, [40])];
    const distance = model(x.indexSelect(0, a))
      .sub(model(x.indexSelect(0, b)))
      .square()
      .sum(1);
    const same = y.indexSelect(0, a).eq(y.indexSelect(0, b)).float();
    return same
      .mul(distance)
      .add(
        same
          .neg()
          .add(1)
          .mul(relu(distance.neg().add(1))),
      )
      .mean();
  });
}

/** Deep and hyperbolic, on a curve. */
function tanh(): void {
  const x = rand(256, 1).mul(6).sub(3);
  const y = x.sin();
  const model = new nn.Sequential(
    new nn.Linear(1, 32),
    new nn.Tanh(),
    new nn.Linear(32, 32),
    new nn.Tanh(),
    new nn.Linear(32, 32),
    new nn.Tanh(),
    new nn.Linear(32, 1),
  );
  train(model.parameters(), () => F.mseLoss(model(x), y));
}

/** One positive input: half the units of a ReLU layer never answer, and it learns all the same. */
function narrow(): void {
  const x = rand(256, 1);
  const y = x.square();
  const model = new nn.Sequential(new nn.Linear(1, 32), new nn.ReLU(), new nn.Linear(32, 32), new nn.ReLU(), new nn.Linear(32, 1));
  train(model.parameters(), () => F.mseLoss(model(x), y));
}

/** A trained body that stays as it is, and a new head. */
function fineTuned(): void {
  const [x, y] = rings(400);
  const model = new nn.Sequential(new nn.Linear(2, 32), new nn.ReLU(), new nn.Linear(32, 2));
  for (const parameter of model.at(0).parameters()) parameter.requiresGrad_(false);
  train(model.at(2).parameters(), () => F.crossEntropy(model(x), y), { optimizer: new optim.Adam(model.at(2).parameters(), { lr: 1e-2 }) });
}

/** One sample after the other. */
function online(): void {
  const [x, y] = rings(400);
  const model = new nn.Sequential(new nn.Linear(2, 32), new nn.ReLU(), new nn.Linear(32, 2));
  let step = 0;
  train(
    model.parameters(),
    () => {
      const at = step++ % 400;
      return F.crossEntropy(model(x.narrow(0, at, 1)), y.narrow(0, at, 1));
    },
    { steps: 600, optimizer: new optim.SGD(model.parameters(), { lr: 0.02 }) },
  );
}

/** Learned long ago: nothing moves any more, and nothing has to. */
function converged(): void {
  const x = randn(200, 3);
  const y = x.matmul(tensor([[1], [-2], [0.5]]));
  const model = new nn.Linear(3, 1);
  train(model.parameters(), () => F.mseLoss(model(x), y), { steps: 800, optimizer: new optim.SGD(model.parameters(), { lr: 0.1 }) });
}

/** Two corners of four: the smallest network that has to have a hidden layer. */
function exclusiveOr(): void {
  const x = tensor([
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ]);
  const y = tensor([[0], [1], [1], [0]]);
  const model = new nn.Sequential(new nn.Linear(2, 8), new nn.Tanh(), new nn.Linear(8, 1), new nn.Sigmoid());
  train(model.parameters(), () => F.binaryCrossEntropy(model(x), y), { steps: 800, optimizer: new optim.Adam(model.parameters(), { lr: 0.02 }) });
}

/** What the loss aims at comes from a copy that nobody trains, and that is renewed now and then. */
function bootstrapped(): void {
  const make = (): nn.Sequential => new nn.Sequential(new nn.Linear(4, 32), new nn.ReLU(), new nn.Linear(32, 2));
  const values = make();
  const target = make();
  target.loadStateDict(values.stateDict());
  let step = 0;
  train(values.parameters(), () => {
    if (step++ % 50 === 49) target.loadStateDict(values.stateDict());
    const x = randn(32, 4);
    const aim = target(randn(32, 4)).amax(1).detach().mul(0.9).add(x.select(1, 0));
    return F.mseLoss(values(x).amax(1), aim);
  });
}

/** What can be told apart for certain: the weights grow as long as one looks, and the loss falls. */
function separable(): void {
  const x = randn(100, 2);
  const y = x.select(1, 0).gt(0).float();
  const model = new nn.Linear(2, 1);
  train(model.parameters(), () => F.binaryCrossEntropyWithLogits(model(x).squeeze(1), y), {
    steps: 1000,
    optimizer: new optim.SGD(model.parameters(), { lr: 5 }),
  });
}

/** Nearly all of what it should say is noise. */
function noisy(): void {
  const x = randn(500, 5);
  const y = x.select(1, 0).mul(0.3).add(randn(500));
  const model = new nn.Linear(5, 1);
  train(
    model.parameters(),
    () => {
      const batch = randint(0, 500, [50]);
      return F.mseLoss(model(x.indexSelect(0, batch)).squeeze(1), y.indexSelect(0, batch));
    },
    { steps: 800, optimizer: new optim.SGD(model.parameters(), { lr: 1e-2 }) },
  );
}

class TwoHeads extends nn.Module<[Tensor, boolean], Tensor> {
  body = new nn.Linear(2, 32);
  first = new nn.Linear(32, 2);
  second = new nn.Linear(32, 1);
  override forward(x: Tensor, isFirst: boolean): Tensor {
    const hidden = relu(this.body(x));
    return isFirst ? this.first(hidden) : this.second(hidden);
  }
}

/** Two tasks in turn, so that each head gets no gradient every other step. */
function twoTasks(): void {
  const [x, y] = rings(400);
  const model = new TwoHeads();
  let step = 0;
  train(model.parameters(), () => (step++ % 2 === 0 ? F.crossEntropy(model(x, true), y) : F.mseLoss(model(x, false).squeeze(1), x.select(1, 0))));
}

const healthyNetworks: Readonly<Record<string, () => void>> = {
  "a convolutional network with ReLU": convolutional,
  "a transformer with GELU": transformer,
  "an LSTM that writes": recurrent,
  "a variational autoencoder": variational,
  "a generative adversarial network": adversarial,
  "a network with tied weights": tied,
  "a network with batch normalization": normalized,
  "a network with dropout and weight decay whose learning rate falls to 0": regularized,
  "a siamese network": siamese,
  "a deep network with tanh": tanh,
  "a network with one positive input": narrow,
  "a network whose first layer is frozen": fineTuned,
  "a network that sees one sample at a time": online,
  "a network that has learned all there is": converged,
  "the exclusive or": exclusiveOr,
  "a network that learns from its own copy": bootstrapped,
  "a perceptron whose task is easy": separable,
  "a regression on noise": noisy,
  "a network with two tasks in turn": twoTasks,
};

describe("a network that learns shows no sign of trouble:", function () {
  this.timeout(60_000);

  for (const [name, train] of Object.entries(healthyNetworks)) {
    for (const seed of [1, 2, 3]) {
      it(`${name}, seed ${seed}`, () => {
        manualSeed(seed);
        assert.deepEqual(everFound(train), []);
      });
    }
  }
});
