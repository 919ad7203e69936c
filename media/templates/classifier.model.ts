import { data, log, manualSeed, nn, noGrad, optim, tensor, type Tensor } from "kindling";

manualSeed(0);

/** Points on two spirals that wind around each other, and which of the two each is on. */
function spirals(count: number): data.TensorDataset<[Tensor, Tensor]> {
  const points: number[][] = [];
  const labels: number[] = [];
  for (let i = 0; i < count; i++) {
    const label = i % 2;
    const angle = 0.5 + (4 * i) / count;
    const turn = angle * Math.PI * 0.7 + label * Math.PI;
    points.push([(angle / 4) * Math.cos(turn), (angle / 4) * Math.sin(turn)]);
    labels.push(label);
  }
  return new data.TensorDataset(tensor(points), tensor(labels, { dtype: "int32" }));
}

class Classifier extends nn.Module {
  layer1: nn.Linear;
  layer2: nn.Linear;
  output: nn.Linear;
  relu: nn.ReLU;

  constructor(features: number, hidden: number, classes: number) {
    super();
    this.layer1 = new nn.Linear(features, hidden);
    this.layer2 = new nn.Linear(hidden, hidden);
    this.output = new nn.Linear(hidden, classes);
    this.relu = new nn.ReLU();
  }

  override forward(x: Tensor): Tensor {
    const hidden = this.relu(this.layer1(x));
    return this.output(this.relu(this.layer2(hidden)));
  }
}

const [trainSet, testSet] = data.randomSplit(spirals(1000), [800, 200]);
const trainLoader = new data.DataLoader(trainSet, { batchSize: 32, shuffle: true });
const testLoader = new data.DataLoader(testSet, { batchSize: 200 });

const model = new Classifier(2, 32, 2);
const lossFn = new nn.CrossEntropyLoss();
const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });

for (let epoch = 0; epoch < 40; epoch++) {
  model.train();
  for (const [x, y] of trainLoader) {
    const loss = lossFn(model(x), y);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
  }

  model.eval();
  let correct = 0;
  noGrad(() => {
    for (const [x, y] of testLoader) correct += model(x).argmax(1).eq(y).sum().item();
  });
  log({ accuracy: correct / testSet.length });
  if (epoch % 10 === 9) console.log(`Epoch ${epoch + 1}: accuracy ${((100 * correct) / testSet.length).toFixed(1)} %`);
}
