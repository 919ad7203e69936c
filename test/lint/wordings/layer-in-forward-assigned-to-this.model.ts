import { nn, optim, randint, randn, relu, type Tensor } from "kindling";
class Net extends nn.Module {
  fc = new nn.Linear(4, 8);
  head!: nn.Linear;
  override forward(x: Tensor): Tensor {
    const h = relu(this.fc(x));
    this.head = new nn.Linear(8, 3); // read: layer-in-forward
    return this.head(h);
  }
}
const net = new Net();
const optimizer = new optim.Adam(net.parameters()); // run: parameter-not-in-optimizer
for (let step = 0; step < 4; step++) {
  optimizer.zeroGrad();
  nn.functional.crossEntropy(net(randn(8, 4)), randint(0, 3, [8])).backward();
  optimizer.step();
}
