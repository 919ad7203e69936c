import { nn, optim, randint, randn, relu, type Tensor } from "kindling";
class Net extends nn.Module {
  byName: Record<string, nn.Linear> = {}; // read: hidden-modules
  out = new nn.Linear(8, 3);
  constructor() {
    super();
    const names = ["first", "second"];
    let i = 0;
    while (i < names.length) {
      this.byName[names[i]!] = new nn.Linear(8, 8);
      i++;
    }
  }
  override forward(x: Tensor): Tensor {
    return this.out(relu(this.byName["second"]!(relu(this.byName["first"]!(x)))));
  }
}
const net = new Net();
const optimizer = new optim.Adam(net.parameters());
for (let step = 0; step < 4; step++) {
  optimizer.zeroGrad();
  const loss = nn.functional.crossEntropy(net(randn(8, 8)), randint(0, 3, [8]));
  loss.backward();
  optimizer.step();
}
