import { nn, optim, randint, randn, type Tensor } from "kindling";
class Mlp extends nn.Sequential {
  extras = [new nn.Linear(3, 3), new nn.Linear(3, 3)]; // read: hidden-modules
  constructor() {
    super(new nn.Linear(4, 8), new nn.ReLU(), new nn.Linear(8, 3));
  }
  override forward(x: Tensor): Tensor {
    let h = super.forward(x) as Tensor;
    for (const extra of this.extras) h = extra(h);
    return h;
  }
}
const net = new Mlp();
const optimizer = new optim.Adam(net.parameters());
for (let step = 0; step < 4; step++) {
  optimizer.zeroGrad();
  const loss = nn.functional.crossEntropy(net(randn(8, 4)), randint(0, 3, [8]));
  loss.backward();
  optimizer.step();
}
