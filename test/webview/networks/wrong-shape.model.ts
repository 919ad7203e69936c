/** A layer that doesn't fit the one before it, met in the second epoch. */
import { manualSeed, nn, optim, randn } from "kindling";

manualSeed(0);

const model = new nn.Sequential(new nn.Linear(20, 64), new nn.ReLU(), new nn.Linear(64, 1));
const optimizer = new optim.Adam(model.parameters(), { lr: 1e-2 });

for (let epoch = 0; epoch < 40; epoch++) {
  const x = epoch < 30 ? randn(64, 20) : randn(64, 21);
  const loss = nn.functional.mseLoss(model(x), x.slice(1, 0, 20).mean(1, true));
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
}
