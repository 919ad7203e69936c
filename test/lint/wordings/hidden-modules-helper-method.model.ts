import { nn, optim, randint, randn, type Tensor } from "kindling";
class Net extends nn.Module {
  layers: nn.Module[] = []; // read: hidden-modules
  out = new nn.Linear(8, 3);
  constructor() {
    super();
    this.add(4, 8);
    this.add(8, 8);
  }
  add(from: number, to: number): void {
    this.layers.push(new nn.Linear(from, to));
  }
  override forward(x: Tensor): Tensor {
    this.layers.forEach((layer) => {
      x = layer.forward(x).relu();
    });
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
