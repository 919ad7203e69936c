import { nn, optim, randint, randn, type Tensor } from "kindling";
class Net extends nn.Module {
  fc1 = new nn.Linear(4, 8);
  fc2 = new nn.Linear(8, 3);
  drop = new nn.Dropout(0.1);
  override forward(x: Tensor): Tensor {
    const h = this.fc1(x);
    this.drop(h); // read: unused-result
    return this.fc2(h.relu());
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
