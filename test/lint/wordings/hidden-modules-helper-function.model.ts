import { nn, optim, randint, randn, type Tensor } from "kindling";
function makeLayers(sizes: number[]): nn.Linear[] {
  const layers: nn.Linear[] = [];
  for (let i = 1; i < sizes.length; i++) layers.push(new nn.Linear(sizes[i - 1]!, sizes[i]!));
  return layers;
}
class Net extends nn.Module {
  layers: nn.Linear[];
  out = new nn.Linear(8, 3);
  constructor() {
    super();
    this.layers = makeLayers([4, 8, 8]); // read: hidden-modules
  }
  override forward(x: Tensor): Tensor {
    for (const layer of this.layers) x = layer(x).tanh();
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
