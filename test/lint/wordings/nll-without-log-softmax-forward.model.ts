import { nn, optim, randint, randn, type Tensor } from "kindling";
class Net extends nn.Module {
  fc = new nn.Linear(4, 3);
  override forward(x: Tensor): Tensor {
    return nn.functional.softmax(this.fc(x), 1);
  }
}
const net = new Net();
const optimizer = new optim.Adam(net.parameters());
const F = nn.functional;
for (let i = 0; i < 3; i++) {
  optimizer.zeroGrad();
  const out = net(randn(8, 4));
  F.nllLoss(out, randint(0, 3, [8])).backward(); // read: nll-without-log
  optimizer.step();
}
