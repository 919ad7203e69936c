import { nn, optim, randint, randn, relu, type Tensor } from "kindling";
class Base extends nn.Module {
  fc = new nn.Linear(4, 8);
}
class Net extends Base {
  override forward(x: Tensor): Tensor {
    const h = relu(this.fc(x));
    const head = new nn.Linear(8, 3); // read: layer-in-forward
    return head(h);
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
