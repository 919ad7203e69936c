import { nn, optim, randint, randn, type Tensor } from "kindling";
class Net extends nn.Module {
  fc = new nn.Linear(4, 8);
  override forward = (x: Tensor): Tensor => new nn.Linear(8, 3)(this.fc(x).relu()); // read: layer-in-forward
}
const net = new Net();
const optimizer = new optim.Adam(net.parameters());
for (let step = 0; step < 4; step++) {
  optimizer.zeroGrad();
  const loss = nn.functional.crossEntropy(net(randn(8, 4)), randint(0, 3, [8]));
  loss.backward();
  optimizer.step();
}
