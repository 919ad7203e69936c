import { nn, ones, optim, randint, randn, type Tensor } from "kindling";
class Net extends nn.Module {
  a = new nn.Linear(4, 3);
  temperature = new nn.Parameter(ones(1)); // run: parameter-without-gradient
  override forward(x: Tensor): Tensor {
    return this.a(x).div(this.temperature.item());
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
