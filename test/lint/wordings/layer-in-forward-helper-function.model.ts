import { nn, optim, randint, randn, relu, type Tensor } from "kindling";
const dense = (from: number, to: number): nn.Linear => new nn.Linear(from, to);
class Net extends nn.Module {
  fc = new nn.Linear(4, 8);
  override forward(x: Tensor): Tensor {
    const out = dense(8, 3); // read: layer-in-forward
    return out(relu(this.fc(x)));
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
