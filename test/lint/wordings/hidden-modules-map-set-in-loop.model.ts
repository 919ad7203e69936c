import { nn, optim, randint, randn, relu, type Tensor } from "kindling";
class Net extends nn.Module {
  heads = new Map<string, nn.Linear>(); // read: hidden-modules
  body = new nn.Linear(4, 8);
  constructor() {
    super();
    for (const name of ["a", "b"]) {
      this.heads.set(name, new nn.Linear(8, 3));
    }
  }
  override forward(x: Tensor): Tensor {
    const h = relu(this.body(x));
    return this.heads.get("a")!(h).add(this.heads.get("b")!(h));
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
