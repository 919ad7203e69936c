/** WGAN with gradient penalty on points of a ring; the critic learns several times for each step of the generator. */
import { autograd, cos, manualSeed, nn, onesLike, optim, rand, randn, sin, stack, type Tensor } from "kindling";

manualSeed(9);
const [latentDim, nCritic, lambdaGp, batchSize] = [4, 3, 10, 32];

function block(inFeat: number, outFeat: number, normalize = true): nn.Module[] {
  const layers: nn.Module[] = [new nn.Linear(inFeat, outFeat)];
  if (normalize) layers.push(new nn.LayerNorm(outFeat));
  layers.push(new nn.LeakyReLU(0.2, { inplace: true }));
  return layers;
}

class Generator extends nn.Module {
  model: nn.Sequential;

  constructor() {
    super();
    this.model = new nn.Sequential(...block(latentDim, 16, false), ...block(16, 16), new nn.Linear(16, 2), new nn.Tanh());
  }

  override forward(z: Tensor): Tensor {
    return this.model(z);
  }
}

class Critic extends nn.Module {
  model = new nn.Sequential(new nn.Linear(2, 16), new nn.LeakyReLU(0.2), new nn.Linear(16, 16), new nn.LeakyReLU(0.2), new nn.Linear(16, 1));

  override forward(points: Tensor): Tensor {
    return this.model(points);
  }
}

const generator = new Generator();
const critic = new Critic();
const optimizerG = new optim.Adam(generator.parameters(), { lr: 1e-3, betas: [0, 0.9] });
const optimizerD = new optim.Adam(critic.parameters(), { lr: 1e-3, betas: [0, 0.9] });

/** The penalty on the critic's slope between real and made points. */
function gradientPenalty(D: Critic, real: Tensor, fake: Tensor): Tensor {
  const alpha = rand(real.size(0), 1);
  const interpolates = alpha.mul(real).add(alpha.neg().add(1).mul(fake)).requiresGrad_(true);
  const dInterpolates = D(interpolates);
  const [gradients] = autograd.grad(dInterpolates, interpolates, {
    gradOutputs: onesLike(dInterpolates),
    createGraph: true,
    retainGraph: true,
  });
  return gradients!.view(gradients!.size(0), -1).norm(2, { dim: 1 }).sub(1).pow(2).mean();
}

const realBatch = (): Tensor => {
  const angle = rand(batchSize).mul(2 * Math.PI);
  return stack([cos(angle), sin(angle)], 1).mul(0.8);
};

let batchesDone = 0;
for (let i = 0; i < 18; i++) {
  const real = realBatch();
  optimizerD.zeroGrad();
  const z = randn(batchSize, latentDim);
  const fake = generator(z).detach();
  const penalty = gradientPenalty(critic, real, fake);
  const lossD = critic(fake).mean().sub(critic(real).mean()).add(penalty.mul(lambdaGp));
  lossD.backward();
  optimizerD.step();
  optimizerG.zeroGrad();
  if (i % nCritic !== 0) continue;
  const lossG = critic(generator(z)).mean().neg();
  lossG.backward();
  optimizerG.step();
  console.log(`[Batch ${i}/${18}] [D loss: ${lossD.item().toFixed(5)}] [G loss: ${lossG.item().toFixed(5)}] [penalty ${penalty.item().toPrecision(4)}]`);
  batchesDone += nCritic;
}
console.log(batchesDone, generator.model.length, `${[...critic.parameters()].map((p) => p.shape.join("×")).join(" ")}`);
