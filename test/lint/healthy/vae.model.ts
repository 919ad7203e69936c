/** A variational autoencoder in the style of PyTorch's example. */
import { data, manualSeed, nn, noGrad, optim, rand, randn, randnLike, type Tensor } from "kindling";

manualSeed(2);

class VAE extends nn.Module<[x: Tensor], [reconstruction: Tensor, mu: Tensor, logvar: Tensor]> {
  fc1 = new nn.Linear(64, 32);
  fc21 = new nn.Linear(32, 8);
  fc22 = new nn.Linear(32, 8);
  fc3 = new nn.Linear(8, 32);
  fc4 = new nn.Linear(32, 64);

  encode(x: Tensor): [Tensor, Tensor] {
    const h = this.fc1(x).relu();
    return [this.fc21(h), this.fc22(h)];
  }

  reparameterize(mu: Tensor, logvar: Tensor): Tensor {
    const std = logvar.mul(0.5).exp();
    return mu.add(randnLike(std).mul(std));
  }

  decode(z: Tensor): Tensor {
    return this.fc4(this.fc3(z).relu()).sigmoid();
  }

  override forward(x: Tensor): [Tensor, Tensor, Tensor] {
    const [mu, logvar] = this.encode(x.flatten(1));
    return [this.decode(this.reparameterize(mu, logvar)), mu, logvar];
  }
}

function lossFunction(reconstruction: Tensor, x: Tensor, mu: Tensor, logvar: Tensor): Tensor {
  const bce = nn.functional.binaryCrossEntropy(reconstruction, x.flatten(1), { reduction: "sum" });
  const kld = logvar.add(1).sub(mu.square()).sub(logvar.exp()).sum().mul(-0.5);
  return bce.add(kld);
}

const model = new VAE();
const optimizer = new optim.Adam(model.parameters(), { lr: 1e-3 });
const trainLoader = new data.DataLoader(new data.TensorDataset(rand(256, 8, 8)), { batchSize: 32, shuffle: true });
const testLoader = new data.DataLoader(new data.TensorDataset(rand(64, 8, 8)), { batchSize: 32 });

for (let epoch = 0; epoch < 3; epoch++) {
  model.train();
  let trainLoss = 0;
  for (const [x] of trainLoader) {
    optimizer.zeroGrad();
    const [reconstruction, mu, logvar] = model(x!);
    const loss = lossFunction(reconstruction, x!, mu, logvar);
    loss.backward();
    trainLoss += loss.item();
    optimizer.step();
  }
  model.eval();
  let testLoss = 0;
  noGrad(() => {
    for (const [x] of testLoader) {
      const [reconstruction, mu, logvar] = model(x!);
      testLoss += lossFunction(reconstruction, x!, mu, logvar).item();
    }
  });
  console.log(`epoch ${epoch}: ${(trainLoss / 256).toFixed(3)}, test ${(testLoss / 64).toFixed(3)}`);
  noGrad(() => {
    const sample = model.decode(randn(4, 8));
    console.log(sample.shape.join());
  });
}
