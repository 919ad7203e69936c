import { data, load, log, manualSeed, nn, noGrad, optim, rand, tensor, type Tensor } from "kindling";

manualSeed(0);

// Three shapes that the pretrained layers have never seen, and four pictures of each to learn them from.
const size = 16;
const shapes: readonly ((x: number, y: number, radius: number) => boolean)[] = [
  (x, y, radius) => Math.abs(x) + Math.abs(y) < radius, // a diamond
  (x, y, radius) => Math.abs(Math.hypot(x, y) - radius + 1) < 1, // a ring
  (x, y, radius) => Math.abs(x) < (y + radius) / 2 && Math.abs(y) < radius, // a triangle
];

function pictures(count: number): data.TensorDataset<[Tensor, Tensor]> {
  const random = rand(count, 3).tolist() as number[][];
  const images = random.map(([across = 0, down = 0, extent = 0], i) => {
    const radius = 3.5 + 2.5 * extent;
    const [cx, cy] = [radius + across * (size - 2 * radius), radius + down * (size - 2 * radius)];
    const isInside = shapes[i % shapes.length]!;
    return [Array.from({ length: size }, (_, y) => Array.from({ length: size }, (_, x) => (isInside(x - cx, y - cy, radius) ? 1 : 0)))];
  });
  const labels = random.map((_, i) => i % shapes.length);
  return new data.TensorDataset(tensor(images).add(rand(count, 1, size, size).mul(0.3)), tensor(labels, { dtype: "int64" }));
}

class ShapeNet extends nn.Module {
  features: nn.Sequential;
  classifier: nn.Linear;

  constructor(classes: number) {
    super();
    this.features = new nn.Sequential(
      new nn.Conv2d(1, 8, 3, { padding: 1 }),
      new nn.ReLU(),
      new nn.MaxPool2d(2),
      new nn.Conv2d(8, 16, 3, { padding: 1 }),
      new nn.ReLU(),
      new nn.MaxPool2d(2),
      new nn.Conv2d(16, 32, 3, { padding: 1 }),
      new nn.ReLU(),
      new nn.AdaptiveMaxPool2d(1),
      new nn.Flatten(),
    );
    this.classifier = new nn.Linear(32, classes);
  }

  /** @param x pictures, `[batch, 1, 16, 16]` */
  override forward(x: Tensor): Tensor {
    return this.classifier(this.features(x));
  }
}

const trainLoader = new data.DataLoader(pictures(12), { batchSize: 6, shuffle: true });
const testLoader = new data.DataLoader(pictures(600), { batchSize: 600 });
const lossFn = new nn.CrossEntropyLoss();

function accuracy(model: ShapeNet): number {
  model.eval();
  let correct = 0;
  noGrad(() => {
    for (const [images, labels] of testLoader) correct += model(images).argmax(1).eq(labels).sum().item();
  });
  return correct / 600;
}

const pretrained = new ShapeNet(shapes.length);
// Layers that learned six other shapes from 5,400 pictures (the file keeps nothing else). They stay as they are: only the last
// layer learns.
pretrained.features.loadStateDict(load(new URL("./shapes.safetensors", import.meta.url)));
pretrained.features.requiresGrad_(false);
const pretrainedOptimizer = new optim.Adam(pretrained.classifier.parameters(), { lr: 0.01 });

// The same network, all of it from scratch.
const scratch = new ShapeNet(shapes.length);
const scratchOptimizer = new optim.Adam(scratch.parameters(), { lr: 0.003 });

function fit(model: ShapeNet, optimizer: optim.Optimizer): void {
  model.train();
  for (const [images, labels] of trainLoader) {
    const loss = lossFn(model(images), labels);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
  }
}

for (let epoch = 0; epoch < 30; epoch++) {
  fit(pretrained, pretrainedOptimizer);
  fit(scratch, scratchOptimizer);
  if (epoch % 5 !== 4) continue;
  const [transferred, alone] = [accuracy(pretrained), accuracy(scratch)];
  log({ "accuracy/pretrained": transferred, "accuracy/scratch": alone });
  console.log(`Epoch ${epoch + 1}: ${(100 * transferred).toFixed(1)} % right with pretrained layers, ${(100 * alone).toFixed(1)} % from scratch`);
}
