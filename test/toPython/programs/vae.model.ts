/** A variational autoencoder on patterns of bars. */
import { data, exp, log, manualSeed, nn, noGrad, optim, rand, randnLike, sigmoid, type Tensor } from "kindling";

manualSeed(1);
const F = nn.functional;

interface Options {
  readonly inputDim: number;
  readonly hiddenDim: number;
  readonly latentDim: number;
}

const options: Options = { inputDim: 36, hiddenDim: 32, latentDim: 4 };

class VAE extends nn.Module<[x: Tensor], [Tensor, Tensor, Tensor]> {
  fc1: nn.Linear;
  fcMu: nn.Linear;
  fcLogvar: nn.Linear;
  fc3: nn.Linear;
  fc4: nn.Linear;

  constructor({ inputDim, hiddenDim, latentDim }: Options) {
    super();
    this.fc1 = new nn.Linear(inputDim, hiddenDim);
    this.fcMu = new nn.Linear(hiddenDim, latentDim);
    this.fcLogvar = new nn.Linear(hiddenDim, latentDim);
    this.fc3 = new nn.Linear(latentDim, hiddenDim);
    this.fc4 = new nn.Linear(hiddenDim, inputDim);
  }

  encode(x: Tensor): [Tensor, Tensor] {
    const h = F.relu(this.fc1(x));
    return [this.fcMu(h), this.fcLogvar(h)];
  }

  reparameterize(mu: Tensor, logvar: Tensor): Tensor {
    const std = exp(logvar.mul(0.5));
    const eps = randnLike(std);
    return mu.add(eps.mul(std));
  }

  decode(z: Tensor): Tensor {
    return sigmoid(this.fc4(F.relu(this.fc3(z))));
  }

  override forward(x: Tensor): [Tensor, Tensor, Tensor] {
    const [mu, logvar] = this.encode(x.view(-1, options.inputDim));
    const z = this.reparameterize(mu, logvar);
    return [this.decode(z), mu, logvar];
  }
}

// Reconstruction and KL divergence, summed over the batch.
function lossFunction(recon: Tensor, x: Tensor, mu: Tensor, logvar: Tensor): Tensor {
  const BCE = F.binaryCrossEntropy(recon, x.view(-1, options.inputDim), { reduction: "sum" });
  const KLD = logvar.add(1).sub(mu.pow(2)).sub(logvar.exp()).sum().mul(-0.5);
  return BCE.add(KLD);
}

const rows = rand(400, 6, 1).lt(0.4).float();
const columns = rand(400, 1, 6).lt(0.2).float();
const images = rows.maximum(columns);
const loader = new data.DataLoader(new data.TensorDataset(images), { batchSize: 50, shuffle: true });

const model = new VAE(options);
const optimizer = new optim.Adam(model.parameters(), { lr: 1e-2 });
const history: { epoch: number; loss: number }[] = [];

for (let epoch = 1; epoch <= 6; epoch++) {
  model.train();
  let trainLoss = 0;
  for (const [batch] of loader) {
    optimizer.zeroGrad();
    const [recon, mu, logvar] = model(batch!);
    const loss = lossFunction(recon, batch!, mu, logvar);
    loss.backward();
    trainLoss += loss.item();
    optimizer.step();
  }
  const average = trainLoss / images.length;
  history.push({ epoch, loss: average });
  log({ average });
  console.log(`====> Epoch: ${epoch} Average loss: ${average.toFixed(4)}`);
}

const best = history.reduce((a, b) => (a.loss < b.loss ? a : b));
console.log(`Best epoch ${best.epoch} at ${best.loss.toFixed(3)}`);
const drops = history.slice(1).map(({ loss }, i) => history[i]!.loss - loss);
console.log(
  drops.every((drop) => drop > -5),
  Math.max(...drops) > 0,
  drops.length,
);
noGrad(() => {
  model.eval();
  const sample = model.decode(rand(2, options.latentDim));
  console.log(`sample: [${sample.shape.join(" x ")}], mean ${sample.mean().item().toFixed(4)}`);
});
