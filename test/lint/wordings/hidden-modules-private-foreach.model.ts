import { nn, optim, randint, randn, relu, type Tensor } from "kindling";
class Net extends nn.Module {
  #layers: nn.Linear[] = []; // read: hidden-modules
  out = new nn.Linear(8, 3);
  constructor(sizes = [4, 8, 8]) {
    super();
    sizes.slice(1).forEach((size, i) => {
      const layer = new nn.Linear(sizes[i]!, size);
      this.#layers.push(layer);
    });
  }
  override forward(x: Tensor): Tensor {
    return this.out(this.#layers.reduce((h, layer) => relu(layer(h)), x));
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
