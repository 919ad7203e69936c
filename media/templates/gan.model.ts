import { cat, log, manualSeed, nn, noGrad, ones, optim, randint, randn, stack, tensor, zeros, type Tensor } from "kindling";

manualSeed(0);

// Eight heaps of points on a circle: what the generator is to imitate without ever seeing one.
const angles = Array.from({ length: 8 }, (_, i) => (i * Math.PI) / 4);
const centres = tensor(angles.map((angle) => [2 * Math.cos(angle), 2 * Math.sin(angle)]));

function realPoints(count: number): Tensor {
  return centres.indexSelect(0, randint(0, 8, [count])).add(randn(count, 2).mul(0.1));
}

/** Makes points of noise. */
class Generator extends nn.Module {
  layers: nn.Sequential;

  constructor(noise: number, hidden: number) {
    super();
    this.layers = new nn.Sequential(new nn.Linear(noise, hidden), new nn.ReLU(), new nn.Linear(hidden, hidden), new nn.ReLU(), new nn.Linear(hidden, 2));
  }

  override forward(noise: Tensor): Tensor {
    return this.layers(noise);
  }
}

/** Says of points whether they are real (above 0) or made (below). */
class Discriminator extends nn.Module {
  layers: nn.Sequential;

  constructor(hidden: number) {
    super();
    this.layers = new nn.Sequential(
      new nn.Linear(2, hidden),
      new nn.LeakyReLU(0.2),
      new nn.Linear(hidden, hidden),
      new nn.LeakyReLU(0.2),
      new nn.Linear(hidden, 1),
    );
  }

  override forward(points: Tensor): Tensor {
    return this.layers(points);
  }
}

const [noise, batch, steps] = [8, 128, 3000];
const generator = new Generator(noise, 64);
const discriminator = new Discriminator(64);
const lossFn = new nn.BCEWithLogitsLoss();
const generatorOptimizer = new optim.Adam(generator.parameters(), { lr: 0.001, betas: [0.5, 0.999] });
const discriminatorOptimizer = new optim.Adam(discriminator.parameters(), { lr: 0.001, betas: [0.5, 0.999] });

/** How many of the eight heaps the generator makes points of, and the share of its points that lie on one. */
function quality(): { heaps: number; share: number } {
  const made = noGrad(() => generator(randn(1000, noise)));
  const distances = stack(Array.from({ length: 8 }, (_, i) => made.sub(centres.at(i)).norm(2, 1)), 1);
  const [nearest, heap] = distances.min(1);
  const hits = (heap.tolist() as number[]).filter((_, i) => nearest.at(i).item() < 0.4);
  return { heaps: new Set(hits).size, share: hits.length / 1000 };
}

for (let step = 0; step < steps; step++) {
  const made = generator(randn(batch, noise));

  const verdicts = discriminator(cat([realPoints(batch), made.detach()]));
  const discriminatorLoss = lossFn(verdicts, cat([ones(batch, 1), zeros(batch, 1)]));
  discriminatorOptimizer.zeroGrad();
  discriminatorLoss.backward();
  discriminatorOptimizer.step();

  const generatorLoss = lossFn(discriminator(made), ones(batch, 1));
  generatorOptimizer.zeroGrad();
  generatorLoss.backward();
  generatorOptimizer.step();

  if (step % 300 === 299) {
    const { heaps, share } = quality();
    log({ heaps, share });
    console.log(`Step ${step + 1}: ${heaps} of 8 heaps, ${(100 * share).toFixed(0)} % of the points on one`);
  }
}
