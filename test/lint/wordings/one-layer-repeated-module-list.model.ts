import { nn, optim, randint, randn, relu, type Tensor } from "kindling";
class Net extends nn.Module {
  layers = new nn.ModuleList(new Array(3).fill(new nn.Linear(4, 4))); // read: one-layer-repeated
  out = new nn.Linear(4, 3);
  override forward(x: Tensor): Tensor {
    for (const layer of this.layers) x = relu(layer(x));
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
