import { nn, optim, randint, randn, type Tensor } from "kindling";
class Attention extends nn.Module {
  q = new nn.Linear(8, 8);
  k = new nn.Linear(8, 8);
  v = new nn.Linear(8, 8);
  out = new nn.Linear(8, 3);
  override forward(x: Tensor): Tensor {
    const weights = this.q(x).matmul(this.k(x).transpose(-2, -1)).div(Math.sqrt(8)).softmax(-1);
    return this.out(weights.matmul(this.v(x)).mean(1));
  }
}
const net = new Attention();
const optimizer = new optim.Adam(net.parameters());
for (let i = 0; i < 4; i++) {
  optimizer.zeroGrad();
  nn.functional.crossEntropy(net(randn(8, 5, 8)), randint(0, 3, [8])).backward();
  optimizer.step();
}
