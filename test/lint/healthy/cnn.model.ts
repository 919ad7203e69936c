/** A convolutional network in the style of PyTorch's MNIST example: train and test functions, StepLR. */
import { data, manualSeed, nn, noGrad, optim, randint, randn, relu, type Tensor } from "kindling";

manualSeed(1);

class Net extends nn.Module {
  conv1 = new nn.Conv2d(1, 8, 3, { padding: 1 });
  conv2 = new nn.Conv2d(8, 16, 3, { padding: 1 });
  dropout1 = new nn.Dropout(0.25);
  dropout2 = new nn.Dropout(0.5);
  fc1 = new nn.Linear(64, 32);
  fc2 = new nn.Linear(32, 10);

  override forward(x: Tensor): Tensor {
    x = relu(this.conv1(x));
    x = nn.functional.maxPool2d(relu(this.conv2(x)), 4);
    x = this.dropout1(x);
    x = x.flatten(1);
    x = relu(this.fc1(x));
    x = this.dropout2(x);
    x = this.fc2(x);
    return x.logSoftmax(1);
  }
}

function train(model: Net, loader: data.DataLoader<[Tensor, Tensor]>, optimizer: optim.Optimizer, epoch: number): void {
  model.train();
  let index = 0;
  for (const [input, target] of loader) {
    optimizer.zeroGrad();
    const output = model(input);
    const loss = nn.functional.nllLoss(output, target);
    loss.backward();
    optimizer.step();
    if (index++ % 10 === 0) console.log(`epoch ${epoch}: ${loss.item().toFixed(4)}`);
  }
}

function test(model: Net, loader: data.DataLoader<[Tensor, Tensor]>, count: number): void {
  model.eval();
  let [testLoss, correct] = [0, 0];
  noGrad(() => {
    for (const [input, target] of loader) {
      const output = model(input);
      testLoss += nn.functional.nllLoss(output, target, { reduction: "sum" }).item();
      correct += output
        .argmax(1, true)
        .eq(target.viewAs(output.argmax(1, true)))
        .sum()
        .item();
    }
  });
  console.log(`test: ${(testLoss / count).toFixed(4)}, ${correct}/${count}`);
}

const sets = [200, 64].map((count) => new data.TensorDataset(randn(count, 1, 8, 8), randint(0, 10, [count])));
const trainLoader = new data.DataLoader(sets[0]!, { batchSize: 20, shuffle: true });
const testLoader = new data.DataLoader(sets[1]!, { batchSize: 32 });
const model = new Net();
const optimizer = new optim.Adadelta(model.parameters(), { lr: 1 });
const scheduler = new optim.lrScheduler.StepLR(optimizer, { stepSize: 1, gamma: 0.7 });
for (let epoch = 1; epoch <= 2; epoch++) {
  train(model, trainLoader as data.DataLoader<[Tensor, Tensor]>, optimizer, epoch);
  test(model, testLoader as data.DataLoader<[Tensor, Tensor]>, 64);
  scheduler.step();
}
