/** A loss of its own that takes the logarithm of what a ReLU made zero: NaN from the first step on. */
import { manualSeed, nn, optim, randn, type Tensor } from "kindling";

manualSeed(0);

class Scorer extends nn.Module {
  readonly encoder = new nn.Sequential(new nn.Linear(8, 32), new nn.BatchNorm1d(32), new nn.ReLU());
  readonly head = new nn.Linear(32, 4);

  override forward(x: Tensor): Tensor {
    const scores = this.head(this.encoder(x)).relu();
    return scores.div(scores.sum(1, true)).log();
  }
}

const model = new Scorer();
const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
const x = randn(64, 8);
const target = x.slice(1, 0, 4).softmax(1);

for (let step = 0; step < 40; step++) {
  optimizer.zeroGrad();
  const loss = target.mul(model(x)).sum(1).mean().neg();
  loss.backward();
  nn.utils.clipGradNorm_(model.parameters(), 1);
  optimizer.step();
}
