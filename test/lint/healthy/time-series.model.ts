/** Forecasting with an LSTM over windows, in order; LBFGS with a closure for the last fit. */
import { arange, data, manualSeed, nn, noGrad, optim, type Tensor } from "kindling";

manualSeed(20);

class WindowDataset extends data.Dataset<[Tensor, Tensor]> {
  readonly series: Tensor;
  readonly width: number;
  constructor(series: Tensor, width: number) {
    super();
    this.series = series;
    this.width = width;
  }
  override get length(): number {
    return this.series.length - this.width;
  }
  override get(index: number): [Tensor, Tensor] {
    return [this.series.narrow(0, index, this.width).unsqueeze(1), this.series.narrow(0, index + this.width, 1)];
  }
}

class Forecaster extends nn.Module {
  lstm = new nn.LSTM(1, 12, { batchFirst: true });
  linear = new nn.Linear(12, 1);
  override forward(x: Tensor): Tensor {
    const [output] = this.lstm(x);
    return this.linear(output.select(1, -1));
  }
}

const series = arange(0, 120).mul(0.1).sin();
const train = new WindowDataset(series.narrow(0, 0, 90), 10);
const test = new WindowDataset(series.narrow(0, 90, 30), 10);
const trainLoader = new data.DataLoader(train, { batchSize: 16, shuffle: false });
const testLoader = new data.DataLoader(test, { batchSize: 20 });
const model = new Forecaster();
const lossFn = new nn.MSELoss();
const adam = new optim.Adam(model.parameters(), { lr: 1e-2 });

for (let epoch = 0; epoch < 2; epoch++) {
  for (const [x, y] of trainLoader) {
    adam.zeroGrad();
    const loss = lossFn(model(x), y);
    loss.backward();
    adam.step();
  }
  noGrad(() => {
    let total = 0;
    for (const [x, y] of testLoader) total += lossFn(model(x), y).item();
    console.log(total / testLoader.length);
  });
}

const lbfgs = new optim.LBFGS(model.parameters(), { lr: 0.5, maxIter: 4 });
const [inputs, targets] = [...trainLoader][0]!;
for (let i = 0; i < 2; i++) {
  lbfgs.step(() => {
    lbfgs.zeroGrad();
    const loss = lossFn(model(inputs), targets);
    loss.backward();
    return loss;
  });
}
