import { nn, optim, randint, randn, relu, type Tensor } from "kindling";
class Net extends nn.Module {
  a: nn.Linear;
  b: nn.Linear;
  c: nn.Linear;
  constructor() {
    super();
    this.a = new nn.Linear(4, 8);
    this.b = new nn.Linear(8, 8);
    this.c = new nn.Linear(8, 8); // run: module-never-called
  }
  override forward(x: Tensor): Tensor {
    const h = relu(this.a(x));
    return this.b(relu(this.b(h)));
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
