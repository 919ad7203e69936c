/** A learning rate that is far too high: the loss grows until it is no number. */
import { manualSeed, nn, optim, randn } from "kindling";

manualSeed(0);

const model = new nn.Sequential(new nn.Linear(8, 32), new nn.ReLU(), new nn.Linear(32, 32), new nn.ReLU(), new nn.Linear(32, 1));
const optimizer = new optim.SGD(model.parameters(), { lr: 5 });
const x = randn(64, 8);
const y = x.sum(1, true);

for (let epoch = 0; epoch < 60; epoch++) {
  const loss = nn.functional.mseLoss(model(x), y);
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
}
