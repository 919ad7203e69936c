import { nn, optim, randint, randn, type Tensor } from "kindling";
class Net extends nn.Module {
  net: nn.Sequential;
  constructor(sizes = [4, 16, 16, 3]) {
    super();
    const parts: nn.Module[] = [];
    sizes.slice(1).forEach((size, i) => {
      parts.push(new nn.Linear(sizes[i]!, size));
      if (i < sizes.length - 2) parts.push(new nn.ReLU());
    });
    this.net = new nn.Sequential(...parts);
  }
  override forward(x: Tensor): Tensor {
    return this.net(x) as Tensor;
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
