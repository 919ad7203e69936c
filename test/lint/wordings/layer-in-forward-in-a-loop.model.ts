import { nn, optim, randint, randn, relu, type Tensor } from "kindling";
const { Linear } = nn;
class Net extends nn.Module {
  out = new nn.Linear(4, 3);
  override forward(x: Tensor): Tensor {
    for (let i = 0; i < 2; i++) {
      x = relu(new Linear(4, 4)(x)); // read: layer-in-forward
    }
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
