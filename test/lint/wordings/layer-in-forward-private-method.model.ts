import { nn, optim, randint, randn, type Tensor } from "kindling";
class Net extends nn.Module {
  fc = new nn.Linear(4, 8);
  #head(h: Tensor): Tensor {
    const head = new nn.Sequential(new nn.Linear(8, 8), new nn.ReLU(), new nn.Linear(8, 3)); // read: layer-in-forward
    return head(h);
  }
  override forward(x: Tensor): Tensor {
    return this.#head(this.fc(x));
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
