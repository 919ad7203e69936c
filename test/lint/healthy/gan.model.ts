/** DCGAN in the style of PyTorch's tutorial: one loss, two optimizers, a fixed noise to look at. */
import { data, full, manualSeed, nn, noGrad, optim, rand, randn, type Tensor } from "kindling";

manualSeed(3);
const nz = 16;

class Generator extends nn.Module {
  main = new nn.Sequential(
    new nn.ConvTranspose2d(nz, 16, 4, { bias: false }),
    new nn.BatchNorm2d(16),
    new nn.ReLU(true),
    new nn.ConvTranspose2d(16, 1, 4, { stride: 2, padding: 1, bias: false }),
    new nn.Tanh(),
  );

  override forward(input: Tensor): Tensor {
    return this.main(input);
  }
}

class Discriminator extends nn.Module {
  main = new nn.Sequential(
    new nn.Conv2d(1, 16, 4, { stride: 2, padding: 1, bias: false }),
    new nn.LeakyReLU(0.2, { inplace: true }),
    new nn.Conv2d(16, 1, 4, { bias: false }),
    new nn.Sigmoid(),
  );

  override forward(input: Tensor): Tensor {
    return this.main(input);
  }
}

function weightsInit(module: nn.Module): void {
  const name = module.constructor.name;
  if (name.includes("Conv")) nn.init.normal_((module as nn.Conv2d).weight, 0, 0.02);
}

const netG = new Generator();
const netD = new Discriminator();
netG.apply(weightsInit);
netD.apply(weightsInit);
const criterion = new nn.BCELoss();
const fixedNoise = randn(8, nz, 1, 1);
const optimizerD = new optim.Adam(netD.parameters(), { lr: 2e-4, betas: [0.5, 0.999] });
const optimizerG = new optim.Adam(netG.parameters(), { lr: 2e-4, betas: [0.5, 0.999] });
const dataloader = new data.DataLoader(new data.TensorDataset(rand(128, 1, 8, 8).mul(2).sub(1)), { batchSize: 32, shuffle: true });

for (let epoch = 0; epoch < 2; epoch++) {
  for (const [real] of dataloader) {
    const size = real!.shape[0]!;
    netD.zeroGrad();
    const errDReal = criterion(netD(real!).view(-1), full([size], 1));
    errDReal.backward();
    const fake = netG(randn(size, nz, 1, 1));
    const errDFake = criterion(netD(fake.detach()).view(-1), full([size], 0));
    errDFake.backward();
    optimizerD.step();

    netG.zeroGrad();
    const errG = criterion(netD(fake).view(-1), full([size], 1));
    errG.backward();
    optimizerG.step();
  }
  noGrad(() => {
    const images = netG(fixedNoise).detach();
    console.log(images.mean().item().toFixed(4));
  });
}
