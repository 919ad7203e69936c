/** WGAN with gradient penalty: several critic steps for each of the generator's. */
import { autograd, data, manualSeed, nn, noGrad, onesLike, optim, rand, randn, type Tensor } from "kindling";

manualSeed(4);
const latent = 8;
const generator = new nn.Sequential(new nn.Linear(latent, 32), new nn.LeakyReLU(0.2), new nn.Linear(32, 2));
const critic = new nn.Sequential(new nn.Linear(2, 32), new nn.LeakyReLU(0.2), new nn.Linear(32, 1));
const optimizerG = new optim.Adam(generator.parameters(), { lr: 1e-4, betas: [0.5, 0.9] });
const optimizerC = new optim.Adam(critic.parameters(), { lr: 1e-4, betas: [0.5, 0.9] });
const loader = new data.DataLoader(new data.TensorDataset(randn(256, 2)), { batchSize: 32, shuffle: true });

function gradientPenalty(real: Tensor, fake: Tensor): Tensor {
  const alpha = rand(real.shape[0]!, 1);
  const between = alpha.mul(real).add(alpha.neg().add(1).mul(fake)).requiresGrad_(true);
  const scores = critic(between);
  const [gradients] = autograd.grad(scores, [between], { gradOutputs: [onesLike(scores)], createGraph: true, retainGraph: true });
  return gradients!.norm(2, 1).sub(1).square().mean();
}

let step = 0;
for (let epoch = 0; epoch < 2; epoch++) {
  for (const [real] of loader) {
    const fake = noGrad(() => generator(randn(real!.shape[0]!, latent)));
    const lossC = critic(fake).mean().sub(critic(real!).mean()).add(gradientPenalty(real!, fake).mul(10));
    optimizerC.zeroGrad();
    lossC.backward();
    optimizerC.step();
    if (step++ % 5 === 0) {
      const lossG = critic(generator(randn(32, latent)))
        .mean()
        .neg();
      optimizerG.zeroGrad();
      lossG.backward();
      optimizerG.step();
    }
  }
}
