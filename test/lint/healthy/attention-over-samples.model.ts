import { nn, optim, randn, tensor, type Tensor } from "kindling";
class SetNet extends nn.Module {
  score = new nn.Linear(8, 1);
  out = new nn.Linear(8, 3);
  override forward(set: Tensor): Tensor {
    const weights = this.score(set).softmax(0);
    return this.out(weights.mul(set).sum(0));
  }
}
const net = new SetNet();
const optimizer = new optim.Adam(net.parameters());
for (let i = 0; i < 4; i++) {
  optimizer.zeroGrad();
  nn.functional.crossEntropy(net(randn(12, 8)), tensor(1)).backward();
  optimizer.step();
}
