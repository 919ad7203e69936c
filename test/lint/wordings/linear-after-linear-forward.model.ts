import { nn, optim, randint, randn, type Tensor } from "kindling";
class Net extends nn.Module {
  fc1 = new nn.Linear(4, 16);
  fc2 = new nn.Linear(16, 3);
  override forward(x: Tensor): Tensor {
    x = this.fc1(x);
    return this.fc2(x); // read: linear-after-linear
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
