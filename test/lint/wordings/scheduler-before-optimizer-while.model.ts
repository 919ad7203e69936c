import { data, nn, optim, randint, randn } from "kindling";
const model = new nn.Sequential(new nn.Linear(4, 16), new nn.ReLU(), new nn.Dropout(0.1), new nn.Linear(16, 3));
const trainLoader = new data.DataLoader(new data.TensorDataset(randn(64, 4), randint(0, 3, [64])), { batchSize: 8, shuffle: true });
const { lrScheduler, SGD } = optim;
const optimizer = new SGD(model.parameters(), { lr: 0.1 });
const sched = new lrScheduler.ExponentialLR(optimizer, 0.9);
let i = 0;
while (i++ < 4) {
  optimizer.zeroGrad();
  nn.functional.crossEntropy(model(randn(8, 4)), randint(0, 3, [8])).backward();
  sched.step(); // read: scheduler-before-optimizer
  optimizer.step();
}
