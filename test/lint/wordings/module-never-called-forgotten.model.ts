import { nn, optim, randint, randn, relu, type Tensor } from "kindling";
class Net extends nn.Module {
  a = new nn.Linear(4, 8);
  b = new nn.Linear(8, 8); // run: module-never-called
  c = new nn.Linear(8, 3);
  override forward(x: Tensor): Tensor {
    return this.c(relu(this.a(x)));
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
