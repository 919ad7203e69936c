import { data, log, manualSeed, nn, noGrad, optim, rand, tensor, type Tensor } from "kindling";

manualSeed(0);

const size = 16;

/** Noisy pictures of a square (0), a ring (1) or a cross (2), each somewhere else and of another size. */
function shapes(count: number): data.TensorDataset<[Tensor, Tensor]> {
  const random = rand(count, 3).tolist() as number[][];
  const images: number[][][][] = [];
  const labels: number[] = [];
  for (const [i, [across = 0, down = 0, extent = 0] = []] of random.entries()) {
    const label = i % 3;
    const radius = 3.5 + 2.5 * extent;
    const [cx, cy] = [radius + across * (size - 2 * radius), radius + down * (size - 2 * radius)];
    const inside = (x: number, y: number): boolean => {
      const [dx, dy] = [Math.abs(x - cx), Math.abs(y - cy)];
      if (label === 0) return Math.max(dx, dy) < radius;
      if (label === 1) return Math.abs(Math.hypot(dx, dy) - radius + 1) < 1;
      return Math.min(dx, dy) < 1 && Math.max(dx, dy) < radius;
    };
    const row = (y: number): number[] => Array.from({ length: size }, (_, x) => (inside(x, y) ? 1 : 0));
    images.push([Array.from({ length: size }, (_, y) => row(y))]);
    labels.push(label);
  }
  const noise = rand(count, 1, size, size).mul(0.3);
  return new data.TensorDataset(tensor(images).add(noise), tensor(labels, { dtype: "int32" }));
}

class ConvNet extends nn.Module {
  features: nn.Sequential;
  classifier: nn.Sequential;

  constructor(classes: number) {
    super();
    this.features = new nn.Sequential(
      new nn.Conv2d(1, 8, 3, { padding: 1 }),
      new nn.ReLU(),
      new nn.MaxPool2d(2),
      new nn.Conv2d(8, 16, 3, { padding: 1 }),
      new nn.ReLU(),
      new nn.MaxPool2d(2),
    );
    this.classifier = new nn.Sequential(
      new nn.Flatten(),
      new nn.Linear(16 * 4 * 4, 32),
      new nn.ReLU(),
      new nn.Dropout(0.2),
      new nn.Linear(32, classes),
    );
  }

  /** @param x pictures, `[batch, 1, 16, 16]` */
  override forward(x: Tensor): Tensor {
    return this.classifier(this.features(x));
  }
}

const [trainSet, testSet] = data.randomSplit(shapes(1200), [960, 240]);
const trainLoader = new data.DataLoader(trainSet, { batchSize: 32, shuffle: true });
const testLoader = new data.DataLoader(testSet, { batchSize: 240 });

const model = new ConvNet(3);
const lossFn = new nn.CrossEntropyLoss();
const optimizer = new optim.AdamW(model.parameters(), { lr: 0.002, weightDecay: 0.01 });
const epochs = 8;
const scheduler = new optim.lrScheduler.CosineAnnealingLR(optimizer, epochs);

for (let epoch = 0; epoch < epochs; epoch++) {
  model.train();
  for (const [images, labels] of trainLoader) {
    const loss = lossFn(model(images), labels);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
  }
  scheduler.step();

  model.eval();
  let correct = 0;
  noGrad(() => {
    for (const [images, labels] of testLoader) correct += model(images).argmax(1).eq(labels).sum().item();
  });
  log({ accuracy: correct / testSet.length });
  console.log(`Epoch ${epoch + 1}: accuracy ${((100 * correct) / testSet.length).toFixed(1)} %`);
}
