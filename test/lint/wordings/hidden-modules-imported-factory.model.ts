import { nn, optim, randint, randn, relu, type Tensor } from "kindling";
import { blocks } from "./blocks.ts";
class Net extends nn.Module {
  layers: nn.Linear[];
  out = new nn.Linear(8, 3);
  constructor() {
    super();
    this.layers = blocks(8, 2); // run: hidden-modules
  }
  override forward(x: Tensor): Tensor {
    for (const layer of this.layers) x = relu(layer(x));
    return this.out(x);
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
