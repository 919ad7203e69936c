import { nn, optim, randint, randn, relu, type Tensor } from "kindling";
const { dropout } = nn.functional;
const noisy = (x: Tensor): Tensor => dropout(x, 0.5); // read: dropout-always-on
class Net extends nn.Module {
  fc1 = new nn.Linear(4, 8);
  fc2 = new nn.Linear(8, 3);
  override forward(x: Tensor): Tensor {
    return this.fc2(noisy(relu(this.fc1(x))));
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
