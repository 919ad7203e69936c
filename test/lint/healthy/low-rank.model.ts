import { nn, optim, randint, randn, type Tensor } from "kindling";
class LowRank extends nn.Module {
  net = new nn.Sequential(new nn.Linear(16, 2, { bias: false }), new nn.Linear(2, 16), new nn.ReLU(), new nn.Linear(16, 3));
  override forward(x: Tensor): Tensor {
    return this.net(x) as Tensor;
  }
}
const net = new LowRank();
const optimizer = new optim.Adam(net.parameters());
for (let step = 0; step < 4; step++) {
  optimizer.zeroGrad();
  const loss = nn.functional.crossEntropy(net(randn(8, 16)), randint(0, 3, [8]));
  loss.backward();
  optimizer.step();
}
