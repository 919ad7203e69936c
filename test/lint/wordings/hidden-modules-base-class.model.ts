import { nn, optim, randint, randn, relu, type Tensor } from "kindling";
class Base extends nn.Module {
  blocks: nn.Linear[];
  constructor(width: number, depth: number) {
    super();
    this.blocks = []; // read: hidden-modules
    for (let i = 0; i < depth; i++) this.blocks.push(new nn.Linear(width, width));
  }
}
class Net extends Base {
  head = new nn.Linear(8, 3);
  override forward(x: Tensor): Tensor {
    for (const block of this.blocks) x = relu(block(x));
    return this.head(x);
  }
}
const net = new Net(8, 2);
const optimizer = new optim.Adam(net.parameters());
for (let step = 0; step < 4; step++) {
  optimizer.zeroGrad();
  const loss = nn.functional.crossEntropy(net(randn(8, 8)), randint(0, 3, [8]));
  loss.backward();
  optimizer.step();
}
