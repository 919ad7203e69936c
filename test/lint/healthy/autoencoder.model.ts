/** A denoising autoencoder, trained on its own inputs; the anomaly is what it can't rebuild. */
import { data, manualSeed, nn, noGrad, optim, rand, randnLike } from "kindling";

manualSeed(12);
const encoder = new nn.Sequential(new nn.Linear(16, 8), new nn.Tanh(), new nn.Linear(8, 3));
const decoder = new nn.Sequential(new nn.Linear(3, 8), new nn.Tanh(), new nn.Linear(8, 16), new nn.Sigmoid());
const autoencoder = new nn.Sequential({ encoder, decoder });
const loader = new data.DataLoader(new data.TensorDataset(rand(200, 16)), { batchSize: 20, shuffle: true, dropLast: true });
const optimizer = new optim.Adam(autoencoder.parameters(), { lr: 5e-3 });
const scheduler = new optim.lrScheduler.ExponentialLR(optimizer, { gamma: 0.95 });
const lossFn = new nn.MSELoss();

for (let epoch = 0; epoch < 4; epoch++) {
  let running = 0;
  for (const [x] of loader) {
    const noisy = x!.add(randnLike(x!).mul(0.1)).clamp(0, 1);
    const loss = lossFn(autoencoder(noisy), x!);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    running += loss.item();
  }
  scheduler.step();
  console.log(`${epoch}: ${(running / loader.length).toFixed(5)} lr ${scheduler.getLastLr()[0]}`);
}

const errors = noGrad(() => {
  const x = rand(10, 16);
  return lossFn(autoencoder(x), x).item();
});
console.log(errors.toFixed(4));
