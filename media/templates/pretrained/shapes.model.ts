/**
 * The recipe of shapes.safetensors, the pretrained layers of the template for transfer learning: a small convolutional network
 * learns to tell six drawn shapes apart, and its convolutions are kept. Run it here to make the file again:
 * `kindling train shapes.model.ts`
 */
import { data, log, manualSeed, nn, noGrad, optim, rand, save, tensor, type Tensor } from "kindling";

manualSeed(0);

const size = 16;

/** Whether a point belongs to a shape of that radius around 0. */
const shapes: readonly ((x: number, y: number, radius: number) => boolean)[] = [
  (x, y, radius) => Math.max(Math.abs(x), Math.abs(y)) < radius, // a square
  (x, y, radius) => Math.hypot(x, y) < radius, // a disc
  (x, y, radius) => Math.min(Math.abs(x), Math.abs(y)) < 1 && Math.max(Math.abs(x), Math.abs(y)) < radius, // a cross
  (x, y, radius) => Math.abs(Math.abs(x) - Math.abs(y)) < 1.2 && Math.max(Math.abs(x), Math.abs(y)) < radius, // an X
  (x, y, radius) => Math.abs(x) < 1.2 && Math.abs(y) < radius, // a post
  (x, y, radius) => Math.abs(y) < 1.2 && Math.abs(x) < radius, // a beam
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
      new nn.Conv2d(16, 32, 3, { padding: 1 }),
      new nn.ReLU(),
      new nn.AdaptiveMaxPool2d(1),
      new nn.Flatten(),
    );
    this.classifier = new nn.Sequential(new nn.Dropout(0.2), new nn.Linear(32, classes));
  }

  override forward(x: Tensor): Tensor {
    return this.classifier(this.features(x));
  }
}

const [trainSet, testSet] = data.randomSplit(pictures(6000), [5400, 600]);
const trainLoader = new data.DataLoader(trainSet, { batchSize: 64, shuffle: true });
const testLoader = new data.DataLoader(testSet, { batchSize: 600 });

const model = new ShapeNet(shapes.length);
const lossFn = new nn.CrossEntropyLoss();
const epochs = 15;
const optimizer = new optim.AdamW(model.parameters(), { lr: 0.003, weightDecay: 0.01 });
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

save(model.features.stateDict(), new URL("./shapes.safetensors", import.meta.url));
