import { nn, ones, optim, randint, randn, relu, type Tensor } from "kindling";
function makeLayers(sizes: number[]): nn.Linear[] {
  const layers: nn.Linear[] = [];
  for (let i = 1; i < sizes.length; i++) layers.push(new nn.Linear(sizes[i - 1]!, sizes[i]!));
  return layers;
}
class Net extends nn.Module {
  layers = new nn.ModuleList(makeLayers([4, 8, 8]));
  heads = new nn.ModuleDict({ a: new nn.Linear(8, 3), b: new nn.Linear(8, 3) });
  scales = new nn.ParameterList([new nn.Parameter(ones(8))]);
  override forward(x: Tensor): Tensor {
    for (const layer of this.layers) x = relu((layer as nn.Linear)(x));
    x = x.mul(this.scales.at(0)!);
    return (this.heads.get("a") as nn.Linear)(x).add((this.heads.get("b") as nn.Linear)(x));
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
