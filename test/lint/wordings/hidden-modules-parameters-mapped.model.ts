import { nn, ones, optim, randint, randn, type Tensor } from "kindling";
class Net extends nn.Module {
  scales = [0, 1].map(() => new nn.Parameter(ones(4))); // read: hidden-modules
  out = new nn.Linear(4, 3);
  override forward(x: Tensor): Tensor {
    for (const scale of this.scales) x = x.mul(scale);
    return this.out(x);
  }
}
const net = new Net();
const optimizer = new optim.Adam(net.parameters());
for (let step = 0; step < 4; step++) {
  optimizer.zeroGrad();
  const loss = nn.functional.crossEntropy(net(randn(8, 4)), randint(0, 3, [8]));
  loss.backward();
  optimizer.step();
}
