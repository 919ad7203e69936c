import { nn, optim, randint, randn, type Tensor } from "kindling";
class Net extends nn.Module {
  fc?: nn.Linear;
  override forward(x: Tensor): Tensor {
    this.fc ??= new nn.Linear(x.size(1), 3);
    return this.fc(x);
  }
}
const net = new Net();
net(randn(1, 4));
const optimizer = new optim.Adam(net.parameters());
for (let step = 0; step < 4; step++) {
  optimizer.zeroGrad();
  const loss = nn.functional.crossEntropy(net(randn(8, 4)), randint(0, 3, [8]));
  loss.backward();
  optimizer.step();
}
