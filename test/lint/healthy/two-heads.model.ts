import { nn, optim, randint, randn, relu, type Tensor } from "kindling";
class Net extends nn.Module<[Tensor], [Tensor, Tensor]> {
  body = new nn.Linear(4, 16);
  classes = new nn.Linear(16, 3);
  value = new nn.Linear(16, 1);
  override forward(x: Tensor): [Tensor, Tensor] {
    const h = relu(this.body(x));
    return [this.classes(h), this.value(h).squeeze(1)];
  }
}
const net = new Net();
const optimizer = new optim.Adam(net.parameters());
for (let i = 0; i < 4; i++) {
  const [logits, value] = net(randn(8, 4));
  const loss = nn.functional.crossEntropy(logits, randint(0, 3, [8])).add(nn.functional.mseLoss(value, randn(8)));
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
}
