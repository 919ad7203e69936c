import { nn, ones, optim, randint, randn, type Tensor } from "kindling";
const { Linear, Module } = nn;
class Net extends Module {
  branches = { left: new Linear(4, 3), right: new Linear(4, 3) }; // read: hidden-modules
  scale = new nn.Parameter(ones(3));
  override forward(x: Tensor): Tensor {
    return this.branches.left(x).add(this.branches.right(x)).mul(this.scale);
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
