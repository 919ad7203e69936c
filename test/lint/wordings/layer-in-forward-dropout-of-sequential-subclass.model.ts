import { nn, optim, randint, randn, type Tensor } from "kindling";
class Net extends nn.Sequential {
  constructor() {
    super(new nn.Linear(4, 8), new nn.ReLU(), new nn.Linear(8, 3));
  }
  override forward(x: Tensor): Tensor {
    const noisy = new nn.Dropout(0.2)(x); // read: layer-in-forward
    return super.forward(noisy) as Tensor;
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
